package io.gshard.kernels;

/** The scalar twin of the comparisons: 1 where they hold, else 0. */
class CompareLoops {
  void equal(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] == y[yo + i] ? 1 : 0);
    }
  }

  void equal(float[] x, int xo, float y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] == y ? 1 : 0);
    }
  }

  void equal(float x, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x == y[yo + i] ? 1 : 0);
    }
  }

  void notEqual(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] != y[yo + i] ? 1 : 0);
    }
  }

  void notEqual(float[] x, int xo, float y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] != y ? 1 : 0);
    }
  }

  void notEqual(float x, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x != y[yo + i] ? 1 : 0);
    }
  }

  void less(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] < y[yo + i] ? 1 : 0);
    }
  }

  void less(float[] x, int xo, float y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] < y ? 1 : 0);
    }
  }

  void less(float x, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x < y[yo + i] ? 1 : 0);
    }
  }

  void lessEqual(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] <= y[yo + i] ? 1 : 0);
    }
  }

  void lessEqual(float[] x, int xo, float y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] <= y ? 1 : 0);
    }
  }

  void lessEqual(float x, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x <= y[yo + i] ? 1 : 0);
    }
  }

  void greater(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] > y[yo + i] ? 1 : 0);
    }
  }

  void greater(float[] x, int xo, float y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] > y ? 1 : 0);
    }
  }

  void greater(float x, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x > y[yo + i] ? 1 : 0);
    }
  }

  void greaterEqual(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] >= y[yo + i] ? 1 : 0);
    }
  }

  void greaterEqual(float[] x, int xo, float y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] >= y ? 1 : 0);
    }
  }

  void greaterEqual(float x, float[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x >= y[yo + i] ? 1 : 0);
    }
  }

  void equal(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] == y[yo + i] ? 1 : 0);
    }
  }

  void equal(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] == y ? 1 : 0);
    }
  }

  void equal(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x == y[yo + i] ? 1 : 0);
    }
  }

  void notEqual(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] != y[yo + i] ? 1 : 0);
    }
  }

  void notEqual(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] != y ? 1 : 0);
    }
  }

  void notEqual(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x != y[yo + i] ? 1 : 0);
    }
  }

  void less(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] < y[yo + i] ? 1 : 0);
    }
  }

  void less(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] < y ? 1 : 0);
    }
  }

  void less(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x < y[yo + i] ? 1 : 0);
    }
  }

  void lessEqual(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] <= y[yo + i] ? 1 : 0);
    }
  }

  void lessEqual(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] <= y ? 1 : 0);
    }
  }

  void lessEqual(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x <= y[yo + i] ? 1 : 0);
    }
  }

  void greater(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] > y[yo + i] ? 1 : 0);
    }
  }

  void greater(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] > y ? 1 : 0);
    }
  }

  void greater(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x > y[yo + i] ? 1 : 0);
    }
  }

  void greaterEqual(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] >= y[yo + i] ? 1 : 0);
    }
  }

  void greaterEqual(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] >= y ? 1 : 0);
    }
  }

  void greaterEqual(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x >= y[yo + i] ? 1 : 0);
    }
  }

  void lessUnsigned(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x[xo + i], y[yo + i]) < 0 ? 1 : 0);
    }
  }

  void lessUnsigned(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x[xo + i], y) < 0 ? 1 : 0);
    }
  }

  void lessUnsigned(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x, y[yo + i]) < 0 ? 1 : 0);
    }
  }

  void lessEqualUnsigned(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x[xo + i], y[yo + i]) <= 0 ? 1 : 0);
    }
  }

  void lessEqualUnsigned(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x[xo + i], y) <= 0 ? 1 : 0);
    }
  }

  void lessEqualUnsigned(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x, y[yo + i]) <= 0 ? 1 : 0);
    }
  }

  void greaterUnsigned(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x[xo + i], y[yo + i]) > 0 ? 1 : 0);
    }
  }

  void greaterUnsigned(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x[xo + i], y) > 0 ? 1 : 0);
    }
  }

  void greaterUnsigned(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x, y[yo + i]) > 0 ? 1 : 0);
    }
  }

  void greaterEqualUnsigned(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x[xo + i], y[yo + i]) >= 0 ? 1 : 0);
    }
  }

  void greaterEqualUnsigned(int[] x, int xo, int y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x[xo + i], y) >= 0 ? 1 : 0);
    }
  }

  void greaterEqualUnsigned(int x, int[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Integer.compareUnsigned(x, y[yo + i]) >= 0 ? 1 : 0);
    }
  }

  void equal(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] == y[yo + i] ? 1 : 0);
    }
  }

  void equal(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] == y ? 1 : 0);
    }
  }

  void equal(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x == y[yo + i] ? 1 : 0);
    }
  }

  void notEqual(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] != y[yo + i] ? 1 : 0);
    }
  }

  void notEqual(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] != y ? 1 : 0);
    }
  }

  void notEqual(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x != y[yo + i] ? 1 : 0);
    }
  }

  void less(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] < y[yo + i] ? 1 : 0);
    }
  }

  void less(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] < y ? 1 : 0);
    }
  }

  void less(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x < y[yo + i] ? 1 : 0);
    }
  }

  void lessEqual(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] <= y[yo + i] ? 1 : 0);
    }
  }

  void lessEqual(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] <= y ? 1 : 0);
    }
  }

  void lessEqual(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x <= y[yo + i] ? 1 : 0);
    }
  }

  void greater(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] > y[yo + i] ? 1 : 0);
    }
  }

  void greater(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] > y ? 1 : 0);
    }
  }

  void greater(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x > y[yo + i] ? 1 : 0);
    }
  }

  void greaterEqual(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] >= y[yo + i] ? 1 : 0);
    }
  }

  void greaterEqual(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] >= y ? 1 : 0);
    }
  }

  void greaterEqual(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x >= y[yo + i] ? 1 : 0);
    }
  }
}
