package io.gshard.processor.java;

import com.palantir.javapoet.CodeBlock;
import io.gshard.memory.Storage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The lines that a fused loop runs on each block. Intermediates are blocks of scratch; once all
 * lines are known, blocks that are no longer needed are used again, so that few of them stay in L1.
 */
final class BlockCode {

  /**
   * A place where a block of elements is: in scratch, or in an array at an offset that moves along.
   */
  static final class Place {
    final Storage storage;

    /** Whether it has one element for each row. */
    private final boolean perRow;

    private String array;
    private final String offset;
    private int lastUse = -1;
    private boolean kept;

    private Place(Storage storage, boolean perRow, String array, String offset) {
      this.storage = storage;
      this.perRow = perRow;
      this.array = array;
      this.offset = offset;
    }

    static Place memory(Storage storage, String array, String offset) {
      return new Place(storage, false, array, offset);
    }

    /** As arguments of a kernel. */
    String arguments() {
      return array + ", " + offset;
    }

    String array() {
      return array;
    }
  }

  /**
   * What may lie where the other was: an op never overwrites numbers of rows by what it computes of
   * them for all elements, or the other way round.
   */
  private record Kind(Storage storage, boolean perRow) {
    static Kind of(Place place) {
      return new Kind(place.storage, place.perRow);
    }
  }

  private record Line(List<Place> reads, Place write, Supplier<CodeBlock> code) {}

  private final List<Line> before = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();
  private final Map<Storage, Integer> used = new EnumMap<>(Storage.class);

  /** A block of scratch; {@code perRow} those that hold one element for each row. */
  Place scratch(Storage storage, boolean perRow) {
    return new Place(storage, perRow, null, "0");
  }

  /** A line that reads some places and writes one; its code is asked for when all have names. */
  void line(List<Place> reads, Place write, Supplier<CodeBlock> code) {
    lines.add(new Line(List.copyOf(reads), write, code));
  }

  /** A line that runs once, before the first block; what it writes stays. */
  void lineBefore(Place write, Supplier<CodeBlock> code) {
    write.kept = true;
    before.add(new Line(List.of(), write, code));
  }

  /** The lines that run before the first block; to be written first. */
  CodeBlock writeBefore() {
    CodeBlock.Builder code = CodeBlock.builder();
    for (Line line : before) {
      if (line.write.array == null) {
        line.write.array = fresh(line.write.storage);
      }
      code.add(line.code.get());
    }
    return code.build();
  }

  /** The lines, in order, with scratch blocks given to places. */
  CodeBlock write() {
    for (int i = 0; i < lines.size(); i++) {
      for (Place read : lines.get(i).reads) {
        read.lastUse = i;
      }
    }
    Map<Kind, Deque<String>> free = new HashMap<>();
    CodeBlock.Builder code = CodeBlock.builder();
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      for (Place read : line.reads.stream().distinct().toList()) {
        if (read.lastUse == i && !read.kept && read.offset.equals("0") && isScratch(read)) {
          free.computeIfAbsent(Kind.of(read), k -> new ArrayDeque<>()).push(read.array);
        }
      }
      Place write = line.write;
      if (write != null && write.array == null) {
        Deque<String> names = free.computeIfAbsent(Kind.of(write), k -> new ArrayDeque<>());
        write.array = names.isEmpty() ? fresh(write.storage) : names.pop();
      }
      code.add(line.code.get());
    }
    return code.build();
  }

  private static boolean isScratch(Place place) {
    return place.array != null && place.array.matches("[fispld][0-9]+");
  }

  private String fresh(Storage storage) {
    return prefix(storage) + (used.merge(storage, 1, Integer::sum) - 1);
  }

  private static String prefix(Storage storage) {
    return switch (storage) {
      case F32 -> "f";
      case S32 -> "i";
      case BF16 -> "s";
      case PRED -> "p";
      case S64 -> "l";
      case F64 -> "d";
    };
  }

  /** Declarations of the scratch blocks that {@link #write} gave away. */
  CodeBlock declarations() {
    CodeBlock.Builder code = CodeBlock.builder();
    used.forEach(
        (storage, count) -> {
          for (int i = 0; i < count; i++) {
            code.addStatement(
                "$L[] $L$L = d.scratch().$L($L)",
                Literals.javaType(storage),
                prefix(storage),
                i,
                Literals.arena(storage),
                i);
          }
        });
    return code.build();
  }
}
