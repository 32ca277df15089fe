package io.gshard.collective;

/** Gives every worker of a team its share of units of work. */
record Sharing(Team team) {
  /** With fewer elements in all, waking the other workers costs more than they save. */
  private static final long FEW = 4_096;

  interface Maker<S> {
    S make();
  }

  interface Unit<S> {
    void run(S state, int unit);
  }

  /**
   * Units of work in equal, contiguous shares; a worker's units share a state.
   *
   * @param elements that are touched in all
   */
  <S> void run(int units, long elements, Maker<S> maker, Unit<S> body) {
    if (units == 0) {
      return;
    }
    Team.Share share =
        (worker, workers) -> {
          int first = (int) ((long) units * worker / workers);
          int end = (int) ((long) units * (worker + 1) / workers);
          if (first < end) {
            S state = maker.make();
            for (int unit = first; unit < end; unit++) {
              body.run(state, unit);
            }
          }
        };
    if (elements < FEW || team.size() == 1) {
      share.run(0, 1);
    } else {
      team.run(share);
    }
  }
}
