package io.gshard.processor.program;

import java.util.List;

/** What a program's method gives back. */
public sealed interface ResultType {

  /** No tensor: the program only updates variables. */
  record Nothing() implements ResultType {}

  /** One tensor. */
  record OneTensor() implements ResultType {}

  /** A record of tensors, by its qualified name, with its components in order. */
  record TensorRecord(String qualifiedName, List<String> components) implements ResultType {
    public TensorRecord {
      components = List.copyOf(components);
    }
  }

  /** The number of tensors. */
  default int size() {
    return switch (this) {
      case Nothing n -> 0;
      case OneTensor t -> 1;
      case TensorRecord r -> r.components().size();
    };
  }
}
