package io.gshard.hlo;

/**
 * Where in the user's source an instruction comes from; line and column from 1. Kept through all
 * passes and written as HLO metadata.
 */
public record Source(String file, int line, int column) {
  public static final Source NONE = new Source("", 0, 0);

  public boolean isKnown() {
    return line > 0;
  }

  @Override
  public String toString() {
    return isKnown() ? file + ":" + line + ":" + column : "unknown";
  }
}
