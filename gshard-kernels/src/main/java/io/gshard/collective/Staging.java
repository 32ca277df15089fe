package io.gshard.collective;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory outside the heap for messages; taken piece by piece, given back all at once. */
final class Staging {
  private static final int ALIGNMENT = 64;

  private Arena arena = Arena.ofAuto();
  private MemorySegment block = MemorySegment.NULL;
  private long used;
  private long taken;

  /** Of at least as many bytes as asked for; never empty. */
  MemorySegment take(long bytes) {
    long size = Math.max(ALIGNMENT, Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT);
    taken += size;
    if (used + size > block.byteSize()) {
      block = arena.allocate(Math.max(size, 2 * block.byteSize()), ALIGNMENT);
      used = 0;
    }
    MemorySegment piece = block.asSlice(used, bytes);
    used += size;
    return piece;
  }

  /** Makes all that was taken free again; what is next taken up to that size is one block. */
  void reset() {
    if (taken > block.byteSize()) {
      arena = Arena.ofAuto();
      block = arena.allocate(taken, ALIGNMENT);
    }
    used = 0;
    taken = 0;
  }
}
