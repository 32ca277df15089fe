package io.gshard.eval;

import io.gshard.op.Casts;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;

/** One element from one type to another, by value or by bits. */
final class Conversions {
  private Conversions() {}

  /**
   * By value. Floating to integer truncates, saturates, and makes 0 of NaN; integer to integer
   * wraps; anything but 0 is true; complex to real drops the imaginary part.
   */
  static void convert(Literal from, long at, DType type, Cells to) {
    DType source = from.shape().type();
    boolean real = source.isFloating() || source.isComplex();
    if (type.isFloating() || type.isComplex()) {
      to.real(at, real ? from.real(at) : Casts.toReal(source, type.part(), from.integer(at)));
      if (type.isComplex()) {
        to.imaginary(at, from.imaginary(at));
      }
    } else if (type == DType.PRED) {
      boolean zero = real ? from.real(at) == 0 && from.imaginary(at) == 0 : from.integer(at) == 0;
      to.integer(at, zero ? 0 : 1);
    } else {
      to.integer(at, real ? Casts.saturate(type, from.real(at)) : from.integer(at));
    }
  }

  /** By bits, between types of one width. */
  static void bitcast(Literal from, long at, DType type, Cells to) {
    DType source = from.shape().type();
    long bits = source.isFloating() ? Casts.toBits(source, from.real(at)) : from.integer(at);
    if (type.isFloating()) {
      to.real(at, Casts.fromBits(type, bits));
    } else {
      to.integer(at, bits);
    }
  }
}
