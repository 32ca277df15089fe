package io.gshard.eager;

import io.gshard.kernels.Compare;
import io.gshard.kernels.Convert;
import io.gshard.kernels.Select;
import io.gshard.kernels.Vec;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;

/** Ops that work element by element. bf16 is computed in f32 and rounded. */
final class Elementwise {
  private Elementwise() {}

  static ArrayTensor unary(Op.UnaryKind kind, ArrayTensor x, Shape shape) {
    ArrayTensor out = ArrayTensor.allocate(shape);
    int n = x.size();
    switch (x.type()) {
      case F32 -> {
        if (kind == Op.UnaryKind.IS_FINITE) {
          Vec.isFinite(x.floats(), 0, out.bytes(), 0, n);
        } else {
          floats(kind, x.floats(), out.floats(), n);
        }
      }
      case BF16 -> {
        boolean predicate = kind == Op.UnaryKind.IS_FINITE;
        Shape wide = predicate ? shape : shape.withType(DType.F32);
        return convert(shape.type(), unary(kind, convert(DType.F32, x), wide));
      }
      case S32, U32 -> ints(kind, x.type() == DType.U32, x.ints(), out.ints(), n);
      case PRED -> Vec.not(x.bytes(), 0, out.bytes(), 0, n);
      default -> throw new IllegalArgumentException(kind + " of " + x.shape());
    }
    return out;
  }

  private static void floats(Op.UnaryKind kind, float[] x, float[] out, int n) {
    switch (kind) {
      case ABS -> Vec.abs(x, 0, out, 0, n);
      case NEGATE -> Vec.negate(x, 0, out, 0, n);
      case SIGN -> Vec.sign(x, 0, out, 0, n);
      case EXP -> Vec.exponential(x, 0, out, 0, n);
      case EXPM1 -> Vec.exponentialMinusOne(x, 0, out, 0, n);
      case LOG -> Vec.log(x, 0, out, 0, n);
      case LOG1P -> Vec.logPlusOne(x, 0, out, 0, n);
      case SQRT -> Vec.sqrt(x, 0, out, 0, n);
      case RSQRT -> Vec.rsqrt(x, 0, out, 0, n);
      case CBRT -> Vec.cbrt(x, 0, out, 0, n);
      case TANH -> Vec.tanh(x, 0, out, 0, n);
      case LOGISTIC -> Vec.logistic(x, 0, out, 0, n);
      case ERF -> Vec.erf(x, 0, out, 0, n);
      case SINE -> Vec.sine(x, 0, out, 0, n);
      case COSINE -> Vec.cosine(x, 0, out, 0, n);
      case TAN -> Vec.tan(x, 0, out, 0, n);
      case FLOOR -> Vec.floor(x, 0, out, 0, n);
      case CEIL -> Vec.ceil(x, 0, out, 0, n);
      case ROUND_NEAREST_AFZ -> Vec.roundNearestAfz(x, 0, out, 0, n);
      case ROUND_NEAREST_EVEN -> Vec.roundNearestEven(x, 0, out, 0, n);
      case NOT, IS_FINITE, POPCNT, CLZ ->
          throw new IllegalArgumentException(kind + " gives no floating value");
    }
  }

  private static void ints(Op.UnaryKind kind, boolean unsigned, int[] x, int[] out, int n) {
    switch (kind) {
      case ABS -> {
        if (unsigned) {
          Vec.copy(x, 0, out, 0, n);
        } else {
          Vec.abs(x, 0, out, 0, n);
        }
      }
      case SIGN -> {
        if (unsigned) {
          Vec.minimumUnsigned(x, 0, 1, out, 0, n);
        } else {
          Vec.sign(x, 0, out, 0, n);
        }
      }
      case NEGATE -> Vec.negate(x, 0, out, 0, n);
      case NOT -> Vec.not(x, 0, out, 0, n);
      case POPCNT -> Vec.popcnt(x, 0, out, 0, n);
      case CLZ -> Vec.countLeadingZeros(x, 0, out, 0, n);
      default -> throw new IllegalArgumentException(kind + " of integers");
    }
  }

  static ArrayTensor binary(Op.BinaryKind kind, ArrayTensor x, ArrayTensor y) {
    ArrayTensor out = ArrayTensor.allocate(x.shape());
    int n = x.size();
    switch (x.type()) {
      case F32 -> floats(kind, x.floats(), y.floats(), out.floats(), n);
      case BF16 -> {
        ArrayTensor wide = binary(kind, convert(DType.F32, x), convert(DType.F32, y));
        return convert(DType.BF16, wide);
      }
      case S32 -> ints(kind, x.ints(), y.ints(), out.ints(), n);
      case U32 -> unsigned(kind, x.ints(), y.ints(), out.ints(), n);
      case PRED -> bytes(kind, x.bytes(), y.bytes(), out.bytes(), n);
      default -> throw new IllegalArgumentException(kind + " of " + x.shape());
    }
    return out;
  }

  private static void floats(Op.BinaryKind kind, float[] x, float[] y, float[] out, int n) {
    switch (kind) {
      case ADD -> Vec.add(x, 0, y, 0, out, 0, n);
      case SUBTRACT -> Vec.subtract(x, 0, y, 0, out, 0, n);
      case MULTIPLY -> Vec.multiply(x, 0, y, 0, out, 0, n);
      case DIVIDE -> Vec.divide(x, 0, y, 0, out, 0, n);
      case REMAINDER -> Vec.remainder(x, 0, y, 0, out, 0, n);
      case MAXIMUM -> Vec.maximum(x, 0, y, 0, out, 0, n);
      case MINIMUM -> Vec.minimum(x, 0, y, 0, out, 0, n);
      case POWER -> Vec.power(x, 0, y, 0, out, 0, n);
      case ATAN2 -> Vec.atan2(x, 0, y, 0, out, 0, n);
      case AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT_LOGICAL, SHIFT_RIGHT_ARITHMETIC ->
          throw new IllegalArgumentException(kind + " of floating values");
    }
  }

  private static void ints(Op.BinaryKind kind, int[] x, int[] y, int[] out, int n) {
    switch (kind) {
      case ADD -> Vec.add(x, 0, y, 0, out, 0, n);
      case SUBTRACT -> Vec.subtract(x, 0, y, 0, out, 0, n);
      case MULTIPLY -> Vec.multiply(x, 0, y, 0, out, 0, n);
      case DIVIDE -> Vec.divide(x, 0, y, 0, out, 0, n);
      case REMAINDER -> Vec.remainder(x, 0, y, 0, out, 0, n);
      case MAXIMUM -> Vec.maximum(x, 0, y, 0, out, 0, n);
      case MINIMUM -> Vec.minimum(x, 0, y, 0, out, 0, n);
      case POWER -> Vec.power(x, 0, y, 0, out, 0, n);
      case AND -> Vec.and(x, 0, y, 0, out, 0, n);
      case OR -> Vec.or(x, 0, y, 0, out, 0, n);
      case XOR -> Vec.xor(x, 0, y, 0, out, 0, n);
      case SHIFT_LEFT -> Vec.shiftLeft(x, 0, y, 0, out, 0, n);
      case SHIFT_RIGHT_LOGICAL -> Vec.shiftRightLogical(x, 0, y, 0, out, 0, n);
      case SHIFT_RIGHT_ARITHMETIC -> Vec.shiftRightArithmetic(x, 0, y, 0, out, 0, n);
      case ATAN2 -> throw new IllegalArgumentException("atan2 of integers");
    }
  }

  private static void unsigned(Op.BinaryKind kind, int[] x, int[] y, int[] out, int n) {
    switch (kind) {
      case DIVIDE -> Vec.divideUnsigned(x, 0, y, 0, out, 0, n);
      case REMAINDER -> Vec.remainderUnsigned(x, 0, y, 0, out, 0, n);
      case MAXIMUM -> Vec.maximumUnsigned(x, 0, y, 0, out, 0, n);
      case MINIMUM -> Vec.minimumUnsigned(x, 0, y, 0, out, 0, n);
      case POWER -> Vec.powerUnsigned(x, 0, y, 0, out, 0, n);
      default -> ints(kind, x, y, out, n);
    }
  }

  private static void bytes(Op.BinaryKind kind, byte[] x, byte[] y, byte[] out, int n) {
    switch (kind) {
      case AND, MINIMUM -> Vec.and(x, 0, y, 0, out, 0, n);
      case OR, MAXIMUM -> Vec.or(x, 0, y, 0, out, 0, n);
      case XOR -> Vec.xor(x, 0, y, 0, out, 0, n);
      default -> throw new IllegalArgumentException(kind + " of predicates");
    }
  }

  static ArrayTensor compare(Op.Direction direction, ArrayTensor x, ArrayTensor y) {
    ArrayTensor out = ArrayTensor.allocate(x.shape().withType(DType.PRED));
    int n = x.size();
    switch (x.type()) {
      case F32 -> floats(direction, x.floats(), y.floats(), out.bytes(), n);
      case BF16 -> {
        return compare(direction, convert(DType.F32, x), convert(DType.F32, y));
      }
      case S32 -> ints(direction, x.ints(), y.ints(), out.bytes(), n);
      case U32 -> unsigned(direction, x.ints(), y.ints(), out.bytes(), n);
      case PRED -> {
        ArrayTensor xs = convert(DType.S32, x);
        ints(direction, xs.ints(), convert(DType.S32, y).ints(), out.bytes(), n);
      }
      default -> throw new IllegalArgumentException("compare of " + x.shape());
    }
    return out;
  }

  private static void floats(Op.Direction direction, float[] x, float[] y, byte[] out, int n) {
    switch (direction) {
      case EQ -> Compare.equal(x, 0, y, 0, out, 0, n);
      case NE -> Compare.notEqual(x, 0, y, 0, out, 0, n);
      case LT -> Compare.less(x, 0, y, 0, out, 0, n);
      case LE -> Compare.lessEqual(x, 0, y, 0, out, 0, n);
      case GT -> Compare.greater(x, 0, y, 0, out, 0, n);
      case GE -> Compare.greaterEqual(x, 0, y, 0, out, 0, n);
    }
  }

  private static void ints(Op.Direction direction, int[] x, int[] y, byte[] out, int n) {
    switch (direction) {
      case EQ -> Compare.equal(x, 0, y, 0, out, 0, n);
      case NE -> Compare.notEqual(x, 0, y, 0, out, 0, n);
      case LT -> Compare.less(x, 0, y, 0, out, 0, n);
      case LE -> Compare.lessEqual(x, 0, y, 0, out, 0, n);
      case GT -> Compare.greater(x, 0, y, 0, out, 0, n);
      case GE -> Compare.greaterEqual(x, 0, y, 0, out, 0, n);
    }
  }

  private static void unsigned(Op.Direction direction, int[] x, int[] y, byte[] out, int n) {
    switch (direction) {
      case EQ -> Compare.equal(x, 0, y, 0, out, 0, n);
      case NE -> Compare.notEqual(x, 0, y, 0, out, 0, n);
      case LT -> Compare.lessUnsigned(x, 0, y, 0, out, 0, n);
      case LE -> Compare.lessEqualUnsigned(x, 0, y, 0, out, 0, n);
      case GT -> Compare.greaterUnsigned(x, 0, y, 0, out, 0, n);
      case GE -> Compare.greaterEqualUnsigned(x, 0, y, 0, out, 0, n);
    }
  }

  static ArrayTensor select(ArrayTensor p, ArrayTensor x, ArrayTensor y) {
    ArrayTensor out = ArrayTensor.allocate(x.shape());
    int n = x.size();
    switch (out.data()) {
      case float[] o -> Select.select(p.bytes(), 0, x.floats(), 0, y.floats(), 0, o, 0, n);
      case int[] o -> Select.select(p.bytes(), 0, x.ints(), 0, y.ints(), 0, o, 0, n);
      case short[] o -> Select.select(p.bytes(), 0, x.shorts(), 0, y.shorts(), 0, o, 0, n);
      case byte[] o -> Select.select(p.bytes(), 0, x.bytes(), 0, y.bytes(), 0, o, 0, n);
      default -> throw new IllegalArgumentException("select of " + x.shape());
    }
    return out;
  }

  /** min(max(low, x), high); the bounds are scalars or of x's shape. */
  static ArrayTensor clamp(ArrayTensor low, ArrayTensor x, ArrayTensor high) {
    ArrayTensor raised = binary(Op.BinaryKind.MAXIMUM, Movement.spread(low, x.shape()), x);
    return binary(Op.BinaryKind.MINIMUM, raised, Movement.spread(high, x.shape()));
  }

  static ArrayTensor convert(DType type, ArrayTensor x) {
    DType from = x.type();
    int n = x.size();
    if (from == type
        || (from == DType.S32 && type == DType.U32)
        || (from == DType.U32 && type == DType.S32)) {
      return x.as(x.shape().withType(type));
    }
    ArrayTensor out = ArrayTensor.allocate(x.shape().withType(type));
    switch (x.data()) {
      case float[] f -> {
        switch (out.data()) {
          case int[] o when type == DType.U32 -> Convert.convertUnsigned(f, 0, o, 0, n);
          case int[] o -> Convert.convert(f, 0, o, 0, n);
          case short[] o -> Convert.convert(f, 0, o, 0, n);
          case byte[] o -> Convert.convert(f, 0, o, 0, n);
          default -> throw new IllegalArgumentException("convert to " + type);
        }
      }
      case int[] v -> {
        switch (out.data()) {
          case float[] o when from == DType.U32 -> Convert.convertUnsigned(v, 0, o, 0, n);
          case float[] o -> Convert.convert(v, 0, o, 0, n);
          case short[] o when from == DType.U32 -> Convert.convertUnsigned(v, 0, o, 0, n);
          case short[] o -> Convert.convert(v, 0, o, 0, n);
          case byte[] o -> Convert.convert(v, 0, o, 0, n);
          default -> throw new IllegalArgumentException("convert to " + type);
        }
      }
      case short[] h -> {
        switch (out.data()) {
          case float[] o -> Convert.convert(h, 0, o, 0, n);
          case int[] o when type == DType.U32 -> Convert.convertUnsigned(h, 0, o, 0, n);
          case int[] o -> Convert.convert(h, 0, o, 0, n);
          case byte[] o -> Convert.convert(h, 0, o, 0, n);
          default -> throw new IllegalArgumentException("convert to " + type);
        }
      }
      case byte[] b -> {
        switch (out.data()) {
          case float[] o -> Convert.convert(b, 0, o, 0, n);
          case int[] o -> Convert.convert(b, 0, o, 0, n);
          case short[] o -> Convert.convert(b, 0, o, 0, n);
          default -> throw new IllegalArgumentException("convert to " + type);
        }
      }
      default -> throw new IllegalArgumentException("convert of " + x.shape());
    }
    return out;
  }

  static ArrayTensor bitcast(DType type, ArrayTensor x) {
    ArrayTensor out = ArrayTensor.allocate(x.shape().withType(type));
    int n = x.size();
    switch (x.data()) {
      case float[] f when type != DType.F32 -> Convert.bitcast(f, 0, out.ints(), 0, n);
      case int[] v when type == DType.F32 -> Convert.bitcast(v, 0, out.floats(), 0, n);
      default -> {
        return x.as(out.shape());
      }
    }
    return out;
  }
}
