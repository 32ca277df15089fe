package io.gshard.kernels;

import java.util.Arrays;

/** Reads a block of a strided view, run by run along its last dim. */
final class StridedLoad {
  private StridedLoad() {}

  /** Both arrays are of one storage class. */
  static void load(
      Object src, int so, int[] dims, int[] strides, long start, int n, Object out, int oo) {
    int rank = dims.length;
    if (rank == 0) {
      run(src, so, 0, out, oo, n);
      return;
    }
    if (n <= 0) {
      return;
    }
    int[] index = new int[rank];
    long rest = start;
    int from = so;
    for (int i = rank - 1; i >= 0; i--) {
      index[i] = (int) (rest % dims[i]);
      rest /= dims[i];
      from += index[i] * strides[i];
    }
    int last = rank - 1;
    int done = 0;
    while (true) {
      int length = Math.min(n - done, dims[last] - index[last]);
      run(src, from, strides[last], out, oo + done, length);
      done += length;
      if (done == n) {
        return;
      }
      from -= index[last] * strides[last];
      index[last] = 0;
      for (int i = last - 1; i >= 0; i--) {
        from += strides[i];
        if (++index[i] < dims[i]) {
          break;
        }
        from -= dims[i] * strides[i];
        index[i] = 0;
      }
    }
  }

  private static void run(Object src, int from, int stride, Object out, int to, int n) {
    if (stride == 1 && n > 8) {
      System.arraycopy(src, from, out, to, n);
      return;
    }
    switch (src) {
      case float[] x -> floats(x, from, stride, (float[]) out, to, n);
      case int[] x -> ints(x, from, stride, (int[]) out, to, n);
      case short[] x -> shorts(x, from, stride, (short[]) out, to, n);
      case byte[] x -> bytes(x, from, stride, (byte[]) out, to, n);
      case long[] x -> longs(x, from, stride, (long[]) out, to, n);
      case double[] x -> doubles(x, from, stride, (double[]) out, to, n);
      default -> throw new IllegalArgumentException("no storage class: " + src.getClass());
    }
  }

  private static void floats(float[] x, int from, int stride, float[] out, int to, int n) {
    if (stride == 0) {
      Arrays.fill(out, to, to + n, x[from]);
    } else {
      for (int i = 0; i < n; i++) {
        out[to + i] = x[from + i * stride];
      }
    }
  }

  private static void ints(int[] x, int from, int stride, int[] out, int to, int n) {
    if (stride == 0) {
      Arrays.fill(out, to, to + n, x[from]);
    } else {
      for (int i = 0; i < n; i++) {
        out[to + i] = x[from + i * stride];
      }
    }
  }

  private static void shorts(short[] x, int from, int stride, short[] out, int to, int n) {
    if (stride == 0) {
      Arrays.fill(out, to, to + n, x[from]);
    } else {
      for (int i = 0; i < n; i++) {
        out[to + i] = x[from + i * stride];
      }
    }
  }

  private static void bytes(byte[] x, int from, int stride, byte[] out, int to, int n) {
    if (stride == 0) {
      Arrays.fill(out, to, to + n, x[from]);
    } else {
      for (int i = 0; i < n; i++) {
        out[to + i] = x[from + i * stride];
      }
    }
  }

  private static void longs(long[] x, int from, int stride, long[] out, int to, int n) {
    if (stride == 0) {
      Arrays.fill(out, to, to + n, x[from]);
    } else {
      for (int i = 0; i < n; i++) {
        out[to + i] = x[from + i * stride];
      }
    }
  }

  private static void doubles(double[] x, int from, int stride, double[] out, int to, int n) {
    if (stride == 0) {
      Arrays.fill(out, to, to + n, x[from]);
    } else {
      for (int i = 0; i < n; i++) {
        out[to + i] = x[from + i * stride];
      }
    }
  }
}
