package io.gshard.hlo.text;

import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Device tiles over a mesh: the axes that make up each dim, and the order of devices if they do not
 * follow these axes by themselves.
 *
 * @param order null where they do
 */
record TileAxes(List<List<String>> dims, DeviceOrder order) {

  /** Null if no choice of the mesh's axes gives dims of these sizes. */
  static TileAxes of(DeviceTiles tiles, MeshShape mesh) {
    List<List<String>> direct = tiles.axes(mesh);
    if (direct != null) {
      return new TileAxes(direct, null);
    }
    List<List<String>> dims = new ArrayList<>();
    List<MeshAxis> left = new ArrayList<>(mesh.axes().stream().filter(a -> a.size() > 1).toList());
    for (long size : tiles.dims()) {
      List<MeshAxis> chosen = choose(left, 0, size);
      if (chosen == null) {
        return null;
      }
      left.removeAll(chosen);
      dims.add(chosen.stream().map(MeshAxis::name).toList());
    }
    DeviceTiles followed =
        DeviceTiles.of(tiles.dims(), mesh, dims.stream().flatMap(List::stream).toList(), null);
    Integer[] devices = new Integer[mesh.devices()];
    for (int position = 0; position < devices.length; position++) {
      devices[(int) followed.device(position)] = (int) tiles.device(position);
    }
    return new TileAxes(dims, DeviceOrder.of(List.of(devices)).orNull());
  }

  /** The first choice of axes, from some index on, whose sizes multiply to a size. */
  private static List<MeshAxis> choose(List<MeshAxis> axes, int from, long size) {
    if (size == 1) {
      return List.of();
    }
    for (int i = from; i < axes.size(); i++) {
      if (size % axes.get(i).size() == 0) {
        List<MeshAxis> rest = choose(axes, i + 1, size / axes.get(i).size());
        if (rest != null) {
          List<MeshAxis> chosen = new ArrayList<>(List.of(axes.get(i)));
          chosen.addAll(rest);
          return chosen;
        }
      }
    }
    return null;
  }
}
