package io.gshard.spmd;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.hlo.Window;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Select-and-scatter over a dim that is split; see {@link PoolFrame}. */
final class SelectAndScatterParts {
  private final MeshShape mesh;
  private final Emitter emit;
  private final Halo halo;

  SelectAndScatterParts(MeshShape mesh, Emitter emit, Halo halo) {
    this.mesh = mesh;
    this.emit = emit;
    this.halo = halo;
  }

  Instruction apply(
      Instruction op,
      ArrayOp.SelectAndScatter scatter,
      List<Instruction> operands,
      Sharding result) {
    Instruction x = operands.get(0);
    Instruction source = operands.get(1);
    DType type = x.shape().type();
    // A window that does not exist adds nothing, whatever it selects.
    Instruction nothing = emit.scalar(type, scatter.scatter().combiner().identity(type));
    List<Window.Dim> window = new ArrayList<>(scatter.window().dims());
    List<PoolFrame> frames = new ArrayList<>(Collections.nCopies(window.size(), null));
    for (int d = 0; d < window.size(); d++) {
      List<String> axes = result.axes(d);
      if (window.get(d).isTrivial() || mesh.size(axes) == 1) {
        continue;
      }
      long size = op.shape().dim(d);
      PoolFrame frame = PoolFrame.of(window.get(d), size, mesh.size(axes));
      Emitter.Cause cause = NeighbourOps.cause(op, 0, d, axes);
      x = halo.window(x, d, axes, size, frame.fetched(), null, cause);
      if (!frame.aligned()) {
        Instruction ahead =
            emit.add(
                new Op.Binary(Op.BinaryKind.SUBTRACT),
                first(axes, frame),
                halo.linear(axes, frame.local(), frame.fetched().base(), 1));
        x = halo.cutAt(x, d, ahead, frame.extent());
      }
      long windows = op.operand(1).shape().dim(d);
      source =
          halo.window(
              source,
              d,
              axes,
              windows,
              frame.source(),
              nothing,
              NeighbourOps.cause(op, 1, d, axes));
      frames.set(d, frame);
      window.set(d, frame.localWindow());
    }
    Instruction inside = null;
    for (int d = 0; d < frames.size(); d++) {
      Window.Dim whole = scatter.window().dims().get(d);
      if (frames.get(d) != null && (whole.low() > 0 || whole.high() > 0)) {
        Instruction along = inside(x.shape(), d, result.axes(d), frames.get(d), op.shape().dim(d));
        inside = inside == null ? along : emit.add(new Op.Binary(Op.BinaryKind.AND), inside, along);
      }
    }
    ArrayOp.SelectAndScatter local =
        new ArrayOp.SelectAndScatter(scatter.select(), scatter.scatter(), new Window(window));
    Instruction all =
        inside == null
            ? emit.builder()
                .add(local, new Type.Array(x.shape()), List.of(x, source, operands.get(2)))
            : selected(local, x, source, operands.get(2), inside);
    for (int d = 0; d < frames.size(); d++) {
      if (frames.get(d) != null) {
        all = own(all, d, result.axes(d), frames.get(d));
      }
    }
    return all;
  }

  /** Whether an element of what the device got is one of x, not of its padding: pred like x. */
  private Instruction inside(Shape shape, int dim, List<String> axes, PoolFrame frame, long size) {
    Shape line = Shape.of(DType.S32, shape.dim(dim));
    Instruction here =
        emit.add(
            new Op.Binary(Op.BinaryKind.ADD),
            emit.add(new Op.Iota(line, 0)),
            emit.spread(first(axes, frame), line));
    Instruction end = emit.spread(emit.number(size), line);
    Instruction both =
        emit.add(
            new Op.Binary(Op.BinaryKind.AND),
            emit.add(new Op.Compare(Op.Direction.GE), here, emit.fill(line, 0)),
            emit.add(new Op.Compare(Op.Direction.LT), here, end));
    return emit.add(new Op.Broadcast(shape.dims(), List.of(dim)), both);
  }

  /**
   * Select-and-scatter that never selects padding, which only some devices have. No element of x
   * could stand for it, as any may be selected: so windows fold elements with their places, of
   * which padding has none, and what is scattered goes to the places found.
   */
  private Instruction selected(
      ArrayOp.SelectAndScatter op,
      Instruction x,
      Instruction source,
      Instruction start,
      Instruction inside) {
    Shape flat = Shape.of(DType.S32, x.shape().elements());
    Shape places = x.shape().withType(DType.S32);
    Instruction numbers = emit.add(new Op.Reshape(places.dims()), emit.add(new Op.Iota(flat, 0)));
    Instruction place =
        emit.add(new Op.Select(), inside, numbers, emit.fill(places, Selecting.NOWHERE));
    Shape results = source.shape();
    Instruction folded =
        emit.builder()
            .add(
                new ArrayOp.ReduceWindow(
                    Selecting.computation(op.select(), x.shape().type()), op.window()),
                Type.tuple(
                    List.of(results.withType(x.shape().type()), results.withType(DType.S32))),
                List.of(
                    x,
                    place,
                    emit.scalar(x.shape().type(), 0),
                    emit.scalar(DType.S32, Selecting.NOWHERE)));
    long updates = results.elements();
    Op.Scatter scatter =
        new Op.Scatter(
            op.scatter().combiner(), List.of(), List.of(0), List.of(), List.of(), List.of(0), 1);
    Instruction scattered =
        emit.add(
            scatter,
            emit.spread(start, x.shape().withDims(flat.dims())),
            emit.add(new Op.Reshape(List.of(updates, 1L)), emit.builder().element(folded, 1)),
            emit.add(new Op.Reshape(List.of(updates)), source));
    return emit.add(new Op.Reshape(x.shape().dims()), scattered);
  }

  /** The device's own part of what its windows cover. */
  private Instruction own(Instruction x, int dim, List<String> axes, PoolFrame frame) {
    if (frame.aligned()) {
      return halo.sliced(x, dim, -frame.fetched().base(), frame.local() - frame.fetched().base());
    }
    Instruction start =
        emit.add(
            new Op.Binary(Op.BinaryKind.SUBTRACT),
            emit.offset(axes, frame.local()),
            first(axes, frame));
    return halo.cutAt(x, dim, start, frame.local());
  }

  /** Where in x the device's first window begins. */
  private Instruction first(List<String> axes, PoolFrame frame) {
    HaloPlan.Need source = frame.source();
    Instruction place = halo.linear(axes, source.slope(), source.base(), source.divisor());
    return halo.plus(
        emit.add(
            new Op.Binary(Op.BinaryKind.MULTIPLY), place, emit.number(frame.window().stride())),
        -frame.window().low());
  }
}
