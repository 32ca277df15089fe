package io.gshard.tool;

/** Something that should not happen, whatever the input is. */
final class ToolFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  ToolFault(String message, Throwable cause) {
    super(message.strip().replaceAll("\\s*\\R\\s*", " "), cause);
  }
}
