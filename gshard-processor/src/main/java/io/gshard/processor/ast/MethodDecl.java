package io.gshard.processor.ast;

import java.util.List;
import java.util.Optional;

/** A method or constructor of the user's with its body. */
public record MethodDecl(
    MethodRef ref,
    List<Parameter> parameters,
    Marks result,
    Optional<Manual> manual,
    Stmt body,
    Position at) {
  public MethodDecl {
    parameters = List.copyOf(parameters);
  }

  /** {@code @Manual}: the axes that it names, none for all. */
  public record Manual(List<String> axes, Position at) {
    public Manual {
      axes = List.copyOf(axes);
    }
  }

  /**
   * A parameter.
   *
   * @param type the erased type, as in {@link MethodRef#parameterTypes}
   */
  public record Parameter(String name, String type, Marks marks, Position at) {}
}
