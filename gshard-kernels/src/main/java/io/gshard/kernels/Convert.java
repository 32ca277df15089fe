package io.gshard.kernels;

/**
 * Conversions between element types: f32 {@code float[]}, s32 (and u32: Unsigned) {@code int[]},
 * bf16 {@code short[]}, pred {@code byte[]}. To bf16 rounds to nearest even and keeps NaN; to
 * integers truncates, NaN gives 0; to pred is {@code != 0}.
 *
 * <p>Operands and result are ranges of arrays: {@code (x, xo)} is the array and where its range
 * begins, {@code n} the number of elements. The result's range may be an operand's range, but not
 * overlap it otherwise. An operand may be a scalar. An index out of range throws {@link
 * IndexOutOfBoundsException}.
 */
public final class Convert {
  private Convert() {}

  public static void convert(float[] x, int xo, int[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(float[] x, int xo, short[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(float[] x, int xo, byte[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(int[] x, int xo, float[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(int[] x, int xo, short[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(int[] x, int xo, byte[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(short[] x, int xo, float[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(short[] x, int xo, int[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(short[] x, int xo, byte[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(byte[] x, int xo, float[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(byte[] x, int xo, int[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convert(byte[] x, int xo, short[] out, int oo, int n) {
    Providers.CONVERTS.convert(x, xo, out, oo, n);
  }

  public static void convertUnsigned(int[] x, int xo, float[] out, int oo, int n) {
    Providers.CONVERTS.convertUnsigned(x, xo, out, oo, n);
  }

  public static void convertUnsigned(int[] x, int xo, short[] out, int oo, int n) {
    Providers.CONVERTS.convertUnsigned(x, xo, out, oo, n);
  }

  public static void convertUnsigned(float[] x, int xo, int[] out, int oo, int n) {
    Providers.CONVERTS.convertUnsigned(x, xo, out, oo, n);
  }

  public static void convertUnsigned(short[] x, int xo, int[] out, int oo, int n) {
    Providers.CONVERTS.convertUnsigned(x, xo, out, oo, n);
  }

  public static void bitcast(float[] x, int xo, int[] out, int oo, int n) {
    Providers.CONVERTS.bitcast(x, xo, out, oo, n);
  }

  public static void bitcast(int[] x, int xo, float[] out, int oo, int n) {
    Providers.CONVERTS.bitcast(x, xo, out, oo, n);
  }
}
