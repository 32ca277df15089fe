package io.gshard.spmd;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Window;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.sharding.OpRules;
import io.gshard.tensor.Shape;
import java.util.List;

/** What the parts of ops need of split dims, and what sending it costs. */
final class Demands {
  private final MeshShape mesh;
  private final Cost costs;

  Demands(MeshShape mesh, Cost costs) {
    this.mesh = mesh;
    this.costs = costs;
  }

  /** A slice of a dim is a window of one element that steps. */
  static Window.Dim of(Op.Slice s, int dim) {
    return new Window.Dim(1, s.strides().get(dim), -s.starts().get(dim), 0, 1, 1, false);
  }

  static Window.Dim of(Op.Pad p, int dim) {
    return new Window.Dim(
        1, 1, p.low().get(dim), p.high().get(dim), p.interior().get(dim) + 1, 1, false);
  }

  /** How the spatial dim of a convolution is split: by places or by the window. */
  static Frame frame(Window.Dim window, long places, int parts) {
    return OpRules.sumsOverWindow(window, places)
        ? Frame.ofWindow(window, places, parts)
        : Frame.ofPlaces(window, places, parts);
  }

  /** Of the mirrored dim with its padding, which then comes first. */
  static HaloPlan.Need mirror(long size, int parts) {
    long local = Math.ceilDiv(size, (long) parts);
    int users = Math.toIntExact(Math.ceilDiv(size, local));
    return new HaloPlan.Need(local, local * parts - size, 1, local, users);
  }

  /** Of a concatenation's operand. */
  static HaloPlan.Need joined(Instruction op, int operand, int dim, int parts) {
    long local = Math.ceilDiv(op.shape().dim(dim), (long) parts);
    long before = 0;
    for (int i = 0; i < operand; i++) {
      before += op.operand(i).shape().dim(dim);
    }
    int users = Math.toIntExact(Math.ceilDiv(op.shape().dim(dim), local));
    return new HaloPlan.Need(local, -before, 1, local, users);
  }

  /**
   * The bytes that a device sends to its neighbours.
   *
   * @param needed how the operands are split
   * @param result how the result is
   */
  double cost(Instruction op, List<Sharding> needed, Sharding result) {
    Shape global = op.type().leaves().getFirst();
    double cost = 0;
    for (int d = 0; d < global.rank(); d++) {
      int parts = result.parts(mesh, d);
      cost += parts == 1 ? 0 : cost(op, needed, global, d, parts);
    }
    return op.op() instanceof ArrayOp.Convolution c ? cost + convolution(op, c, needed) : cost;
  }

  private double cost(Instruction op, List<Sharding> needed, Shape global, int d, int parts) {
    return switch (op.op()) {
      case Op.Slice s -> window(op, 0, d, needed, of(s, d), global.dim(d), parts);
      case Op.Pad p -> window(op, 0, d, needed, of(p, d), global.dim(d), parts);
      case Op.Reverse r when r.dimensions().contains(d) -> {
        HaloPlan.Need need = mirror(global.dim(d), parts);
        long padded = need.length() * parts;
        double more = need.base() == 0 ? 0 : HaloPlan.of(padded, parts, need).sent();
        yield Cost.LATENCY + row(op, 0, d, needed) * (need.length() + more);
      }
      case Op.Concatenate c when c.dimension() == d -> {
        double sum = 0;
        for (int i = 0; i < op.operands().size(); i++) {
          long size = op.operand(i).shape().dim(d);
          HaloPlan.Need need = joined(op, i, d, parts);
          sum += size == 0 ? 0 : sent(op, i, d, needed, HaloPlan.of(size, parts, need));
        }
        yield sum;
      }
      case Op.Cumulative c when c.dimension() == d ->
          Cost.LATENCY + row(op, 0, d, needed) * (parts - 1);
      case ArrayOp.ReduceWindow w -> {
        double sum = 0;
        for (int i = 0; i < op.operands().size() / 2; i++) {
          sum += window(op, i, d, needed, w.window().dims().get(d), global.dim(d), parts);
        }
        yield sum;
      }
      case ArrayOp.SelectAndScatter w when !w.window().dims().get(d).isTrivial() -> {
        PoolFrame frame = PoolFrame.of(w.window().dims().get(d), global.dim(d), parts);
        long windows = op.operand(1).shape().dim(d);
        yield sent(op, 0, d, needed, HaloPlan.of(global.dim(d), parts, frame.fetched()))
            + sent(op, 1, d, needed, HaloPlan.of(windows, parts, frame.source()));
      }
      default -> 0;
    };
  }

  private double convolution(Instruction op, ArrayOp.Convolution c, List<Sharding> needed) {
    double cost = 0;
    for (int i = 0; i < c.window().dims().size(); i++) {
      int d = c.dims().inputSpatial().get(i);
      int parts = needed.getFirst().parts(mesh, d);
      if (parts > 1) {
        long places = op.shape().dim(c.dims().outputSpatial().get(i));
        Frame frame = frame(c.window().dims().get(i), places, parts);
        HaloPlan plan = HaloPlan.of(op.operand(0).shape().dim(d), parts, frame.need());
        cost += sent(op, 0, d, needed, plan);
      }
    }
    return cost;
  }

  private double window(
      Instruction op,
      int operand,
      int dim,
      List<Sharding> needed,
      Window.Dim window,
      long places,
      int parts) {
    if (window.isTrivial() && op.operand(operand).shape().dim(dim) == places) {
      return 0;
    }
    Frame frame = Frame.ofPlaces(window, places, parts);
    long size = op.operand(operand).shape().dim(dim);
    return sent(op, operand, dim, needed, HaloPlan.of(size, parts, frame.need()));
  }

  private double sent(Instruction op, int operand, int dim, List<Sharding> needed, HaloPlan plan) {
    return plan.sent() == 0 ? 0 : Cost.LATENCY + plan.sent() * row(op, operand, dim, needed);
  }

  /** The bytes of one element of the dim and all that a device holds along the others. */
  private double row(Instruction op, int operand, int dim, List<Sharding> needed) {
    Shape shape = op.operand(operand).shape();
    return costs.bytes(shape.withDim(dim, 1), needed.get(operand).with(dim, List.of()));
  }
}
