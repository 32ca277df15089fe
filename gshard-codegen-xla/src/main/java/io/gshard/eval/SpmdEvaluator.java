package io.gshard.eval;

import io.gshard.hlo.HloModule;
import io.gshard.tensor.Literal;
import java.util.List;

/**
 * Runs a partitioned program on all devices of its mesh in lock-step. Arguments and results are
 * what each device holds; {@link Shards} makes them of global values and back.
 */
public final class SpmdEvaluator {
  private SpmdEvaluator() {}

  /**
   * For each device, by id, the leaves of the entry's root.
   *
   * @param perDeviceArguments for each device one literal for each leaf of the entry's parameters
   * @throws IllegalArgumentException if the arguments do not fit, or for an unknown custom-call
   * @throws IllegalStateException if a while's condition differs between devices
   */
  public static List<List<Literal>> run(
      HloModule partitioned, List<List<Literal>> perDeviceArguments) {
    return Programs.run(Interpreter.of(partitioned.mesh()), partitioned, perDeviceArguments);
  }
}
