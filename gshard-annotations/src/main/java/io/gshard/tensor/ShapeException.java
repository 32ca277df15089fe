package io.gshard.tensor;

/**
 * Shapes, dims or element types that do not fit an operation. The message says what was found, what
 * was expected and, where there is one, the fix; the compiler reports it at the call's position.
 */
public final class ShapeException extends IllegalArgumentException {
  public ShapeException(String message) {
    super(message);
  }
}
