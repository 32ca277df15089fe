package io.gshard.xla;

import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.ServiceLoader;

/**
 * XLA: compiles programs for machines that need not be there, and runs them on those that are. The
 * compiler's tools know this interface alone; gshard-kernels has what stands behind it, over PJRT
 * plugins.
 */
public interface Xla {

  /**
   * The one on the class path.
   *
   * @throws IllegalStateException if there is none
   */
  static Xla find() {
    return ServiceLoader.load(Xla.class, Xla.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "XLA is reached through gshard-kernels, which is not on the class path: add it"));
  }

  /**
   * How many devices a machine has.
   *
   * @param topology as in {@link #compile}
   * @throws RuntimeException if the compiler is not installed or knows no such topology
   */
  int devices(String topology);

  /**
   * Compiles a program for TPUs, which need not be there.
   *
   * @param stablehlo the partitioned program as text
   * @param devices how many it is for
   * @param topology the machine as XLA names it, such as {@code v3:32x32}
   * @throws RuntimeException if the compiler is not installed, knows no such topology, or refuses
   *     the program; the message says which
   */
  Outcome compile(String stablehlo, int devices, String topology);

  /**
   * Compiles a program for this machine's processor, as so many devices.
   *
   * @param results the shapes of what one device gives
   * @throws RuntimeException if the plugin is not installed or refuses the program
   */
  Executable load(String stablehlo, int devices, List<Shape> results);

  /** What became of a program that was to be compiled. */
  sealed interface Outcome {

    /**
     * It fits.
     *
     * @param seconds the compiler's time
     */
    record Fits(double seconds, CompiledProgram program) implements Outcome {}

    /** It needs more memory than a device has; the compiler's own words. */
    record TooLarge(double seconds, String reason) implements Outcome {}
  }

  /** A program on its devices. */
  interface Executable extends AutoCloseable {
    /**
     * Runs the program once.
     *
     * @param arguments for each device, by id, its arrays
     * @return for each device its results
     */
    List<List<Literal>> run(List<List<Literal>> arguments);

    @Override
    void close();
  }
}
