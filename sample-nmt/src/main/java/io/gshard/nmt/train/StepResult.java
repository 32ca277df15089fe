package io.gshard.nmt.train;

/**
 * What a training step reports.
 *
 * @param loss mean negative log-likelihood of a target token, in nats
 * @param auxiliary the auxiliary loss that evens out the experts' load
 * @param load how many tokens each expert took
 * @param dropped the share of choices that found their expert full
 */
public record StepResult(float loss, float auxiliary, float[] load, float dropped) {

  /** How many times the mean the busiest expert took; 1 is even. */
  public double imbalance() {
    double sum = 0;
    double most = 0;
    for (float tokens : load) {
      sum += tokens;
      most = Math.max(most, tokens);
    }
    return sum == 0 ? 1 : most * load.length / sum;
  }
}
