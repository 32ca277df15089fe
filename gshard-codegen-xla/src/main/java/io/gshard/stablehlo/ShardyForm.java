package io.gshard.stablehlo;

import io.gshard.hlo.Computation;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.mesh.ShardingDetails;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Shardings as Shardy writes them: {@code #sdy.sharding<@mesh, [{"data"}, {}]>} over {@code
 * sdy.mesh @mesh = <["data"=2, "expert"=4]>}. A dim that may be split further says {@code ?}. What
 * is on one device, or in an order of its own, names another mesh.
 *
 * <p>Source: Shardy's "Sharding representation".
 */
final class ShardyForm implements ShardingForm {
  private final MeshShape mesh;
  private final Map<String, Integer> symbols;
  private final Map<String, String> meshes = new LinkedHashMap<>();

  /**
   * @param symbols the names that functions have, for {@link StableHloPrinter#unique}
   */
  ShardyForm(MeshShape mesh, Map<String, Integer> symbols) {
    this.mesh = mesh;
    this.symbols = symbols;
  }

  @Override
  public List<String> declarations() {
    List<String> lines = new ArrayList<>();
    meshes.forEach((value, name) -> lines.add("sdy.mesh @%s = %s".formatted(name, value)));
    return lines;
  }

  @Override
  public Optional<String> boundary(Instruction instruction, int leaf) {
    return instruction.isSharded()
        ? Optional.of("sdy.sharding = " + attribute(instruction.shardings().get(leaf)))
        : Optional.empty();
  }

  @Override
  public Optional<String> results(Instruction instruction) {
    return ShardingForm.isSaidByOp(instruction)
        ? Optional.of("sdy.sharding = " + perValue(instruction.shardings()))
        : Optional.empty();
  }

  @Override
  public Optional<Constraint> constraint(Sharding sharding) {
    return Optional.of(
        new Constraint("sdy.sharding_constraint", "sharding = " + attribute(sharding), List.of()));
  }

  @Override
  public Optional<String> group(Sharding sharding) {
    return Optional.ofNullable(sharding.details().tie())
        .map(tie -> "group_id = " + tie.group() + " : i64");
  }

  @Override
  public List<ManualComputation.Stage> stages(Computation computation) {
    return ManualComputation.stages(computation, mesh);
  }

  /** The properties of an op {@code sdy.manual_computation}. */
  String manual(ManualComputation region) {
    return "in_shardings = %s, manual_axes = #sdy<manual_axes%s>, out_shardings = %s"
        .formatted(
            perValue(region.in(mesh)), dim(region.axes(mesh), false), perValue(region.out(mesh)));
  }

  private String attribute(Sharding sharding) {
    return "#sdy.sharding" + content(sharding);
  }

  private String perValue(List<Sharding> shardings) {
    return shardings.stream()
        .map(this::content)
        .collect(Collectors.joining(", ", "#sdy.sharding_per_value<[", "]>"));
  }

  private String content(Sharding sharding) {
    ShardingDetails details = sharding.details();
    if (details.tie() != null && !details.tie().exact()) {
      throw new IllegalArgumentException(
          "a sharding says '%s', for which Shardy has no word; shard_as is a group there"
              .formatted(details.tie()));
    }
    String dims =
        IntStream.range(0, details.device() < 0 ? sharding.rank() : 0)
            .mapToObj(d -> dim(sharding.axes(d), details.open().contains(d)))
            .collect(Collectors.joining(", ", "[", "]"));
    String unreduced =
        details.unreduced().isEmpty() ? "" : ", unreduced=" + dim(details.unreduced(), false);
    return "<@%s, %s%s>".formatted(name(sharding), dims, unreduced);
  }

  private static String dim(List<String> axes, boolean open) {
    List<String> items = new ArrayList<>(axes.stream().map(StableHloAttributes::quoted).toList());
    if (open) {
      items.add("?");
    }
    return items.stream().collect(Collectors.joining(", ", "{", "}"));
  }

  /** The mesh that a sharding names. */
  private String name(Sharding sharding) {
    int device = sharding.details().device();
    if (device >= 0) {
      return declared("<[], device_ids=[%d]>".formatted(device), "device" + device);
    }
    List<Integer> devices = new ArrayList<>();
    if (mesh.order() != null || sharding.order() != null) {
      for (int place = 0; place < mesh.devices(); place++) {
        devices.add(sharding.standIn(mesh.device(place)));
      }
    }
    DeviceOrder order = devices.isEmpty() ? null : DeviceOrder.of(devices).orNull();
    String axes =
        mesh.axes().stream()
            .map(a -> StableHloAttributes.quoted(a.name()) + "=" + a.size())
            .collect(Collectors.joining(", ", "[", "]"));
    String value = order == null ? axes : axes + ", device_ids=" + order.devices();
    return declared("<" + value + ">", "mesh");
  }

  private String declared(String value, String hint) {
    return meshes.computeIfAbsent(value, v -> StableHloPrinter.unique(hint, symbols));
  }
}
