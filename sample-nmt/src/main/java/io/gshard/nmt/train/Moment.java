package io.gshard.nmt.train;

/**
 * What may end a training between two steps. All processes see the first one's, so that they end
 * behind the same step.
 *
 * @param stopped whether the user wants it to end
 * @param seconds it has taken
 */
record Moment(boolean stopped, double seconds) {
  static Moment now(Translator translator, StopSignal signal, double seconds) {
    double[] agreed = translator.fromFirst(signal.stopped() ? 1 : 0, seconds);
    return new Moment(agreed[0] != 0, agreed[1]);
  }
}
