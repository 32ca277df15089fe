package io.gshard.pjrt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * The arguments of a PJRT call. Every struct of the API that is used here is a row of 8-byte slots
 * (ints stand alone in theirs, padded), the first two of which are the struct's size and a pointer
 * to extensions. Callers that are older than the plugin must not fail: the struct is given with
 * room for fields to come, which are zero, and zero means "not given" throughout the API.
 */
final class Struct {
  private static final int HEADER = 2;
  private static final int ROOM = 24;

  private final MemorySegment memory;

  /** With some slots after the header. */
  Struct(SegmentAllocator allocator, int slots) {
    long bytes = 8L * (HEADER + slots + ROOM);
    this.memory = allocator.allocate(bytes, 8).fill((byte) 0);
    memory.set(ValueLayout.JAVA_LONG, 0, bytes);
  }

  MemorySegment memory() {
    return memory;
  }

  Struct set(int slot, long value) {
    memory.set(ValueLayout.JAVA_LONG, at(slot), value);
    return this;
  }

  Struct set(int slot, MemorySegment value) {
    memory.set(ValueLayout.ADDRESS, at(slot), value);
    return this;
  }

  /** A text as a pointer and, in the next slot, its length. */
  Struct text(int slot, MemorySegment text) {
    return set(slot, text).set(slot + 1, text.byteSize());
  }

  long number(int slot) {
    return memory.get(ValueLayout.JAVA_LONG, at(slot));
  }

  int integer(int slot) {
    return memory.get(ValueLayout.JAVA_INT, at(slot));
  }

  boolean flag(int slot) {
    return memory.get(ValueLayout.JAVA_BYTE, at(slot)) != 0;
  }

  MemorySegment pointer(int slot) {
    return memory.get(ValueLayout.ADDRESS, at(slot));
  }

  /** A text that the API gave as a pointer and, in the next slot, its length. */
  String text(int slot) {
    return text(pointer(slot), number(slot + 1));
  }

  static String text(MemorySegment start, long length) {
    return length == 0
        ? ""
        : new String(
            start.reinterpret(length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** The bytes of a text, without an ending zero: the API takes lengths. */
  static MemorySegment bytes(Arena arena, byte[] bytes) {
    MemorySegment segment = arena.allocate(Math.max(1, bytes.length));
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment.asSlice(0, bytes.length);
  }

  static MemorySegment bytes(Arena arena, String text) {
    return bytes(arena, text.getBytes(StandardCharsets.UTF_8));
  }

  private static long at(int slot) {
    return 8L * (HEADER + slot);
  }
}
