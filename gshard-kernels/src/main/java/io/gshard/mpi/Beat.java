package io.gshard.mpi;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A sign of life.
 *
 * @param steps the collectives begun
 * @param waiting how long it has been waiting for others, in milliseconds; 0: it is not
 * @param blocked how long its driver has been doing nothing of its own accord, in milliseconds
 * @param leaving whether the process is about to end
 * @param failure why it cannot go on, or nothing
 */
record Beat(long steps, long waiting, long blocked, boolean leaving, String failure) {
  static final Beat FIRST = new Beat(0, 0, 0, false, "");

  String line() {
    return "%d %d %d %b %s"
        .formatted(
            steps,
            waiting,
            blocked,
            leaving,
            "!" + Base64.getEncoder().encodeToString(failure.getBytes(StandardCharsets.UTF_8)));
  }

  static Beat parse(String line) {
    String[] words = line.split(" ", -1);
    return new Beat(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Boolean.parseBoolean(words[3]),
        new String(Base64.getDecoder().decode(words[4].substring(1)), StandardCharsets.UTF_8));
  }
}
