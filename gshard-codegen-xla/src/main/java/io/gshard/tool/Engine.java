package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.tensor.Literal;
import java.util.List;

/**
 * Runs programs. Implementations are found by {@link java.util.ServiceLoader}: the reference
 * evaluator and XLA here, generated kernels in gshard-processor.
 */
public interface Engine {

  /** The name that the command line knows it by. */
  String name();

  /**
   * Makes a program ready to run.
   *
   * @param module verified: partitioned, for all devices of its mesh, or a whole one without
   *     shardings, for one device
   * @throws RuntimeException if the program needs what the engine has not; the message names it
   */
  Loaded load(HloModule module);

  /** A program that can run, any number of times. */
  interface Loaded extends AutoCloseable {
    /**
     * Runs the program once.
     *
     * @param arguments for each device, by id, what it holds of each leaf of the parameters
     * @return for each device what it holds of each leaf of the result
     */
    List<List<Literal>> run(List<List<Literal>> arguments);

    /** Frees what the program holds outside of Java's heap. */
    @Override
    default void close() {}
  }
}
