package io.gshard.mesh;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The named axes of a mesh, major to minor. A device's id is its row-major position: on {@code
 * data=2, expert=4} the device at data 1, expert 2 has id 6. Where an order is given, that is its
 * place, and the order says which device stands there.
 *
 * <p>Written and printed as {@code data=2, expert=4}, or {@code d=4; devices=0 3 1 2}.
 *
 * @param order null for the devices in their own order
 */
public record MeshShape(List<MeshAxis> axes, DeviceOrder order) {

  /** A mesh of one device, without axes. */
  public static final MeshShape SINGLE = new MeshShape(List.of());

  private static final String ORDER = "devices=";

  public MeshShape {
    axes = List.copyOf(axes);
    Set<String> seen = new HashSet<>();
    for (MeshAxis axis : axes) {
      if (!seen.add(axis.name())) {
        throw new IllegalArgumentException("mesh axis " + axis.name() + " is named twice");
      }
    }
    if (order != null) {
      long devices = axes.stream().mapToLong(MeshAxis::size).reduce(1, Math::multiplyExact);
      if (order.size() != devices) {
        throw new IllegalArgumentException(
            "a mesh of %d devices with an order of %d: %s".formatted(devices, order.size(), order));
      }
      order = order.orNull();
    }
  }

  /** With the devices in their own order. */
  public MeshShape(List<MeshAxis> axes) {
    this(axes, null);
  }

  /**
   * Reads {@code "data=2, expert=4"}; an empty text is one device.
   *
   * @throws IllegalArgumentException if the text is not a list of name=size
   */
  public static MeshShape parse(String text) {
    int semicolon = text.indexOf(';');
    if (semicolon >= 0) {
      String rest = text.substring(semicolon + 1).strip();
      if (!rest.startsWith(ORDER)) {
        throw new IllegalArgumentException(
            "mesh '" + text + "': expected the order of devices as \"; devices=0 3 1 2\"");
      }
      return new MeshShape(
          parse(text.substring(0, semicolon)).axes(),
          DeviceOrder.parse(rest.substring(ORDER.length())));
    }
    List<MeshAxis> axes = new ArrayList<>();
    for (String part : text.strip().split("[,\\s]+")) {
      if (part.isEmpty()) {
        continue;
      }
      String[] sides = part.split("=", -1);
      if (sides.length != 2
          || !sides[1].matches("[0-9]{1,10}")
          || Long.parseLong(sides[1]) > Integer.MAX_VALUE) {
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

  /** The row-major place of a device: its id, but for a mesh with an order of its own. */
  public int place(int device) {
    return order == null ? device : order.place(device);
  }

  /** The device at a row-major place. */
  public int device(int place) {
    return order == null ? place : order.device(place);
  }

  /** How far apart, in places, neighbours along an axis are. */
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
    return place(device) / stride(axis) % size(axis);
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
    for (int place = 0; place < devices(); place++) {
      if (coordinate(device(place), names) == 0) {
        List<Integer> group = new ArrayList<>(parts);
        for (int part = 0; part < parts; part++) {
          int member = place;
          int rest = part;
          for (int i = names.size() - 1; i >= 0; i--) {
            member += rest % size(names.get(i)) * stride(names.get(i));
            rest /= size(names.get(i));
          }
          group.add(device(member));
        }
        groups.add(group);
      }
    }
    return groups;
  }

  @Override
  public String toString() {
    String text = axes.stream().map(MeshAxis::toString).collect(Collectors.joining(", "));
    return order == null ? text : text + "; " + ORDER + order;
  }
}
