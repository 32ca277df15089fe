package io.gshard.tool;

/** Bad input: one line that says what was found, where, and what to do. */
public final class ToolException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ToolException(String message) {
    this(message, null);
  }

  public ToolException(String message, Throwable cause) {
    super(message.strip().replaceAll("\\s*\\R\\s*", " "), cause);
  }
}
