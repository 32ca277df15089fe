package io.gshard.eval;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;

/** One element from one type to another, by value or by bits. */
final class Conversions {
  private static final double TWO_63 = 0x1p63;

  private Conversions() {}

  /**
   * By value. Floating to integer truncates, saturates, and makes 0 of NaN; integer to integer
   * wraps; anything but 0 is true; complex to real drops the imaginary part.
   */
  static void convert(Literal from, long at, DType type, Cells to) {
    DType source = from.shape().type();
    boolean real = source.isFloating() || source.isComplex();
    if (type.isFloating() || type.isComplex()) {
      to.real(at, real ? from.real(at) : toReal(source, type.part(), from.integer(at)));
      if (type.isComplex()) {
        to.imaginary(at, from.imaginary(at));
      }
    } else if (type == DType.PRED) {
      boolean zero = real ? from.real(at) == 0 && from.imaginary(at) == 0 : from.integer(at) == 0;
      to.integer(at, zero ? 0 : 1);
    } else {
      to.integer(at, real ? saturate(type, from.real(at)) : from.integer(at));
    }
  }

  private static double toReal(DType source, DType type, long value) {
    if (source == DType.U64 && value < 0) {
      // Halved with the lost bit kept as the lowest, so that rounding goes the same way.
      return 2 * toReal(DType.S64, type, value >>> 1 | value & 1);
    }
    return type == DType.F32 ? (float) value : (double) value;
  }

  static long saturate(DType type, double value) {
    if (Double.isNaN(value)) {
      return 0;
    }
    if (type == DType.U64) {
      if (value <= 0) {
        return 0;
      }
      if (value >= 2 * TWO_63) {
        return -1;
      }
      return value < TWO_63 ? (long) value : (long) (value - TWO_63) + Long.MIN_VALUE;
    }
    boolean signed = type.kind() == DType.Kind.SIGNED;
    long highest = signed ? Long.MAX_VALUE >> (64 - type.bits()) : (1L << type.bits()) - 1;
    long lowest = signed ? -highest - 1 : 0;
    // Java's own cast truncates and saturates to the range of long.
    return Indices.clamp((long) value, lowest, highest);
  }

  /** By bits, between types of one width. */
  static void bitcast(Literal from, long at, DType type, Cells to) {
    DType source = from.shape().type();
    long bits = source.isFloating() ? toBits(source, from.real(at)) : from.integer(at);
    if (type.isFloating()) {
      to.real(at, fromBits(type, bits));
    } else {
      to.integer(at, bits);
    }
  }

  static long toBits(DType type, double value) {
    return switch (type) {
      case F64 -> Double.doubleToRawLongBits(value);
      case F32 -> Float.floatToRawIntBits((float) value);
      case BF16 -> Float.floatToRawIntBits((float) value) >>> 16;
      case F16 -> Float.floatToFloat16((float) value);
      default -> throw new IllegalArgumentException(type + " is not floating");
    };
  }

  static double fromBits(DType type, long bits) {
    return switch (type) {
      case F64 -> Double.longBitsToDouble(bits);
      case F32 -> Float.intBitsToFloat((int) bits);
      case BF16 -> Float.intBitsToFloat((int) bits << 16);
      case F16 -> Float.float16ToFloat((short) bits);
      default -> throw new IllegalArgumentException(type + " is not floating");
    };
  }
}
