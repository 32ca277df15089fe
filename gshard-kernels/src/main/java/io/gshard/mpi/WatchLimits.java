package io.gshard.mpi;

import java.time.Duration;
import java.util.Map;

/**
 * How long the watch bears with a process.
 *
 * @param timeout within which a lost or hung process ends the job
 * @param patience with one that computes while others wait for it
 */
record WatchLimits(Duration timeout, Duration patience) {
  private static final double TIMEOUT_SECONDS = 10;
  private static final double PATIENCE_SECONDS = 600;

  /** From {@code gshard.mpi.timeout} and {@code GSHARD_MPI_TIMEOUT}, and so with patience. */
  static WatchLimits of(Map<String, String> environment) {
    return new WatchLimits(
        seconds("timeout", environment, TIMEOUT_SECONDS),
        seconds("patience", environment, PATIENCE_SECONDS));
  }

  private static Duration seconds(String name, Map<String, String> environment, double usual) {
    String variable = "GSHARD_MPI_" + name.toUpperCase(java.util.Locale.ROOT);
    String text = System.getProperty("gshard.mpi." + name, environment.get(variable));
    if (text == null || text.isBlank()) {
      return ofSeconds(usual);
    }
    if (!text.strip().matches("[0-9]{1,6}(\\.[0-9]{1,3})?") || Double.parseDouble(text) < 0.5) {
      throw new MpiException(
          "%s (or gshard.mpi.%s) is '%s': give seconds, at least 0.5"
              .formatted(variable, name, text));
    }
    return ofSeconds(Double.parseDouble(text));
  }

  private static Duration ofSeconds(double seconds) {
    return Duration.ofMillis(Math.round(1_000 * seconds));
  }

  /** Between two signs of life. */
  Duration beat() {
    return timeout.dividedBy(20);
  }

  /**
   * Without a sign of life for so long, a process is lost; what is left of the time ends the job.
   */
  Duration silence() {
    return timeout.multipliedBy(7).dividedBy(10);
  }

  /** A process that has heard nothing from rank 0 for so long ends by itself. */
  Duration orphaned() {
    return timeout.multipliedBy(17).dividedBy(20);
  }
}
