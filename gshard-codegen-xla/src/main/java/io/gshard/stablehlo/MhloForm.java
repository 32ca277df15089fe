package io.gshard.stablehlo;

import io.gshard.hlo.Instruction;
import io.gshard.hlo.text.ShardingText;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.sharding.OpRules;
import java.util.List;
import java.util.Optional;

/** Shardings as HLO writes them, for XLA's older propagation: {@code mhlo.sharding = "{...}"}. */
record MhloForm(MeshShape mesh) implements ShardingForm {
  @Override
  public Optional<String> boundary(Instruction instruction, int leaf) {
    return instruction.isSharded()
        ? Optional.of(attribute(ShardingText.print(instruction.shardings().get(leaf), mesh)))
        : Optional.empty();
  }

  @Override
  public Optional<String> results(Instruction instruction) {
    return ShardingForm.isSaidByOp(instruction)
        ? Optional.of(
            attribute(ShardingText.print(instruction.shardings(), instruction.type(), mesh)))
        : Optional.empty();
  }

  @Override
  public Optional<Constraint> constraint(Sharding sharding) {
    List<Integer> open = sharding.details().open();
    String config = open.isEmpty() ? "" : "unspecified_dims=" + open;
    return Optional.of(
        new Constraint(
            "stablehlo.custom_call",
            "call_target_name = \"%s\", backend_config = \"%s\""
                .formatted(OpRules.SHARDING, config),
            List.of(attribute(ShardingText.print(sharding, mesh)))));
  }

  private static String attribute(String sharding) {
    return "mhlo.sharding = \"" + sharding + "\"";
  }
}
