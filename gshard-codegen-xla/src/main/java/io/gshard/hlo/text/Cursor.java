package io.gshard.hlo.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A reading position in a text, up to an end. White space and comments are skipped before
 * everything that is read. A slice of it keeps the whole text, so that errors have the file's lines
 * and columns.
 */
final class Cursor {
  private final String text;
  private int at;
  private final int end;

  Cursor(String text) {
    this(text, 0, text.length());
  }

  private Cursor(String text, int at, int end) {
    this.text = text;
    this.at = at;
    this.end = end;
  }

  HloSyntaxException error(String reason) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < at && i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new HloSyntaxException(line, at - start + 1, reason);
  }

  int position() {
    return at;
  }

  /** The same text at another position. */
  Cursor from(int position) {
    return new Cursor(text, position, end);
  }

  /** What stands between here and another position. */
  Cursor upTo(int position) {
    return new Cursor(text, at, position);
  }

  void skipSpace() {
    while (at < end) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (text.startsWith("/*", at)) {
        int close = text.indexOf("*/", at + 2);
        if (close < 0 || close + 2 > end) {
          throw error("a comment that does not end");
        }
        at = close + 2;
      } else if (text.startsWith("//", at)) {
        int newline = text.indexOf('\n', at);
        at = newline < 0 ? end : Math.min(end, newline + 1);
      } else {
        return;
      }
    }
  }

  boolean atEnd() {
    skipSpace();
    return at >= end;
  }

  boolean sees(String token) {
    skipSpace();
    return at + token.length() <= end && text.startsWith(token, at);
  }

  /** Whether the very next character is this one. */
  boolean isAt(char c) {
    return at < end && text.charAt(at) == c;
  }

  boolean eat(String token) {
    if (sees(token)) {
      at += token.length();
      return true;
    }
    return false;
  }

  void expect(String token) {
    if (!eat(token)) {
      throw error("expected '%s', found %s".formatted(token, found()));
    }
  }

  /** What stands here, for a message. */
  String found() {
    skipSpace();
    if (at >= end) {
      return "the end";
    }
    int stop = at + 1;
    while (stop < end && stop < at + 20 && isNamePart(text.charAt(stop))) {
      stop++;
    }
    return "'" + text.substring(at, stop) + "'";
  }

  static boolean isNamePart(char c) {
    return c == '_' || c == '.' || c == '-' || isLetterOrDigit(c);
  }

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  boolean seesName() {
    skipSpace();
    if (at >= end) {
      return false;
    }
    char c = text.charAt(at);
    return c == '%' || c == '_' || isLetterOrDigit(c);
  }

  /** A name, with or without %. */
  String name() {
    skipSpace();
    int start = at;
    if (at < end && text.charAt(at) == '%') {
      start = ++at;
    }
    at = nameEnd();
    if (at == start) {
      throw error("expected a name, found " + found());
    }
    return text.substring(start, at);
  }

  /** The next character, or 0 at the end. */
  char peek() {
    skipSpace();
    return at < end ? text.charAt(at) : 0;
  }

  /** The word here, without moving. */
  String peekName() {
    skipSpace();
    return text.substring(at, nameEnd());
  }

  private int nameEnd() {
    int stop = at;
    while (stop < end && isNamePart(text.charAt(stop))) {
      stop++;
    }
    return stop;
  }

  /** The characters up to white space or one of the given ones. */
  String word(String stops) {
    skipSpace();
    int start = at;
    while (at < end
        && !Character.isWhitespace(text.charAt(at))
        && stops.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (at == start) {
      throw error("expected a value, found " + found());
    }
    return text.substring(start, at);
  }

  long number() {
    skipSpace();
    int start = at;
    if (at < end && text.charAt(at) == '-') {
      at++;
    }
    while (at < end && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    try {
      return Long.parseLong(text, start, at, 10);
    } catch (NumberFormatException e) {
      at = start;
      throw error("expected a whole number, found " + found());
    }
  }

  int smallNumber() {
    int start = at;
    long value = number();
    if (value != (int) value) {
      at = start;
      throw error("the number " + value + " is too large here");
    }
    return (int) value;
  }

  boolean truth() {
    return switch (name()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw error("expected true or false");
    };
  }

  String string() {
    expect("\"");
    StringBuilder result = new StringBuilder();
    while (at < end && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c == '\\' && at < end) {
        char escaped = text.charAt(at++);
        result.append(
            switch (escaped) {
              case 'n' -> '\n';
              case 't' -> '\t';
              default -> escaped;
            });
      } else {
        result.append(c);
      }
    }
    expectHere('"', "a string that does not end");
    return result.toString();
  }

  /** A name between single quotes, as it stands. */
  String quotedName() {
    expect("'");
    int close = text.indexOf('\'', at);
    if (close < 0 || close >= end) {
      throw error("a name that does not end");
    }
    String name = text.substring(at, close);
    at = close + 1;
    return name;
  }

  private void expectHere(char wanted, String reason) {
    if (at >= end || text.charAt(at) != wanted) {
      throw error(reason);
    }
    at++;
  }

  /** {@code {name=value, name="value"}}. */
  Map<String, String> pairs() {
    Map<String, String> result = new HashMap<>();
    list(
        "{",
        "}",
        () -> {
          String key = name();
          expect("=");
          return result.put(key, sees("\"") ? string() : value().toString());
        });
    return result;
  }

  static String quoted(String value) {
    return '"'
        + value
            .replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\t", "\\t")
        + '"';
  }

  /** {@code open item, item close}. */
  <T> List<T> list(String open, String close, Supplier<T> item) {
    expect(open);
    List<T> items = new ArrayList<>();
    if (eat(close)) {
      return items;
    }
    do {
      items.add(item.get());
    } while (eat(","));
    expect(close);
    return items;
  }

  List<Integer> integers() {
    return list("{", "}", this::smallNumber);
  }

  List<Long> numbers() {
    return list("{", "}", this::number);
  }

  /**
   * A slice over what comes up to a comma, white space or closing bracket outside of all brackets
   * and strings; moves past it.
   */
  Cursor value() {
    skipSpace();
    int start = at;
    int depth = 0;
    while (at < end) {
      char c = text.charAt(at);
      if (c == '"') {
        string();
        continue;
      }
      if (text.startsWith("/*", at)) {
        skipSpace();
        continue;
      }
      if (c == '{' || c == '[' || c == '(') {
        depth++;
      } else if (c == '}' || c == ']' || c == ')') {
        if (depth == 0) {
          break;
        }
        depth--;
      } else if (depth == 0 && (c == ',' || Character.isWhitespace(c))) {
        break;
      }
      at++;
    }
    if (depth > 0) {
      at = start;
      throw error("a bracket that is not closed");
    }
    if (at == start) {
      throw error("expected a value, found " + found());
    }
    return new Cursor(text, start, at);
  }

  /** A slice over the curly brackets that open here and what stands between; moves past them. */
  Cursor block() {
    skipSpace();
    int start = at;
    int depth = 0;
    while (at < end) {
      skipSpace();
      if (at >= end) {
        break;
      }
      char c = text.charAt(at);
      if (c == '"') {
        string();
        continue;
      }
      at++;
      if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return new Cursor(text, start, at);
      }
    }
    // Reading the lines finds what is wrong, or that the end is missing.
    return new Cursor(text, start, end);
  }

  /** A slice over what stands in the round brackets that open here; moves past them. */
  Cursor inBrackets() {
    expect("(");
    at--;
    int open = at;
    int depth = 0;
    while (at < end) {
      char c = text.charAt(at);
      if (c == '"') {
        string();
        continue;
      }
      if (text.startsWith("/*", at)) {
        skipSpace();
        continue;
      }
      at++;
      if (c == '(' || c == '{') {
        depth++;
      } else if ((c == ')' || c == '}') && --depth == 0) {
        return new Cursor(text, open + 1, at - 1);
      }
    }
    at = open;
    throw error("a bracket that is not closed");
  }

  void expectEnd() {
    if (!atEnd()) {
      throw error("did not expect " + found());
    }
  }

  @Override
  public String toString() {
    return text.substring(at, end);
  }
}
