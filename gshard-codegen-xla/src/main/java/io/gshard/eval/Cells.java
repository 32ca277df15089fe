package io.gshard.eval;

import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;

/**
 * A literal that is being filled in. Values are kept wide (double or long) and rounded or wrapped
 * to the element type once, by {@link #literal}; so a sum that is folded up here is rounded once.
 */
final class Cells {
  private final Shape shape;
  private final double[] reals;
  private final long[] integers;

  Cells(Shape shape) {
    this.shape = shape;
    int size = Math.toIntExact(shape.elements());
    boolean floating = shape.type().isFloating();
    reals = floating ? new double[size] : null;
    integers = floating ? null : new long[size];
  }

  /** Starts with the elements of a literal. */
  static Cells of(Literal literal) {
    Cells cells = new Cells(literal.shape());
    for (long i = 0; i < cells.size(); i++) {
      cells.copy(i, literal, i);
    }
    return cells;
  }

  long size() {
    return shape.elements();
  }

  boolean isFloating() {
    return reals != null;
  }

  double real(long at) {
    return reals[(int) at];
  }

  long integer(long at) {
    return integers[(int) at];
  }

  void real(long at, double value) {
    reals[(int) at] = value;
  }

  void integer(long at, long value) {
    integers[(int) at] = value;
  }

  /** Takes over an element of a literal of the same element type. */
  void copy(long at, Literal from, long fromAt) {
    if (reals != null) {
      reals[(int) at] = from.real(fromAt);
    } else {
      integers[(int) at] = from.integer(fromAt);
    }
  }

  /** Puts one scalar in every place. */
  void fill(Literal scalar) {
    for (long i = 0; i < size(); i++) {
      copy(i, scalar, 0);
    }
  }

  /** One element, as a scalar. */
  Literal scalar(long at) {
    Shape scalar = Shape.scalar(shape.type());
    return reals != null
        ? Literal.ofReals(scalar, reals[(int) at])
        : Literal.ofIntegers(scalar, integers[(int) at]);
  }

  Literal literal() {
    return reals != null ? Literal.ofReals(shape, reals) : Literal.ofIntegers(shape, integers);
  }
}
