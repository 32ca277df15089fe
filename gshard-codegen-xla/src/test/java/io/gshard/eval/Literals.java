package io.gshard.eval;

import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;

/** Short forms for hand-written cases. */
final class Literals {
  private Literals() {}

  static Literal vector(DType type, double... values) {
    return Literal.ofReals(Shape.of(type, values.length), values);
  }

  static Literal f32(double... values) {
    return vector(DType.F32, values);
  }

  static Literal ints(DType type, long... values) {
    return Literal.ofIntegers(Shape.of(type, values.length), values);
  }

  static Literal s32(long... values) {
    return ints(DType.S32, values);
  }

  static Literal pred(long... values) {
    return ints(DType.PRED, values);
  }

  static Literal scalar(double value) {
    return Literal.scalar(DType.F32, value);
  }

  static Literal index(long value) {
    return Literal.scalar(DType.S32, value);
  }

  /** The same elements under other dims. */
  static Literal shaped(Literal x, long... dims) {
    Shape shape = Shape.of(x.shape().type(), dims);
    return Movement.reshape(x, shape);
  }

  /** 0, 1, 2, ... in row-major order. */
  static Literal counting(DType type, long... dims) {
    Shape shape = Shape.of(type, dims);
    Shape flat = Shape.of(type, shape.elements());
    return shaped(Movement.iota(new Op.Iota(flat, 0)), dims);
  }

  static Literal apply(Op op, Literal... operands) {
    return ReferenceOps.apply(op, List.of(operands));
  }
}
