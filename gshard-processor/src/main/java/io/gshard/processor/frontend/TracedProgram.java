package io.gshard.processor.frontend;

import io.gshard.hlo.HloModule;
import io.gshard.processor.program.CompiledProgram.Argument;
import io.gshard.processor.program.ResultType;
import java.util.List;

/**
 * A program as a graph on whole tensors. Its entry's parameters are first the variables, then the
 * arguments; the root's leaves are first the results, then the variables' new values.
 *
 * @param variables the paths of the variables it uses
 */
public record TracedProgram(
    String name,
    List<String> variables,
    List<Argument> arguments,
    ResultType result,
    HloModule module) {
  public TracedProgram {
    variables = List.copyOf(variables);
    arguments = List.copyOf(arguments);
  }
}
