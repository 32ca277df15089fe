package io.gshard.kernels;

/**
 * A copy between two strided views. Dims are dropped or merged where the strides allow; rows that
 * are dense on both sides go by arraycopy; what is left is walked by planes in square blocks, so
 * that a transpose touches each cache line once.
 */
final class StridedCopy {
  private StridedCopy() {}

  private static final int BLOCK = 32;

  /** Rows shorter than this are copied by a loop: a call costs more. */
  private static final int SHORT = 12;

  /** Both arrays are of one storage class. */
  static void copy(
      Object src, int so, int[] dims, int[] srcStrides, Object dst, int dO, int[] dstStrides) {
    int rank = dims.length;
    int[] d = new int[rank + 2];
    int[] s = new int[rank + 2];
    int[] t = new int[rank + 2];
    int kept = 0;
    for (int i = 0; i < rank; i++) {
      if (dims[i] == 0) {
        return;
      }
      if (dims[i] == 1) {
        continue;
      }
      boolean merges =
          kept > 0
              && s[kept - 1] == dims[i] * srcStrides[i]
              && t[kept - 1] == dims[i] * dstStrides[i];
      if (merges) {
        d[kept - 1] *= dims[i];
        s[kept - 1] = srcStrides[i];
        t[kept - 1] = dstStrides[i];
      } else {
        d[kept] = dims[i];
        s[kept] = srcStrides[i];
        t[kept] = dstStrides[i];
        kept++;
      }
    }
    while (kept < 2) {
      // A plane needs two dims: put ones in front.
      System.arraycopy(d, 0, d, 1, kept);
      System.arraycopy(s, 0, s, 1, kept);
      System.arraycopy(t, 0, t, 1, kept);
      d[0] = 1;
      s[0] = 0;
      t[0] = 0;
      kept++;
    }
    pairUnitStrides(d, s, t, kept);
    walk(src, so, d, s, dst, dO, t, kept);
  }

  /** Where the innermost dim is not dense in the source, brings the dim that is next to it. */
  private static void pairUnitStrides(int[] d, int[] s, int[] t, int kept) {
    if (s[kept - 1] == 1 || s[kept - 1] == 0) {
      return;
    }
    for (int i = 0; i < kept - 2; i++) {
      if (s[i] == 1) {
        swap(d, i, kept - 2);
        swap(s, i, kept - 2);
        swap(t, i, kept - 2);
        return;
      }
    }
  }

  private static void swap(int[] x, int i, int j) {
    int keep = x[i];
    x[i] = x[j];
    x[j] = keep;
  }

  private static void walk(
      Object src, int so, int[] d, int[] s, Object dst, int dO, int[] t, int rank) {
    int[] index = new int[rank];
    int from = so;
    int to = dO;
    int outer = rank - 2;
    while (true) {
      plane(
          src,
          from,
          s[outer],
          s[outer + 1],
          dst,
          to,
          t[outer],
          t[outer + 1],
          d[outer],
          d[outer + 1]);
      int i = outer - 1;
      for (; i >= 0; i--) {
        from += s[i];
        to += t[i];
        if (++index[i] < d[i]) {
          break;
        }
        from -= d[i] * s[i];
        to -= d[i] * t[i];
        index[i] = 0;
      }
      if (i < 0) {
        return;
      }
    }
  }

  private static void plane(
      Object src, int so, int s2, int s1, Object dst, int dO, int d2, int d1, int n2, int n1) {
    if (s1 == 1 && d1 == 1 && n1 >= SHORT) {
      for (int j = 0; j < n2; j++) {
        System.arraycopy(src, so + j * s2, dst, dO + j * d2, n1);
      }
      return;
    }
    switch (src) {
      case float[] x -> floats(x, so, s2, s1, (float[]) dst, dO, d2, d1, n2, n1);
      case int[] x -> ints(x, so, s2, s1, (int[]) dst, dO, d2, d1, n2, n1);
      case short[] x -> shorts(x, so, s2, s1, (short[]) dst, dO, d2, d1, n2, n1);
      case byte[] x -> bytes(x, so, s2, s1, (byte[]) dst, dO, d2, d1, n2, n1);
      case long[] x -> longs(x, so, s2, s1, (long[]) dst, dO, d2, d1, n2, n1);
      case double[] x -> doubles(x, so, s2, s1, (double[]) dst, dO, d2, d1, n2, n1);
      default -> throw new IllegalArgumentException("no storage class: " + src.getClass());
    }
  }

  private static void floats(
      float[] src, int so, int s2, int s1, float[] dst, int dO, int d2, int d1, int n2, int n1) {
    for (int j0 = 0; j0 < n2; j0 += BLOCK) {
      int j1 = Math.min(n2, j0 + BLOCK);
      for (int i0 = 0; i0 < n1; i0 += BLOCK) {
        int i1 = Math.min(n1, i0 + BLOCK);
        for (int j = j0; j < j1; j++) {
          int from = so + j * s2;
          int to = dO + j * d2;
          if (s1 == 1 && d1 == 1) {
            for (int i = i0; i < i1; i++) {
              dst[to + i] = src[from + i];
            }
          } else {
            for (int i = i0; i < i1; i++) {
              dst[to + i * d1] = src[from + i * s1];
            }
          }
        }
      }
    }
  }

  private static void ints(
      int[] src, int so, int s2, int s1, int[] dst, int dO, int d2, int d1, int n2, int n1) {
    for (int j0 = 0; j0 < n2; j0 += BLOCK) {
      int j1 = Math.min(n2, j0 + BLOCK);
      for (int i0 = 0; i0 < n1; i0 += BLOCK) {
        int i1 = Math.min(n1, i0 + BLOCK);
        for (int j = j0; j < j1; j++) {
          int from = so + j * s2;
          int to = dO + j * d2;
          if (s1 == 1 && d1 == 1) {
            for (int i = i0; i < i1; i++) {
              dst[to + i] = src[from + i];
            }
          } else {
            for (int i = i0; i < i1; i++) {
              dst[to + i * d1] = src[from + i * s1];
            }
          }
        }
      }
    }
  }

  private static void shorts(
      short[] src, int so, int s2, int s1, short[] dst, int dO, int d2, int d1, int n2, int n1) {
    for (int j0 = 0; j0 < n2; j0 += BLOCK) {
      int j1 = Math.min(n2, j0 + BLOCK);
      for (int i0 = 0; i0 < n1; i0 += BLOCK) {
        int i1 = Math.min(n1, i0 + BLOCK);
        for (int j = j0; j < j1; j++) {
          int from = so + j * s2;
          int to = dO + j * d2;
          if (s1 == 1 && d1 == 1) {
            for (int i = i0; i < i1; i++) {
              dst[to + i] = src[from + i];
            }
          } else {
            for (int i = i0; i < i1; i++) {
              dst[to + i * d1] = src[from + i * s1];
            }
          }
        }
      }
    }
  }

  private static void bytes(
      byte[] src, int so, int s2, int s1, byte[] dst, int dO, int d2, int d1, int n2, int n1) {
    for (int j0 = 0; j0 < n2; j0 += BLOCK) {
      int j1 = Math.min(n2, j0 + BLOCK);
      for (int i0 = 0; i0 < n1; i0 += BLOCK) {
        int i1 = Math.min(n1, i0 + BLOCK);
        for (int j = j0; j < j1; j++) {
          int from = so + j * s2;
          int to = dO + j * d2;
          if (s1 == 1 && d1 == 1) {
            for (int i = i0; i < i1; i++) {
              dst[to + i] = src[from + i];
            }
          } else {
            for (int i = i0; i < i1; i++) {
              dst[to + i * d1] = src[from + i * s1];
            }
          }
        }
      }
    }
  }

  private static void longs(
      long[] src, int so, int s2, int s1, long[] dst, int dO, int d2, int d1, int n2, int n1) {
    for (int j0 = 0; j0 < n2; j0 += BLOCK) {
      int j1 = Math.min(n2, j0 + BLOCK);
      for (int i0 = 0; i0 < n1; i0 += BLOCK) {
        int i1 = Math.min(n1, i0 + BLOCK);
        for (int j = j0; j < j1; j++) {
          int from = so + j * s2;
          int to = dO + j * d2;
          if (s1 == 1 && d1 == 1) {
            for (int i = i0; i < i1; i++) {
              dst[to + i] = src[from + i];
            }
          } else {
            for (int i = i0; i < i1; i++) {
              dst[to + i * d1] = src[from + i * s1];
            }
          }
        }
      }
    }
  }

  private static void doubles(
      double[] src, int so, int s2, int s1, double[] dst, int dO, int d2, int d1, int n2, int n1) {
    for (int j0 = 0; j0 < n2; j0 += BLOCK) {
      int j1 = Math.min(n2, j0 + BLOCK);
      for (int i0 = 0; i0 < n1; i0 += BLOCK) {
        int i1 = Math.min(n1, i0 + BLOCK);
        for (int j = j0; j < j1; j++) {
          int from = so + j * s2;
          int to = dO + j * d2;
          if (s1 == 1 && d1 == 1) {
            for (int i = i0; i < i1; i++) {
              dst[to + i] = src[from + i];
            }
          } else {
            for (int i = i0; i < i1; i++) {
              dst[to + i * d1] = src[from + i * s1];
            }
          }
        }
      }
    }
  }
}
