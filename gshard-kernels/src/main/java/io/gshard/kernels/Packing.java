package io.gshard.kernels;

import java.util.Arrays;

/**
 * Copies blocks of the operands of a matrix product into the order in which the tiles read them:
 * the scalar form. The subclass moves whole vectors.
 */
class Packing {
  private static final ConvertLoops CONVERTS = Providers.CONVERTS;

  /** So many dense lines of b go through all panels together, so that they are read as they lie. */
  private static final int LINES = 8;

  static float[] ensure(float[] buffer, int length) {
    return buffer.length >= length ? buffer : new float[Math.max(length, 2 * buffer.length)];
  }

  /**
   * Rows of a, in panels as high as {@link Tiles#rowsFor} says: out[i * kc + p * height + r] for
   * the panel at the i-th row. What the last panel lacks is zero.
   *
   * @param rows which rows; these are of them from {@code first} on
   * @param depth which columns
   * @param wide room for a panel
   */
  final void rows(
      Tiles tiles,
      Object a,
      int ao,
      int aRow,
      int aCol,
      Lines rows,
      int first,
      int mc,
      Lines depth,
      float[] wide,
      float[] out) {
    int kc = depth.count();
    for (int i = 0; i < mc; ) {
      int height = tiles.rowsFor(mc - i);
      int end = first + Math.min(i + height, mc);
      clear(out, i * kc, kc, first + i + height - end, height);
      for (int r = first + i; r < end; ) {
        int next = rows.run(r, end);
        for (int p = 0; p < kc; ) {
          int last = depth.run(p, kc);
          int from = ao + rows.at(r) * aRow + depth.at(p) * aCol;
          int to = i * kc + p * height + r - first - i;
          panel(a, from, aCol, aRow, last - p, next - r, height, wide, out, to);
          p = last;
        }
        r = next;
      }
      i += height;
    }
  }

  /**
   * Columns of b, in panels as wide as {@link Tiles#columnsFor} says: out[j * kc + p * width + s]
   * for the panel at column j. What the last panel lacks is zero.
   *
   * @param depth which rows
   * @param edgeOnly only a last panel that is not whole
   * @param wide room for a panel
   */
  final void columns(
      Tiles tiles,
      Object b,
      int bo,
      int bRow,
      int bCol,
      Lines depth,
      int nc,
      boolean edgeOnly,
      float[] wide,
      float[] out) {
    int kc = depth.count();
    for (int p = 0; p < kc; ) {
      int last = depth.run(p, bCol == 1 ? Math.min(p + LINES, kc) : kc);
      for (int j = 0; j < nc; ) {
        int width = tiles.columnsFor(nc - j);
        int some = Math.min(width, nc - j);
        if (!edgeOnly || some < width) {
          int to = j * kc + p * width;
          clear(out, to, last - p, width - some, width);
          panel(
              b,
              bo + depth.at(p) * bRow + j * bCol,
              bRow,
              bCol,
              last - p,
              some,
              width,
              wide,
              out,
              to);
        }
        j += width;
      }
      p = last;
    }
  }

  /** Where a panel lacks lines, all of it is zero first. */
  private static void clear(float[] out, int oo, int k, int lacks, int width) {
    if (lacks > 0) {
      Arrays.fill(out, oo, oo + k * width, 0);
    }
  }

  /** out[oo + p * width + s] = x[xo + p * outer + s * inner] for p below k, s below n. */
  private void panel(
      Object x,
      int xo,
      int outer,
      int inner,
      int k,
      int n,
      int width,
      float[] wide,
      float[] out,
      int oo) {
    switch (x) {
      case float[] f when inner == 1 -> copy(f, xo, outer, k, n, width, out, oo);
      case float[] f -> transpose(f, xo, outer, inner, k, n, width, out, oo);
      case short[] h when inner == 1 -> {
        for (int p = 0; p < k; p++) {
          CONVERTS.convert(h, xo + p * outer, out, oo + p * width, n);
        }
      }
      case short[] h when outer == 1 -> {
        for (int s = 0; s < n; s++) {
          CONVERTS.convert(h, xo + s * inner, wide, s * k, k);
        }
        transpose(wide, 0, 1, k, k, n, width, out, oo);
      }
      case short[] h -> {
        for (int p = 0; p < k; p++) {
          for (int s = 0; s < n; s++) {
            out[oo + p * width + s] = Scalars.fromBf16(h[xo + p * outer + s * inner]);
          }
        }
      }
      default -> throw new IllegalArgumentException("no product of " + x.getClass());
    }
  }

  /** out[oo + p * width + s] = x[xo + p * outer + s] for p below k, s below n. */
  void copy(float[] x, int xo, int outer, int k, int n, int width, float[] out, int oo) {
    for (int p = 0; p < k; p++) {
      System.arraycopy(x, xo + p * outer, out, oo + p * width, n);
    }
  }

  /** out[oo + p * width + s] = x[xo + p * outer + s * inner] for p below k, s below n. */
  void transpose(
      float[] x, int xo, int outer, int inner, int k, int n, int width, float[] out, int oo) {
    int s = 0;
    for (; s <= n - 4; s += 4) {
      four(x, xo + s * inner, outer, inner, k, width, out, oo + s);
    }
    for (; s < n; s++) {
      for (int p = 0; p < k; p++) {
        out[oo + s + p * width] = x[xo + s * inner + p * outer];
      }
    }
  }

  /** Four lines at once: their elements lie side by side in the panel. */
  private static void four(
      float[] x, int xo, int outer, int inner, int k, int width, float[] out, int oo) {
    int from = xo;
    int to = oo;
    for (int p = 0; p < k; p++) {
      float a = x[from];
      float b = x[from + inner];
      float c = x[from + 2 * inner];
      float d = x[from + 3 * inner];
      out[to] = a;
      out[to + 1] = b;
      out[to + 2] = c;
      out[to + 3] = d;
      from += outer;
      to += width;
    }
  }
}
