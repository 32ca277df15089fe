package io.gshard.hlo;

/**
 * A module that breaks a rule of the graph: which instruction, what was found, what was expected.
 */
public final class InvalidModuleException extends RuntimeException {
  private final transient Source source;

  public InvalidModuleException(String message) {
    this(message, Source.NONE);
  }

  public InvalidModuleException(String message, Source source) {
    super(message);
    this.source = source;
  }

  /** The user's line that the instruction comes from, if it is about one. */
  public Source source() {
    return source;
  }
}
