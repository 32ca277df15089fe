package io.gshard.stablehlo;

import io.gshard.hlo.Instruction;
import io.gshard.mesh.Sharding;
import java.util.Optional;

/**
 * Of a partitioned program: every value says that XLA's partitioner, which PJRT runs on every
 * program for several devices, has to leave it as it is.
 */
record ManualForm() implements ShardingForm {
  private static final String MANUAL = "mhlo.sharding = \"{manual}\"";

  @Override
  public Optional<String> boundary(Instruction instruction, int leaf) {
    return Optional.of(MANUAL);
  }

  /** One for all results: passes of MLIR drop results of loops that nothing uses. */
  @Override
  public Optional<String> results(Instruction instruction) {
    return Optional.of(MANUAL);
  }

  @Override
  public Optional<String> constant() {
    return Optional.of(MANUAL);
  }

  @Override
  public Optional<Constraint> constraint(Sharding sharding) {
    return Optional.empty();
  }
}
