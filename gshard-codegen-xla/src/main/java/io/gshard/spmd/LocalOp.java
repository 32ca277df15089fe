package io.gshard.spmd;

import io.gshard.op.Op;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The op that a device applies to its part: the same one, with the sizes among its attributes made
 * local.
 */
final class LocalOp {
  private LocalOp() {}

  /**
   * The local op.
   *
   * @param global the first operand's global shape, or null if there is no operand
   * @param local what the device holds of it
   * @param result what the device computes of the result
   */
  static Op of(Op op, Shape global, Shape local, Shape result) {
    return switch (op) {
      case Op.Broadcast b -> new Op.Broadcast(result.dims(), b.dimensions());
      case Op.Reshape r -> new Op.Reshape(result.dims());
      case Op.DynamicSlice d -> new Op.DynamicSlice(result.dims());
      case Op.Slice s -> new Op.Slice(s.starts(), cut(s.limits(), global, local), s.strides());
      case Op.Gather g ->
          new Op.Gather(
              g.offsetDims(),
              g.collapsedSliceDims(),
              g.operandBatchingDims(),
              g.indicesBatchingDims(),
              g.startIndexMap(),
              g.indexVectorDim(),
              cut(g.sliceSizes(), global, local));
      default -> op;
    };
  }

  /** Sizes that were the whole dim are the whole local dim. */
  private static List<Long> cut(List<Long> sizes, Shape global, Shape local) {
    List<Long> cut = new ArrayList<>();
    for (int d = 0; d < sizes.size(); d++) {
      cut.add(sizes.get(d) == global.dim(d) ? local.dim(d) : sizes.get(d));
    }
    return cut;
  }
}
