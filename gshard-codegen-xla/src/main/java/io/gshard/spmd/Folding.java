package io.gshard.spmd;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * How partial results are folded over axes: reduce-scatters where the wanted sharding is split over
 * such axes, and an all-reduce over the rest.
 *
 * @param computed how the partial results are split
 * @param scatters in order
 * @param rest the axes of the all-reduce; may be none
 * @param sharding how the folded result is split
 */
record Folding(Sharding computed, List<Scatter> scatters, List<String> rest, Sharding sharding) {

  /** A reduce-scatter. */
  record Scatter(int dim, List<String> axes) {}

  static Folding of(
      MeshShape mesh, Shape global, Sharding computed, List<String> partial, Sharding wanted) {
    List<Scatter> scatters = new ArrayList<>();
    List<String> rest = new ArrayList<>(partial);
    Sharding at = computed;
    for (int d = 0; d < computed.rank() && !rest.isEmpty(); d++) {
      List<String> axes = at.axes(d);
      List<String> target = wanted.axes(d);
      if (target.size() <= axes.size() || !target.subList(0, axes.size()).equals(axes)) {
        continue;
      }
      int end = axes.size();
      while (end < target.size() && rest.contains(target.get(end))) {
        end++;
      }
      List<String> more = target.subList(axes.size(), end);
      if (!more.isEmpty()
          && ReshardPlanner.nests(global.dim(d), mesh.size(axes), mesh.size(more))) {
        scatters.add(new Scatter(d, more));
        rest.removeAll(more);
        at = at.with(d, target.subList(0, end));
      }
    }
    return new Folding(computed, scatters, rest, at);
  }
}
