package io.gshard.spmd.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Random shardings over a mesh, as HLO writes them in its several forms. */
final class Tiling {
  private static final int[][] MESHES = {
    {2}, {3}, {4}, {5}, {6}, {7}, {8}, {2, 2}, {2, 3}, {3, 2}, {2, 4}, {4, 2}, {2, 2, 2}
  };

  private final Random random;
  private final int[] mesh;

  /** The device at each place of the mesh; null if they lie in order. */
  private final List<Integer> order;

  Tiling(Random random) {
    this.random = random;
    this.mesh = MESHES[random.nextInt(MESHES.length)];
    List<Integer> devices = new ArrayList<>();
    for (int i = 0; i < devices(); i++) {
      devices.add(i);
    }
    Collections.shuffle(devices, random);
    this.order = random.nextInt(8) == 0 ? devices : null;
  }

  int devices() {
    return Arrays.stream(mesh).reduce(1, (a, b) -> a * b);
  }

  /** Any sharding of an array of these dims whose parts are all of one size. */
  String even(List<Long> dims) {
    for (int attempt = 0; attempt < 20; attempt++) {
      List<List<Integer>> axes = draw(dims.size());
      boolean divides = true;
      for (int d = 0; d < dims.size(); d++) {
        divides &= dims.get(d) % parts(axes.get(d)) == 0;
      }
      if (divides) {
        return text(axes);
      }
    }
    return "{replicated}";
  }

  private int parts(List<Integer> axes) {
    return axes.stream().map(a -> mesh[a]).reduce(1, (a, b) -> a * b);
  }

  /** Any sharding of an array of this rank: each axis splits some dim, or none. */
  String any(int rank) {
    return text(draw(rank));
  }

  private List<List<Integer>> draw(int rank) {
    List<List<Integer>> dims = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      dims.add(new ArrayList<>());
    }
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < mesh.length; i++) {
      axes.add(i);
    }
    Collections.shuffle(axes, random);
    for (int axis : axes) {
      int dim = rank == 0 || random.nextInt(5) == 0 ? -1 : random.nextInt(rank);
      if (dim >= 0) {
        dims.get(dim).add(axis);
      }
    }
    return dims;
  }

  private String text(List<List<Integer>> dims) {
    if (dims.stream().allMatch(List::isEmpty)) {
      return "{replicated}";
    }
    List<Integer> tiles = new ArrayList<>();
    List<Integer> all = new ArrayList<>();
    for (List<Integer> axes : dims) {
      tiles.add(parts(axes));
      all.addAll(axes);
    }
    List<Integer> rest = new ArrayList<>();
    for (int axis = 0; axis < mesh.length; axis++) {
      if (!all.contains(axis)) {
        rest.add(axis);
      }
    }
    int copies = parts(rest);
    all.addAll(rest);
    if (copies > 1) {
      tiles.add(copies);
    }
    String suffix =
        copies == 1
            ? ""
            : random.nextInt(4) == 0 ? " last_tile_dims={replicated}" : " last_tile_dim_replicate";
    boolean listed = order != null || random.nextInt(4) == 0;
    return "{devices=[%s]%s%s}".formatted(join(tiles), listed ? ids(all) : iota(all), suffix);
  }

  private String iota(List<Integer> axes) {
    boolean inOrder = axes.stream().sorted().toList().equals(axes);
    if (inOrder) {
      return "<=[" + devices() + "]";
    }
    return "<=[" + join(Arrays.stream(mesh).boxed().toList()) + "]T(" + join(axes) + ")";
  }

  private String ids(List<Integer> axes) {
    List<Integer> ids = new ArrayList<>();
    collect(axes, 0, 0, ids);
    return join(ids);
  }

  private void collect(List<Integer> axes, int at, int id, List<Integer> ids) {
    if (at == axes.size()) {
      ids.add(order == null ? id : order.get(id));
      return;
    }
    int axis = axes.get(at);
    int stride = 1;
    for (int i = axis + 1; i < mesh.length; i++) {
      stride *= mesh[i];
    }
    for (int i = 0; i < mesh[axis]; i++) {
      collect(axes, at + 1, id + i * stride, ids);
    }
  }

  static String join(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
