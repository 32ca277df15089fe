package io.gshard.nmt.eval;

import io.gshard.nmt.corpus.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How well held-out lines were translated.
 *
 * @param pairs the lines
 * @param outputs the translations
 * @param bleu over all lines
 * @param exactMatch the percentage that is the reference to the letter
 * @param bleuByLanguage by language code, sorted
 */
public record Scores(
    List<Pair> pairs,
    List<String> outputs,
    double bleu,
    double exactMatch,
    Map<String, Double> bleuByLanguage) {

  /** Scores outputs, which are as many as pairs. */
  public static Scores of(List<Pair> pairs, List<String> outputs) {
    Map<String, List<Integer>> byLanguage = new TreeMap<>();
    int exact = 0;
    for (int i = 0; i < pairs.size(); i++) {
      byLanguage.computeIfAbsent(pairs.get(i).language(), l -> new ArrayList<>()).add(i);
      if (pairs.get(i).english().equals(outputs.get(i))) {
        exact++;
      }
    }
    Map<String, Double> bleu = new TreeMap<>();
    byLanguage.forEach(
        (language, lines) ->
            bleu.put(
                language,
                Bleu.corpus(
                    lines.stream().map(outputs::get).toList(),
                    lines.stream().map(i -> pairs.get(i).english()).toList())));
    return new Scores(
        List.copyOf(pairs),
        List.copyOf(outputs),
        Bleu.corpus(outputs, pairs.stream().map(Pair::english).toList()),
        pairs.isEmpty() ? 0 : 100.0 * exact / pairs.size(),
        bleu);
  }

  /** Some lines as a table that a person can judge: language, source, output, reference. */
  public String table(int lines) {
    StringBuilder out = new StringBuilder();
    String format = "%-5s %-42s %-42s %s%n";
    out.append(format.formatted("", "source", "output", "reference"));
    int count = Math.min(lines, pairs.size());
    for (int i = 0; i < count; i++) {
      int line = (int) ((long) i * pairs.size() / count);
      Pair pair = pairs.get(line);
      out.append(
          format.formatted(
              pair.language(), cut(pair.source()), cut(outputs.get(line)), pair.english()));
    }
    return out.toString();
  }

  private static String cut(String text) {
    return text.length() <= 42 ? text : text.substring(0, 41) + "\u2026";
  }
}
