package io.gshard.kernels;

/** The scalar twin of select and clamp. */
class SelectLoops {
  void select(byte[] p, int po, float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y[yo + i];
    }
  }

  void select(byte[] p, int po, float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y;
    }
  }

  void select(byte[] p, int po, float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x : y[yo + i];
    }
  }

  void select(byte[] p, int po, float x, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x : y;
    }
  }

  void select(byte[] p, int po, int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y[yo + i];
    }
  }

  void select(byte[] p, int po, int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y;
    }
  }

  void select(byte[] p, int po, int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x : y[yo + i];
    }
  }

  void select(byte[] p, int po, int x, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x : y;
    }
  }

  void select(byte[] p, int po, short[] x, int xo, short[] y, int yo, short[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y[yo + i];
    }
  }

  void select(byte[] p, int po, short[] x, int xo, short y, short[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y;
    }
  }

  void select(byte[] p, int po, short x, short[] y, int yo, short[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x : y[yo + i];
    }
  }

  void select(byte[] p, int po, short x, short y, short[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x : y;
    }
  }

  void select(byte[] p, int po, byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y[yo + i];
    }
  }

  void select(byte[] p, int po, byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x[xo + i] : y;
    }
  }

  void select(byte[] p, int po, byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x : y[yo + i];
    }
  }

  void select(byte[] p, int po, byte x, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = p[po + i] != 0 ? x : y;
    }
  }

  void clamp(float lo, float[] x, int xo, float hi, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.min(Math.max(lo, x[xo + i]), hi);
    }
  }

  void clamp(int lo, int[] x, int xo, int hi, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.min(Math.max(lo, x[xo + i]), hi);
    }
  }

  void clampUnsigned(int lo, int[] x, int xo, int hi, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.minimumUnsigned(Scalars.maximumUnsigned(lo, x[xo + i]), hi);
    }
  }
}
