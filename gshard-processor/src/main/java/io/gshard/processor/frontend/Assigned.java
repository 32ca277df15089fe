package io.gshard.processor.frontend;

import io.gshard.processor.ast.Expr;
import io.gshard.processor.ast.Position;
import io.gshard.processor.ast.Stmt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The locals that a piece of code assigns, each with the position of its last assignment. */
final class Assigned {
  private final Map<String, Position> names = new LinkedHashMap<>();

  private Assigned() {}

  static Map<String, Position> in(Stmt statement) {
    Assigned assigned = new Assigned();
    assigned.visit(statement);
    return assigned.names;
  }

  private void visit(Stmt statement) {
    switch (statement) {
      case Stmt.Block s -> s.statements().forEach(this::visit);
      case Stmt.Declare s -> s.value().ifPresent(this::visit);
      case Stmt.Evaluate s -> visit(s.expression());
      case Stmt.If s -> {
        visit(s.condition());
        visit(s.then());
        s.otherwise().ifPresent(this::visit);
      }
      case Stmt.Loop s -> {
        s.start().forEach(this::visit);
        s.condition().ifPresent(this::visit);
        visit(s.body());
        s.step().forEach(this::visit);
      }
      case Stmt.ForEach s -> {
        visit(s.over());
        visit(s.body());
      }
      case Stmt.Return s -> s.value().ifPresent(this::visit);
      case Stmt.Yield s -> visit(s.value());
      case Stmt.Switch s -> {
        visit(s.selector());
        cases(s.cases());
      }
      case Stmt.Throw s -> visit(s.exception());
      case Stmt.Break s -> {}
      case Stmt.Continue s -> {}
      case Stmt.Erroneous s -> {}
    }
  }

  private void cases(List<Stmt.Case> cases) {
    cases.forEach(c -> c.body().forEach(this::visit));
  }

  private void visit(Expr expression) {
    switch (expression) {
      case Expr.Assign e -> {
        visit(e.value());
        target(e.target(), e.at());
      }
      case Expr.Step e -> target(e.target(), e.at());
      case Expr.Field e -> visit(e.target());
      case Expr.Element e -> {
        visit(e.array());
        visit(e.index());
      }
      case Expr.Call e -> {
        e.receiver().ifPresent(this::visit);
        e.arguments().forEach(this::visit);
      }
      case Expr.New e -> e.arguments().forEach(this::visit);
      case Expr.ArrayOf e -> e.elements().forEach(this::visit);
      case Expr.NewArray e -> e.lengths().forEach(this::visit);
      case Expr.Unary e -> visit(e.operand());
      case Expr.Binary e -> {
        visit(e.left());
        visit(e.right());
      }
      case Expr.Convert e -> visit(e.operand());
      case Expr.Conditional e -> {
        visit(e.condition());
        visit(e.onTrue());
        visit(e.onFalse());
      }
      case Expr.Switch e -> {
        visit(e.selector());
        cases(e.cases());
      }
      case Expr.Constant e -> {}
      case Expr.Local e -> {}
      case Expr.This e -> {}
      case Expr.StaticField e -> {}
      case Expr.Lambda e -> {}
      case Expr.Erroneous e -> {}
    }
  }

  private void target(Expr target, Position at) {
    switch (target) {
      case Expr.Local local -> names.put(local.name(), at);
      // An element changes the array that the local holds.
      case Expr.Element element -> target(element.array(), at);
      default -> visit(target);
    }
  }
}
