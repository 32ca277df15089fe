package io.gshard.hlo.text;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.List;

/** A scatter into several arrays that folds each by itself: a scatter for each. */
final class Scatters {
  private Scatters() {}

  /** The scatters, or null if there is one array, or one's fold looks at another. */
  static Expansion expand(Reading in, ComputationReader scope) {
    int count = (in.operands().size() - 1) / 2;
    Computation computation = in.computation("to_apply");
    if (count < 2
        || in.operands().size() != 2 * count + 1
        || computation.parameters().size() != 2 * count
        || !(computation.root().op() instanceof HloOp.Tuple)
        || computation.root().operands().size() != count
        || !(ContractionFormats.scatter(in) instanceof ArrayOp.ScatterRegion region)) {
      return null;
    }
    List<Combiner> combiners = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      Instruction folded = computation.root().operand(k);
      Instruction update = computation.parameters().get(count + k);
      Combiner combiner = combiner(folded, computation.parameters().get(k), update);
      if (combiner == null && folded != update) {
        return null;
      }
      combiners.add(combiner);
    }
    List<Instruction> results = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      Op.Scatter dims = region.dims();
      Op.Scatter one =
          new Op.Scatter(
              combiners.get(k),
              dims.updateWindowDims(),
              dims.insertedWindowDims(),
              dims.operandBatchingDims(),
              dims.indicesBatchingDims(),
              dims.scatterDimsToOperandDims(),
              dims.indexVectorDim());
      results.add(
          scope.add(one, List.of(in.operand(k), in.operand(count), in.operand(count + 1 + k))));
    }
    return new Expansion(new HloOp.Tuple(), results);
  }

  /** Which fold of two values an instruction is; null if none. */
  private static Combiner combiner(Instruction folded, Instruction a, Instruction b) {
    if (!(folded.op() instanceof Op.Binary(Op.BinaryKind kind))
        || !(folded.operands().equals(List.of(a, b)) || folded.operands().equals(List.of(b, a)))) {
      return null;
    }
    for (Combiner combiner : Combiner.values()) {
      if (combiner.kind() == kind) {
        return combiner;
      }
    }
    return null;
  }
}
