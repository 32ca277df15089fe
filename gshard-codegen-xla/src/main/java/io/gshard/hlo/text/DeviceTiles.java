package io.gshard.hlo.text;

import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An array of device ids. HLO's V2 form has a size that does not depend on the number of devices:
 * {@code [4,2]<=[2,4]T(1,0)} is iota over 2 by 4, transposed, reshaped to 4 by 2. Over a mesh of
 * named axes it says which axes make up each of its dims. Ids that are no such iota are listed.
 *
 * @param ids the ids in row-major order, or null for the iota form
 * @param copies whether devices along the last dim hold the same, so that their order means nothing
 */
record DeviceTiles(
    List<Long> dims,
    List<Long> reshape,
    List<Integer> permutation,
    List<Integer> ids,
    boolean copies) {

  DeviceTiles {
    dims = List.copyOf(dims);
    reshape = List.copyOf(reshape);
    permutation = List.copyOf(permutation);
    ids = ids == null ? null : List.copyOf(ids);
  }

  private DeviceTiles(List<Long> dims, List<Long> reshape, List<Integer> permutation) {
    this(dims, reshape, permutation, null, false);
  }

  /**
   * The tiles whose devices run through the mesh axes in this order, major first; all axes are
   * named.
   *
   * @param order the device that stands in each one's stead, or null
   */
  static DeviceTiles of(List<Long> dims, MeshShape mesh, List<String> axes, DeviceOrder order) {
    List<Long> reshape = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (MeshAxis axis : mesh.axes()) {
      if (axis.size() > 1) {
        reshape.add((long) axis.size());
        names.add(axis.name());
      }
    }
    List<Integer> permutation = new ArrayList<>();
    for (String name : axes) {
      if (mesh.size(name) > 1) {
        permutation.add(names.indexOf(name));
      }
    }
    DeviceTiles places = new DeviceTiles(dims, reshape, permutation).merged();
    if (order == null && mesh.order() == null) {
      return places;
    }
    return places.mapped(
        place -> {
          int device = mesh.device((int) place);
          return order == null ? device : order.device(device);
        });
  }

  /** {@code dims<=reshapeT(permutation)}, as short as it can be said. */
  static DeviceTiles transposed(List<Long> dims, List<Long> reshape, List<Integer> permutation) {
    return new DeviceTiles(dims, reshape, permutation).merged();
  }

  /** Axes that stay neighbours are one, as XLA writes it. */
  private DeviceTiles merged() {
    List<Long> sizes = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i < reshape.size(); i++) {
      int place = permutation.indexOf(i);
      if (i > 0 && place > 0 && permutation.get(place - 1) == i - 1) {
        sizes.set(sizes.size() - 1, sizes.getLast() * reshape.get(i));
      } else {
        sizes.add(reshape.get(i));
        starts.add(i);
      }
    }
    List<Integer> order =
        permutation.stream().filter(starts::contains).map(starts::indexOf).toList();
    return new DeviceTiles(
        dims, sizes.isEmpty() ? List.of(1L) : sizes, sizes.isEmpty() ? List.of(0) : order);
  }

  /** With other ids; in iota form if they are one. */
  DeviceTiles mapped(LongUnaryOperator id) {
    List<Integer> mapped = new ArrayList<>();
    for (long position = 0; position < devices(); position++) {
      mapped.add((int) id.applyAsLong(device(position)));
    }
    return copies ? ofIds(dims, mapped).withCopies() : ofIds(dims, mapped);
  }

  /** Where the devices along the last dim hold the same: listed ids are sorted there. */
  DeviceTiles withCopies() {
    if (ids == null) {
      return new DeviceTiles(dims, reshape, permutation, null, true);
    }
    int size = (int) (long) dims.getLast();
    List<Integer> sorted = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += size) {
      ids.subList(from, from + size).stream().sorted().forEach(sorted::add);
    }
    DeviceTiles tiles = ofIds(dims, sorted);
    return new DeviceTiles(dims, tiles.reshape, tiles.permutation, tiles.ids, true);
  }

  /** Reads {@code [4,2]<=[2,4]T(1,0)}. */
  static DeviceTiles read(Cursor in) {
    List<Long> dims = in.list("[", "]", in::number);
    in.expect("<=");
    return readRest(in, dims);
  }

  /** Reads what follows {@code <=}. */
  static DeviceTiles readRest(Cursor in, List<Long> dims) {
    List<Long> reshape = in.list("[", "]", in::number);
    List<Integer> permutation = IntStream.range(0, reshape.size()).boxed().toList();
    if (in.eat("T")) {
      List<Integer> given = in.list("(", ")", in::smallNumber);
      if (!given.stream().sorted().toList().equals(permutation)) {
        throw in.error("T" + given + " is no permutation of " + reshape);
      }
      permutation = given;
    }
    if (product(in, dims) != product(in, reshape)) {
      throw in.error("%s and %s have different numbers of devices".formatted(dims, reshape));
    }
    return new DeviceTiles(dims, reshape, permutation);
  }

  /** Of an explicit list of ids: all devices, each once. */
  static DeviceTiles of(Cursor in, List<Long> dims, List<Integer> ids) {
    if (product(in, dims) != ids.size()) {
      throw in.error("%s has %d device ids".formatted(dims, ids.size()));
    }
    try {
      DeviceOrder.of(ids);
    } catch (IllegalArgumentException e) {
      throw in.error(e.getMessage());
    }
    return ofIds(dims, ids);
  }

  private static DeviceTiles ofIds(List<Long> dims, List<Integer> ids) {
    return DeviceDigits.of(ids)
        .map(digits -> new DeviceTiles(dims, digits.reshape(), digits.permutation()))
        .orElseGet(() -> new DeviceTiles(dims, List.of(), List.of(), ids, false));
  }

  /** The id at a row-major position. */
  long device(long position) {
    if (ids != null) {
      return ids.get((int) position);
    }
    long[] strides = strides();
    long id = 0;
    for (int i = permutation.size() - 1; i >= 0; i--) {
      int source = permutation.get(i);
      id += position % reshape.get(source) * strides[source];
      position /= reshape.get(source);
    }
    return id;
  }

  private long[] strides() {
    long[] strides = new long[reshape.size()];
    long stride = 1;
    for (int i = reshape.size() - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= reshape.get(i);
    }
    return strides;
  }

  long devices() {
    return ids != null ? ids.size() : reshape.stream().reduce(1L, (x, y) -> x * y);
  }

  /** The mesh axes of each dim, major first; size-1 axes are in none. Null where they are not. */
  List<List<String>> axes(MeshShape mesh) {
    if (mesh.order() != null) {
      return mapped(id -> mesh.order().place((int) id)).axes(new MeshShape(mesh.axes()));
    }
    if (ids != null) {
      return null;
    }
    List<MeshAxis> all = mesh.axes().stream().filter(a -> a.size() > 1).toList();
    List<List<MeshAxis>> groups = split(all, reshape);
    if (groups == null) {
      return null;
    }
    List<MeshAxis> ordered = permutation.stream().flatMap(i -> groups.get(i).stream()).toList();
    List<List<MeshAxis>> found = split(ordered, dims);
    return found == null
        ? null
        : found.stream().map(group -> group.stream().map(MeshAxis::name).toList()).toList();
  }

  /** Consecutive axes whose sizes multiply to each of the given sizes; null if there are none. */
  private static List<List<MeshAxis>> split(List<MeshAxis> axes, List<Long> sizes) {
    List<List<MeshAxis>> groups = new ArrayList<>();
    int next = 0;
    for (long size : sizes) {
      List<MeshAxis> group = new ArrayList<>();
      long have = 1;
      while (have < size && next < axes.size()) {
        have *= axes.get(next).size();
        group.add(axes.get(next++));
      }
      if (have != size) {
        return null;
      }
      groups.add(group);
    }
    return groups;
  }

  /**
   * Adds the strides (in device ids) at which a mesh needs an axis to begin, for {@link #axes} to
   * succeed; false if no mesh would do.
   */
  boolean cuts(SequencedSet<Long> cuts) {
    if (ids != null) {
      return false;
    }
    long[] strides = strides();
    int source = permutation.size() - 1;
    long left = 1;
    long stride = 1;
    for (int i = dims.size() - 1; i >= 0; i--) {
      long size = dims.get(i);
      while (size > 1) {
        while (left == 1 && source >= 0) {
          left = reshape.get(permutation.get(source));
          stride = strides[permutation.get(source--)];
        }
        long part = Math.min(size, left);
        if (part < 2 || size % part != 0 || left % part != 0) {
          return false;
        }
        cuts.add(stride);
        stride *= part;
        cuts.add(stride);
        size /= part;
        left /= part;
      }
    }
    return true;
  }

  /** How many devices sizes make, if that is a number of devices. */
  static long product(Cursor in, List<Long> sizes) {
    long product = 1;
    for (long size : sizes) {
      if (size < 1 || size > Integer.MAX_VALUE || (product *= size) > Integer.MAX_VALUE) {
        throw in.error(sizes + " is no number of devices");
      }
    }
    return product;
  }

  @Override
  public String toString() {
    if (ids != null) {
      return brackets(dims, "[", "]") + brackets(ids, "", "");
    }
    String text = brackets(dims, "[", "]") + "<=" + brackets(reshape, "[", "]");
    boolean straight =
        IntStream.range(0, permutation.size()).allMatch(i -> permutation.get(i) == i);
    return straight ? text : text + "T" + brackets(permutation, "(", ")");
  }

  private static String brackets(List<?> items, String open, String close) {
    return items.stream().map(String::valueOf).collect(Collectors.joining(",", open, close));
  }
}
