package io.gshard.processor.frontend;

/** How a statement ended. */
sealed interface Completion {
  Completion NORMAL = new Normal();
  Completion BREAK = new Break();
  Completion CONTINUE = new Continue();

  record Normal() implements Completion {}

  record Break() implements Completion {}

  record Continue() implements Completion {}

  record Return(Object value) implements Completion {}

  record Yield(Object value) implements Completion {}
}
