package io.gshard.tool;

import io.gshard.eval.Evaluator;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import java.util.List;

/** The reference evaluator: slow, plain, every op and element type. */
public final class ReferenceEngine implements Engine {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Loaded load(HloModule module) {
    return module.partitioned()
        ? arguments -> SpmdEvaluator.run(module, arguments)
        : arguments -> List.of(Evaluator.run(module, arguments.getFirst()));
  }
}
