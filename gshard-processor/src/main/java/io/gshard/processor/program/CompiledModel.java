package io.gshard.processor.program;

import io.gshard.mesh.MeshShape;
import java.util.List;

/**
 * A model for one config after partitioning: what the Java back end writes a launcher for.
 *
 * @param launcherName the simple name of the launcher, such as {@code MoeLayerTiny}
 * @param modelName the model class's qualified name
 * @param config the config's name
 * @param variables all parameters, then all optimizer state, that some program uses
 */
public record CompiledModel(
    String packageName,
    String launcherName,
    String modelName,
    String config,
    MeshShape mesh,
    List<Variable> variables,
    List<CompiledProgram> programs) {
  public CompiledModel {
    variables = List.copyOf(variables);
    programs = List.copyOf(programs);
  }
}
