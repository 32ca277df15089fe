package io.gshard.bench;

/**
 * Something to time, on our side.
 *
 * @param name what a peer calls it too
 * @param work the work of one call, in the unit of the rate
 * @param body one call
 */
record Subject(String name, double work, Runnable body) {

  /** About this long is one round; shorter calls are repeated. */
  private static final double ROUND_SECONDS = 0.02;

  /** Seconds of a call, over one round. */
  double round(Clock clock) {
    long start = clock.nanos();
    long now;
    int calls = 0;
    do {
      body.run();
      calls++;
      now = clock.nanos();
    } while (now - start < ROUND_SECONDS * 1e9);
    return (now - start) / 1e9 / calls;
  }

  /** Runs until HotSpot has compiled what it will compile. */
  void warm(double seconds) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < seconds * 1e9) {
      body.run();
    }
  }
}
