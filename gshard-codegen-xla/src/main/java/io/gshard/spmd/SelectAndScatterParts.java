package io.gshard.spmd;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.hlo.Window;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.sharding.OpRules;
import io.gshard.tensor.DType;
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
    // Outside of x is what is never preferred; a window that does not exist adds nothing.
    Combiner preferred = OpRules.preferred(scatter.select());
    Instruction worst = emit.scalar(type, preferred.identity(type));
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
      x = halo.window(x, d, axes, size, frame.fetched(), worst, cause);
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
    ArrayOp local =
        new ArrayOp.SelectAndScatter(scatter.select(), scatter.scatter(), new Window(window));
    Instruction all =
        emit.builder().add(local, new Type.Array(x.shape()), List.of(x, source, operands.get(2)));
    for (int d = 0; d < frames.size(); d++) {
      if (frames.get(d) != null) {
        all = own(all, d, result.axes(d), frames.get(d));
      }
    }
    return all;
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
