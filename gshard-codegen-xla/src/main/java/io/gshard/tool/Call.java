package io.gshard.tool;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One call of the tool, from the command line or a line of a batch.
 *
 * @param input the HLO file
 * @param devices how many devices to partition for; what the module says if absent
 * @param output where the module goes
 * @param inputs the arguments' .npz; seeded random ones if absent
 * @param outputs where the results' .npz goes
 * @param explain the instruction whose sharding is to be explained
 * @param stablehlo whether to print StableHLO
 */
public record Call(
    String command,
    Path input,
    OptionalInt devices,
    Optional<Path> output,
    Optional<Path> inputs,
    Optional<Path> outputs,
    String engine,
    long seed,
    Optional<String> explain,
    boolean stablehlo) {

  /** A call with nothing but its command and input. */
  public static Call of(String command, Path input) {
    return new Call(
        command,
        input,
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "reference",
        0,
        Optional.empty(),
        false);
  }
}
