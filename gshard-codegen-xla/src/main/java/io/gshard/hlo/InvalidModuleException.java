package io.gshard.hlo;

/**
 * A module that breaks a rule of the graph: which instruction, what was found, what was expected.
 */
public final class InvalidModuleException extends RuntimeException {
  public InvalidModuleException(String message) {
    super(message);
  }
}
