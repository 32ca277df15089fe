package io.gshard.spmd;

import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.sharding.ReshapeRuns;
import java.util.ArrayList;
import java.util.List;

/**
 * A reshape that splits or merges a dim whose parts then do not line up: 3 rows of 2 on two devices
 * are 4 and 2 elements, where 6 elements on two devices are 3 and 3. In row-major order what a
 * device has and what it needs are both one run of elements, so the runs are shifted by {@link
 * Halo}.
 */
final class ReshapeShift {
  private final MeshShape mesh;
  private final Emitter emit;
  private final Halo halo;

  ReshapeShift(MeshShape mesh, Emitter emit) {
    this.mesh = mesh;
    this.emit = emit;
    this.halo = new Halo(mesh, emit);
  }

  /** Whether operand and result are split by the same axes, but not in the same places. */
  boolean applies(Instruction op) {
    if (!(op.op() instanceof Op.Reshape) || op.shape().elements() == 0) {
      return false;
    }
    Instruction x = op.operand(0);
    if (!isPlain(x.sharding()) || !isPlain(op.sharding())) {
      return false;
    }
    boolean shifts = false;
    for (ReshapeRuns.Group group : ReshapeRuns.groups(x.shape(), op.shape())) {
      List<String> from = group.from().axes(mesh, x.shape(), x.sharding());
      List<String> to = group.to().axes(mesh, op.shape(), op.sharding());
      if (from == null || !from.equals(to)) {
        return false;
      }
      shifts |=
          group.from().run(mesh, x.shape(), x.sharding())
              != group.to().run(mesh, op.shape(), op.sharding());
    }
    return shifts;
  }

  private static boolean isPlain(Sharding sharding) {
    return sharding.equals(sharding.plain());
  }

  /** The device's part of the result, from its part of the operand. */
  Instruction apply(Instruction op, Instruction operand) {
    Instruction global = op.operand(0);
    List<ReshapeRuns.Group> groups = ReshapeRuns.groups(global.shape(), op.shape());
    List<Long> flat = new ArrayList<>();
    groups.forEach(g -> flat.add(g.from().run(mesh, global.shape(), global.sharding())));
    Instruction x = emit.add(new Op.Reshape(flat), operand);
    for (int i = 0; i < groups.size(); i++) {
      ReshapeRuns.Group group = groups.get(i);
      long held = flat.get(i);
      long wanted = group.to().run(mesh, op.shape(), op.sharding());
      if (held == wanted) {
        continue;
      }
      List<String> axes = group.to().axes(mesh, op.shape(), op.sharding());
      int parts = mesh.size(axes);
      int users = Math.toIntExact(Math.ceilDiv(group.to().elements(op.shape()), wanted));
      HaloPlan.Need need = new HaloPlan.Need(wanted, 0, 1, wanted, users);
      Emitter.Cause cause = NeighbourOps.cause(op, 0, group.from().begin(), axes);
      // Counted with the padding of the last parts, which nobody looks at.
      x = halo.window(x, i, axes, held * parts, need, null, cause);
    }
    return emit.add(new Op.Reshape(op.sharding().local(mesh, op.shape()).dims()), x);
  }
}
