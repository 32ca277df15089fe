package io.gshard.nmt.vocab;

import java.util.function.Consumer;

/**
 * Cuts text into words, within which pieces are formed: runs of letters, single digits, runs of
 * anything else, each with the space before it. A space is thought before the text's start, so that
 * a word is the same everywhere; the words joined, without their first space, are the text.
 */
final class Words {

  private enum Kind {
    LETTERS,
    DIGIT,
    OTHER
  }

  private Words() {}

  static void of(String text, Consumer<String> sink) {
    StringBuilder word = new StringBuilder().append(' ');
    Kind last = null; // nothing but the space so far
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c == ' ') {
        sink.accept(word.toString());
        word.setLength(0);
        last = null;
      } else {
        Kind kind = kind(c);
        if (last != null && (kind != last || kind == Kind.DIGIT)) {
          sink.accept(word.toString());
          word.setLength(0);
        }
        last = kind;
      }
      word.appendCodePoint(c);
    }
    sink.accept(word.toString());
  }

  private static Kind kind(int c) {
    if (Character.isDigit(c)) {
      return Kind.DIGIT;
    }
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER,
          Character.NON_SPACING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT ->
          Kind.LETTERS;
      default -> Kind.OTHER;
    };
  }
}
