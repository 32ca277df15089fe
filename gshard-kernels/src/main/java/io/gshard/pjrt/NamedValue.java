package io.gshard.pjrt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Options that a plugin takes and properties that it tells: names with values. */
final class NamedValue {
  private static final int SLOTS = 5;
  private static final long BYTES = 8L * (2 + SLOTS);
  private static final int STRING = 0;
  private static final int INT64 = 1;
  private static final int FLOAT = 3;
  private static final int BOOL = 4;

  private NamedValue() {}

  /** An array of options; values are texts, longs, floats or booleans. */
  static MemorySegment options(Arena arena, Map<String, Object> options) {
    MemorySegment all = arena.allocate(Math.max(1, options.size()) * BYTES, 8).fill((byte) 0);
    int at = 0;
    for (Map.Entry<String, Object> option : options.entrySet()) {
      MemorySegment one = all.asSlice(at++ * BYTES, BYTES);
      MemorySegment name = Struct.bytes(arena, option.getKey());
      one.set(ValueLayout.JAVA_LONG, 0, 56);
      one.set(ValueLayout.ADDRESS, 16, name);
      one.set(ValueLayout.JAVA_LONG, 24, name.byteSize());
      long size = 1;
      switch (option.getValue()) {
        case String text -> {
          MemorySegment bytes = Struct.bytes(arena, text);
          one.set(ValueLayout.JAVA_INT, 32, STRING);
          one.set(ValueLayout.ADDRESS, 40, bytes);
          size = bytes.byteSize();
        }
        case Long number -> {
          one.set(ValueLayout.JAVA_INT, 32, INT64);
          one.set(ValueLayout.JAVA_LONG, 40, number);
        }
        case Float number -> {
          one.set(ValueLayout.JAVA_INT, 32, FLOAT);
          one.set(ValueLayout.JAVA_FLOAT, 40, number);
        }
        case Boolean flag -> {
          one.set(ValueLayout.JAVA_INT, 32, BOOL);
          one.set(ValueLayout.JAVA_BYTE, 40, (byte) (flag ? 1 : 0));
        }
        default ->
            throw new IllegalArgumentException(
                "option %s is a %s; texts, longs, floats and booleans can be given"
                    .formatted(option.getKey(), option.getValue().getClass().getSimpleName()));
      }
      one.set(ValueLayout.JAVA_LONG, 48, size);
    }
    return all.asSlice(0, at * BYTES);
  }

  /** The numbers among some properties. */
  static Map<String, Double> numbers(MemorySegment first, long count) {
    Map<String, Double> found = new java.util.TreeMap<>();
    if (count == 0) {
      return found;
    }
    long stride = first.reinterpret(8).get(ValueLayout.JAVA_LONG, 0);
    MemorySegment all = first.reinterpret(stride * count);
    List<MemorySegment> each = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      each.add(all.asSlice(i * stride, stride));
    }
    for (MemorySegment one : each) {
      String name =
          Struct.text(one.get(ValueLayout.ADDRESS, 16), one.get(ValueLayout.JAVA_LONG, 24));
      switch (one.get(ValueLayout.JAVA_INT, 32)) {
        case INT64 -> found.put(name, (double) one.get(ValueLayout.JAVA_LONG, 40));
        case FLOAT -> found.put(name, (double) one.get(ValueLayout.JAVA_FLOAT, 40));
        default -> {}
      }
    }
    return found;
  }
}
