package io.gshard.eager;

import io.gshard.kernels.GatherPlan;
import io.gshard.kernels.Indexed;
import io.gshard.kernels.ScatterPlan;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.List;

/** Carries out one op, on the kernels that compiled programs use. */
final class EagerOps {
  private EagerOps() {}

  static ArrayTensor apply(Op op, List<ArrayTensor> operands) {
    if (op.needsMesh()) {
      throw refused(op);
    }
    Shape shape = ShapeInference.infer(op, operands.stream().map(Tensor::shape).toList());
    return switch (op) {
      case Op.Constant c -> ArrayTensor.of(c.value());
      case Op.Iota i -> Movement.iota(i);
      case Op.Unary u -> Elementwise.unary(u.kind(), operands.get(0), shape);
      case Op.Binary b -> Elementwise.binary(b.kind(), operands.get(0), operands.get(1));
      case Op.Compare c -> Elementwise.compare(c.direction(), operands.get(0), operands.get(1));
      case Op.Select s -> Elementwise.select(operands.get(0), operands.get(1), operands.get(2));
      case Op.Clamp c -> Elementwise.clamp(operands.get(0), operands.get(1), operands.get(2));
      // Results are new tensors even where nothing is to be done: a tensor has one producer.
      case Op.Convert c -> Elementwise.convert(c.type(), operands.get(0)).as(shape);
      case Op.BitcastConvert c -> Elementwise.bitcast(c.type(), operands.get(0)).as(shape);
      case Op.Broadcast b -> Movement.broadcast(b, operands.get(0), shape).as(shape);
      case Op.Reshape r -> operands.get(0).as(shape);
      case Op.Transpose t -> Movement.transpose(t.permutation(), operands.get(0));
      case Op.Reverse r -> Movement.reverse(r, operands.get(0));
      case Op.Slice s -> Movement.slice(s, operands.get(0), shape);
      case Op.Pad p -> Movement.pad(p, operands.get(0), operands.get(1), shape);
      case Op.Concatenate c -> Movement.concatenate(c, operands, shape);
      case Op.DynamicSlice d -> Movement.dynamicSlice(d, operands, shape);
      case Op.DynamicUpdateSlice d -> Movement.dynamicUpdateSlice(operands);
      case Op.Dot d -> Contraction.dot(d, operands.get(0), operands.get(1), shape);
      case Op.Reduce r -> Contraction.reduce(r, operands.get(0), shape);
      case Op.Cumulative c -> Contraction.cumulative(c, operands.get(0));
      case Op.Gather g -> gather(g, operands.get(0), operands.get(1), shape);
      case Op.Scatter s -> scatter(s, operands.get(0), operands.get(1), operands.get(2));
      case Op.StopGradient s -> operands.get(0).as(shape);
      case Op.OptimizationBarrier o -> operands.get(0).as(shape);
      case Op.PartitionId p -> throw refused(op);
      case Op.Collective c -> throw refused(op);
      case Op.Structural s -> throw refused(op);
    };
  }

  private static ShapeException refused(Op op) {
    return new ShapeException(
        ShapeInference.name(op)
            + " in eager mode, which has one device; it belongs in compiled programs");
  }

  private static ArrayTensor gather(Op.Gather op, ArrayTensor x, ArrayTensor indices, Shape shape) {
    ArrayTensor out = ArrayTensor.allocate(shape);
    GatherPlan plan = GatherPlan.of(op, x.shape(), indices.shape());
    int[] at = indices(indices);
    switch (out.data()) {
      case float[] o -> Indexed.gather(plan, x.floats(), 0, at, 0, o, 0);
      case int[] o -> Indexed.gather(plan, x.ints(), 0, at, 0, o, 0);
      case short[] o -> Indexed.gather(plan, x.shorts(), 0, at, 0, o, 0);
      case byte[] o -> Indexed.gather(plan, x.bytes(), 0, at, 0, o, 0);
      default -> throw new IllegalArgumentException("gather of " + x.shape());
    }
    return out;
  }

  private static ArrayTensor scatter(
      Op.Scatter op, ArrayTensor x, ArrayTensor indices, ArrayTensor updates) {
    if (x.type() == DType.BF16 && op.combiner() != null) {
      return Elementwise.convert(
          DType.BF16,
          scatter(
              op,
              Elementwise.convert(DType.F32, x),
              indices,
              Elementwise.convert(DType.F32, updates)));
    }
    ArrayTensor out = ArrayTensor.allocate(x.shape());
    ScatterPlan plan = ScatterPlan.of(op, x.shape(), indices.shape(), updates.shape());
    int[] at = indices(indices);
    switch (out.data()) {
      case float[] o -> Indexed.scatter(plan, x.floats(), 0, at, 0, updates.floats(), 0, o, 0);
      case int[] o when x.type() == DType.U32 ->
          Indexed.scatterUnsigned(plan, x.ints(), 0, at, 0, updates.ints(), 0, o, 0);
      case int[] o -> Indexed.scatter(plan, x.ints(), 0, at, 0, updates.ints(), 0, o, 0);
      case short[] o -> Indexed.scatter(plan, x.shorts(), 0, at, 0, updates.shorts(), 0, o, 0);
      case byte[] o -> Indexed.scatter(plan, x.bytes(), 0, at, 0, updates.bytes(), 0, o, 0);
      default -> throw new IllegalArgumentException("scatter of " + x.shape());
    }
    return out;
  }

  /**
   * Unsigned indices beyond the signed range lie outside of every tensor: the greatest does too.
   */
  private static int[] indices(ArrayTensor indices) {
    int[] at = indices.ints();
    if (indices.type() == DType.U32) {
      at = at.clone();
      for (int i = 0; i < at.length; i++) {
        at[i] = at[i] < 0 ? Integer.MAX_VALUE : at[i];
      }
    }
    return at;
  }
}
