package io.gshard.eval;

import java.util.List;
import java.util.function.Consumer;

/** Index tuples over dims, in row-major order, and their positions. */
final class Indices {
  private Indices() {}

  /**
   * Calls the body with every index of the dims, the last dim fastest. The array is reused: the
   * body must not keep it. No dims have one index, the empty one; a dim of size 0 has none.
   */
  static void forEach(List<Long> dims, Consumer<long[]> body) {
    walk(dims, 0, new long[dims.size()], body);
  }

  private static void walk(List<Long> dims, int dim, long[] index, Consumer<long[]> body) {
    if (dim == dims.size()) {
      body.accept(index);
      return;
    }
    for (long i = 0; i < dims.get(dim); i++) {
      index[dim] = i;
      walk(dims, dim + 1, index, body);
    }
  }

  /** The row-major position of an index. */
  static long position(List<Long> dims, long[] index) {
    long position = 0;
    for (int i = 0; i < index.length; i++) {
      position = position * dims.get(i) + index[i];
    }
    return position;
  }

  /** Whether every part of the index lies within the dims. */
  static boolean within(List<Long> dims, long[] index) {
    for (int i = 0; i < index.length; i++) {
      if (index[i] < 0 || index[i] >= dims.get(i)) {
        return false;
      }
    }
    return true;
  }

  static long clamp(long value, long low, long high) {
    return Math.min(Math.max(value, low), high);
  }
}
