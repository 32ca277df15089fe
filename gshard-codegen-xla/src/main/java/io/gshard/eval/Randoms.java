package io.gshard.eval;

import io.gshard.hlo.ArrayOp;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;

/**
 * HLO's rng: what it gives is the implementation's choice. Here it is the same in every run:
 * element i of call number c on device d is made of a hash (SplitMix64) of the three. So devices
 * draw different numbers, and a partitioner that wants copies to agree has to see to it.
 */
final class Randoms {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private Randoms() {}

  static Literal draw(ArrayOp.Rng op, Literal a, Literal b, long call, int device) {
    Cells result = new Cells(op.shape());
    DType type = op.shape().type();
    long stream = hash(hash(call) + device);
    for (long i = 0; i < result.size(); i++) {
      double first = unit(hash(stream + 2 * i));
      if (!type.isFloating()) {
        result.integer(i, between(type, a.integer(0), b.integer(0), hash(stream + 2 * i)));
      } else if (op.distribution() == ArrayOp.Distribution.RNG_UNIFORM) {
        result.real(i, uniform(type, a.real(0), b.real(0), first));
      } else {
        // Box and Muller; 1 - first is never 0.
        double radius = Math.sqrt(-2 * Math.log(1 - first));
        double angle = 2 * Math.PI * unit(hash(stream + 2 * i + 1));
        result.real(i, a.real(0) + b.real(0) * radius * Math.cos(angle));
      }
    }
    return result.literal();
  }

  /** Rounding must not reach the excluded end. */
  private static double uniform(DType type, double a, double b, double unit) {
    double value = Literal.round(type, a + (b - a) * unit);
    return value < b ? value : a;
  }

  private static long between(DType type, long a, long b, long bits) {
    if (type == DType.PRED) {
      return bits & 1;
    }
    long span = b - a;
    return span == 0 ? a : a + Long.remainderUnsigned(bits, span);
  }

  private static double unit(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }

  private static long hash(long value) {
    long z = value + GAMMA;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
