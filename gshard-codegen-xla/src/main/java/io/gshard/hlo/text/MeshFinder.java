package io.gshard.hlo.text;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mesh for a module that names none: the coarsest one over whose axes all its shardings and
 * replica groups can be said. Every tile dim, read from the last device id backwards, begins and
 * ends at some stride; these strides cut the row of devices into axes {@code d0}, {@code d1}, ...
 * (one axis: {@code d}).
 */
final class MeshFinder {
  private static final Pattern TILED = Pattern.compile("\\b(sharding|replica_groups)=(?=[{\\[])");

  private MeshFinder() {}

  static MeshShape find(String text, int devices) {
    TreeSet<Long> cuts = new TreeSet<>(List.of(1L, (long) devices));
    Cursor whole = new Cursor(text);
    Matcher matcher = TILED.matcher(text);
    while (matcher.find()) {
      Cursor in = whole.from(matcher.end());
      if (matcher.group(1).equals("sharding")) {
        ShardingText.tilings(in, tiles -> add(in, tiles, devices, cuts));
      } else {
        DeviceTiles tiles = AxisGroups.tiles(in, devices);
        if (tiles != null) {
          add(in, tiles, devices, cuts);
        }
      }
    }
    return mesh(whole, cuts);
  }

  private static void add(Cursor in, DeviceTiles tiles, int devices, SortedSet<Long> cuts) {
    if (tiles.devices() != devices) {
      throw in.error(
          "%s is for %d devices, the module has num_partitions=%d"
              .formatted(tiles, tiles.devices(), devices));
    }
    tiles.cuts(in, cuts);
  }

  private static MeshShape mesh(Cursor in, SortedSet<Long> cuts) {
    List<Integer> sizes = new ArrayList<>();
    long below = 1;
    for (long cut : cuts) {
      if (cut % below != 0) {
        throw in.error("the shardings follow no one mesh: strides " + cuts);
      }
      if (cut > 1) {
        sizes.addFirst((int) (cut / below));
      }
      below = cut;
    }
    List<MeshAxis> axes = new ArrayList<>();
    for (int size : sizes) {
      axes.add(new MeshAxis(sizes.size() == 1 ? "d" : "d" + axes.size(), size));
    }
    return new MeshShape(axes);
  }
}
