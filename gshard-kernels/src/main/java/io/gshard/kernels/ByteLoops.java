package io.gshard.kernels;

/**
 * Loops over predicates (0 or 1 per byte). Plain Java, also with the Vector API: C2 vectorises
 * bytes less well, but predicates are a small part of any program.
 */
class ByteLoops {
  void not(byte[] x, int xo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] ^ 1);
    }
  }

  void and(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] & y[yo + i]);
    }
  }

  void and(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] & y);
    }
  }

  void and(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x & y[yo + i]);
    }
  }

  void or(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] | y[yo + i]);
    }
  }

  void or(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] | y);
    }
  }

  void or(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x | y[yo + i]);
    }
  }

  void xor(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] ^ y[yo + i]);
    }
  }

  void xor(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] ^ y);
    }
  }

  void xor(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x ^ y[yo + i]);
    }
  }

  void add(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] | y[yo + i]);
    }
  }

  void add(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] | y);
    }
  }

  void add(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x | y[yo + i]);
    }
  }

  void multiply(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] & y[yo + i]);
    }
  }

  void multiply(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] & y);
    }
  }

  void multiply(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x & y[yo + i]);
    }
  }

  void maximum(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] | y[yo + i]);
    }
  }

  void maximum(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] | y);
    }
  }

  void maximum(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x | y[yo + i]);
    }
  }

  void minimum(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] & y[yo + i]);
    }
  }

  void minimum(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] & y);
    }
  }

  void minimum(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x & y[yo + i]);
    }
  }
}
