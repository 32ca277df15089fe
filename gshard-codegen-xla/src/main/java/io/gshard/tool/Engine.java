package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.tensor.Literal;
import java.util.List;

/**
 * Runs partitioned programs. Implementations are found by {@link java.util.ServiceLoader}: the
 * reference evaluator here, generated kernels in gshard-processor.
 */
public interface Engine {

  /** The name that the command line knows it by. */
  String name();

  /**
   * Runs a program once.
   *
   * @param partitioned a verified program for every device of its mesh
   * @param arguments for each device, by id, what it holds of each leaf of the parameters
   * @return for each device what it holds of each leaf of the result
   * @throws ToolException if the program needs what the engine has not
   */
  List<List<Literal>> run(HloModule partitioned, List<List<Literal>> arguments);
}
