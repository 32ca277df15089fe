package io.gshard.kernels;

import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * A gather of fixed shapes, ready to run with {@link Indexed#gather}; made once, kept in a
 * constant.
 */
public final class GatherPlan {
  final Windows windows;

  private GatherPlan(Windows windows) {
    this.windows = windows;
  }

  /** Throws {@link io.gshard.tensor.ShapeException} if the shapes do not fit the op. */
  public static GatherPlan of(Op.Gather op, Shape operand, Shape indices) {
    Shape result = ShapeInference.infer(op, List.of(operand, indices));
    return new GatherPlan(
        new Windows(
            operand,
            indices,
            result,
            result.strides(),
            op.sliceSizes(),
            op.collapsedSliceDims(),
            op.operandBatchingDims(),
            op.indicesBatchingDims(),
            op.startIndexMap(),
            op.indexVectorDim(),
            op.offsetDims()));
  }
}
