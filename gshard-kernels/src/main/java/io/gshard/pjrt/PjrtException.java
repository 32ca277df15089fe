package io.gshard.pjrt;

/** What a PJRT plugin answered, or why it could not be asked. */
public final class PjrtException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final int code;

  PjrtException(String message) {
    this(0, message, null);
  }

  PjrtException(String message, Throwable cause) {
    this(0, message, cause);
  }

  PjrtException(int code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The status code that the plugin gave (as gRPC numbers them), or 0 if it was not its error. */
  public int code() {
    return code;
  }
}
