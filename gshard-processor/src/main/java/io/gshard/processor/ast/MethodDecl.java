package io.gshard.processor.ast;

import java.util.List;

/** A method or constructor of the user's with its body. */
public record MethodDecl(
    MethodRef ref, List<Parameter> parameters, Marks result, Stmt body, Position at) {
  public MethodDecl {
    parameters = List.copyOf(parameters);
  }

  /**
   * A parameter.
   *
   * @param type the erased type, as in {@link MethodRef#parameterTypes}
   */
  public record Parameter(String name, String type, Marks marks, Position at) {}
}
