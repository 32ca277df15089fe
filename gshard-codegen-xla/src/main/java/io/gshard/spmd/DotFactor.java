package io.gshard.spmd;

import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.List;

/**
 * What a product runs over: a dim of each tensor that has it, -1 for one that has not. All three
 * have a batch factor; the result has no contracted one.
 */
record DotFactor(int lhs, int rhs, int result) {

  /** The factors of a product of operands of these ranks, those of the result in its order. */
  static List<DotFactor> of(Op.Dot dot, int lhsRank, int rhsRank) {
    List<DotFactor> factors = new ArrayList<>();
    int result = 0;
    for (int i = 0; i < dot.lhsBatch().size(); i++) {
      factors.add(new DotFactor(dot.lhsBatch().get(i), dot.rhsBatch().get(i), result++));
    }
    for (int dim : Op.Dot.free(lhsRank, dot.lhsBatch(), dot.lhsContracting())) {
      factors.add(new DotFactor(dim, -1, result++));
    }
    for (int dim : Op.Dot.free(rhsRank, dot.rhsBatch(), dot.rhsContracting())) {
      factors.add(new DotFactor(-1, dim, result++));
    }
    for (int i = 0; i < dot.lhsContracting().size(); i++) {
      factors.add(new DotFactor(dot.lhsContracting().get(i), dot.rhsContracting().get(i), -1));
    }
    return factors;
  }

  /** The dim of the left operand (0) or of the right one (1). */
  int operand(int side) {
    return side == 0 ? lhs : rhs;
  }
}
