package io.gshard.hlo.text;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The groups of a collective along mesh axes, as HLO's {@code replica_groups=[4,2]<=[2,4]T(1,0)}.
 */
public final class AxisGroups {
  private AxisGroups() {}

  /** The groups of devices that differ only on some axes, in the V2 iota form. */
  public static String print(List<String> axes, MeshShape mesh) {
    List<String> order = new ArrayList<>();
    mesh.axes().stream().map(MeshAxis::name).filter(a -> !axes.contains(a)).forEach(order::add);
    order.addAll(axes);
    long size = mesh.size(axes);
    return DeviceTiles.of(List.of(mesh.devices() / size, size), mesh, order).toString();
  }

  /** Reads groups in the iota form or as lists; {@code {}} is one group of all devices. */
  static List<String> read(Cursor in, MeshShape mesh) {
    DeviceTiles tiles = tiles(in, mesh.devices());
    return tiles == null
        ? mesh.axes().stream().filter(a -> a.size() > 1).map(MeshAxis::name).toList()
        : tiles.axes(in, mesh).getLast();
  }

  /** The tiling that some groups are; null for one group of all. */
  static DeviceTiles tiles(Cursor in, int devices) {
    if (in.sees("[")) {
      DeviceTiles tiles = DeviceTiles.read(in);
      if (tiles.dims().size() != 2) {
        throw in.error("replica groups have 2 dims, found " + tiles);
      }
      return tiles;
    }
    List<List<Long>> groups = new ArrayList<>(in.list("{", "}", in::numbers));
    if (groups.isEmpty() || groups.getFirst().isEmpty()) {
      return null;
    }
    int size = groups.getFirst().size();
    if (groups.stream().anyMatch(g -> g.size() != size)) {
      throw in.error("replica groups of different sizes");
    }
    groups.sort(Comparator.comparing(List::getFirst));
    return DeviceTiles.of(
        in,
        List.of((long) groups.size(), (long) size),
        groups.stream().flatMap(List::stream).toList());
  }
}
