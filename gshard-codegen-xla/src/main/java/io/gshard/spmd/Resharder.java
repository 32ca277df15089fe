package io.gshard.spmd;

import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Carries out a {@link ReshardPlan}. */
final class Resharder {
  private final MeshShape mesh;
  private final ReshardPlanner planner;
  private final Emitter emit;

  Resharder(MeshShape mesh, ReshardPlanner planner, Emitter emit) {
    this.mesh = mesh;
    this.planner = planner;
    this.emit = emit;
  }

  /** The local part of a value in another sharding. */
  Instruction reshard(
      Instruction x, Shape global, Sharding from, Sharding to, Emitter.Cause cause) {
    Instruction at = x;
    Sharding now = from;
    for (Step step : planner.plan(global, from, to).steps()) {
      Sharding next = step.after(now);
      Shape local = next.local(mesh, global);
      at =
          switch (step) {
            case Step.Cut(int dim, List<String> axes) -> emit.cut(at, dim, axes);
            case Step.Gather(int dim, List<String> axes) -> {
              Emitter.Cause why =
                  next.usedAxes().isEmpty() ? cause.leavingWhole(x.name(), global) : cause;
              yield emit.resized(emit.allGather(at, dim, axes, why), dim, local.dim(dim));
            }
            case Step.Exchange(int source, int target, List<String> axes) ->
                emit.resized(
                    emit.allToAll(at, target, source, axes, cause), source, local.dim(source));
            case Step.Permute(Sharding source, Sharding target) ->
                permute(at, source, target, cause);
          };
      now = next;
    }
    return at;
  }

  private Instruction permute(Instruction x, Sharding from, Sharding to, Emitter.Cause cause) {
    if (from.order() != null || to.order() != null) {
      return reordered(x, from, to, cause);
    }
    Set<String> involved = new LinkedHashSet<>();
    for (int d = 0; d < from.rank(); d++) {
      if (!from.axes(d).equals(to.axes(d))) {
        involved.addAll(from.axes(d));
        involved.addAll(to.axes(d));
      }
    }
    List<String> axes = new ArrayList<>(involved);
    axes.removeIf(a -> mesh.size(a) == 1);
    int[] targets = targets(axes, from, to);
    List<Integer> list = Arrays.stream(targets).boxed().toList();
    for (int i = 0; i < targets.length; i++) {
      if (targets[i] != i) {
        return emit.permute(x, axes, list, cause);
      }
    }
    return x;
  }

  /** What stands in a device's stead in one order goes to what does in the other. */
  private Instruction reordered(Instruction x, Sharding from, Sharding to, Emitter.Cause cause) {
    List<String> axes = mesh.axes().stream().filter(a -> a.size() > 1).map(MeshAxis::name).toList();
    Integer[] targets = new Integer[mesh.devices()];
    for (int device = 0; device < targets.length; device++) {
      targets[mesh.place(from.standIn(device))] = mesh.place(to.standIn(device));
    }
    return emit.permute(x, axes, List.of(targets), cause);
  }

  /**
   * For each place on the axes the place that gets its shard. Places that hold the same shard are
   * matched, in order, with those that want it, of which there are as many.
   */
  private int[] targets(List<String> axes, Sharding from, Sharding to) {
    int places = mesh.size(axes);
    int[] targets = new int[places];
    int[] receiver = new int[places];
    for (int place = 0; place < places; place++) {
      receiver[key(axes, to, place)] = place;
    }
    for (int place = 0; place < places; place++) {
      targets[place] = receiver[key(axes, from, place)];
    }
    return targets;
  }

  /** Numbers the places by what they hold: the shard first, then the axes that replicate it. */
  private int key(List<String> axes, Sharding sharding, int place) {
    int key = 0;
    for (int d = 0; d < sharding.rank(); d++) {
      for (String axis : sharding.axes(d)) {
        if (axes.contains(axis)) {
          key = key * mesh.size(axis) + coordinate(axes, axis, place);
        }
      }
    }
    for (String axis : axes) {
      if (!sharding.usedAxes().contains(axis)) {
        key = key * mesh.size(axis) + coordinate(axes, axis, place);
      }
    }
    return key;
  }

  private int coordinate(List<String> axes, String axis, int place) {
    int at = place;
    for (int i = axes.size() - 1; !axes.get(i).equals(axis); i--) {
      at /= mesh.size(axes.get(i));
    }
    return at % mesh.size(axis);
  }
}
