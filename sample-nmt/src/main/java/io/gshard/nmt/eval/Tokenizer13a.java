package io.gshard.nmt.eval;

import java.util.List;
import java.util.regex.Pattern;

/**
 * sacreBLEU's default tokenizer, "13a", which copies mteval-v13a: punctuation apart, except periods
 * and commas inside numbers.
 */
final class Tokenizer13a {
  private static final Pattern PUNCTUATION = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
  private static final Pattern AFTER_NON_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern BEFORE_NON_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");
  private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private Tokenizer13a() {}

  static List<String> tokenize(String line) {
    String text = line.replace("<skipped>", "").replace("-\n", "").replace("\n", " ");
    if (text.contains("&")) {
      text =
          text.replace("&quot;", "\"")
              .replace("&amp;", "&")
              .replace("&lt;", "<")
              .replace("&gt;", ">");
    }
    text = PUNCTUATION.matcher(" " + text + " ").replaceAll(" $1 ");
    text = AFTER_NON_DIGIT.matcher(text).replaceAll("$1 $2 ");
    text = BEFORE_NON_DIGIT.matcher(text).replaceAll(" $1 $2");
    text = DASH_AFTER_DIGIT.matcher(text).replaceAll("$1 $2 ");
    text = SPACES.matcher(text).replaceAll(" ").strip();
    return text.isEmpty() ? List.of() : List.of(text.split(" "));
  }
}
