package io.gshard.mpi;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What rank 0 makes of all processes' signs of life. */
final class Verdict {
  private final WatchLimits limits;

  /**
   * What is known of a process.
   *
   * @param silent how long nothing was heard, in milliseconds
   * @param gone whether its connection ended
   */
  record Known(Beat beat, long silent, boolean gone) {}

  Verdict(WatchLimits limits) {
    this.limits = limits;
  }

  /** Why the job cannot go on, if so: names the rank. */
  Optional<String> of(List<Known> processes) {
    for (int rank = 0; rank < processes.size(); rank++) {
      Known p = processes.get(rank);
      if (!p.beat.failure().isEmpty()) {
        return Optional.of("rank %d failed: %s".formatted(rank, p.beat.failure()));
      }
    }
    for (int rank = 0; rank < processes.size(); rank++) {
      Known p = processes.get(rank);
      if (p.gone && p.beat.leaving()) {
        continue;
      }
      if (p.gone) {
        return Optional.of("rank %d is lost: its process ended".formatted(rank));
      }
      if (p.silent > limits.silence().toMillis()) {
        return Optional.of(
            "rank %d is lost: it has not been heard of for %s".formatted(rank, seconds(p.silent)));
      }
    }
    return behind(processes);
  }

  /** The process that is furthest behind, if others have waited for it too long. */
  private Optional<String> behind(List<Known> processes) {
    Known waiting = null;
    int straggler = -1;
    for (int rank = 0; rank < processes.size(); rank++) {
      Beat beat = processes.get(rank).beat;
      if (beat.waiting() > 0) {
        waiting =
            waiting == null || beat.waiting() > waiting.beat.waiting()
                ? processes.get(rank)
                : waiting;
      } else if (straggler < 0 || beat.steps() < processes.get(straggler).beat.steps()) {
        straggler = rank;
      }
    }
    if (waiting == null
        || straggler < 0
        || processes.get(straggler).beat.steps() > waiting.beat.steps()) {
      return Optional.empty();
    }
    Beat beat = processes.get(straggler).beat;
    long waited = waiting.beat.waiting();
    // What it did begin is still on its way; what it did not begin never comes.
    if (beat.leaving() && beat.steps() < waiting.beat.steps()) {
      return Optional.of("rank %d ended while others wait for it".formatted(straggler));
    }
    boolean hangs =
        waited > limits.silence().toMillis() && beat.blocked() > limits.silence().toMillis();
    boolean left = beat.leaving() && waited > limits.silence().toMillis();
    if (left || hangs || waited > limits.patience().toMillis()) {
      return Optional.of(
          "rank %d hangs: others have waited for it for %s".formatted(straggler, seconds(waited)));
    }
    return Optional.empty();
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f seconds", millis / 1000.0);
  }
}
