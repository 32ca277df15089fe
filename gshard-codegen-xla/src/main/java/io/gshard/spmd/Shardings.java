package io.gshard.spmd;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All shardings over a few axes, by the parts that they cut each dim in. */
final class Shardings {
  /** With more axes there would be thousands. */
  static final int MOST_AXES = 3;

  private record Space(List<String> axes, int rank) {}

  private final MeshShape mesh;
  private final Map<Space, Map<List<Integer>, List<Sharding>>> known = new HashMap<>();

  Shardings(MeshShape mesh) {
    this.mesh = mesh;
  }

  /** Those whose shards have the same shapes, itself among them. */
  List<Sharding> alike(List<String> axes, Sharding sharding) {
    return known
        .computeIfAbsent(new Space(axes, sharding.rank()), this::byParts)
        .getOrDefault(parts(sharding), List.of());
  }

  private Map<List<Integer>, List<Sharding>> byParts(Space space) {
    Map<List<Integer>, List<Sharding>> found = new HashMap<>();
    List<Sharding> all = new ArrayList<>(List.of(Sharding.replicated(space.rank())));
    Set<Sharding> seen = new HashSet<>(all);
    for (int i = 0; i < all.size(); i++) {
      Sharding at = all.get(i);
      found.computeIfAbsent(parts(at), p -> new ArrayList<>()).add(at);
      for (String axis : space.axes()) {
        for (int d = 0; d < space.rank() && !at.usedAxes().contains(axis); d++) {
          Sharding next = at.with(d, ReshardPlanner.joined(at.axes(d), List.of(axis)));
          if (seen.add(next)) {
            all.add(next);
          }
        }
      }
    }
    return found;
  }

  private List<Integer> parts(Sharding sharding) {
    return sharding.dims().stream().map(mesh::size).toList();
  }

  /** All orders of one or more of the axes. */
  static List<List<String>> sequences(List<String> axes) {
    List<List<String>> found = new ArrayList<>(List.of(List.of()));
    for (int i = 0; i < found.size(); i++) {
      for (String axis : axes) {
        if (!found.get(i).contains(axis)) {
          found.add(ReshardPlanner.joined(found.get(i), List.of(axis)));
        }
      }
    }
    return found.subList(1, found.size());
  }
}
