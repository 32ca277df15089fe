package io.gshard.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a text worse: bytes, words, numbers, lines and brackets are changed at random. */
final class Mutator {
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");
  private static final Pattern BRACKETS = Pattern.compile("[({\\[][^(){}\\[\\]\n]*[)}\\]]");
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "2",
          "3",
          "4",
          "5",
          "7",
          "8",
          "16",
          "64",
          "-1",
          "-2",
          "2147483647",
          "2147483648",
          "-2147483649",
          "9223372036854775807",
          "9223372036854775808",
          "99999999999999999999",
          "1000000000",
          "4294967296",
          "65536",
          "1e400",
          "nan",
          "-nan",
          "inf",
          "-inf",
          "0x1p3",
          "1.5");
  private static final String BYTES =
      "(){}[]<>%=,:;.\"\\/*-+_ \n\t\0\u00e9\ufffd0123456789abcdefghijklmnopqrstuvwxyzTR?";

  private final Random random;
  private final List<String> corpus;

  Mutator(Random random, List<String> corpus) {
    this.random = random;
    this.corpus = corpus;
  }

  /** A text of the corpus with some changes, from none of structure to a single number. */
  String next() {
    String text = any(corpus);
    for (int i = 1 << random.nextInt(4); i > 0; i--) {
      text = change(text);
    }
    return text;
  }

  private String change(String text) {
    if (text.isEmpty() || text.length() > 200_000) {
      return any(corpus);
    }
    return switch (random.nextInt(14)) {
      case 0 -> swap(text, NUMBER, any(NUMBERS));
      case 1, 2 -> swap(text, NUMBER, String.valueOf(random.nextInt(10)));
      case 3, 4 -> swap(text, WORD, some(any(corpus), WORD));
      case 5 -> swap(text, NUMBER, some(text, NUMBER));
      case 6, 7 -> swap(text, WORD, some(text, WORD));
      case 8 -> swap(text, BRACKETS, some(text, BRACKETS));
      case 9 -> swap(text, BRACKETS, some(any(corpus), BRACKETS));
      case 10 -> lines(text);
      case 11 -> bytes(text);
      case 12 -> splice(text);
      default -> nest(text);
    };
  }

  private <T> T any(List<T> items) {
    return items.get(random.nextInt(items.size()));
  }

  /** One of the places where a pattern matches, near a random point. */
  private Matcher place(String text, Pattern pattern) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find(random.nextInt(text.length())) || matcher.find(0) ? matcher : null;
  }

  private String some(String text, Pattern pattern) {
    Matcher found = text.isEmpty() ? null : place(text, pattern);
    return found == null ? "" : found.group();
  }

  private String swap(String text, Pattern pattern, String with) {
    Matcher found = place(text, pattern);
    return found == null
        ? text
        : text.substring(0, found.start()) + with + text.substring(found.end());
  }

  /** Drops a line, says it again, or moves it. */
  private String lines(String text) {
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    String line = lines.remove(random.nextInt(lines.size()));
    int kind = random.nextInt(3);
    if (kind > 0) {
      lines.add(random.nextInt(lines.size() + 1), line);
    }
    if (kind == 2) {
      lines.add(random.nextInt(lines.size() + 1), line);
    }
    return String.join("\n", lines);
  }

  private String bytes(String text) {
    int at = random.nextInt(text.length());
    int end = Math.min(text.length(), at + random.nextInt(4));
    StringBuilder put = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      put.append(BYTES.charAt(random.nextInt(BYTES.length())));
    }
    return text.substring(0, at) + put + text.substring(end);
  }

  private String splice(String text) {
    String other = any(corpus);
    int end = other.length();
    return text.substring(0, random.nextInt(text.length()))
        + other.substring(end == 0 ? 0 : random.nextInt(end));
  }

  private String nest(String text) {
    int at = random.nextInt(text.length());
    String open = any(List.of("(", "{", "[", "((", "{{", "f32[", "/*", "\"", "(f32[2],", "{ {"));
    return text.substring(0, at) + open.repeat(1 << random.nextInt(13)) + text.substring(at);
  }
}
