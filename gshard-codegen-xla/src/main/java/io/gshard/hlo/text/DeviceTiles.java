package io.gshard.hlo.text;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * HLO's V2 form of an array of device ids, whose size does not depend on the number of devices:
 * {@code [4,2]<=[2,4]T(1,0)} is iota over 2 by 4, transposed, reshaped to 4 by 2. Over a mesh of
 * named axes it says which axes make up each of its dims.
 */
record DeviceTiles(List<Long> dims, List<Long> reshape, List<Integer> permutation) {

  DeviceTiles {
    dims = List.copyOf(dims);
    reshape = List.copyOf(reshape);
    permutation = List.copyOf(permutation);
  }

  /**
   * The tiles whose devices run through the mesh axes in this order, major first; all axes are
   * named.
   */
  static DeviceTiles of(List<Long> dims, MeshShape mesh, List<String> order) {
    List<Long> reshape = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (MeshAxis axis : mesh.axes()) {
      if (axis.size() > 1) {
        reshape.add((long) axis.size());
        names.add(axis.name());
      }
    }
    List<Integer> permutation = new ArrayList<>();
    for (String name : order) {
      if (mesh.size(name) > 1) {
        permutation.add(names.indexOf(name));
      }
    }
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

  /** Of an explicit list of ids, if it runs through them as some order of mesh axes would. */
  static DeviceTiles of(Cursor in, List<Long> dims, List<Long> ids) {
    if (product(in, dims) != ids.size()) {
      throw in.error("%s has %d device ids".formatted(dims, ids.size()));
    }
    record Digit(long size, long stride) {}
    List<Digit> digits = new ArrayList<>();
    int step = 1;
    while (step < ids.size()) {
      long stride = ids.get(step) - ids.getFirst();
      int size = 2;
      while (size * step < ids.size() && ids.get(size * step) == size * stride + ids.getFirst()) {
        size++;
      }
      while (ids.size() % (size * step) != 0) {
        size--;
      }
      if (size < 2) {
        throw in.error("the device ids follow no order of mesh axes");
      }
      digits.addFirst(new Digit(size, stride));
      step *= size;
    }
    List<Digit> byStride =
        digits.stream().sorted(Comparator.comparingLong(Digit::stride).reversed()).toList();
    List<Long> reshape =
        byStride.isEmpty() ? List.of(1L) : byStride.stream().map(Digit::size).toList();
    List<Integer> order =
        byStride.isEmpty() ? List.of(0) : digits.stream().map(byStride::indexOf).toList();
    DeviceTiles tiles = new DeviceTiles(dims, reshape, order);
    for (int i = 0; i < ids.size(); i++) {
      if (tiles.device(i) != ids.get(i)) {
        throw in.error("the device ids follow no order of mesh axes");
      }
    }
    return tiles;
  }

  /** The id at a row-major position. */
  private long device(long position) {
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
    return reshape.stream().reduce(1L, (x, y) -> x * y);
  }

  /** The mesh axes of each dim, major first; size-1 axes are in none. */
  List<List<String>> axes(Cursor in, MeshShape mesh) {
    if (devices() != mesh.devices()) {
      throw in.error(
          "%s is for %d devices, the module has %d".formatted(this, devices(), mesh.devices()));
    }
    List<MeshAxis> all = mesh.axes().stream().filter(a -> a.size() > 1).toList();
    List<List<MeshAxis>> groups = split(in, mesh, all, reshape);
    List<MeshAxis> ordered = permutation.stream().flatMap(i -> groups.get(i).stream()).toList();
    return split(in, mesh, ordered, dims).stream()
        .map(group -> group.stream().map(MeshAxis::name).toList())
        .toList();
  }

  /** Consecutive axes whose sizes multiply to each of the given sizes. */
  private List<List<MeshAxis>> split(
      Cursor in, MeshShape mesh, List<MeshAxis> axes, List<Long> sizes) {
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
        throw in.error("%s does not follow the axes of the mesh '%s'".formatted(this, mesh));
      }
      groups.add(group);
    }
    return groups;
  }

  /**
   * Adds the strides (in device ids) at which a mesh needs an axis to begin, for {@link #axes} to
   * succeed.
   */
  void cuts(Cursor in, SequencedSet<Long> cuts) {
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
          throw in.error(this + " does not follow the axes of any mesh");
        }
        cuts.add(stride);
        stride *= part;
        cuts.add(stride);
        size /= part;
        left /= part;
      }
    }
  }

  private static long product(Cursor in, List<Long> sizes) {
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
    String text = brackets(dims, "[", "]") + "<=" + brackets(reshape, "[", "]");
    boolean straight =
        IntStream.range(0, permutation.size()).allMatch(i -> permutation.get(i) == i);
    return straight ? text : text + "T" + brackets(permutation, "(", ")");
  }

  private static String brackets(List<?> items, String open, String close) {
    return items.stream().map(String::valueOf).collect(Collectors.joining(",", open, close));
  }
}
