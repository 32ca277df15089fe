package io.gshard.hlo.text;

/** HLO text that cannot be read; the message starts with {@code line:column}. */
public final class HloSyntaxException extends RuntimeException {
  private final int line;
  private final int column;
  private final String reason;

  public HloSyntaxException(int line, int column, String reason) {
    super(line + ":" + column + ": " + reason);
    this.line = line;
    this.column = column;
    this.reason = reason;
  }

  /** From 1. */
  public int line() {
    return line;
  }

  /** From 1. */
  public int column() {
    return column;
  }

  /** The message without the position. */
  public String reason() {
    return reason;
  }
}
