package io.gshard.tensor;

/**
 * An immutable array of one element type. In a model that is being compiled it stands for a value
 * of the program; in eager mode it holds the value. The ops are in {@link Ops}; the methods here
 * are their short forms. Two operands are broadcast as NumPy does: from the last dim backwards,
 * sizes are equal or one of them is 1 or missing.
 */
public interface Tensor {

  Shape shape();

  /**
   * The value, where there is one.
   *
   * @throws IllegalStateException while a program is compiled, when values are not known
   */
  Literal literal();

  default DType type() {
    return shape().type();
  }

  default int rank() {
    return shape().rank();
  }

  /** The size of a dim; negative ones count from the end. */
  default long dim(int index) {
    return shape().dim(shape().dimIndex(index));
  }

  /** The value of a tensor of one element. */
  default double scalar() {
    if (shape().elements() != 1) {
      throw new ShapeException("scalar() of " + shape() + ", which has not one element");
    }
    return literal().real(0);
  }

  default Tensor plus(Tensor other) {
    return Ops.add(this, other);
  }

  default Tensor plus(double other) {
    return Ops.add(this, Ops.constant(type(), other));
  }

  default Tensor minus(Tensor other) {
    return Ops.subtract(this, other);
  }

  default Tensor minus(double other) {
    return Ops.subtract(this, Ops.constant(type(), other));
  }

  default Tensor times(Tensor other) {
    return Ops.multiply(this, other);
  }

  default Tensor times(double other) {
    return Ops.multiply(this, Ops.constant(type(), other));
  }

  default Tensor over(Tensor other) {
    return Ops.divide(this, other);
  }

  default Tensor over(double other) {
    return Ops.divide(this, Ops.constant(type(), other));
  }

  default Tensor negated() {
    return Ops.negate(this);
  }

  default Tensor to(DType type) {
    return Ops.convert(this, type);
  }
}
