package io.gshard.op;

import io.gshard.tensor.DType;

/**
 * Values and bits from one element type to another; integers are held in longs and floating numbers
 * in doubles, as {@link io.gshard.tensor.Literal} holds them.
 */
public final class Casts {
  private static final double TWO_63 = 0x1p63;

  private Casts() {}

  /** An integer or predicate as a floating number; the caller rounds it to f16 or bf16. */
  public static double toReal(DType source, DType type, long value) {
    if (source == DType.U64 && value < 0) {
      // Halved with the lost bit kept as the lowest, so that rounding goes the same way.
      return 2 * toReal(DType.S64, type, value >>> 1 | value & 1);
    }
    return type == DType.F32 ? (float) value : (double) value;
  }

  /** A floating number truncated to an integer type; beyond its range its bound, and 0 of NaN. */
  public static long saturate(DType type, double value) {
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
    return Math.clamp((long) value, lowest, highest);
  }

  /** The bits of a floating number that is one of the type. */
  public static long toBits(DType type, double value) {
    return switch (type) {
      case F64 -> Double.doubleToRawLongBits(value);
      case F32 -> Float.floatToRawIntBits((float) value);
      case BF16 -> Float.floatToRawIntBits((float) value) >>> 16;
      case F16 -> Float.floatToFloat16((float) value);
      default -> throw new IllegalArgumentException(type + " is not floating");
    };
  }

  /** The floating number of the type that has these bits. */
  public static double fromBits(DType type, long bits) {
    return switch (type) {
      case F64 -> Double.longBitsToDouble(bits);
      case F32 -> Float.intBitsToFloat((int) bits);
      case BF16 -> Float.intBitsToFloat((int) bits << 16);
      case F16 -> Float.float16ToFloat((short) bits);
      default -> throw new IllegalArgumentException(type + " is not floating");
    };
  }
}
