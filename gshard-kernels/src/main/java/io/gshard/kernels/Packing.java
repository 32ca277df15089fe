package io.gshard.kernels;

import java.util.Arrays;

/**
 * Copies blocks of the operands of a matrix product into the order in which the tiles read them:
 * the scalar form. The subclass moves whole vectors.
 */
class Packing {
  /** So many dense lines of b go through all panels together, so that they are read as they lie. */
  private static final int LINES = 8;

  static float[] ensure(float[] buffer, int length) {
    return buffer.length >= length ? buffer : new float[Math.max(length, 2 * buffer.length)];
  }

  /**
   * Rows of a, in panels as high as {@link Tiles#rowsFor} says: out[i * kc + p * height + r] for
   * the panel at row i. What the last panel lacks is zero.
   */
  final void rows(Tiles tiles, float[] a, int ao, int aRow, int aCol, int mc, int kc, float[] out) {
    for (int i = 0; i < mc; ) {
      int height = tiles.rowsFor(mc - i);
      panel(a, ao + i * aRow, aCol, aRow, kc, Math.min(height, mc - i), height, out, i * kc);
      i += height;
    }
  }

  /**
   * Columns of b, in panels as wide as {@link Tiles#columnsFor} says: out[j * kc + p * width + s]
   * for the panel at column j. What the last panel lacks is zero. {@code edgeOnly}: only a last
   * panel that is not whole.
   */
  final void columns(
      Tiles tiles,
      float[] b,
      int bo,
      int bRow,
      int bCol,
      int kc,
      int nc,
      boolean edgeOnly,
      float[] out) {
    int lines = bCol == 1 ? LINES : kc;
    for (int p = 0; p < kc; p += lines) {
      int some = Math.min(lines, kc - p);
      for (int j = 0; j < nc; ) {
        int width = tiles.columnsFor(nc - j);
        if (!edgeOnly || j + width > nc) {
          int at = bo + p * bRow + j * bCol;
          panel(b, at, bRow, bCol, some, Math.min(width, nc - j), width, out, j * kc + p * width);
        }
        j += width;
      }
    }
  }

  /**
   * out[oo + p * width + s] = x[xo + p * outer + s * inner] for p below k, s below n; zero for s
   * from n to width.
   */
  private void panel(
      float[] x, int xo, int outer, int inner, int k, int n, int width, float[] out, int oo) {
    if (n < width) {
      Arrays.fill(out, oo, oo + k * width, 0);
    }
    if (inner == 1) {
      copy(x, xo, outer, k, n, width, out, oo);
    } else {
      transpose(x, xo, outer, inner, k, n, width, out, oo);
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
