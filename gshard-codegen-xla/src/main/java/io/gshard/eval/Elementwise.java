package io.gshard.eval;

import io.gshard.op.IntegerMath;
import io.gshard.op.Op;
import io.gshard.op.RealMath;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;

/** Ops that make each element of the result of the elements in the same place. */
final class Elementwise {
  private Elementwise() {}

  static Literal unary(Op.UnaryKind kind, Literal x) {
    DType type = x.shape().type();
    Cells result =
        new Cells(
            switch (kind) {
              case IS_FINITE -> x.shape().withType(DType.PRED);
              case ABS -> x.shape().withType(type.part());
              default -> x.shape();
            });
    for (long i = 0; i < result.size(); i++) {
      if (kind == Op.UnaryKind.IS_FINITE) {
        result.integer(i, Double.isFinite(x.real(i)) ? 1 : 0);
      } else if (type.isComplex()) {
        put(result, i, ComplexMath.unary(kind, complex(x, i)));
      } else if (type.isFloating()) {
        result.real(i, RealMath.unary(kind, x.real(i)));
      } else {
        result.integer(i, IntegerMath.unary(kind, type, x.integer(i)));
      }
    }
    return result.literal();
  }

  static Literal binary(Op.BinaryKind kind, Literal x, Literal y) {
    DType type = x.shape().type();
    Cells result = new Cells(x.shape());
    for (long i = 0; i < result.size(); i++) {
      if (type.isComplex()) {
        put(result, i, ComplexMath.binary(kind, complex(x, i), complex(y, i)));
      } else if (type.isFloating()) {
        result.real(i, RealMath.binary(kind, x.real(i), y.real(i)));
      } else {
        result.integer(i, IntegerMath.binary(kind, type, x.integer(i), y.integer(i)));
      }
    }
    return result.literal();
  }

  static Literal compare(Op.Direction direction, Literal x, Literal y) {
    DType type = x.shape().type();
    Cells result = new Cells(x.shape().withType(DType.PRED));
    for (long i = 0; i < result.size(); i++) {
      boolean holds =
          switch (type.kind()) {
            case FLOATING -> RealMath.compare(direction, x.real(i), y.real(i));
            case COMPLEX -> equal(x, y, i) == (direction == Op.Direction.EQ);
            case PREDICATE, SIGNED, UNSIGNED ->
                IntegerMath.compare(direction, type, x.integer(i), y.integer(i));
          };
      result.integer(i, holds ? 1 : 0);
    }
    return result.literal();
  }

  /** Literals hold one NaN, which is the largest; -0 is below 0. */
  static Literal compareTotal(Op.Direction direction, Literal x, Literal y) {
    Cells result = new Cells(x.shape().withType(DType.PRED));
    for (long i = 0; i < result.size(); i++) {
      int order = Double.compare(x.real(i), y.real(i));
      result.integer(i, IntegerMath.compare(direction, DType.S32, order, 0) ? 1 : 0);
    }
    return result.literal();
  }

  private static boolean equal(Literal x, Literal y, long at) {
    return x.real(at) == y.real(at) && x.imaginary(at) == y.imaginary(at);
  }

  static ComplexMath complex(Literal x, long at) {
    return new ComplexMath(x.real(at), x.imaginary(at));
  }

  /** Of a result that is real (abs) the real part alone. */
  private static void put(Cells result, long at, ComplexMath value) {
    result.real(at, value.re());
    if (result.isComplex()) {
      result.imaginary(at, value.im());
    }
  }

  static Literal complex(Literal real, Literal imaginary) {
    DType type = real.shape().type() == DType.F64 ? DType.C128 : DType.C64;
    Cells result = new Cells(real.shape().withType(type));
    for (long i = 0; i < result.size(); i++) {
      result.real(i, real.real(i));
      result.imaginary(i, imaginary.real(i));
    }
    return result.literal();
  }

  static Literal part(Literal x, boolean imaginary) {
    Cells result = new Cells(x.shape().withType(x.shape().type().part()));
    for (long i = 0; i < result.size(); i++) {
      result.real(i, imaginary ? x.imaginary(i) : x.real(i));
    }
    return result.literal();
  }

  static Literal select(Literal predicate, Literal onTrue, Literal onFalse) {
    Cells result = new Cells(onTrue.shape());
    for (long i = 0; i < result.size(); i++) {
      result.copy(i, predicate.integer(i) != 0 ? onTrue : onFalse, i);
    }
    return result.literal();
  }

  /** min(max(low, x), high), NaN staying NaN. */
  static Literal clamp(Literal low, Literal x, Literal high) {
    Literal raised = binary(Op.BinaryKind.MAXIMUM, spread(low, x), x);
    return binary(Op.BinaryKind.MINIMUM, raised, spread(high, x));
  }

  private static Literal spread(Literal bound, Literal x) {
    if (bound.shape().equals(x.shape())) {
      return bound;
    }
    Cells result = new Cells(x.shape());
    result.fill(bound);
    return result.literal();
  }

  static Literal convert(DType type, Literal x) {
    Cells result = new Cells(x.shape().withType(type));
    for (long i = 0; i < result.size(); i++) {
      Conversions.convert(x, i, type, result);
    }
    return result.literal();
  }

  static Literal bitcast(DType type, Literal x) {
    Cells result = new Cells(x.shape().withType(type));
    for (long i = 0; i < result.size(); i++) {
      Conversions.bitcast(x, i, type, result);
    }
    return result.literal();
  }
}
