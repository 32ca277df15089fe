package io.gshard.processor.ast;

import java.util.List;

/**
 * A method or constructor that a call resolved to, by names alone, so that it means the same to
 * every compiler task.
 *
 * @param owner the binary name of the class that declares it
 * @param name {@code <init>} for a constructor
 * @param parameterTypes binary names of the erased types, arrays with {@code []} behind
 */
public record MethodRef(String owner, String name, List<String> parameterTypes, boolean isStatic) {
  public MethodRef {
    parameterTypes = List.copyOf(parameterTypes);
  }

  public String simpleOwner() {
    return owner.substring(Math.max(owner.lastIndexOf('.'), owner.lastIndexOf('$')) + 1);
  }

  @Override
  public String toString() {
    return simpleOwner() + "." + name + "(" + String.join(", ", parameterTypes) + ")";
  }
}
