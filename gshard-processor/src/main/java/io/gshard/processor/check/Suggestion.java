package io.gshard.processor.check;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean ...?" */
public final class Suggestion {
  private Suggestion() {}

  /** The name that is nearest to what was written, if one is near. */
  public static Optional<String> of(String written, Collection<String> known) {
    return known.stream()
        .filter(k -> distance(written, k) <= Math.max(1, written.length() / 3))
        .min(Comparator.<String>comparingInt(k -> distance(written, k)).thenComparing(k -> k));
  }

  /** A sentence to add to a message, or nothing. */
  public static String hint(String written, Collection<String> known) {
    return of(written, known).map(k -> "; did you mean '" + k + "'?").orElse("");
  }

  /** Letters to change, add or leave out; a letter in the wrong case counts like a wrong one. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], previous[j]) + 1, previous[j - 1] + change);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
