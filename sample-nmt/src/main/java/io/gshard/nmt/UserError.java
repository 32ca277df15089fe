package io.gshard.nmt;

/**
 * What the user gave does not work: one sentence that says what, and what to do. The command line
 * prints it without a stack trace and ends with status 2.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
