package io.gshard.hlo.text;

import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mesh for a module that names none: the coarsest one over whose axes all its shardings and
 * replica groups can be said. Every tile dim, read from the last device id backwards, begins and
 * ends at some stride; these strides cut the row of devices into axes {@code d0}, {@code d1}, ...
 * (one axis: {@code d}).
 *
 * <p>Where there is no such mesh ({@code [3,2]<=[6]} beside {@code [2,3]<=[6]}, or devices listed
 * in an order that follows no axes), the mesh gets the one explicit order in which all shardings
 * follow its axes, if there is one. Else it suits those that agree, in the order of the text, and
 * the others are said by its axes and an explicit order of their own ({@link TileAxes}); for that
 * its axes may have to be cut down to primes.
 */
final class MeshFinder {
  private static final Pattern TILED =
      Pattern.compile("\\b(sharding|replica_groups)=(?=[{\\[]|mesh\\[)");

  private final int devices;
  private final Set<DeviceTiles> shardings = new LinkedHashSet<>();
  private final Set<DeviceTiles> groups = new LinkedHashSet<>();

  private MeshFinder(int devices) {
    this.devices = devices;
  }

  /** How many devices the first sharding that splits something is for; 1 if none does. */
  static int devices(String text) {
    Cursor whole = new Cursor(text);
    Matcher matcher = TILED.matcher(text);
    int[] devices = {1};
    while (devices[0] == 1 && matcher.find()) {
      if (matcher.group(1).equals("sharding")) {
        ShardingText.tilings(
            whole.from(matcher.end()), t -> devices[0] = Math.toIntExact(t.devices()));
      }
    }
    return devices[0];
  }

  static MeshShape find(String text, int devices) {
    MeshFinder finder = new MeshFinder(devices);
    MeshShape row = new MeshShape(List.of(new MeshAxis("d", devices)));
    TreeSet<Long> cuts = finder.none();
    Cursor whole = new Cursor(text);
    Matcher matcher = TILED.matcher(text);
    while (matcher.find()) {
      Cursor in = whole.from(matcher.end());
      if (matcher.group(1).equals("sharding")) {
        ShardingText.tilings(in, tiles -> finder.add(in, tiles, finder.shardings));
      } else {
        DeviceTiles tiles = AxisGroups.tiles(in, row);
        if (tiles != null && finder.add(in, tiles, finder.groups) && !add(tiles, cuts)) {
          throw in.error(
              tiles + " does not follow the axes of any mesh that the groups before it do");
        }
      }
    }
    return finder.find(cuts);
  }

  private boolean add(Cursor in, DeviceTiles tiles, Collection<DeviceTiles> to) {
    if (tiles.devices() != devices) {
      throw in.error(
          "%s is for %d devices, the module has num_partitions=%d"
              .formatted(tiles, tiles.devices(), devices));
    }
    return to.add(tiles);
  }

  private MeshShape find(SortedSet<Long> ofGroups) {
    TreeSet<Long> cuts = new TreeSet<>(ofGroups);
    List<DeviceTiles> others = shardings.stream().filter(tiles -> !add(tiles, cuts)).toList();
    if (others.isEmpty()) {
      return mesh(cuts);
    }
    if (groups.isEmpty()) {
      for (DeviceTiles tiles : others) {
        MeshShape ordered = tiles.ids() == null ? null : ordered(DeviceOrder.of(tiles.ids()));
        if (ordered != null) {
          return ordered;
        }
      }
    }
    MeshShape mesh = mesh(cuts);
    return others.stream().allMatch(tiles -> TileAxes.of(tiles, mesh) != null)
        ? mesh
        : mesh(prime(cuts));
  }

  /** The mesh with this order, if all shardings follow its axes. */
  private MeshShape ordered(DeviceOrder order) {
    TreeSet<Long> cuts = none();
    boolean all =
        shardings.stream().allMatch(t -> add(t.mapped(id -> order.place((int) id)), cuts));
    return all ? new MeshShape(mesh(cuts).axes(), order) : null;
  }

  private TreeSet<Long> none() {
    return new TreeSet<>(List.of(1L, (long) devices));
  }

  /** Adds what a tiling needs, unless it and what is there need different meshes. */
  private static boolean add(DeviceTiles tiles, TreeSet<Long> cuts) {
    TreeSet<Long> more = new TreeSet<>(cuts);
    if (!tiles.cuts(more)) {
      return false;
    }
    long below = 1;
    for (long cut : more) {
      if (cut % below != 0) {
        return false;
      }
      below = cut;
    }
    cuts.addAll(more);
    return true;
  }

  private static SortedSet<Long> prime(SortedSet<Long> cuts) {
    SortedSet<Long> fine = new TreeSet<>();
    long below = 1;
    for (long cut : cuts) {
      for (long factor = 2; below < cut; factor++) {
        while (cut / below % factor == 0) {
          fine.add(below);
          below *= factor;
        }
      }
      fine.add(cut);
    }
    return fine;
  }

  private static MeshShape mesh(SortedSet<Long> cuts) {
    List<Integer> sizes = new ArrayList<>();
    long below = 1;
    for (long cut : cuts) {
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
