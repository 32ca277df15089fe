package io.gshard.stablehlo;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.Sharding;
import java.util.List;
import java.util.Optional;

/** How a module's text says how its values are split. */
sealed interface ShardingForm permits ManualForm, MhloForm, ShardyForm {

  /**
   * An op that gives its operand, split as it says.
   *
   * @param properties what stands in {@code <{...}>}
   * @param attributes what stands in {@code {...}}
   */
  record Constraint(String op, String properties, List<String> attributes) {}

  /** What has to stand before the functions; asked for when all shardings are written. */
  default List<String> declarations() {
    return List.of();
  }

  /** The attribute of a function's parameter or result: one leaf of an instruction. */
  Optional<String> boundary(Instruction instruction, int leaf);

  /** The attribute on an op, for all its results. */
  Optional<String> results(Instruction instruction);

  /**
   * Whether an op itself says how its results are split. A loop does not, its results are
   * constrained: passes of MLIR drop those that nothing uses, and leave the attribute as it was.
   */
  static boolean isSaidByOp(Instruction instruction) {
    return instruction.isSharded() && !(instruction.op() instanceof HloOp.While);
  }

  /** The attribute of a constant that an op needs besides its operands. */
  default Optional<String> constant() {
    return Optional.empty();
  }

  /** What says of a value how it is split; empty where nothing has to. */
  Optional<Constraint> constraint(Sharding sharding);

  /** A computation's instructions, with manual regions as ops where the form has such. */
  default List<ManualComputation.Stage> stages(Computation computation) {
    return List.of(new ManualComputation.Stage(computation.instructions(), null));
  }

  /** The property of an op {@code sdy.sharding_group} that a value needs besides. */
  default Optional<String> group(Sharding sharding) {
    return Optional.empty();
  }
}
