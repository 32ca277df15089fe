package io.gshard.eval;

import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;

/** One op on one device: literals in, a literal out. Also what constant folding computes with. */
public final class ReferenceOps {
  private ReferenceOps() {}

  /**
   * Applies an op by HLO's semantics. Every result is rounded or wrapped to its element type.
   *
   * @throws io.gshard.tensor.ShapeException if the operands do not fit the op
   * @throws IllegalArgumentException for collectives and ops with computations, which need more
   *     than literals
   */
  public static Literal apply(Op op, List<Literal> operands) {
    if (op.needsMesh()) {
      throw new IllegalArgumentException(
          ShapeInference.name(op) + " needs a mesh: run a partitioned program by SpmdEvaluator");
    }
    Shape shape = ShapeInference.infer(op, operands.stream().map(Literal::shape).toList());
    return switch (op) {
      case Op.Constant c -> c.value();
      case Op.Iota iota -> Movement.iota(iota);
      case Op.Unary u -> Elementwise.unary(u.kind(), operands.get(0));
      case Op.Binary b -> Elementwise.binary(b.kind(), operands.get(0), operands.get(1));
      case Op.Compare c -> Elementwise.compare(c.direction(), operands.get(0), operands.get(1));
      case Op.Select s -> Elementwise.select(operands.get(0), operands.get(1), operands.get(2));
      case Op.Clamp c -> Elementwise.clamp(operands.get(0), operands.get(1), operands.get(2));
      case Op.Convert c -> Elementwise.convert(c.type(), operands.get(0));
      case Op.BitcastConvert c -> Elementwise.bitcast(c.type(), operands.get(0));
      case Op.Broadcast b -> Movement.broadcast(b, operands.get(0), shape);
      case Op.Reshape r -> Movement.reshape(operands.get(0), shape);
      case Op.Transpose t -> Movement.transpose(t, operands.get(0), shape);
      case Op.Reverse r -> Movement.reverse(r, operands.get(0));
      case Op.Slice s -> Movement.slice(s, operands.get(0), shape);
      case Op.Pad p -> Movement.pad(p, operands.get(0), operands.get(1), shape);
      case Op.Concatenate c -> Movement.concatenate(c, operands, shape);
      case Op.DynamicSlice d ->
          Movement.dynamicSlice(d, operands.get(0), operands.subList(1, operands.size()));
      case Op.DynamicUpdateSlice d ->
          Movement.dynamicUpdateSlice(
              operands.get(0), operands.get(1), operands.subList(2, operands.size()));
      case Op.Dot d -> Contraction.dot(d, operands.get(0), operands.get(1), shape);
      case Op.Reduce r -> Contraction.reduce(r, operands.get(0), shape);
      case Op.Cumulative c -> Contraction.cumulative(c, operands.get(0));
      case Op.Gather g -> Indexed.gather(g, operands.get(0), operands.get(1), shape);
      case Op.Scatter s -> Indexed.scatter(s, operands.get(0), operands.get(1), operands.get(2));
      case Op.StopGradient s -> operands.get(0);
      case Op.OptimizationBarrier o -> operands.get(0);
      case Op.PartitionId p -> throw unreachable(op);
      case Op.Collective c -> throw unreachable(op);
      case Op.Structural s -> throw unreachable(op);
    };
  }

  private static IllegalArgumentException unreachable(Op op) {
    return new IllegalArgumentException(
        ShapeInference.name(op) + " is not an op on literals alone");
  }
}
