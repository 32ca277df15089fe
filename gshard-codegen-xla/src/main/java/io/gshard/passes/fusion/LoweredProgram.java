package io.gshard.passes.fusion;

import java.util.List;

/**
 * A program as steps on memory.
 *
 * @param parameters the entry's parameters, in order
 * @param outputs the leaves of the result, in order; one that takes a parameter's place is that
 *     parameter
 * @param updated the parameters that the program overwrites
 */
public record LoweredProgram(
    Block block, List<Root.Value> parameters, List<Root.Value> outputs, List<Root.Value> updated) {
  public LoweredProgram {
    parameters = List.copyOf(parameters);
    outputs = List.copyOf(outputs);
    updated = List.copyOf(updated);
  }
}
