package io.gshard.hlo.text;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.mesh.ShardingDetails;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One array's sharding as it stands in the text, before it is seen over a mesh.
 *
 * @param form {@code replicated}, {@code devices=}, ...
 * @param tiles of {@code devices=}, otherwise null
 * @param subgroups what the last dims of the tiles are
 * @param open dims that may be split further
 * @param device of {@code maximal}, otherwise -1
 */
record ShardText(
    String form,
    DeviceTiles tiles,
    List<String> subgroups,
    List<Integer> open,
    int device,
    ShardingDetails.Tie tie) {
  private static final List<String> WORDS = List.of("replicated", "manual", "unreduced", "unknown");

  static ShardText read(Cursor in) {
    in.expect("{");
    if (NamedMesh.begins(in) || in.sees("maximal_mesh[")) {
      return NamedShardings.read(in);
    }
    DeviceTiles tiles = null;
    List<String> subgroups = List.of();
    int device = -1;
    String form = in.peekName();
    if (in.eat("devices=")) {
      List<Long> dims = in.list("[", "]", in::number);
      tiles = in.eat("<=") ? DeviceTiles.readRest(in, dims) : listed(in, dims);
      subgroups = subgroups(in, dims.size());
    } else if (in.eat("maximal")) {
      in.expect("device=");
      device = device(in);
    } else if (!WORDS.contains(form) || !in.eat(form)) {
      throw in.error("cannot express the sharding %s".formatted(in.found()));
    }
    if (tiles != null && subgroups.equals(List.of("replicated"))) {
      tiles = tiles.withCopies();
    }
    ShardingDetails.Tie tie = null;
    while (!in.eat("}")) {
      if (in.eat("metadata=")) {
        in.value();
      } else {
        boolean exact = in.eat("shard_as");
        if (!exact) {
          in.expect("shard_like");
        }
        tie = new ShardingDetails.Tie(exact, in.number());
      }
    }
    return new ShardText(form, tiles, subgroups, List.of(), device, tie);
  }

  static int device(Cursor in) {
    int device = in.smallNumber();
    if (device < 0) {
      throw in.error("there is no device " + device);
    }
    return device;
  }

  private static DeviceTiles listed(Cursor in, List<Long> dims) {
    List<Integer> ids = new ArrayList<>();
    do {
      ids.add(in.smallNumber());
    } while (in.eat(","));
    return DeviceTiles.of(in, dims, ids);
  }

  private static List<String> subgroups(Cursor in, int dims) {
    if (in.eat("last_tile_dim_replicate")) {
      if (dims == 0) {
        throw in.error("a tiling without dims has no last one");
      }
      return List.of("replicated");
    }
    if (!in.eat("last_tile_dims=")) {
      return List.of();
    }
    List<String> kinds = in.list("{", "}", in::name);
    for (String kind : kinds) {
      if (!WORDS.subList(0, 3).contains(kind)) {
        throw in.error("cannot express a subgroup of kind " + kind);
      }
    }
    if (kinds.size() > dims) {
      throw in.error("%d subgroups in %d dims".formatted(kinds.size(), dims));
    }
    return kinds;
  }

  Sharding over(Cursor in, Shape shape, MeshShape mesh) {
    Sharding whole = Sharding.replicated(shape.rank());
    ShardingDetails details = ShardingDetails.NONE.withTie(tie);
    List<String> all = mesh.axes().stream().filter(a -> a.size() > 1).map(MeshAxis::name).toList();
    if (tiles != null) {
      return tiled(in, shape, mesh, details);
    }
    if (device >= mesh.devices()) {
      throw in.error(
          "maximal device=%d of a module of %d devices".formatted(device, mesh.devices()));
    }
    return whole.with(
        switch (form) {
          case "maximal" -> details.withDevice(device);
          case "manual" -> details.withManual(all);
          case "unreduced" -> details.withUnreduced(all);
          case "unknown" -> details.withOpen(IntStream.range(0, shape.rank()).boxed().toList());
          default -> details;
        });
  }

  private Sharding tiled(Cursor in, Shape shape, MeshShape mesh, ShardingDetails details) {
    if (tiles.devices() != mesh.devices()) {
      throw in.error(
          "%s is for %d devices, the module has %d"
              .formatted(tiles, tiles.devices(), mesh.devices()));
    }
    int rank = tiles.dims().size() - subgroups.size();
    List<Integer> own =
        IntStream.range(0, subgroups.size())
            .filter(i -> subgroups.get(i).equals("manual"))
            .mapToObj(i -> rank + i)
            .toList();
    TileAxes axes = TileAxes.of(tiles, mesh, own);
    if (axes == null) {
      throw in.error("%s does not follow the axes of the mesh '%s'".formatted(tiles, mesh));
    }
    if (rank != shape.rank()) {
      throw in.error("a sharding of %d dims for %s".formatted(rank, shape));
    }
    List<String> manual = new ArrayList<>();
    List<String> unreduced = new ArrayList<>();
    for (int i = 0; i < subgroups.size(); i++) {
      List<String> group = axes.dims().get(rank + i);
      switch (subgroups.get(i)) {
        case "manual" -> manual.addAll(group);
        case "unreduced" -> unreduced.addAll(group);
        default -> {}
      }
    }
    return new Sharding(
        axes.dims().subList(0, rank),
        details.withOpen(open).withManual(manual).withUnreduced(unreduced).withOrder(axes.order()));
  }
}
