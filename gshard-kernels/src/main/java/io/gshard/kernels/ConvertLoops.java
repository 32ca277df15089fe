package io.gshard.kernels;

/** The scalar twin of the conversions between element types. */
class ConvertLoops {
  void convert(float[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (int) x[xo + i];
    }
  }

  void convert(float[] x, int xo, short[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.toBf16(x[xo + i]);
    }
  }

  void convert(float[] x, int xo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] != 0 ? 1 : 0);
    }
  }

  void convert(int[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) x[xo + i];
    }
  }

  void convert(int[] x, int xo, short[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.toBf16(Scalars.roundToOdd(x[xo + i]));
    }
  }

  void convert(int[] x, int xo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (x[xo + i] != 0 ? 1 : 0);
    }
  }

  void convert(short[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.fromBf16(x[xo + i]);
    }
  }

  void convert(short[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (int) Scalars.fromBf16(x[xo + i]);
    }
  }

  void convert(short[] x, int xo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) ((x[xo + i] & 0x7fff) != 0 ? 1 : 0);
    }
  }

  void convert(byte[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i];
    }
  }

  void convert(byte[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i];
    }
  }

  void convert(byte[] x, int xo, short[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (short) (x[xo + i] != 0 ? 0x3f80 : 0);
    }
  }

  void convertUnsigned(int[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.unsignedToFloat(x[xo + i]);
    }
  }

  void convertUnsigned(int[] x, int xo, short[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.toBf16(Scalars.roundToOdd(x[xo + i] & 0xffffffffL));
    }
  }

  void convertUnsigned(float[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.floatToUnsigned(x[xo + i]);
    }
  }

  void convertUnsigned(short[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.floatToUnsigned(Scalars.fromBf16(x[xo + i]));
    }
  }

  void bitcast(float[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Float.floatToRawIntBits(x[xo + i]);
    }
  }

  void bitcast(int[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Float.intBitsToFloat(x[xo + i]);
    }
  }
}
