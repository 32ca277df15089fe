package io.gshard.kernels;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A scatter of fixed shapes, ready to run with {@link Indexed#scatter}; made once, kept in a
 * constant.
 */
public final class ScatterPlan {
  final Windows windows;

  /** Null: the update replaces the element. */
  final Combiner combiner;

  private ScatterPlan(Windows windows, Combiner combiner) {
    this.windows = windows;
    this.combiner = combiner;
  }

  /** Throws {@link io.gshard.tensor.ShapeException} if the shapes do not fit the op. */
  public static ScatterPlan of(Op.Scatter op, Shape operand, Shape indices, Shape updates) {
    return of(op, operand, indices, updates, updates.strides());
  }

  /** With the updates' strides in memory, of which some may be 0. */
  public static ScatterPlan of(
      Op.Scatter op, Shape operand, Shape indices, Shape updates, long... strides) {
    ShapeInference.infer(op, List.of(operand, indices, updates));
    List<Long> sizes = new ArrayList<>();
    int at = 0;
    for (int dim = 0; dim < operand.rank(); dim++) {
      boolean whole =
          !op.insertedWindowDims().contains(dim) && !op.operandBatchingDims().contains(dim);
      sizes.add(whole ? updates.dim(op.updateWindowDims().get(at++)) : 1L);
    }
    return new ScatterPlan(
        new Windows(
            operand,
            indices,
            updates,
            strides,
            sizes,
            op.insertedWindowDims(),
            op.operandBatchingDims(),
            op.indicesBatchingDims(),
            op.scatterDimsToOperandDims(),
            op.indexVectorDim(),
            op.updateWindowDims()),
        op.combiner());
  }
}
