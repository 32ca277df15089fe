package io.gshard.kernels;

/** One element at a time, where Java's operators differ from HLO's. */
final class Scalars {
  private Scalars() {}

  static int divide(int x, int y) {
    return y == 0 ? -1 : x / y;
  }

  static int remainder(int x, int y) {
    return y == 0 ? x : x % y;
  }

  static int divideUnsigned(int x, int y) {
    return y == 0 ? -1 : Integer.divideUnsigned(x, y);
  }

  static int remainderUnsigned(int x, int y) {
    return y == 0 ? x : Integer.remainderUnsigned(x, y);
  }

  static int maximumUnsigned(int x, int y) {
    return Integer.compareUnsigned(x, y) >= 0 ? x : y;
  }

  static int minimumUnsigned(int x, int y) {
    return Integer.compareUnsigned(x, y) <= 0 ? x : y;
  }

  /** x to the y, modulo 2^32; a negative y gives 1/x truncated, as XLA does. */
  static int power(int x, int y) {
    if (y < 0) {
      return x == 1 ? 1 : x == -1 ? ((y & 1) == 0 ? 1 : -1) : 0;
    }
    return powerUnsigned(x, y);
  }

  /** x to the y, both unsigned, modulo 2^32. */
  static int powerUnsigned(int x, int y) {
    int result = 1;
    int square = x;
    for (int rest = y; rest != 0; rest >>>= 1) {
      if ((rest & 1) == 1) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  /** C's pow, as XLA's: unlike Java's it gives 1 for 1^NaN and for (-1)^±infinity. */
  static float power(float x, float y) {
    return x == 1 || (x == -1 && Float.isInfinite(y)) ? 1 : (float) Math.pow(x, y);
  }

  static int shiftLeft(int x, int y) {
    return Integer.compareUnsigned(y, 32) < 0 ? x << y : 0;
  }

  static int shiftRightLogical(int x, int y) {
    return Integer.compareUnsigned(y, 32) < 0 ? x >>> y : 0;
  }

  static int shiftRightArithmetic(int x, int y) {
    return Integer.compareUnsigned(y, 32) < 0 ? x >> y : x >> 31;
  }

  static float roundAwayFromZero(float x) {
    float down = (float) Math.floor(Math.abs(x));
    return Math.copySign(Math.abs(x) - down >= 0.5f ? down + 1 : down, x);
  }

  /** The nearest bf16, ties to even; NaN stays NaN. */
  static short toBf16(float x) {
    int bits = Float.floatToRawIntBits(x);
    if (Float.isNaN(x)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  static float fromBf16(short x) {
    return Float.intBitsToFloat(x << 16);
  }

  /**
   * The float next to an integer with an odd last bit unless it is exact, so that rounding it again
   * is right.
   */
  static float roundToOdd(long x) {
    float nearest = (float) x;
    if ((long) nearest == x || (Float.floatToRawIntBits(nearest) & 1) == 1) {
      return nearest;
    }
    return (long) nearest < x ? Math.nextUp(nearest) : Math.nextDown(nearest);
  }

  static float unsignedToFloat(int x) {
    return (float) (x & 0xffffffffL);
  }

  /** Truncated; NaN gives 0, what is out of range is limited to it. */
  static int floatToUnsigned(float x) {
    return (int) Math.max(0, Math.min(0xffffffffL, (long) x));
  }

  /** The error function, by Eigen's rational approximation; within 5e-7 of the truth, relative. */
  static float erf(float x) {
    double c = Math.max(-4.0, Math.min(4.0, x));
    double s = c * c;
    double p = -2.72614225801306e-10;
    p = p * s + 2.77068142495902e-08;
    p = p * s - 2.10102402082508e-06;
    p = p * s - 5.69250639462346e-05;
    p = p * s - 7.34990630326855e-04;
    p = p * s - 2.95459980854025e-03;
    p = p * s - 1.60960333262415e-02;
    double q = -1.45660718464996e-05;
    q = q * s - 2.13374055278905e-04;
    q = q * s - 1.68282697438203e-03;
    q = q * s - 7.37332916720468e-03;
    q = q * s - 1.42647390514189e-02;
    return (float) (c * p / q);
  }
}
