package io.gshard.hlo.text;

import io.gshard.hlo.Type;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Shardings as HLO writes them, in the V2 iota form: {@code {devices=[2,1,4]<=[8]
 * last_tile_dim_replicate}}. Axes of size 1 leave no trace in the text.
 */
public final class ShardingText {
  private ShardingText() {}

  /** One array's sharding. */
  public static String print(Sharding sharding, MeshShape mesh) {
    List<Long> tiles = new ArrayList<>();
    for (int i = 0; i < sharding.rank(); i++) {
      tiles.add((long) sharding.parts(mesh, i));
    }
    if (tiles.stream().allMatch(t -> t == 1)) {
      return "{replicated}";
    }
    List<String> order = new ArrayList<>(sharding.usedAxes());
    List<String> rest =
        mesh.axes().stream().map(MeshAxis::name).filter(a -> !order.contains(a)).toList();
    long copies = mesh.size(rest);
    order.addAll(rest);
    if (copies > 1) {
      tiles.add(copies);
    }
    String suffix = copies > 1 ? " last_tile_dim_replicate" : "";
    return "{devices=" + DeviceTiles.of(tiles, mesh, order) + suffix + "}";
  }

  /** A value's shardings, one for each leaf of its type. */
  public static String print(List<Sharding> shardings, Type type, MeshShape mesh) {
    return switch (type) {
      case Type.Array a -> print(shardings.getFirst(), mesh);
      case Type.Tuple t ->
          shardings.stream().map(s -> print(s, mesh)).collect(Collectors.joining(", ", "{", "}"));
    };
  }

  /** Reads a value's shardings. One {@code {replicated}} counts for all leaves. */
  static List<Sharding> read(Cursor in, Type type, MeshShape mesh) {
    List<Shape> leaves = type.leaves();
    if (!isTuple(in)) {
      Shard shard = Shard.read(in);
      if (leaves.size() != 1 && shard.tiles() != null) {
        throw in.error("one sharding for the tuple " + type);
      }
      return leaves.stream().map(leaf -> shard.over(in, leaf, mesh)).toList();
    }
    List<Shard> shards = in.list("{", "}", () -> Shard.read(in));
    if (shards.size() != leaves.size()) {
      throw in.error("%d shardings for %s".formatted(shards.size(), type));
    }
    List<Sharding> result = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      result.add(shards.get(i).over(in, leaves.get(i), mesh));
    }
    return result;
  }

  /** All tilings in a sharding, for whoever looks for a mesh that fits. */
  static void tilings(Cursor in, Consumer<DeviceTiles> found) {
    List<Shard> shards =
        isTuple(in) ? in.list("{", "}", () -> Shard.read(in)) : List.of(Shard.read(in));
    shards.stream().map(Shard::tiles).filter(t -> t != null).forEach(found);
  }

  private static boolean isTuple(Cursor in) {
    Cursor look = in.from(in.position());
    return look.eat("{") && (look.sees("{") || look.sees("}"));
  }

  /**
   * @param tiles null for replicated
   */
  private record Shard(DeviceTiles tiles, boolean lastReplicated) {
    static Shard read(Cursor in) {
      in.expect("{");
      Shard result;
      if (in.eat("replicated")) {
        result = new Shard(null, false);
      } else if (in.eat("devices=")) {
        result = tiled(in);
      } else {
        throw in.error("cannot express the sharding %s".formatted(in.found()));
      }
      if (in.eat("metadata=")) {
        in.value();
      }
      in.expect("}");
      return result;
    }

    private static Shard tiled(Cursor in) {
      List<Long> dims = in.list("[", "]", in::number);
      DeviceTiles tiles;
      if (in.eat("<=")) {
        tiles = DeviceTiles.readRest(in, dims);
      } else {
        List<Long> ids = new ArrayList<>();
        do {
          ids.add(in.number());
        } while (in.eat(","));
        tiles = DeviceTiles.of(in, dims, ids);
      }
      if (in.eat("last_tile_dim_replicate")) {
        return new Shard(tiles, true);
      }
      if (in.eat("last_tile_dims=")) {
        List<String> kinds = in.list("{", "}", in::name);
        if (!kinds.equals(List.of("replicated"))) {
          throw in.error("cannot express a sharding with the subgroups " + kinds);
        }
        return new Shard(tiles, true);
      }
      return new Shard(tiles, false);
    }

    Sharding over(Cursor in, Shape shape, MeshShape mesh) {
      if (tiles == null) {
        return Sharding.replicated(shape.rank());
      }
      List<List<String>> axes = tiles.axes(in, mesh);
      int rank = axes.size() - (lastReplicated ? 1 : 0);
      if (rank != shape.rank()) {
        throw in.error("a sharding of %d dims for %s".formatted(rank, shape));
      }
      return new Sharding(rank == 0 ? Collections.emptyList() : axes.subList(0, rank));
    }
  }
}
