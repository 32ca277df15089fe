package io.gshard.spmd;

import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A reshape that splits or merges a dim whose parts then do not line up: 3 rows of 2 on two devices
 * are 4 and 2 elements, where 6 elements on two devices are 3 and 3. In row-major order what a
 * device has and what it needs are both one run of elements, so the runs are shifted by {@link
 * Halo}.
 */
final class ReshapeShift {

  /**
   * Dims that make the same elements before and after; those of size 1 may be split by nothing.
   *
   * @param begin the first of them
   * @param end behind the last
   */
  private record Side(int begin, int end) {}

  private record Group(Side from, Side to) {}

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
    for (Group group : groups(x.shape(), op.shape())) {
      List<String> from = axes(x.shape(), x.sharding(), group.from());
      List<String> to = axes(op.shape(), op.sharding(), group.to());
      if (from == null || !from.equals(to)) {
        return false;
      }
      shifts |=
          run(x.shape(), x.sharding(), group.from()) != run(op.shape(), op.sharding(), group.to());
    }
    return shifts;
  }

  private static boolean isPlain(Sharding sharding) {
    return sharding.equals(sharding.plain());
  }

  /** The device's part of the result, from its part of the operand. */
  Instruction apply(Instruction op, Instruction operand) {
    Instruction global = op.operand(0);
    List<Group> groups = groups(global.shape(), op.shape());
    List<Long> flat = new ArrayList<>();
    groups.forEach(g -> flat.add(run(global.shape(), global.sharding(), g.from())));
    Instruction x = emit.add(new Op.Reshape(flat), operand);
    for (int i = 0; i < groups.size(); i++) {
      Group group = groups.get(i);
      long held = flat.get(i);
      long wanted = run(op.shape(), op.sharding(), group.to());
      if (held == wanted) {
        continue;
      }
      List<String> axes = axes(op.shape(), op.sharding(), group.to());
      int parts = mesh.size(axes);
      long elements = 1;
      for (int d = group.to().begin(); d < group.to().end(); d++) {
        elements *= op.shape().dim(d);
      }
      int users = Math.toIntExact(Math.ceilDiv(elements, wanted));
      HaloPlan.Need need = new HaloPlan.Need(wanted, 0, 1, wanted, users);
      Emitter.Cause cause = NeighbourOps.cause(op, 0, group.from().begin(), axes);
      // Counted with the padding of the last parts, which nobody looks at.
      x = halo.window(x, i, axes, held * parts, need, null, cause);
    }
    return emit.add(new Op.Reshape(op.sharding().local(mesh, op.shape()).dims()), x);
  }

  /** The axes that split the first dim of the group that has elements to split; null if others. */
  private List<String> axes(Shape shape, Sharding sharding, Side side) {
    List<String> axes = List.of();
    boolean first = true;
    for (int d = side.begin(); d < side.end(); d++) {
      if (mesh.size(sharding.axes(d)) > 1) {
        if (!first) {
          return null;
        }
        axes = sharding.axes(d);
      }
      first &= shape.dim(d) == 1 && mesh.size(sharding.axes(d)) == 1;
    }
    return axes;
  }

  /** How many elements of the group a device holds. */
  private long run(Shape shape, Sharding sharding, Side side) {
    Shape local = sharding.local(mesh, shape);
    long elements = 1;
    for (int d = side.begin(); d < side.end(); d++) {
      elements *= local.dim(d);
    }
    return elements;
  }

  /** The smallest runs of dims with as many elements on both sides. */
  private static List<Group> groups(Shape from, Shape to) {
    List<Group> groups = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < from.rank() && j < to.rank()) {
      int firstFrom = i;
      int firstTo = j;
      long x = from.dim(i++);
      long y = to.dim(j++);
      while (x != y) {
        if (x < y) {
          x *= from.dim(i++);
        } else {
          y *= to.dim(j++);
        }
      }
      boolean last = i == from.rank() || j == to.rank();
      groups.add(
          new Group(
              new Side(firstFrom, last ? from.rank() : i),
              new Side(firstTo, last ? to.rank() : j)));
      i = last ? from.rank() : i;
      j = last ? to.rank() : j;
    }
    return groups;
  }
}
