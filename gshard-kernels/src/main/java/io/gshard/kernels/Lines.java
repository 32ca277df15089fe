package io.gshard.kernels;

import io.gshard.op.Combiner;

/**
 * Which lines of a matrix take part in a product: all, or those that are not zero. What an expert
 * got no token for is rows of zeros; a product has no work with them. The result is the same to the
 * bit: a line is left out only where all that it would meet is finite.
 */
final class Lines {
  private static final FoldLoops FOLDS = Providers.FOLDS;

  private int[] at = new int[0];
  private int count;

  /** How many lines are kept. */
  int count() {
    return count;
  }

  /** The place of the i-th line that is kept. */
  int at(int i) {
    return at[i];
  }

  /** Where the run of neighbours ends that begins at the i-th line, at most at end. */
  int run(int i, int end) {
    int next = i + 1;
    while (next < end && at[next] == at[next - 1] + 1) {
      next++;
    }
    return next;
  }

  /** Whether these lines, from the i-th to below the end, are neighbours. */
  boolean isRun(int i, int end) {
    return at[end - 1] - at[i] == end - 1 - i;
  }

  /** All of n lines. */
  void all(int n) {
    clear(n);
    for (int i = 0; i < n; i++) {
      at[i] = i;
    }
    count = n;
  }

  /** The rows of a that are not zero; all rows if b, which they meet, is not finite. */
  void rows(Object a, int ao, int aRow, int m, Object b, int bo, int bRow, int bCol, int k, int n) {
    clear(m);
    for (int i = 0; i < m; i++) {
      if (!zero(a, ao + i * aRow, k)) {
        at[count++] = i;
      }
    }
    if (count > most(m) || !finite(b, bo, bRow, bCol, k, n)) {
      all(m);
    }
  }

  /** The places p where a[.., p] and b[p, ..] add something to the product. */
  void contracted(
      Object a,
      int ao,
      int aRow,
      int aCol,
      int m,
      Object b,
      int bo,
      int bRow,
      int bCol,
      int n,
      int k) {
    clear(k);
    for (int p = 0; p < k; p++) {
      int left = ao + p * aCol;
      int right = bo + p * bRow;
      boolean nothing =
          bCol == 1 && zero(b, right, n) && finite(a, left, aRow, m)
              || aRow == 1 && zero(a, left, m) && finite(b, right, bCol, n);
      if (!nothing) {
        at[count++] = p;
      }
    }
    if (count > most(k)) {
      all(k);
    }
  }

  /** With more lines than this, leaving out the others costs more than it saves. */
  private static int most(int n) {
    return n - n / 8;
  }

  private void clear(int n) {
    count = 0;
    if (at.length < n) {
      at = new int[Math.max(n, 2 * at.length)];
    }
  }

  /** Ends at the first element, mostly. */
  private static boolean zero(Object x, int xo, int n) {
    if (x instanceof short[] h) {
      for (int i = 0; i < n; i++) {
        if ((h[xo + i] & 0x7fff) != 0) {
          return false;
        }
      }
      return true;
    }
    float[] f = (float[]) x;
    for (int i = 0; i < n; i++) {
      if (f[xo + i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean finite(Object x, int xo, int row, int col, int rows, int columns) {
    boolean dense = col == 1;
    for (int i = 0; i < (dense ? rows : columns); i++) {
      if (!finite(x, xo + i * (dense ? row : col), dense ? 1 : row, dense ? columns : rows)) {
        return false;
      }
    }
    return true;
  }

  /**
   * By a sum, which keeps what is not finite; where it overflows the answer is only too careful.
   */
  private static boolean finite(Object x, int xo, int stride, int n) {
    float sum = 0;
    switch (x) {
      case float[] f when stride == 1 -> sum = FOLDS.strands(Combiner.ADD, f, xo, n);
      case float[] f -> {
        for (int i = 0; i < n; i++) {
          sum += f[xo + i * stride];
        }
      }
      case short[] h -> {
        for (int i = 0; i < n; i++) {
          sum += Scalars.fromBf16(h[xo + i * stride]);
        }
      }
      default -> throw new IllegalArgumentException("no product of " + x.getClass());
    }
    return Float.isFinite(sum);
  }
}
