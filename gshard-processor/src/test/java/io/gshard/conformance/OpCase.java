package io.gshard.conformance;

import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import java.util.List;
import java.util.stream.Collectors;

/** One op on given operands. */
record OpCase(Op op, List<Literal> operands) {
  OpCase {
    operands = List.copyOf(operands);
  }

  static OpCase of(Op op, Literal... operands) {
    return new OpCase(op, List.of(operands));
  }

  @Override
  public String toString() {
    return op
        + operands.stream().map(Literal::toString).collect(Collectors.joining(", ", " of (", ")"));
  }
}
