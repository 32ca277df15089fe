package io.gshard.processor.program;

import io.gshard.spmd.Partitioned;
import java.util.List;

/**
 * One program of a model after partitioning. The entry's parameters are first its variables, then
 * its arguments; the root tuple's leaves are first its results, then the variables' new values,
 * which the module's aliases tie to the parameters.
 *
 * @param variables the paths of the variables it uses
 * @param result what the user's method gives back
 */
public record CompiledProgram(
    String name,
    List<String> variables,
    List<Argument> arguments,
    ResultType result,
    Partitioned partitioned) {
  public CompiledProgram {
    variables = List.copyOf(variables);
    arguments = List.copyOf(arguments);
  }

  /** A parameter of the user's method; its shape and sharding are the entry parameter's. */
  public record Argument(String name) {}
}
