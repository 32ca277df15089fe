package io.gshard.nmt.eval;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Corpus BLEU (Papineni et al. 2002) as sacreBLEU computes it by default: tokenizer 13a,
 * four-grams, case kept, one reference, exponential smoothing of orders without a match.
 */
public final class Bleu {
  private static final int ORDER = 4;

  private Bleu() {}

  /**
   * The score of outputs against their references, 0 to 100.
   *
   * @throws IllegalArgumentException if there are not as many references as outputs
   */
  public static double corpus(List<String> outputs, List<String> references) {
    if (outputs.size() != references.size()) {
      throw new IllegalArgumentException(
          outputs.size()
              + " outputs cannot be scored against "
              + references.size()
              + " references; give one reference for each output");
    }
    long[] matches = new long[ORDER];
    long[] totals = new long[ORDER];
    long outputLength = 0;
    long referenceLength = 0;
    for (int i = 0; i < outputs.size(); i++) {
      List<String> output = Tokenizer13a.tokenize(outputs.get(i));
      List<String> reference = Tokenizer13a.tokenize(references.get(i));
      outputLength += output.size();
      referenceLength += reference.size();
      for (int n = 1; n <= ORDER; n++) {
        matches[n - 1] += matches(output, reference, n);
        totals[n - 1] += Math.max(0, output.size() - n + 1);
      }
    }
    return score(matches, totals, outputLength, referenceLength);
  }

  private static long matches(List<String> output, List<String> reference, int n) {
    Map<List<String>, Integer> available = new HashMap<>();
    for (int i = 0; i + n <= reference.size(); i++) {
      available.merge(reference.subList(i, i + n), 1, Integer::sum);
    }
    long matches = 0;
    for (int i = 0; i + n <= output.size(); i++) {
      List<String> gram = output.subList(i, i + n);
      int left = available.getOrDefault(gram, 0);
      if (left > 0) {
        available.put(gram, left - 1);
        matches++;
      }
    }
    return matches;
  }

  private static double score(
      long[] matches, long[] totals, long outputLength, long referenceLength) {
    if (matches[0] == 0) {
      return 0; // sacreBLEU smooths only where a single word matches
    }
    double smooth = 1;
    double logs = 0;
    for (int n = 0; n < ORDER; n++) {
      if (totals[n] == 0) {
        return 0;
      }
      double precision;
      if (matches[n] == 0) {
        smooth *= 2;
        precision = 100 / (smooth * totals[n]);
      } else {
        precision = 100.0 * matches[n] / totals[n];
      }
      logs += Math.log(precision);
    }
    double brevity =
        outputLength < referenceLength ? Math.exp(1 - (double) referenceLength / outputLength) : 1;
    return brevity * Math.exp(logs / ORDER);
  }
}
