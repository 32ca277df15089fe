package io.gshard.kernels;

/**
 * Elementwise choice: {@code select} takes x where the predicate holds, else y; {@code clamp}
 * limits to lo..hi.
 *
 * <p>Operands and result are ranges of arrays: {@code (x, xo)} is the array and where its range
 * begins, {@code n} the number of elements. The result's range may be an operand's range, but not
 * overlap it otherwise. An operand may be a scalar. An index out of range throws {@link
 * IndexOutOfBoundsException}.
 */
public final class Select {
  private Select() {}

  public static void select(
      byte[] p, int po, float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, xo, y, yo, out, oo, n);
  }

  public static void select(
      byte[] p, int po, float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, xo, y, out, oo, n);
  }

  public static void select(
      byte[] p, int po, float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, y, yo, out, oo, n);
  }

  public static void select(byte[] p, int po, float x, float y, float[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, y, out, oo, n);
  }

  public static void select(
      byte[] p, int po, int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, xo, y, yo, out, oo, n);
  }

  public static void select(byte[] p, int po, int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, xo, y, out, oo, n);
  }

  public static void select(byte[] p, int po, int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, y, yo, out, oo, n);
  }

  public static void select(byte[] p, int po, int x, int y, int[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, y, out, oo, n);
  }

  public static void select(
      byte[] p, int po, short[] x, int xo, short[] y, int yo, short[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, xo, y, yo, out, oo, n);
  }

  public static void select(
      byte[] p, int po, short[] x, int xo, short y, short[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, xo, y, out, oo, n);
  }

  public static void select(
      byte[] p, int po, short x, short[] y, int yo, short[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, y, yo, out, oo, n);
  }

  public static void select(byte[] p, int po, short x, short y, short[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, y, out, oo, n);
  }

  public static void select(
      byte[] p, int po, byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, xo, y, yo, out, oo, n);
  }

  public static void select(byte[] p, int po, byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, xo, y, out, oo, n);
  }

  public static void select(byte[] p, int po, byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, y, yo, out, oo, n);
  }

  public static void select(byte[] p, int po, byte x, byte y, byte[] out, int oo, int n) {
    Providers.SELECTS.select(p, po, x, y, out, oo, n);
  }

  public static void clamp(float lo, float[] x, int xo, float hi, float[] out, int oo, int n) {
    Providers.SELECTS.clamp(lo, x, xo, hi, out, oo, n);
  }

  public static void clamp(int lo, int[] x, int xo, int hi, int[] out, int oo, int n) {
    Providers.SELECTS.clamp(lo, x, xo, hi, out, oo, n);
  }

  public static void clampUnsigned(int lo, int[] x, int xo, int hi, int[] out, int oo, int n) {
    Providers.SELECTS.clampUnsigned(lo, x, xo, hi, out, oo, n);
  }
}
