package io.gshard.sharding;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import java.util.ArrayList;
import java.util.List;

/** What a reduction starts from. */
final class Starts {
  private Starts() {}

  /**
   * Whether it makes no difference how often the starts are folded in: they are constants, and
   * folded with themselves they stay what they are. Then parts can be reduced alone, each from the
   * start, and padding can be filled with it.
   */
  static boolean mayBeTakenAgain(HloOp.ReduceRegion reduce, List<Instruction> operands) {
    List<Literal> starts = new ArrayList<>();
    for (Instruction start : operands.subList(operands.size() / 2, operands.size())) {
      if (!(start.op() instanceof Op.Constant(Literal value))) {
        return false;
      }
      starts.add(value);
    }
    List<Literal> twice = new ArrayList<>(starts);
    twice.addAll(starts);
    HloModule fold = new HloModule("fold", MeshShape.SINGLE, reduce.computation());
    return Evaluator.run(fold, twice).equals(starts);
  }
}
