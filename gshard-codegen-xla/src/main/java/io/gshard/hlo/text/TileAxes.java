package io.gshard.hlo.text;

import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.Collections;
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
    return of(tiles, mesh, List.of());
  }

  /**
   * Null if no choice of the mesh's axes gives dims of these sizes.
   *
   * @param kept dims along which devices are to stand where the axes say, if any axes do; the order
   *     is then one among devices that stand at the same place there
   */
  static TileAxes of(DeviceTiles tiles, MeshShape mesh, List<Integer> kept) {
    List<List<String>> direct = tiles.axes(mesh);
    if (direct != null) {
      return new TileAxes(direct, null);
    }
    List<List<String>> dims = new ArrayList<>(Collections.nCopies(tiles.dims().size(), List.of()));
    List<MeshAxis> left = new ArrayList<>(mesh.axes().stream().filter(a -> a.size() > 1).toList());
    List<Integer> chosenFirst = new ArrayList<>(kept);
    for (int d = 0; d < dims.size(); d++) {
      if (!kept.contains(d)) {
        chosenFirst.add(d);
      }
    }
    for (int d : chosenFirst) {
      List<List<String>> choices = new ArrayList<>();
      choose(left, 0, tiles.dims().get(d), List.of(), choices);
      if (choices.isEmpty()) {
        return null;
      }
      List<String> chosen =
          choices.stream()
              .filter(axes -> kept.contains(d) && stand(tiles, d, mesh, axes))
              .findFirst()
              .orElse(choices.getFirst());
      left.removeIf(axis -> chosen.contains(axis.name()));
      dims.set(d, chosen);
    }
    DeviceTiles followed =
        DeviceTiles.of(tiles.dims(), mesh, dims.stream().flatMap(List::stream).toList(), null);
    Integer[] devices = new Integer[mesh.devices()];
    for (int position = 0; position < devices.length; position++) {
      devices[(int) followed.device(position)] = (int) tiles.device(position);
    }
    return new TileAxes(dims, DeviceOrder.of(List.of(devices)).orNull());
  }

  /** The choices of axes, from some index on, whose sizes multiply to a size. */
  private static void choose(
      List<MeshAxis> axes, int from, long size, List<String> before, List<List<String>> found) {
    if (size == 1) {
      found.add(before);
      return;
    }
    for (int i = from; i < axes.size(); i++) {
      if (size % axes.get(i).size() == 0) {
        List<String> more = new ArrayList<>(before);
        more.add(axes.get(i).name());
        choose(axes, i + 1, size / axes.get(i).size(), more, found);
      }
    }
  }

  /** Whether the devices' places along some axes are those along a dim. */
  private static boolean stand(DeviceTiles tiles, int dim, MeshShape mesh, List<String> axes) {
    long below =
        tiles.dims().subList(dim + 1, tiles.dims().size()).stream().reduce(1L, (a, b) -> a * b);
    for (long position = 0; position < tiles.devices(); position++) {
      long place = position / below % tiles.dims().get(dim);
      if (mesh.coordinate((int) tiles.device(position), axes) != place) {
        return false;
      }
    }
    return true;
  }
}
