package io.gshard.eval;

import io.gshard.hlo.ArrayOp;
import io.gshard.op.Casts;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;

/**
 * Reduce-precision: to the nearest value with fewer mantissa bits, ties to even; what then is too
 * large for the exponent becomes infinite, what is too small zero.
 */
final class Precision {
  private Precision() {}

  static Literal reduce(ArrayOp.ReducePrecision op, Literal x) {
    DType type = x.shape().type();
    Cells result = new Cells(x.shape());
    for (long i = 0; i < result.size(); i++) {
      double value = x.real(i);
      result.real(i, Double.isNaN(value) ? value : reduce(op, type, value));
    }
    return result.literal();
  }

  private static double reduce(ArrayOp.ReducePrecision op, DType type, double value) {
    int mantissa = mantissaBits(type);
    int exponent = type.bits() - 1 - mantissa;
    long bits = Casts.toBits(type, value) & mask(type.bits());
    long sign = bits & (1L << (type.bits() - 1));
    long magnitude = bits ^ sign;
    int dropped = mantissa - op.mantissaBits();
    if (dropped > 0) {
      long lowestKept = (magnitude >>> dropped) & 1;
      magnitude += (1L << (dropped - 1)) - 1 + lowestKept;
      magnitude &= -1L << dropped;
    }
    if (op.exponentBits() < exponent) {
      long bias = (1L << (exponent - 1)) - 1;
      long reducedBias = (1L << (op.exponentBits() - 1)) - 1;
      long field = magnitude >>> mantissa;
      if (field > bias + reducedBias) {
        magnitude = mask(exponent) << mantissa;
      } else if (field <= bias - reducedBias) {
        magnitude = 0;
      }
    }
    return Casts.fromBits(type, sign | magnitude);
  }

  private static int mantissaBits(DType type) {
    return switch (type) {
      case F64 -> 52;
      case F32 -> 23;
      case F16 -> 10;
      case BF16 -> 7;
      default -> throw new IllegalArgumentException("reduce-precision of " + type.hloName());
    };
  }

  private static long mask(int bits) {
    return bits == 64 ? -1 : (1L << bits) - 1;
  }
}
