package io.gshard.processor;

import java.util.Arrays;

/** What is said of an exception that no mistake of the user's explains. */
final class Fault {
  private Fault() {}

  /** What was thrown and where, and that it is to be reported. */
  static String text(RuntimeException thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String where =
        Arrays.stream(cause.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("io.gshard."))
            .findFirst()
            .map(frame -> " (%s:%d)".formatted(frame.getFileName(), frame.getLineNumber()))
            .orElse("");
    return "%s%s; this is a fault of the compiler, please report it with this source"
        .formatted(thrown.getMessage() == null ? thrown : thrown.getMessage(), where);
  }

  /** Javac throws its own through processors, and reports them itself. */
  static boolean isJavacs(RuntimeException thrown) {
    return thrown.getClass().getName().startsWith("com.sun.tools.javac.");
  }
}
