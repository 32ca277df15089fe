package io.gshard.eval;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;

/**
 * A literal that is being filled in. Values are kept wide (double or long) and rounded or wrapped
 * to the element type once, by {@link #literal}; so a sum that is folded up here is rounded once.
 */
final class Cells {
  private final Shape shape;
  private final double[] reals;
  private final double[] imaginaries;
  private final long[] integers;

  Cells(Shape shape) {
    this.shape = shape;
    int size = Math.toIntExact(shape.elements());
    boolean complex = shape.type().isComplex();
    boolean real = shape.type().isFloating() || complex;
    reals = real ? new double[size] : null;
    imaginaries = complex ? new double[size] : null;
    integers = real ? null : new long[size];
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
    return reals != null ? reals.length : integers.length;
  }

  DType type() {
    return shape.type();
  }

  boolean isFloating() {
    return reals != null && imaginaries == null;
  }

  boolean isComplex() {
    return imaginaries != null;
  }

  double real(long at) {
    return reals[(int) at];
  }

  double imaginary(long at) {
    return imaginaries[(int) at];
  }

  long integer(long at) {
    return integers[(int) at];
  }

  void real(long at, double value) {
    reals[(int) at] = value;
  }

  void imaginary(long at, double value) {
    imaginaries[(int) at] = value;
  }

  void integer(long at, long value) {
    integers[(int) at] = value;
  }

  /** Takes over an element of a literal of the same element type. */
  void copy(long at, Literal from, long fromAt) {
    if (reals != null) {
      reals[(int) at] = from.real(fromAt);
      if (imaginaries != null) {
        imaginaries[(int) at] = from.imaginary(fromAt);
      }
    } else {
      integers[(int) at] = from.integer(fromAt);
    }
  }

  /** Takes over an element of cells of the same element type, rounded. */
  void copy(long at, Cells from, long fromAt) {
    if (reals != null) {
      DType part = type().part();
      reals[(int) at] = Literal.round(part, from.real(fromAt));
      if (imaginaries != null) {
        imaginaries[(int) at] = Literal.round(part, from.imaginary(fromAt));
      }
    } else {
      integers[(int) at] = Literal.wrap(type(), from.integer(fromAt));
    }
  }

  /** Puts one scalar in every place. */
  void fill(Literal scalar) {
    for (long i = 0; i < size(); i++) {
      copy(i, scalar, 0);
    }
  }

  Literal literal() {
    if (imaginaries != null) {
      return Literal.ofComplex(shape, reals, imaginaries);
    }
    return reals != null ? Literal.ofReals(shape, reals) : Literal.ofIntegers(shape, integers);
  }
}
