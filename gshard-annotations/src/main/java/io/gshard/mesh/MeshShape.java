package io.gshard.mesh;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The named axes of a mesh, major to minor. A device's id is its row-major position: on {@code
 * data=2, expert=4} the device at data 1, expert 2 has id 6.
 *
 * <p>Written and printed as {@code data=2, expert=4}.
 */
public record MeshShape(List<MeshAxis> axes) {

  /** A mesh of one device, without axes. */
  public static final MeshShape SINGLE = new MeshShape(List.of());

  public MeshShape {
    axes = List.copyOf(axes);
    Set<String> seen = new HashSet<>();
    for (MeshAxis axis : axes) {
      if (!seen.add(axis.name())) {
        throw new IllegalArgumentException("mesh axis " + axis.name() + " is named twice");
      }
    }
  }

  /**
   * Reads {@code "data=2, expert=4"}; an empty text is one device.
   *
   * @throws IllegalArgumentException if the text is not a list of name=size
   */
  public static MeshShape parse(String text) {
    List<MeshAxis> axes = new ArrayList<>();
    for (String part : text.strip().split("[,\\s]+")) {
      if (part.isEmpty()) {
        continue;
      }
      String[] sides = part.split("=", -1);
      if (sides.length != 2 || !sides[1].matches("[0-9]{1,9}")) {
        throw new IllegalArgumentException(
            "mesh '" + text + "': expected axes as name=size, such as \"data=2, expert=4\"");
      }
      axes.add(new MeshAxis(sides[0], Integer.parseInt(sides[1])));
    }
    return new MeshShape(axes);
  }

  /** The number of devices. */
  public int devices() {
    int devices = 1;
    for (MeshAxis axis : axes) {
      devices = Math.multiplyExact(devices, axis.size());
    }
    return devices;
  }

  public boolean has(String axis) {
    return axes.stream().anyMatch(a -> a.name().equals(axis));
  }

  /** An axis's position; throws if there is none of that name. */
  public int indexOf(String axis) {
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i).name().equals(axis)) {
        return i;
      }
    }
    throw new IllegalArgumentException("mesh '" + this + "' has no axis '" + axis + "'");
  }

  public int size(String axis) {
    return axes.get(indexOf(axis)).size();
  }

  /** The product of the sizes of some axes. */
  public int size(List<String> names) {
    int product = 1;
    for (String name : names) {
      product = Math.multiplyExact(product, size(name));
    }
    return product;
  }

  /** How far apart, in device ids, neighbours along an axis are. */
  public int stride(String axis) {
    int stride = 1;
    int place = indexOf(axis);
    for (int i = axes.size() - 1; i > place; i--) {
      stride *= axes.get(i).size();
    }
    return stride;
  }

  /** Where a device stands on an axis. */
  public int coordinate(int device, String axis) {
    return device / stride(axis) % size(axis);
  }

  /** Where a device stands among the shards made by several axes, the first one major. */
  public int coordinate(int device, List<String> names) {
    int position = 0;
    for (String name : names) {
      position = position * size(name) + coordinate(device, name);
    }
    return position;
  }

  /**
   * The groups of devices that differ only in their place on some axes, each in the order of {@link
   * #coordinate(int, List)}.
   */
  public List<List<Integer>> groups(List<String> names) {
    int parts = size(names);
    List<List<Integer>> groups = new ArrayList<>();
    for (int device = 0; device < devices(); device++) {
      if (coordinate(device, names) == 0) {
        List<Integer> group = new ArrayList<>(parts);
        for (int part = 0; part < parts; part++) {
          int member = device;
          int rest = part;
          for (int i = names.size() - 1; i >= 0; i--) {
            member += rest % size(names.get(i)) * stride(names.get(i));
            rest /= size(names.get(i));
          }
          group.add(member);
        }
        groups.add(group);
      }
    }
    return groups;
  }

  @Override
  public String toString() {
    return axes.stream().map(MeshAxis::toString).collect(Collectors.joining(", "));
  }
}
