package io.gshard.kernels;

import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.Arrays;

/**
 * Reductions and running folds, on f32 ({@code float[]}), s32 and u32 ({@code int[]}, the suffix
 * Unsigned where they differ) and predicates ({@code byte[]}). bf16 is converted to f32 by the
 * caller. Arrays are row-major {@code [outer, reduced, inner]}; the results' order does not depend
 * on the machine's threads.
 */
public final class Fold {
  private Fold() {}

  /**
   * Rows summed one after the other before their sum goes to the total: keeps long sums accurate.
   */
  private static final int ROWS = 32;

  private static final int TILE = 1024;

  /** Rows of this many elements are folded as vectors. */
  private static final int ROW = 8;

  /**
   * {@code [outer, reduced, inner]} folded to {@code [outer, inner]}, from the combiner's identity.
   */
  public static void reduce(
      Combiner c, float[] x, int xo, int outer, int reduced, int inner, float[] out, int oo) {
    float identity = (float) c.identity(DType.F32);
    if (reduced == 0 || outer == 0 || inner == 0) {
      Arrays.fill(out, oo, oo + outer * inner, identity);
      return;
    }
    for (int o = 0; o < outer; o++) {
      int from = xo + o * reduced * inner;
      if (inner == 1) {
        out[oo + o] = Providers.FOLDS.block(c, x, from, reduced);
      } else {
        for (int i = 0; i < inner; i += TILE) {
          int n = Math.min(TILE, inner - i);
          rows(c, x, from + i, reduced, inner, out, oo + o * inner + i, n);
        }
      }
    }
  }

  /** Folds rows of n elements, {@code stride} apart. */
  private static void rows(
      Combiner c, float[] x, int xo, int rows, int stride, float[] out, int oo, int n) {
    System.arraycopy(x, xo, out, oo, n);
    if (rows <= 2 * ROWS || c != Combiner.ADD) {
      for (int r = 1; r < rows; r++) {
        combine(c, out, oo, x, xo + r * stride, out, oo, n);
      }
      return;
    }
    float[] partial = new float[n];
    for (int first = 1; first < rows; first += ROWS) {
      System.arraycopy(x, xo + first * stride, partial, 0, n);
      for (int r = first + 1; r < Math.min(rows, first + ROWS); r++) {
        Vec.add(partial, 0, x, xo + r * stride, partial, 0, n);
      }
      Vec.add(out, oo, partial, 0, out, oo, n);
    }
  }

  public static void reduce(
      Combiner c, int[] x, int xo, int outer, int reduced, int inner, int[] out, int oo) {
    ints(c, false, x, xo, outer, reduced, inner, out, oo);
  }

  public static void reduceUnsigned(
      Combiner c, int[] x, int xo, int outer, int reduced, int inner, int[] out, int oo) {
    ints(c, true, x, xo, outer, reduced, inner, out, oo);
  }

  private static void ints(
      Combiner c,
      boolean unsigned,
      int[] x,
      int xo,
      int outer,
      int reduced,
      int inner,
      int[] out,
      int oo) {
    int identity = identity(c, unsigned);
    if (inner == 1 && !unsigned) {
      for (int o = 0; o < outer; o++) {
        out[oo + o] = Providers.FOLDS.block(c, x, xo + o * reduced, reduced);
      }
      return;
    }
    Arrays.fill(out, oo, oo + outer * inner, identity);
    for (int o = 0; o < outer; o++) {
      for (int r = 0; r < reduced; r++) {
        int from = xo + (o * reduced + r) * inner;
        int to = oo + o * inner;
        if (inner >= 8) {
          combine(c, unsigned, out, to, x, from, out, to, inner);
        } else {
          for (int i = 0; i < inner; i++) {
            out[to + i] =
                unsigned
                    ? FoldLoops.foldUnsigned(c, out[to + i], x[from + i])
                    : FoldLoops.fold(c, out[to + i], x[from + i]);
          }
        }
      }
    }
  }

  public static void reduce(
      Combiner c, byte[] x, int xo, int outer, int reduced, int inner, byte[] out, int oo) {
    if (inner == 1) {
      for (int o = 0; o < outer; o++) {
        out[oo + o] = FoldLoops.block(c, x, xo + o * reduced, reduced);
      }
      return;
    }
    Arrays.fill(out, oo, oo + outer * inner, (byte) c.identity(DType.PRED));
    for (int o = 0; o < outer; o++) {
      for (int r = 0; r < reduced; r++) {
        int from = xo + (o * reduced + r) * inner;
        int to = oo + o * inner;
        for (int i = 0; i < inner; i++) {
          out[to + i] = FoldLoops.fold(c, out[to + i], x[from + i]);
        }
      }
    }
  }

  /** Folds n elements into a start value: a step of a fused reduction. */
  public static float block(Combiner c, float[] x, int xo, int n, float start) {
    return FoldLoops.fold(c, start, Providers.FOLDS.block(c, x, xo, n));
  }

  public static int block(Combiner c, int[] x, int xo, int n, int start) {
    return FoldLoops.fold(c, start, Providers.FOLDS.block(c, x, xo, n));
  }

  public static int blockUnsigned(Combiner c, int[] x, int xo, int n, int start) {
    int result = start;
    for (int i = 0; i < n; i++) {
      result = FoldLoops.foldUnsigned(c, result, x[xo + i]);
    }
    return result;
  }

  public static byte block(Combiner c, byte[] x, int xo, int n, byte start) {
    return FoldLoops.fold(c, start, FoldLoops.block(c, x, xo, n));
  }

  /**
   * The running fold along the middle dim of {@code [outer, n, inner]}; {@code exclusive} leaves
   * each element itself out, {@code reverse} runs from the end.
   */
  public static void cumulative(
      Combiner c,
      float[] x,
      int xo,
      int outer,
      int n,
      int inner,
      boolean exclusive,
      boolean reverse,
      float[] out,
      int oo) {
    float identity = (float) c.identity(DType.F32);
    if (inner >= ROW && n > 0) {
      for (int o = 0; o < outer; o++) {
        int block = o * n * inner;
        int first = block + (reverse ? (n - 1) * inner : 0);
        int next = reverse ? -inner : inner;
        Vec.fill(identity, out, oo + first, inner);
        if (!exclusive) {
          combine(c, out, oo + first, x, xo + first, out, oo + first, inner);
        }
        for (int at = first, step = 1; step < n; step++, at += next) {
          int from = exclusive ? at : at + next;
          combine(c, out, oo + at, x, xo + from, out, oo + at + next, inner);
        }
      }
      return;
    }
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        float running = identity;
        for (int step = 0; step < n; step++) {
          int at = (o * n + (reverse ? n - 1 - step : step)) * inner + i;
          float next = FoldLoops.fold(c, running, x[xo + at]);
          out[oo + at] = exclusive ? running : next;
          running = next;
        }
      }
    }
  }

  public static void cumulative(
      Combiner c,
      int[] x,
      int xo,
      int outer,
      int n,
      int inner,
      boolean exclusive,
      boolean reverse,
      int[] out,
      int oo) {
    ints(c, false, x, xo, outer, n, inner, exclusive, reverse, out, oo);
  }

  public static void cumulativeUnsigned(
      Combiner c,
      int[] x,
      int xo,
      int outer,
      int n,
      int inner,
      boolean exclusive,
      boolean reverse,
      int[] out,
      int oo) {
    ints(c, true, x, xo, outer, n, inner, exclusive, reverse, out, oo);
  }

  private static void ints(
      Combiner c,
      boolean unsigned,
      int[] x,
      int xo,
      int outer,
      int n,
      int inner,
      boolean exclusive,
      boolean reverse,
      int[] out,
      int oo) {
    int identity = identity(c, unsigned);
    if (inner >= ROW && n > 0) {
      for (int o = 0; o < outer; o++) {
        int block = o * n * inner;
        int first = block + (reverse ? (n - 1) * inner : 0);
        int next = reverse ? -inner : inner;
        Vec.fill(identity, out, oo + first, inner);
        if (!exclusive) {
          combine(c, unsigned, out, oo + first, x, xo + first, out, oo + first, inner);
        }
        for (int at = first, step = 1; step < n; step++, at += next) {
          int from = exclusive ? at : at + next;
          combine(c, unsigned, out, oo + at, x, xo + from, out, oo + at + next, inner);
        }
      }
      return;
    }
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int running = identity;
        for (int step = 0; step < n; step++) {
          int at = (o * n + (reverse ? n - 1 - step : step)) * inner + i;
          int next =
              unsigned
                  ? FoldLoops.foldUnsigned(c, running, x[xo + at])
                  : FoldLoops.fold(c, running, x[xo + at]);
          out[oo + at] = exclusive ? running : next;
          running = next;
        }
      }
    }
  }

  /** Folds two ranges elementwise. */
  public static void combine(
      Combiner c, float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    switch (c) {
      case ADD -> Vec.add(x, xo, y, yo, out, oo, n);
      case MULTIPLY -> Vec.multiply(x, xo, y, yo, out, oo, n);
      case MAXIMUM -> Vec.maximum(x, xo, y, yo, out, oo, n);
      case MINIMUM -> Vec.minimum(x, xo, y, yo, out, oo, n);
      case AND, OR -> throw new IllegalArgumentException(c + " of f32");
    }
  }

  /** Folds two ranges of s32 or, {@code unsigned}, of u32. */
  public static void combine(
      Combiner c, boolean unsigned, int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    switch (c) {
      case ADD -> Vec.add(x, xo, y, yo, out, oo, n);
      case MULTIPLY -> Vec.multiply(x, xo, y, yo, out, oo, n);
      case AND -> Vec.and(x, xo, y, yo, out, oo, n);
      case OR -> Vec.or(x, xo, y, yo, out, oo, n);
      case MAXIMUM -> {
        if (unsigned) {
          Vec.maximumUnsigned(x, xo, y, yo, out, oo, n);
        } else {
          Vec.maximum(x, xo, y, yo, out, oo, n);
        }
      }
      case MINIMUM -> {
        if (unsigned) {
          Vec.minimumUnsigned(x, xo, y, yo, out, oo, n);
        } else {
          Vec.minimum(x, xo, y, yo, out, oo, n);
        }
      }
    }
  }

  /** Folds two ranges of predicates. */
  public static void combine(
      Combiner c, byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = FoldLoops.fold(c, x[xo + i], y[yo + i]);
    }
  }

  private static int identity(Combiner c, boolean unsigned) {
    return (int) (long) c.identity(unsigned ? DType.U32 : DType.S32);
  }
}
