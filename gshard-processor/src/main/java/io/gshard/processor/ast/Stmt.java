package io.gshard.processor.ast;

import java.util.List;
import java.util.Optional;

/** A statement. */
public sealed interface Stmt {
  Position at();

  record Block(List<Stmt> statements, Position at) implements Stmt {
    public Block {
      statements = List.copyOf(statements);
    }
  }

  /** The declaration of a local variable. */
  record Declare(String name, Optional<Expr> value, Marks marks, Position at) implements Stmt {}

  record Evaluate(Expr expression, Position at) implements Stmt {}

  record If(Expr condition, Stmt then, Optional<Stmt> otherwise, Position at) implements Stmt {}

  /** A for, while or do loop; {@code testFirst} is false for do. */
  record Loop(
      List<Stmt> start,
      Optional<Expr> condition,
      List<Stmt> step,
      Stmt body,
      boolean testFirst,
      Position at)
      implements Stmt {
    public Loop {
      start = List.copyOf(start);
      step = List.copyOf(step);
    }
  }

  /** A loop over an array, a list or a stack of modules. */
  record ForEach(String variable, Marks marks, Expr over, Stmt body, Position at) implements Stmt {}

  record Return(Optional<Expr> value, Position at) implements Stmt {}

  record Yield(Expr value, Position at) implements Stmt {}

  record Break(Position at) implements Stmt {}

  record Continue(Position at) implements Stmt {}

  /** A switch without a value. */
  record Switch(Expr selector, List<Case> cases, Position at) implements Stmt {
    public Switch {
      cases = List.copyOf(cases);
    }
  }

  /**
   * Part of a switch.
   *
   * @param arrow whether it is of the form {@code ->}, which never falls through to the next one
   */
  record Case(List<Expr> labels, boolean isDefault, List<Stmt> body, boolean arrow) {
    public Case {
      labels = List.copyOf(labels);
      body = List.copyOf(body);
    }
  }

  /** Reached, it is an error with this text. */
  record Throw(Expr exception, Position at) implements Stmt {}

  /** What could not be translated; it has been reported. */
  record Erroneous(Position at) implements Stmt {}
}
