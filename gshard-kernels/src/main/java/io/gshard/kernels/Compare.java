package io.gshard.kernels;

/**
 * Elementwise comparisons to predicates (1 or 0). With NaN all are 0 but {@code notEqual}; the
 * suffix Unsigned is for u32.
 *
 * <p>Operands and result are ranges of arrays: {@code (x, xo)} is the array and where its range
 * begins, {@code n} the number of elements. The result's range may be an operand's range, but not
 * overlap it otherwise. An operand may be a scalar. An index out of range throws {@link
 * IndexOutOfBoundsException}.
 */
public final class Compare {
  private Compare() {}

  public static void equal(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.equal(x, xo, y, yo, out, oo, n);
  }

  public static void equal(float[] x, int xo, float y, byte[] out, int oo, int n) {
    Providers.COMPARES.equal(x, xo, y, out, oo, n);
  }

  public static void equal(float x, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.equal(x, y, yo, out, oo, n);
  }

  public static void notEqual(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.notEqual(x, xo, y, yo, out, oo, n);
  }

  public static void notEqual(float[] x, int xo, float y, byte[] out, int oo, int n) {
    Providers.COMPARES.notEqual(x, xo, y, out, oo, n);
  }

  public static void notEqual(float x, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.notEqual(x, y, yo, out, oo, n);
  }

  public static void less(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.less(x, xo, y, yo, out, oo, n);
  }

  public static void less(float[] x, int xo, float y, byte[] out, int oo, int n) {
    Providers.COMPARES.less(x, xo, y, out, oo, n);
  }

  public static void less(float x, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.less(x, y, yo, out, oo, n);
  }

  public static void lessEqual(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqual(x, xo, y, yo, out, oo, n);
  }

  public static void lessEqual(float[] x, int xo, float y, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqual(x, xo, y, out, oo, n);
  }

  public static void lessEqual(float x, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqual(x, y, yo, out, oo, n);
  }

  public static void greater(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greater(x, xo, y, yo, out, oo, n);
  }

  public static void greater(float[] x, int xo, float y, byte[] out, int oo, int n) {
    Providers.COMPARES.greater(x, xo, y, out, oo, n);
  }

  public static void greater(float x, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greater(x, y, yo, out, oo, n);
  }

  public static void greaterEqual(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqual(x, xo, y, yo, out, oo, n);
  }

  public static void greaterEqual(float[] x, int xo, float y, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqual(x, xo, y, out, oo, n);
  }

  public static void greaterEqual(float x, float[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqual(x, y, yo, out, oo, n);
  }

  public static void equal(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.equal(x, xo, y, yo, out, oo, n);
  }

  public static void equal(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.equal(x, xo, y, out, oo, n);
  }

  public static void equal(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.equal(x, y, yo, out, oo, n);
  }

  public static void notEqual(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.notEqual(x, xo, y, yo, out, oo, n);
  }

  public static void notEqual(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.notEqual(x, xo, y, out, oo, n);
  }

  public static void notEqual(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.notEqual(x, y, yo, out, oo, n);
  }

  public static void less(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.less(x, xo, y, yo, out, oo, n);
  }

  public static void less(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.less(x, xo, y, out, oo, n);
  }

  public static void less(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.less(x, y, yo, out, oo, n);
  }

  public static void lessEqual(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqual(x, xo, y, yo, out, oo, n);
  }

  public static void lessEqual(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqual(x, xo, y, out, oo, n);
  }

  public static void lessEqual(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqual(x, y, yo, out, oo, n);
  }

  public static void greater(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greater(x, xo, y, yo, out, oo, n);
  }

  public static void greater(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.greater(x, xo, y, out, oo, n);
  }

  public static void greater(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greater(x, y, yo, out, oo, n);
  }

  public static void greaterEqual(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqual(x, xo, y, yo, out, oo, n);
  }

  public static void greaterEqual(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqual(x, xo, y, out, oo, n);
  }

  public static void greaterEqual(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqual(x, y, yo, out, oo, n);
  }

  public static void lessUnsigned(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessUnsigned(x, xo, y, yo, out, oo, n);
  }

  public static void lessUnsigned(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.lessUnsigned(x, xo, y, out, oo, n);
  }

  public static void lessUnsigned(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessUnsigned(x, y, yo, out, oo, n);
  }

  public static void lessEqualUnsigned(
      int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqualUnsigned(x, xo, y, yo, out, oo, n);
  }

  public static void lessEqualUnsigned(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqualUnsigned(x, xo, y, out, oo, n);
  }

  public static void lessEqualUnsigned(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqualUnsigned(x, y, yo, out, oo, n);
  }

  public static void greaterUnsigned(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterUnsigned(x, xo, y, yo, out, oo, n);
  }

  public static void greaterUnsigned(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterUnsigned(x, xo, y, out, oo, n);
  }

  public static void greaterUnsigned(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterUnsigned(x, y, yo, out, oo, n);
  }

  public static void greaterEqualUnsigned(
      int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqualUnsigned(x, xo, y, yo, out, oo, n);
  }

  public static void greaterEqualUnsigned(int[] x, int xo, int y, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqualUnsigned(x, xo, y, out, oo, n);
  }

  public static void greaterEqualUnsigned(int x, int[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqualUnsigned(x, y, yo, out, oo, n);
  }

  public static void equal(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.equal(x, xo, y, yo, out, oo, n);
  }

  public static void equal(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.COMPARES.equal(x, xo, y, out, oo, n);
  }

  public static void equal(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.equal(x, y, yo, out, oo, n);
  }

  public static void notEqual(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.notEqual(x, xo, y, yo, out, oo, n);
  }

  public static void notEqual(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.COMPARES.notEqual(x, xo, y, out, oo, n);
  }

  public static void notEqual(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.notEqual(x, y, yo, out, oo, n);
  }

  public static void less(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.less(x, xo, y, yo, out, oo, n);
  }

  public static void less(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.COMPARES.less(x, xo, y, out, oo, n);
  }

  public static void less(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.less(x, y, yo, out, oo, n);
  }

  public static void lessEqual(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqual(x, xo, y, yo, out, oo, n);
  }

  public static void lessEqual(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqual(x, xo, y, out, oo, n);
  }

  public static void lessEqual(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.lessEqual(x, y, yo, out, oo, n);
  }

  public static void greater(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greater(x, xo, y, yo, out, oo, n);
  }

  public static void greater(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.COMPARES.greater(x, xo, y, out, oo, n);
  }

  public static void greater(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greater(x, y, yo, out, oo, n);
  }

  public static void greaterEqual(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqual(x, xo, y, yo, out, oo, n);
  }

  public static void greaterEqual(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqual(x, xo, y, out, oo, n);
  }

  public static void greaterEqual(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.COMPARES.greaterEqual(x, y, yo, out, oo, n);
  }
}
