package io.gshard.nmt.corpus;

import static java.util.Objects.requireNonNull;

/**
 * One line of parallel text.
 *
 * @param language the source's language code, such as {@code "sw"}
 * @param source the text in that language
 * @param english the same in English
 * @param family what kind of text it is, such as {@code "date"}
 */
public record Pair(String language, String source, String english, String family) {
  public Pair {
    requireNonNull(language);
    requireNonNull(source);
    requireNonNull(english);
    requireNonNull(family);
  }

  /** The line of a TSV file, without its end. */
  public String tsv() {
    return language + '\t' + source + '\t' + english + '\t' + family;
  }
}
