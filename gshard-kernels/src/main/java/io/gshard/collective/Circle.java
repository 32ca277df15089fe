package io.gshard.collective;

import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The groups along some axes as one process sees them.
 *
 * @param groups that have a device here, in the mesh's order, which is the same in all processes
 * @param processes that groups bind together, directly or by others in between; ascending
 */
record Circle(List<Group> groups, List<Integer> processes) {

  /**
   * Devices that have a collective together.
   *
   * @param devices in the collective's order
   * @param processes that have them, in the order in which they come
   * @param here the members, by their places in the group, that this process has
   */
  record Group(int[] devices, int[] processes, int[] here) {
    boolean isHere(int member) {
      return IntStream.of(here).anyMatch(h -> h == member);
    }
  }

  static Circle of(MeshShape mesh, Ranks ranks, List<String> axes) {
    List<List<Integer>> all = mesh.groups(axes);
    int[] root = IntStream.range(0, ranks.processes()).toArray();
    for (List<Integer> group : all) {
      for (int device : group) {
        root[find(root, ranks.owner(device))] = find(root, ranks.owner(group.getFirst()));
      }
    }
    TreeSet<Integer> processes = new TreeSet<>();
    for (int process = 0; process < root.length; process++) {
      if (find(root, process) == find(root, ranks.rank())) {
        processes.add(process);
      }
    }
    List<Group> groups = new ArrayList<>();
    for (List<Integer> group : all) {
      if (group.stream().anyMatch(ranks::isHere)) {
        int[] devices = group.stream().mapToInt(Integer::intValue).toArray();
        groups.add(
            new Group(
                devices,
                IntStream.of(devices).map(ranks::owner).distinct().toArray(),
                IntStream.range(0, devices.length)
                    .filter(member -> ranks.isHere(devices[member]))
                    .toArray()));
      }
    }
    return new Circle(List.copyOf(groups), List.copyOf(processes));
  }

  private static int find(int[] root, int process) {
    int at = process;
    while (root[at] != at) {
      root[at] = root[root[at]];
      at = root[at];
    }
    return at;
  }

  /** Whether all is done in this process. */
  boolean isLocal() {
    return processes.size() == 1;
  }
}
