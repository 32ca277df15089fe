package io.gshard.hlo.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A mesh whose axes have names, as XLA's third form of shardings and of replica groups has it:
 * {@code mesh['x'=2,'y'=4]}, with {@code device_ids=(..)} behind it where devices stand in another
 * order. What is said over its axes, or over parts of them, becomes device tiles.
 *
 * @param devices the device at each place, or null where that is its own number
 */
record NamedMesh(List<String> names, List<Long> sizes, DeviceTiles devices) {
  /** Above that the places of devices are not listed one by one. */
  private static final long LISTED = 1 << 20;

  NamedMesh {
    names = List.copyOf(names);
    sizes = List.copyOf(sizes);
  }

  /** Of an axis the part from one stride, counted from its major end, to another. */
  record Part(int axis, long from, long to) {}

  /** A piece of an axis that no part cuts. */
  private record Piece(int axis, long from, long to) {
    long size() {
      return to / from;
    }

    boolean isIn(Part part) {
      return axis == part.axis() && from >= part.from() && to <= part.to();
    }
  }

  static boolean begins(Cursor in) {
    return in.sees("mesh[");
  }

  static NamedMesh read(Cursor in) {
    in.expect("mesh");
    List<String> names = new ArrayList<>();
    List<Long> sizes =
        in.list(
            "[",
            "]",
            () -> {
              String name = name(in);
              if (names.contains(name)) {
                throw in.error("the mesh has two axes '%s'".formatted(name));
              }
              names.add(name);
              in.expect("=");
              return in.number();
            });
    DeviceTiles.product(in, sizes);
    Cursor look = in.from(in.position());
    if (!look.eat(",") || !look.eat("device_ids=")) {
      return new NamedMesh(names, sizes, null);
    }
    in.expect(",");
    in.expect("device_ids=");
    in.expect("(");
    DeviceTiles devices;
    if (in.sees("[")) {
      devices = DeviceTiles.readRest(in, sizes);
    } else {
      List<Integer> ids = new ArrayList<>();
      do {
        ids.add(in.smallNumber());
      } while (in.eat(","));
      devices = DeviceTiles.of(in, sizes, ids);
    }
    in.expect(")");
    return new NamedMesh(names, sizes, devices);
  }

  /** XLA quotes names since they may have any characters; before that it did not. */
  private static String name(Cursor in) {
    return in.sees("'") ? in.quotedName() : in.name();
  }

  /** Reads {@code 'y'}, or of an axis of 8 {@code 'y':(2)4}: below its first 2, 4. */
  Part part(Cursor in) {
    String name = name(in);
    int axis = names.indexOf(name);
    if (axis < 0) {
      throw in.error("the mesh has no axis '%s', it has %s".formatted(name, names));
    }
    if (!in.eat(":")) {
      return new Part(axis, 1, sizes.get(axis));
    }
    in.expect("(");
    long from = in.number();
    in.expect(")");
    long size = in.number();
    long whole = sizes.get(axis);
    if (from < 1 || size < 1 || from > whole || size > whole || whole % (from * size) != 0) {
      throw in.error(
          "(%d)%d is no part of axis '%s' of size %d".formatted(from, size, name, whole));
    }
    return new Part(axis, from, from * size);
  }

  /** Tiles whose dims are these parts, and behind them, if any are left, all others together. */
  DeviceTiles tiles(Cursor in, List<List<Part>> dims) {
    return tiles(in, dims, false);
  }

  /** Groups of the devices that differ in these parts alone. */
  DeviceTiles groups(Cursor in, List<Part> parts) {
    return tiles(in, List.of(parts), true);
  }

  private DeviceTiles tiles(Cursor in, List<List<Part>> dims, boolean othersFirst) {
    List<Piece> pieces = pieces(in, dims);
    List<Piece> order = new ArrayList<>();
    List<Long> tiles = new ArrayList<>();
    Set<Piece> used = new HashSet<>();
    for (List<Part> dim : dims) {
      long size = 1;
      for (Part part : dim) {
        for (Piece piece : pieces) {
          if (piece.isIn(part)) {
            if (!used.add(piece)) {
              throw in.error("axis '%s' is used twice".formatted(names.get(piece.axis())));
            }
            order.add(piece);
            size *= piece.size();
          }
        }
      }
      tiles.add(size);
    }
    List<Piece> others = pieces.stream().filter(p -> !used.contains(p)).toList();
    long copies = others.stream().mapToLong(Piece::size).reduce(1, (a, b) -> a * b);
    order.addAll(othersFirst ? 0 : order.size(), others);
    if (othersFirst || copies > 1) {
      tiles.add(othersFirst ? 0 : tiles.size(), copies);
    }
    DeviceTiles places =
        DeviceTiles.transposed(
            tiles,
            pieces.stream().map(Piece::size).toList(),
            order.stream().map(pieces::indexOf).toList());
    if (devices == null) {
      return places;
    }
    if (places.devices() > LISTED) {
      throw in.error("more than %d devices in an order of their own".formatted(LISTED));
    }
    return places.mapped(devices::device);
  }

  /** The axes, cut wherever a part begins or ends. */
  private List<Piece> pieces(Cursor in, List<List<Part>> dims) {
    List<Piece> pieces = new ArrayList<>();
    for (int axis = 0; axis < sizes.size(); axis++) {
      TreeSet<Long> cuts = new TreeSet<>(List.of(sizes.get(axis)));
      for (List<Part> dim : dims) {
        for (Part part : dim) {
          if (part.axis() == axis) {
            cuts.add(part.from());
            cuts.add(part.to());
          }
        }
      }
      cuts.remove(1L);
      long from = 1;
      for (long to : cuts) {
        if (to % from != 0) {
          throw in.error("parts of axis '%s' overlap".formatted(names.get(axis)));
        }
        pieces.add(new Piece(axis, from, to));
        from = to;
      }
    }
    return pieces;
  }
}
