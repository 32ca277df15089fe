package io.gshard.eval;

import io.gshard.op.Combiner;
import io.gshard.op.IntegerMath;
import io.gshard.op.RealMath;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;

/** Folding elements together in place; sums stay wide until the cells become a literal. */
final class Fold {
  private Fold() {}

  /** Puts the combiner's identity in every place. */
  static Cells identity(Combiner combiner, Cells cells, DType type) {
    for (long i = 0; i < cells.size(); i++) {
      if (cells.isFloating() || cells.isComplex()) {
        cells.real(i, combiner.identity(type));
      } else {
        cells.integer(i, combiner.integerIdentity(type));
      }
    }
    return cells;
  }

  /** cells[at] = combine(cells[at], from[fromAt]). */
  static void into(Combiner combiner, Cells cells, long at, Literal from, long fromAt) {
    if (cells.isComplex()) {
      ComplexMath folded =
          ComplexMath.binary(
              combiner.kind(),
              new ComplexMath(cells.real(at), cells.imaginary(at)),
              Elementwise.complex(from, fromAt));
      cells.real(at, folded.re());
      cells.imaginary(at, folded.im());
    } else if (cells.isFloating()) {
      cells.real(at, RealMath.binary(combiner.kind(), cells.real(at), from.real(fromAt)));
    } else {
      DType type = from.shape().type();
      long folded =
          IntegerMath.binary(combiner.kind(), type, cells.integer(at), from.integer(fromAt));
      cells.integer(at, Literal.wrap(type, folded));
    }
  }
}
