package io.gshard.cost;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Window;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * What a program computes, on one device: an estimate by the rules that are common for HLO. A
 * product of matrices counts two operations for each pair of elements, a fold one for each element
 * that goes in, an elementwise op one for each that comes out. Of a conditional the dearest branch
 * counts; a loop whose number of turns is not known counts as one turn.
 *
 * @param flops operations on numbers
 * @param bytes what the ops read and write, were nothing fused
 */
public record Work(double flops, double bytes) {
  private static final Work NONE = new Work(0, 0);

  public static Work of(HloModule module) {
    return of(module.entry());
  }

  private Work plus(Work other) {
    return new Work(flops + other.flops, bytes + other.bytes);
  }

  private Work times(double n) {
    return new Work(flops * n, bytes * n);
  }

  private static Work of(Computation computation) {
    Work sum = NONE;
    for (Instruction instruction : computation.instructions()) {
      sum = sum.plus(of(instruction));
    }
    return sum;
  }

  /** Of one instruction, with what it calls. */
  public static Work of(Instruction i) {
    return switch (i.op()) {
      case HloOp.Parameter p -> NONE;
      case HloOp.Tuple t -> NONE;
      case HloOp.GetTupleElement g -> NONE;
      case Op.Constant c -> NONE;
      case HloOp.While w -> {
        long turns = w.tripCount() < 0 ? 1 : w.tripCount();
        yield of(w.body()).times(turns).plus(of(w.condition()).times(turns + 1.0));
      }
      case HloOp.Conditional c ->
          c.branches().stream().map(Work::of).reduce(NONE, (a, b) -> a.flops > b.flops ? a : b);
      case HloOp.Call c -> of(c.computation());
      default -> new Work(flops(i), moved(i));
    };
  }

  private static double moved(Instruction i) {
    double bytes = bytes(i.type().leaves());
    for (Instruction operand : i.operands()) {
      bytes += bytes(operand.type().leaves());
    }
    return bytes;
  }

  private static double bytes(List<Shape> shapes) {
    return shapes.stream().mapToDouble(Shape::bytes).sum();
  }

  private static double flops(Instruction i) {
    double out = i.type().leaves().stream().mapToDouble(Shape::elements).sum();
    return switch (i.op()) {
      case Op.Unary u -> out;
      case Op.Binary b -> out;
      case Op.Compare c -> out;
      case Op.Select s -> out;
      case Op.Clamp c -> 2 * out;
      case Op.Convert c -> out;
      case Op.Dot d -> 2 * out * contracted(i.operand(0).shape(), d.lhsContracting());
      case Op.Reduce r -> i.operand(0).shape().elements();
      case Op.Cumulative c -> out;
      case Op.Scatter s -> i.operand(2).shape().elements();
      case Op.AllReduce r -> out;
      case Op.ReduceScatter r -> i.operand(0).shape().elements();
      case HloOp.ReduceRegion r -> each(r.computation()) * i.operand(0).shape().elements();
      case HloOp.Sort s -> {
        double n = Math.max(2, i.operand(0).shape().dim(s.dimension()));
        double sorted = i.operand(0).shape().elements();
        yield each(s.comparator()) * sorted * Math.ceil(Math.log(n) / Math.log(2));
      }
      case ArrayOp.Map m -> each(m.computation()) * out;
      case ArrayOp.ReduceWindow w -> each(w.computation()) * out * window(w.window());
      case ArrayOp.SelectAndScatter s ->
          i.operand(1).shape().elements() * (each(s.select()) * window(s.window()) + 1);
      case ArrayOp.ScatterRegion s ->
          each(s.computation()) * i.operands().getLast().shape().elements();
      case ArrayOp.Convolution c -> {
        Shape kernel = i.operand(1).shape();
        yield 2 * out * kernel.elements() / kernel.dim(c.dims().kernelOutputFeature());
      }
      case ArrayOp.Fft f -> {
        double n = f.lengths().stream().mapToDouble(l -> Math.max(2, l)).reduce(1, (a, b) -> a * b);
        yield 5 * Math.max(out, i.operand(0).shape().elements()) * Math.log(n) / Math.log(2);
      }
      case ArrayOp.Cholesky c -> out * i.shape().dim(i.shape().rank() - 1) / 3;
      case ArrayOp.TriangularSolve t -> {
        Shape a = i.operand(0).shape();
        yield out * a.dim(a.rank() - 1);
      }
      case ArrayOp.ReducePrecision p -> out;
      case ArrayOp.CompareTotal c -> out;
      // The others move elements, or make them of nothing.
      default -> 0;
    };
  }

  private static double each(Computation scalar) {
    return Math.max(1, of(scalar).flops());
  }

  private static double contracted(Shape shape, List<Integer> dims) {
    double product = shape.type() == DType.C64 || shape.type() == DType.C128 ? 4 : 1;
    for (int dim : dims) {
      product *= shape.dim(dim);
    }
    return product;
  }

  private static double window(Window window) {
    double product = 1;
    for (Window.Dim dim : window.dims()) {
      product *= dim.size();
    }
    return product;
  }
}
