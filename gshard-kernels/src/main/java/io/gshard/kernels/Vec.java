package io.gshard.kernels;

import java.util.Arrays;

/**
 * Elementwise arithmetic, named as HLO names it, on f32 ({@code float[]}), s32 and u32 ({@code
 * int[]}, the suffix Unsigned where they differ) and predicates ({@code byte[]} of 0 and 1).
 *
 * <p>Operands and result are ranges of arrays: {@code (x, xo)} is the array and where its range
 * begins, {@code n} the number of elements. The result's range may be an operand's range, but not
 * overlap it otherwise. An operand may be a scalar. An index out of range throws {@link
 * IndexOutOfBoundsException}.
 */
public final class Vec {
  private Vec() {}

  public static void abs(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.abs(x, xo, out, oo, n);
  }

  public static void negate(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.negate(x, xo, out, oo, n);
  }

  public static void sign(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.sign(x, xo, out, oo, n);
  }

  public static void exponential(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.exponential(x, xo, out, oo, n);
  }

  public static void exponentialMinusOne(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.exponentialMinusOne(x, xo, out, oo, n);
  }

  public static void log(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.log(x, xo, out, oo, n);
  }

  public static void logPlusOne(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.logPlusOne(x, xo, out, oo, n);
  }

  public static void sqrt(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.sqrt(x, xo, out, oo, n);
  }

  public static void rsqrt(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.rsqrt(x, xo, out, oo, n);
  }

  public static void cbrt(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.cbrt(x, xo, out, oo, n);
  }

  public static void tanh(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.tanh(x, xo, out, oo, n);
  }

  public static void logistic(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.logistic(x, xo, out, oo, n);
  }

  public static void erf(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.erf(x, xo, out, oo, n);
  }

  public static void sine(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.sine(x, xo, out, oo, n);
  }

  public static void cosine(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.cosine(x, xo, out, oo, n);
  }

  public static void tan(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.tan(x, xo, out, oo, n);
  }

  public static void floor(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.floor(x, xo, out, oo, n);
  }

  public static void ceil(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.ceil(x, xo, out, oo, n);
  }

  public static void roundNearestAfz(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.roundNearestAfz(x, xo, out, oo, n);
  }

  public static void roundNearestEven(float[] x, int xo, float[] out, int oo, int n) {
    Providers.FLOATS.roundNearestEven(x, xo, out, oo, n);
  }

  public static void isFinite(float[] x, int xo, byte[] out, int oo, int n) {
    Providers.FLOATS.isFinite(x, xo, out, oo, n);
  }

  public static void add(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.add(x, xo, y, yo, out, oo, n);
  }

  public static void add(float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.FLOATS.add(x, xo, y, out, oo, n);
  }

  public static void add(float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.add(x, y, yo, out, oo, n);
  }

  public static void subtract(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.subtract(x, xo, y, yo, out, oo, n);
  }

  public static void subtract(float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.FLOATS.subtract(x, xo, y, out, oo, n);
  }

  public static void subtract(float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.subtract(x, y, yo, out, oo, n);
  }

  public static void multiply(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.multiply(x, xo, y, yo, out, oo, n);
  }

  public static void multiply(float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.FLOATS.multiply(x, xo, y, out, oo, n);
  }

  public static void multiply(float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.multiply(x, y, yo, out, oo, n);
  }

  public static void divide(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.divide(x, xo, y, yo, out, oo, n);
  }

  public static void divide(float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.FLOATS.divide(x, xo, y, out, oo, n);
  }

  public static void divide(float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.divide(x, y, yo, out, oo, n);
  }

  public static void remainder(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.remainder(x, xo, y, yo, out, oo, n);
  }

  public static void remainder(float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.FLOATS.remainder(x, xo, y, out, oo, n);
  }

  public static void remainder(float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.remainder(x, y, yo, out, oo, n);
  }

  public static void maximum(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.maximum(x, xo, y, yo, out, oo, n);
  }

  public static void maximum(float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.FLOATS.maximum(x, xo, y, out, oo, n);
  }

  public static void maximum(float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.maximum(x, y, yo, out, oo, n);
  }

  public static void minimum(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.minimum(x, xo, y, yo, out, oo, n);
  }

  public static void minimum(float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.FLOATS.minimum(x, xo, y, out, oo, n);
  }

  public static void minimum(float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.minimum(x, y, yo, out, oo, n);
  }

  public static void power(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.power(x, xo, y, yo, out, oo, n);
  }

  public static void power(float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.FLOATS.power(x, xo, y, out, oo, n);
  }

  public static void power(float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.power(x, y, yo, out, oo, n);
  }

  public static void atan2(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.atan2(x, xo, y, yo, out, oo, n);
  }

  public static void atan2(float[] x, int xo, float y, float[] out, int oo, int n) {
    Providers.FLOATS.atan2(x, xo, y, out, oo, n);
  }

  public static void atan2(float x, float[] y, int yo, float[] out, int oo, int n) {
    Providers.FLOATS.atan2(x, y, yo, out, oo, n);
  }

  public static void abs(int[] x, int xo, int[] out, int oo, int n) {
    Providers.INTS.abs(x, xo, out, oo, n);
  }

  public static void negate(int[] x, int xo, int[] out, int oo, int n) {
    Providers.INTS.negate(x, xo, out, oo, n);
  }

  public static void sign(int[] x, int xo, int[] out, int oo, int n) {
    Providers.INTS.sign(x, xo, out, oo, n);
  }

  public static void not(int[] x, int xo, int[] out, int oo, int n) {
    Providers.INTS.not(x, xo, out, oo, n);
  }

  public static void popcnt(int[] x, int xo, int[] out, int oo, int n) {
    Providers.INTS.popcnt(x, xo, out, oo, n);
  }

  public static void countLeadingZeros(int[] x, int xo, int[] out, int oo, int n) {
    Providers.INTS.countLeadingZeros(x, xo, out, oo, n);
  }

  public static void add(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.add(x, xo, y, yo, out, oo, n);
  }

  public static void add(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.add(x, xo, y, out, oo, n);
  }

  public static void add(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.add(x, y, yo, out, oo, n);
  }

  public static void subtract(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.subtract(x, xo, y, yo, out, oo, n);
  }

  public static void subtract(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.subtract(x, xo, y, out, oo, n);
  }

  public static void subtract(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.subtract(x, y, yo, out, oo, n);
  }

  public static void multiply(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.multiply(x, xo, y, yo, out, oo, n);
  }

  public static void multiply(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.multiply(x, xo, y, out, oo, n);
  }

  public static void multiply(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.multiply(x, y, yo, out, oo, n);
  }

  public static void divide(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.divide(x, xo, y, yo, out, oo, n);
  }

  public static void divide(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.divide(x, xo, y, out, oo, n);
  }

  public static void divide(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.divide(x, y, yo, out, oo, n);
  }

  public static void remainder(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.remainder(x, xo, y, yo, out, oo, n);
  }

  public static void remainder(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.remainder(x, xo, y, out, oo, n);
  }

  public static void remainder(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.remainder(x, y, yo, out, oo, n);
  }

  public static void maximum(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.maximum(x, xo, y, yo, out, oo, n);
  }

  public static void maximum(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.maximum(x, xo, y, out, oo, n);
  }

  public static void maximum(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.maximum(x, y, yo, out, oo, n);
  }

  public static void minimum(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.minimum(x, xo, y, yo, out, oo, n);
  }

  public static void minimum(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.minimum(x, xo, y, out, oo, n);
  }

  public static void minimum(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.minimum(x, y, yo, out, oo, n);
  }

  public static void power(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.power(x, xo, y, yo, out, oo, n);
  }

  public static void power(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.power(x, xo, y, out, oo, n);
  }

  public static void power(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.power(x, y, yo, out, oo, n);
  }

  public static void and(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.and(x, xo, y, yo, out, oo, n);
  }

  public static void and(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.and(x, xo, y, out, oo, n);
  }

  public static void and(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.and(x, y, yo, out, oo, n);
  }

  public static void or(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.or(x, xo, y, yo, out, oo, n);
  }

  public static void or(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.or(x, xo, y, out, oo, n);
  }

  public static void or(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.or(x, y, yo, out, oo, n);
  }

  public static void xor(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.xor(x, xo, y, yo, out, oo, n);
  }

  public static void xor(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.xor(x, xo, y, out, oo, n);
  }

  public static void xor(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.xor(x, y, yo, out, oo, n);
  }

  public static void shiftLeft(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.shiftLeft(x, xo, y, yo, out, oo, n);
  }

  public static void shiftLeft(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.shiftLeft(x, xo, y, out, oo, n);
  }

  public static void shiftLeft(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.shiftLeft(x, y, yo, out, oo, n);
  }

  public static void shiftRightLogical(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.shiftRightLogical(x, xo, y, yo, out, oo, n);
  }

  public static void shiftRightLogical(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.shiftRightLogical(x, xo, y, out, oo, n);
  }

  public static void shiftRightLogical(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.shiftRightLogical(x, y, yo, out, oo, n);
  }

  public static void shiftRightArithmetic(
      int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.shiftRightArithmetic(x, xo, y, yo, out, oo, n);
  }

  public static void shiftRightArithmetic(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.shiftRightArithmetic(x, xo, y, out, oo, n);
  }

  public static void shiftRightArithmetic(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.shiftRightArithmetic(x, y, yo, out, oo, n);
  }

  public static void divideUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.divideUnsigned(x, xo, y, yo, out, oo, n);
  }

  public static void divideUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.divideUnsigned(x, xo, y, out, oo, n);
  }

  public static void divideUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.divideUnsigned(x, y, yo, out, oo, n);
  }

  public static void powerUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.powerUnsigned(x, xo, y, yo, out, oo, n);
  }

  public static void powerUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.powerUnsigned(x, xo, y, out, oo, n);
  }

  public static void powerUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.powerUnsigned(x, y, yo, out, oo, n);
  }

  public static void remainderUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.remainderUnsigned(x, xo, y, yo, out, oo, n);
  }

  public static void remainderUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.remainderUnsigned(x, xo, y, out, oo, n);
  }

  public static void remainderUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.remainderUnsigned(x, y, yo, out, oo, n);
  }

  public static void maximumUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.maximumUnsigned(x, xo, y, yo, out, oo, n);
  }

  public static void maximumUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.maximumUnsigned(x, xo, y, out, oo, n);
  }

  public static void maximumUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.maximumUnsigned(x, y, yo, out, oo, n);
  }

  public static void minimumUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.minimumUnsigned(x, xo, y, yo, out, oo, n);
  }

  public static void minimumUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    Providers.INTS.minimumUnsigned(x, xo, y, out, oo, n);
  }

  public static void minimumUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    Providers.INTS.minimumUnsigned(x, y, yo, out, oo, n);
  }

  public static void not(byte[] x, int xo, byte[] out, int oo, int n) {
    Providers.BYTES.not(x, xo, out, oo, n);
  }

  public static void and(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.and(x, xo, y, yo, out, oo, n);
  }

  public static void and(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.BYTES.and(x, xo, y, out, oo, n);
  }

  public static void and(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.and(x, y, yo, out, oo, n);
  }

  public static void or(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.or(x, xo, y, yo, out, oo, n);
  }

  public static void or(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.BYTES.or(x, xo, y, out, oo, n);
  }

  public static void or(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.or(x, y, yo, out, oo, n);
  }

  public static void xor(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.xor(x, xo, y, yo, out, oo, n);
  }

  public static void xor(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.BYTES.xor(x, xo, y, out, oo, n);
  }

  public static void xor(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.xor(x, y, yo, out, oo, n);
  }

  public static void add(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.add(x, xo, y, yo, out, oo, n);
  }

  public static void add(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.BYTES.add(x, xo, y, out, oo, n);
  }

  public static void add(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.add(x, y, yo, out, oo, n);
  }

  public static void multiply(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.multiply(x, xo, y, yo, out, oo, n);
  }

  public static void multiply(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.BYTES.multiply(x, xo, y, out, oo, n);
  }

  public static void multiply(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.multiply(x, y, yo, out, oo, n);
  }

  public static void maximum(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.maximum(x, xo, y, yo, out, oo, n);
  }

  public static void maximum(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.BYTES.maximum(x, xo, y, out, oo, n);
  }

  public static void maximum(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.maximum(x, y, yo, out, oo, n);
  }

  public static void minimum(byte[] x, int xo, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.minimum(x, xo, y, yo, out, oo, n);
  }

  public static void minimum(byte[] x, int xo, byte y, byte[] out, int oo, int n) {
    Providers.BYTES.minimum(x, xo, y, out, oo, n);
  }

  public static void minimum(byte x, byte[] y, int yo, byte[] out, int oo, int n) {
    Providers.BYTES.minimum(x, y, yo, out, oo, n);
  }

  public static void fill(float value, float[] out, int oo, int n) {
    Arrays.fill(out, oo, oo + n, value);
  }

  public static void fill(int value, int[] out, int oo, int n) {
    Arrays.fill(out, oo, oo + n, value);
  }

  public static void fill(short value, short[] out, int oo, int n) {
    Arrays.fill(out, oo, oo + n, value);
  }

  public static void fill(byte value, byte[] out, int oo, int n) {
    Arrays.fill(out, oo, oo + n, value);
  }

  public static void fill(long value, long[] out, int oo, int n) {
    Arrays.fill(out, oo, oo + n, value);
  }

  public static void fill(double value, double[] out, int oo, int n) {
    Arrays.fill(out, oo, oo + n, value);
  }

  public static void copy(float[] x, int xo, float[] out, int oo, int n) {
    System.arraycopy(x, xo, out, oo, n);
  }

  public static void copy(int[] x, int xo, int[] out, int oo, int n) {
    System.arraycopy(x, xo, out, oo, n);
  }

  public static void copy(short[] x, int xo, short[] out, int oo, int n) {
    System.arraycopy(x, xo, out, oo, n);
  }

  public static void copy(byte[] x, int xo, byte[] out, int oo, int n) {
    System.arraycopy(x, xo, out, oo, n);
  }

  public static void copy(long[] x, int xo, long[] out, int oo, int n) {
    System.arraycopy(x, xo, out, oo, n);
  }

  public static void copy(double[] x, int xo, double[] out, int oo, int n) {
    System.arraycopy(x, xo, out, oo, n);
  }

  /**
   * Each element of rows of the given width, of which x begins at element start, plus its row's y.
   */
  public static void addRows(
      float[] x, int xo, float[] y, int yo, int start, int width, float[] out, int oo, int n) {
    Providers.FLOATS.addRows(x, xo, y, yo, start, width, out, oo, n);
  }

  /** As {@link #addRows}, less y. */
  public static void subtractRows(
      float[] x, int xo, float[] y, int yo, int start, int width, float[] out, int oo, int n) {
    Providers.FLOATS.subtractRows(x, xo, y, yo, start, width, out, oo, n);
  }

  /** As {@link #addRows}, times y. */
  public static void multiplyRows(
      float[] x, int xo, float[] y, int yo, int start, int width, float[] out, int oo, int n) {
    Providers.FLOATS.multiplyRows(x, xo, y, yo, start, width, out, oo, n);
  }

  /** x times a number plus z, rounded twice. */
  public static void multiplyAdd(
      float[] x, int xo, float y, float[] z, int zo, float[] out, int oo, int n) {
    Providers.FLOATS.multiplyAdd(x, xo, y, z, zo, out, oo, n);
  }
}
