package io.gshard.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Times our side and its peers in turns, so that what else the machine does hits all alike. */
record Contest(
    List<Peer> peers, Clock clock, double warmSeconds, int rounds, String rate, double unit) {

  /** The figures of a subject, by name. */
  Map<String, Object> run(Subject subject) {
    return run(subject, Optional.empty());
  }

  /** With the subject's rate over that of a limit, which is measured in turns with it. */
  Map<String, Object> runOf(Subject subject, Subject limit) {
    return run(subject, Optional.of(limit));
  }

  private Map<String, Object> run(Subject subject, Optional<Subject> limit) {
    subject.warm(warmSeconds);
    limit.ifPresent(l -> l.warm(warmSeconds / 8));
    double[] ours = new double[rounds];
    double[] share = new double[rounds];
    double[][] theirs = new double[peers.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      ours[round] = subject.round(clock);
      if (limit.isPresent()) {
        double most = limit.get().work() / limit.get().round(clock);
        share[round] = subject.work() / ours[round] / most;
      }
      for (int peer = 0; peer < peers.size(); peer++) {
        theirs[peer][round] = peers.get(peer).round(subject.name());
      }
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("name", subject.name());
    figures(figures, subject, ours);
    if (limit.isPresent() && subject.work() > 0) {
      figures.put("of_peak", rounded(median(share), 3));
    }
    List<Double> medians = new ArrayList<>();
    for (int peer = 0; peer < peers.size(); peer++) {
      Map<String, Object> of = new LinkedHashMap<>();
      figures(of, subject, theirs[peer]);
      figures.put("xla_" + peers.get(peer).mode(), of);
      medians.add(median(theirs[peer]));
    }
    medians.stream()
        .min(Double::compare)
        .ifPresent(best -> figures.put("times_faster_than_xla", rounded(best / median(ours), 3)));
    return figures;
  }

  /**
   * Two subjects of ours in turns: the figures of the first, those of the other, and the median of
   * the rounds' ratios of their times.
   */
  Map<String, Object> run(Subject subject, Subject other) {
    subject.warm(warmSeconds);
    other.warm(warmSeconds);
    double[] first = new double[rounds];
    double[] second = new double[rounds];
    double[] ratio = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      first[round] = subject.round(clock);
      second[round] = other.round(clock);
      ratio[round] = first[round] / second[round];
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("name", subject.name());
    figures(figures, subject, first);
    Map<String, Object> of = new LinkedHashMap<>();
    of.put("name", other.name());
    figures(of, other, second);
    figures.put("beside", of);
    figures.put("time_ratio_median", rounded(median(ratio), 3));
    return figures;
  }

  private void figures(Map<String, Object> into, Subject subject, double[] seconds) {
    into.put("step_ms_median", rounded(1e3 * median(seconds), 4));
    into.put("step_ms_min", rounded(1e3 * Arrays.stream(seconds).min().orElseThrow(), 4));
    if (subject.work() > 0) {
      into.put(rate, rounded(subject.work() / median(seconds) / unit, 2));
    }
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static double rounded(double value, int digits) {
    double scale = Math.pow(10, digits);
    return Math.round(value * scale) / scale;
  }
}
