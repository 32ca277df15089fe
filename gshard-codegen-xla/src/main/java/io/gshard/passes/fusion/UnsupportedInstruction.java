package io.gshard.passes.fusion;

import io.gshard.hlo.Source;

/** The Java back end cannot run an instruction; the message says which and what to do. */
public final class UnsupportedInstruction extends RuntimeException {
  private final transient Source source;

  public UnsupportedInstruction(String message, Source source) {
    super(message);
    this.source = source;
  }

  /** The user's line that the instruction comes from. */
  public Source source() {
    return source;
  }
}
