package io.gshard.hlo.text;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The groups of a collective along mesh axes, as HLO's {@code replica_groups=[4,2]<=[2,4]T(1,0)}.
 */
public final class AxisGroups {
  private AxisGroups() {}

  /**
   * The groups of devices that differ only on some axes, in the V2 iota form; as lists where the
   * mesh has an order of devices that this cannot say.
   */
  public static String print(List<String> axes, MeshShape mesh) {
    List<String> order = new ArrayList<>();
    mesh.axes().stream().map(MeshAxis::name).filter(a -> !axes.contains(a)).forEach(order::add);
    order.addAll(axes);
    long size = mesh.size(axes);
    DeviceTiles tiles = DeviceTiles.of(List.of(mesh.devices() / size, size), mesh, order, null);
    if (tiles.ids() == null) {
      return tiles.toString();
    }
    return mesh.groups(axes).stream()
        .map(Emission::braces)
        .collect(Collectors.joining(",", "{", "}"));
  }

  /**
   * Reads groups in the iota form, over a mesh or as lists; {@code {}} is one group of all devices.
   */
  static List<String> read(Cursor in, MeshShape mesh) {
    DeviceTiles tiles = tiles(in, mesh);
    if (tiles == null) {
      return mesh.axes().stream().filter(a -> a.size() > 1).map(MeshAxis::name).toList();
    }
    if (tiles.devices() != mesh.devices()) {
      throw in.error(
          "%s is for %d devices, the module has %d"
              .formatted(tiles, tiles.devices(), mesh.devices()));
    }
    List<List<String>> axes = tiles.axes(new MeshShape(mesh.axes()));
    if (axes == null) {
      throw in.error("%s does not follow the axes of the mesh '%s'".formatted(tiles, mesh));
    }
    return axes.getLast();
  }

  /**
   * The tiling of the mesh's places that some groups are; null for one group of all. Groups are in
   * the order of their first places.
   */
  static DeviceTiles tiles(Cursor in, MeshShape mesh) {
    List<List<Integer>> groups;
    if (in.sees("[") || NamedMesh.begins(in)) {
      DeviceTiles tiles = NamedMesh.begins(in) ? named(in) : DeviceTiles.read(in);
      if (tiles.dims().size() != 2) {
        throw in.error("replica groups have 2 dims, found " + tiles);
      }
      if (mesh.order() == null || tiles.devices() != mesh.devices()) {
        return tiles;
      }
      groups = new ArrayList<>(listed(tiles));
    } else {
      groups = new ArrayList<>(in.list("{", "}", in::integers));
    }
    if (groups.isEmpty() || groups.getFirst().isEmpty()) {
      return null;
    }
    int size = groups.getFirst().size();
    if (groups.stream().anyMatch(g -> g.size() != size)) {
      throw in.error("replica groups of different sizes");
    }
    List<Long> dims = List.of((long) groups.size(), (long) size);
    // Checked as they are given, before they are used as places.
    DeviceTiles.of(in, dims, groups.stream().flatMap(List::stream).toList());
    if (groups.size() * size != mesh.devices()) {
      throw in.error(
          "replica groups of %d devices, the module has %d"
              .formatted(groups.size() * size, mesh.devices()));
    }
    groups.replaceAll(group -> group.stream().map(mesh::place).toList());
    groups.sort(Comparator.comparing(List::getFirst));
    return DeviceTiles.of(in, dims, groups.stream().flatMap(List::stream).toList());
  }

  /** {@code mesh['x'=2,'y'=4] {'y'}}: the devices that differ along these axes alone. */
  private static DeviceTiles named(Cursor in) {
    NamedMesh mesh = NamedMesh.read(in);
    return mesh.groups(in, in.list("{", "}", () -> mesh.part(in)));
  }

  private static List<List<Integer>> listed(DeviceTiles tiles) {
    List<List<Integer>> groups = new ArrayList<>();
    long size = tiles.dims().getLast();
    for (long position = 0; position < tiles.devices(); position++) {
      if (position % size == 0) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add((int) tiles.device(position));
    }
    return groups;
  }
}
