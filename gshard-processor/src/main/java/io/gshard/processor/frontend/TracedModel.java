package io.gshard.processor.frontend;

import io.gshard.processor.program.Variable;
import java.util.List;

/**
 * A model's programs for one config, before they are partitioned.
 *
 * @param variables all parameters, then the optimizer state that some program uses
 */
public record TracedModel(
    String packageName,
    String simpleName,
    ModelConfig config,
    List<Variable> variables,
    List<TracedProgram> programs) {
  public TracedModel {
    variables = List.copyOf(variables);
    programs = List.copyOf(programs);
  }

  public String qualifiedName() {
    return packageName.isEmpty() ? simpleName : packageName + "." + simpleName;
  }

  public String launcherName() {
    return simpleName + config.name();
  }
}
