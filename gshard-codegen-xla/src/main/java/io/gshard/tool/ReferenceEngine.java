package io.gshard.tool;

import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.tensor.Literal;
import java.util.List;

/** The reference evaluator: slow, plain, every op and element type. */
public final class ReferenceEngine implements Engine {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public List<List<Literal>> run(HloModule partitioned, List<List<Literal>> arguments) {
    return SpmdEvaluator.run(partitioned, arguments);
  }
}
