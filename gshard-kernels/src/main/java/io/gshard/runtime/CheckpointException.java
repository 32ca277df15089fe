package io.gshard.runtime;

/**
 * A checkpoint that cannot be written or read, or that does not fit the model; the message is one
 * sentence for a user.
 */
public final class CheckpointException extends RuntimeException {
  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
