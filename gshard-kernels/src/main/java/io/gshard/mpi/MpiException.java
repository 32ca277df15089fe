package io.gshard.mpi;

/** What MPI answered, or why it could not be asked. */
public final class MpiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MpiException(String message) {
    super(message);
  }

  MpiException(String message, Throwable cause) {
    super(message, cause);
  }
}
