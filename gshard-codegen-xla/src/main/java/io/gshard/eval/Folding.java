package io.gshard.eval;

import io.gshard.op.Combiner;
import io.gshard.tensor.Literal;
import java.util.List;

/** Folds elements into cells with a computation; sums of a combiner stay wide. */
final class Folding {
  private final ScalarFunction function;
  private final Combiner combiner;
  private final int count;

  Folding(ScalarFunction function, int count) {
    this.function = function;
    this.combiner = count == 1 ? function.combiner() : null;
    this.count = count;
  }

  void fold(List<Cells> results, long to, List<Literal> arrays, long from) {
    if (combiner != null) {
      Fold.into(combiner, results.getFirst(), to, arrays.getFirst(), from);
      return;
    }
    for (int i = 0; i < count; i++) {
      function.argument(i, results.get(i), to);
      function.argument(count + i, arrays.get(i), from);
    }
    function.run();
    for (int i = 0; i < count; i++) {
      results.get(i).copy(to, function.result(i), 0);
    }
  }
}
