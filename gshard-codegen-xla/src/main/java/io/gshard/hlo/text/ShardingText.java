package io.gshard.hlo.text;

import io.gshard.hlo.Type;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.mesh.ShardingDetails;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Shardings as HLO writes them, in the V2 iota form: {@code {devices=[2,1,4]<=[8]
 * last_tile_dim_replicate}}. Device ids are listed only where their order is explicit. Axes of size
 * 1 leave no trace in the text.
 */
public final class ShardingText {
  private ShardingText() {}

  /** One array's sharding. */
  public static String print(Sharding sharding, MeshShape mesh) {
    ShardingDetails details = sharding.details();
    String tie = details.tie() == null ? "" : " " + details.tie();
    return "{" + content(sharding, details, mesh) + tie + "}";
  }

  private static String content(Sharding sharding, ShardingDetails details, MeshShape mesh) {
    if (details.device() >= 0) {
      return "maximal device=" + details.device();
    }
    List<Long> tiles = new ArrayList<>();
    for (int i = 0; i < sharding.rank(); i++) {
      tiles.add((long) sharding.parts(mesh, i));
    }
    List<String> rest = new ArrayList<>(mesh.axes().stream().map(MeshAxis::name).toList());
    rest.removeAll(sharding.usedAxes());
    rest.removeAll(details.subgroupAxes());
    if (tiles.stream().allMatch(t -> t == 1)) {
      if (mesh.size(details.subgroupAxes()) == 1) {
        boolean unknown = sharding.rank() > 0 && details.open().size() == sharding.rank();
        return unknown ? "unknown" : "replicated";
      }
      if (mesh.size(rest) == 1 && mesh.size(details.unreduced()) == 1) {
        return "manual";
      }
      if (mesh.size(rest) == 1 && mesh.size(details.manual()) == 1) {
        return "unreduced";
      }
    }
    List<String> order = new ArrayList<>(sharding.usedAxes());
    List<String> kinds = new ArrayList<>();
    subgroup("manual", details.manual(), mesh, tiles, order, kinds);
    subgroup("unreduced", details.unreduced(), mesh, tiles, order, kinds);
    subgroup("replicated", rest, mesh, tiles, order, kinds);
    String suffix =
        kinds.isEmpty()
            ? ""
            : kinds.equals(List.of("replicated"))
                ? " last_tile_dim_replicate"
                : " last_tile_dims=" + kinds.stream().collect(Collectors.joining(", ", "{", "}"));
    return "devices=" + DeviceTiles.of(tiles, mesh, order, details.order()) + suffix;
  }

  private static void subgroup(
      String kind,
      List<String> axes,
      MeshShape mesh,
      List<Long> tiles,
      List<String> order,
      List<String> kinds) {
    long size = mesh.size(axes);
    order.addAll(axes);
    if (size > 1) {
      tiles.add(size);
      kinds.add(kind);
    }
  }

  /** A value's shardings, one for each leaf of its type. */
  public static String print(List<Sharding> shardings, Type type, MeshShape mesh) {
    return switch (type) {
      case Type.Array a -> print(shardings.getFirst(), mesh);
      case Type.Tuple t ->
          shardings.stream().map(s -> print(s, mesh)).collect(Collectors.joining(", ", "{", "}"));
    };
  }

  /** Reads a value's shardings. One sharding for a tuple counts for all leaves. */
  static List<Sharding> read(Cursor in, Type type, MeshShape mesh) {
    List<Shape> leaves = type.leaves();
    if (!isTuple(in)) {
      ShardText shard = ShardText.read(in);
      return leaves.stream().map(leaf -> shard.over(in, leaf, mesh)).toList();
    }
    List<ShardText> shards = in.list("{", "}", () -> ShardText.read(in));
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
    List<ShardText> shards =
        isTuple(in) ? in.list("{", "}", () -> ShardText.read(in)) : List.of(ShardText.read(in));
    shards.stream().map(ShardText::tiles).filter(t -> t != null).forEach(found);
  }

  private static boolean isTuple(Cursor in) {
    Cursor look = in.from(in.position());
    return look.eat("{") && (look.sees("{") || look.sees("}"));
  }
}
