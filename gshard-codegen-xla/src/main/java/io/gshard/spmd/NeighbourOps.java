package io.gshard.spmd;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.hlo.Window;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.sharding.Assignment;
import io.gshard.sharding.OpRule;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Ops computed in parts that need elements of their neighbours: a window of each operand is brought
 * by {@link Halo}, then the same op is applied to it, with its sizes and its padding made local.
 */
final class NeighbourOps {
  private final MeshShape mesh;
  private final Emitter emit;
  private final Halo halo;

  NeighbourOps(MeshShape mesh, Emitter emit) {
    this.mesh = mesh;
    this.emit = emit;
    this.halo = new Halo(mesh, emit);
  }

  /** Whether the parts of an op computed so need their neighbours. */
  static boolean needed(MeshShape mesh, Op op, OpRule rule, Assignment assignment) {
    if (op instanceof ArrayOp.Convolution) {
      return true;
    }
    for (int f = 0; f < rule.factors().size(); f++) {
      if (rule.factors().get(f).kind() == OpRule.Kind.PERMUTATION
          && mesh.size(assignment.axes(f)) > 1) {
        return true;
      }
    }
    return false;
  }

  /** The local op, on operands and with a result as the assignment splits them. */
  Instruction apply(
      Instruction op, List<Instruction> operands, List<Sharding> needed, List<Sharding> computed) {
    Sharding result = computed.getFirst();
    return switch (op.op()) {
      case Op.Slice s -> slice(op, s, operands.getFirst(), result);
      case Op.Pad p -> pad(op, p, operands, result);
      case Op.Reverse r -> reverse(op, r, operands.getFirst(), result);
      case Op.Concatenate c -> concatenate(op, c, operands, needed, result);
      case Op.Cumulative c -> cumulative(op, c, operands.getFirst(), result);
      case ArrayOp.ReduceWindow r -> reduceWindow(op, r, operands, computed);
      case ArrayOp.SelectAndScatter c ->
          new SelectAndScatterParts(mesh, emit, halo).apply(op, c, operands, result);
      case ArrayOp.Convolution c -> convolution(op, c, operands, needed, result);
      default ->
          throw new IllegalArgumentException(
              ShapeInference.name(op.op()) + " does not need its neighbours");
    };
  }

  private Instruction slice(Instruction op, Op.Slice s, Instruction operand, Sharding result) {
    Instruction x = operand;
    List<Long> starts = new ArrayList<>(s.starts());
    List<Long> limits = new ArrayList<>(s.limits());
    for (int d = 0; d < x.shape().rank(); d++) {
      Window.Dim window = Demands.of(s, d);
      if (window.isTrivial() && limits.get(d) == op.operand(0).shape().dim(d)) {
        limits.set(d, x.shape().dim(d));
      } else if (mesh.size(result.axes(d)) > 1) {
        Frame frame = places(window, op.shape(), result, d);
        x = framed(op, 0, x, d, result.axes(d), frame, null);
        starts.set(d, 0L);
        limits.set(d, frame.span());
      }
    }
    return emit.add(new Op.Slice(starts, limits, s.strides()), x);
  }

  private Instruction pad(Instruction op, Op.Pad p, List<Instruction> operands, Sharding result) {
    Instruction x = operands.getFirst();
    List<Long> low = new ArrayList<>(p.low());
    List<Long> high = new ArrayList<>(p.high());
    List<Long> interior = new ArrayList<>(p.interior());
    for (int d = 0; d < x.shape().rank(); d++) {
      Window.Dim window = Demands.of(p, d);
      if (!window.isTrivial() && mesh.size(result.axes(d)) > 1) {
        Frame frame = places(window, op.shape(), result, d);
        x = framed(op, 0, x, d, result.axes(d), frame, operands.get(1));
        low.set(d, frame.local().low());
        high.set(d, frame.local().high());
        interior.set(d, frame.local().baseDilation() - 1);
      }
    }
    return emit.add(new Op.Pad(low, high, interior), x, operands.get(1));
  }

  /** The parts change places with their mirror images; then what was padding must go. */
  private Instruction reverse(Instruction op, Op.Reverse r, Instruction operand, Sharding result) {
    Instruction x = operand;
    List<Integer> here = new ArrayList<>();
    for (int d : r.dimensions()) {
      List<String> axes = result.axes(d);
      if (mesh.size(axes) == 1) {
        here.add(d);
        continue;
      }
      Emitter.Cause cause = cause(op, 0, d, axes);
      x = halo.mirrored(x, d, axes, cause);
      HaloPlan.Need need = Demands.mirror(op.shape().dim(d), mesh.size(axes));
      if (need.base() > 0) {
        x = halo.window(x, d, axes, need.length() * mesh.size(axes), need, null, cause);
      }
    }
    return here.isEmpty() ? x : emit.add(new Op.Reverse(here), x);
  }

  /** Each device's part of the result holds of each operand what lies there. */
  private Instruction concatenate(
      Instruction op,
      Op.Concatenate c,
      List<Instruction> operands,
      List<Sharding> needed,
      Sharding result) {
    int dim = c.dimension();
    List<String> axes = result.axes(dim);
    Shape local = result.local(mesh, op.shape());
    Instruction joined = null;
    long end = 0;
    Shape line = Shape.of(DType.S32, local.dim(dim));
    Instruction here =
        emit.add(
            new Op.Binary(Op.BinaryKind.ADD),
            emit.add(new Op.Iota(line, 0)),
            emit.spread(emit.offset(axes, local.dim(dim)), line));
    for (int i = 0; i < operands.size(); i++) {
      long size = op.operand(i).shape().dim(dim);
      if (size == 0) {
        continue;
      }
      HaloPlan.Need need = Demands.joined(op, i, dim, mesh.size(axes));
      Instruction part =
          halo.window(operands.get(i), dim, axes, size, need, null, cause(op, i, dim, axes));
      if (joined == null) {
        joined = part;
      } else {
        Instruction first = emit.spread(emit.number(end), line);
        Instruction behind = emit.add(new Op.Compare(Op.Direction.GE), here, first);
        Instruction where = emit.add(new Op.Broadcast(local.dims(), List.of(dim)), behind);
        joined = emit.add(new Op.Select(), where, part, joined);
      }
      end += size;
    }
    return joined;
  }

  /** Each device folds its part; what the parts before it fold to comes on top. */
  private Instruction cumulative(
      Instruction op, Op.Cumulative c, Instruction operand, Sharding result) {
    int dim = c.dimension();
    List<String> axes = result.axes(dim);
    Shape shape = operand.shape();
    double identity = c.combiner().identity(shape.type());
    Instruction x =
        c.reverse() ? emit.masked(operand, dim, axes, op.shape().dim(dim), identity) : operand;
    Instruction running = emit.add(c, x);
    Instruction sum = emit.add(new Op.Reduce(c.combiner(), List.of(dim)), x);
    Instruction one = emit.add(new Op.Reshape(shape.withDim(dim, 1).dims()), sum);
    Instruction sums = emit.allGather(one, dim, axes, cause(op, 0, dim, axes));
    Shape line = Shape.of(DType.S32, sums.shape().dim(dim));
    Instruction counts =
        emit.add(
            new Op.Compare(c.reverse() ? Op.Direction.GT : Op.Direction.LT),
            emit.add(new Op.Iota(line, 0)),
            emit.spread(emit.offset(axes, 1), line));
    Instruction where = emit.add(new Op.Broadcast(sums.shape().dims(), List.of(dim)), counts);
    Instruction others = emit.add(new Op.Select(), where, sums, emit.fill(sums.shape(), identity));
    Instruction before = emit.add(new Op.Reduce(c.combiner(), List.of(dim)), others);
    List<Integer> kept = new ArrayList<>();
    for (int d = 0; d < shape.rank(); d++) {
      if (d != dim) {
        kept.add(d);
      }
    }
    Instruction spread = emit.add(new Op.Broadcast(shape.dims(), kept), before);
    return emit.add(new Op.Binary(c.combiner().kind()), spread, running);
  }

  private Instruction reduceWindow(
      Instruction op,
      ArrayOp.ReduceWindow reduce,
      List<Instruction> operands,
      List<Sharding> computed) {
    List<Instruction> local = new ArrayList<>(operands);
    List<Window.Dim> window = new ArrayList<>(reduce.window().dims());
    Sharding result = computed.getFirst();
    Shape global = op.type().leaves().getFirst();
    int count = computed.size();
    for (int d = 0; d < global.rank(); d++) {
      Window.Dim dim = window.get(d);
      if (dim.isTrivial() || mesh.size(result.axes(d)) == 1) {
        continue;
      }
      Frame frame = places(dim, global, result, d);
      for (int i = 0; i < count; i++) {
        Instruction start = operands.get(count + i);
        local.set(i, framed(op, i, local.get(i), d, result.axes(d), frame, start));
      }
      window.set(d, frame.local());
    }
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shapes.add(computed.get(i).local(mesh, op.type().leaves().get(i)));
    }
    Type type =
        op.type() instanceof Type.Array ? new Type.Array(shapes.getFirst()) : Type.tuple(shapes);
    return emit.builder()
        .add(new ArrayOp.ReduceWindow(reduce.computation(), new Window(window)), type, local);
  }

  private Instruction convolution(
      Instruction op,
      ArrayOp.Convolution c,
      List<Instruction> operands,
      List<Sharding> needed,
      Sharding result) {
    ArrayOp.ConvolutionDims dims = c.dims();
    Instruction x = operands.getFirst();
    List<Window.Dim> window = new ArrayList<>(c.window().dims());
    Instruction zero = emit.scalar(x.shape().type(), 0);
    for (int i = 0; i < window.size(); i++) {
      int d = dims.inputSpatial().get(i);
      List<String> axes = needed.getFirst().axes(d);
      if (mesh.size(axes) > 1) {
        long places = op.shape().dim(dims.outputSpatial().get(i));
        Frame frame = Demands.frame(window.get(i), places, mesh.size(axes));
        x = framed(op, 0, x, d, axes, frame, zero);
        window.set(i, frame.local());
      }
    }
    Shape local = result.local(mesh, op.shape());
    Shape kernel = operands.get(1).shape();
    long features = kernel.dim(dims.kernelInputFeature());
    long groups =
        c.featureGroups() == 1
            ? 1
            : operands.getFirst().shape().dim(dims.inputFeature()) / features;
    long batches =
        c.batchGroups() == 1
            ? 1
            : operands.getFirst().shape().dim(dims.inputBatch()) / local.dim(dims.outputBatch());
    return emit.builder()
        .add(
            new ArrayOp.Convolution(new Window(window), dims, groups, batches, c.preferred()),
            new Type.Array(local),
            List.of(x, operands.get(1)));
  }

  private Frame places(Window.Dim window, Shape global, Sharding result, int dim) {
    return Frame.ofPlaces(window, global.dim(dim), result.parts(mesh, dim));
  }

  /**
   * What a device needs of an operand's dim, for its frame. Where its windows begin at another
   * place between two elements than another device's, the holes are filled here.
   */
  private Instruction framed(
      Instruction op,
      int operand,
      Instruction x,
      int dim,
      List<String> axes,
      Frame frame,
      Instruction fill) {
    long size = op.operand(operand).shape().dim(dim);
    HaloPlan.Need need = frame.need();
    Instruction got = halo.window(x, dim, axes, size, need, fill, cause(op, operand, dim, axes));
    if (frame.aligned()) {
      return got;
    }
    long holes = frame.whole().baseDilation() - 1;
    long length = holes + (need.length() - 1) * (holes + 1) + 1;
    List<Long> zeros = Collections.nCopies(x.shape().rank(), 0L);
    List<Long> low = new ArrayList<>(zeros);
    List<Long> high = new ArrayList<>(zeros);
    List<Long> interior = new ArrayList<>(zeros);
    low.set(dim, holes);
    high.set(dim, Math.max(0, holes + frame.span() - length));
    interior.set(dim, holes);
    Instruction wide = emit.add(new Op.Pad(low, high, interior), got, fill);
    Instruction begin =
        emit.add(
            new Op.Binary(Op.BinaryKind.MULTIPLY),
            halo.linear(axes, need.slope(), need.base(), need.divisor()),
            emit.number(holes + 1));
    Instruction first = halo.linear(axes, frame.slope(), holes - frame.whole().low(), 1);
    Instruction start = emit.add(new Op.Binary(Op.BinaryKind.SUBTRACT), first, begin);
    return halo.cutAt(wide, dim, start, frame.span());
  }

  static Emitter.Cause cause(Instruction op, int operand, int dim, List<String> axes) {
    return new Emitter.Cause(
        op.source(),
        false,
        "%s moves along dim %d of its operand %d %s, which is split over %s: parts need their neighbours'"
            .formatted(
                ShapeInference.name(op.op()), dim, operand, op.operand(operand).shape(), axes));
  }
}
