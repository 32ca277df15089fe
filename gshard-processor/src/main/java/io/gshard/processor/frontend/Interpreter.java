package io.gshard.processor.frontend;

import io.gshard.processor.ast.Expr;
import io.gshard.processor.ast.MethodDecl;
import io.gshard.processor.ast.Position;
import io.gshard.processor.ast.Stmt;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.frontend.Values.EnumValue;
import io.gshard.processor.frontend.Values.Frame;
import io.gshard.processor.frontend.Values.Scope;
import io.gshard.processor.frontend.Values.StackValue;
import io.gshard.processor.frontend.Values.Unknown;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs the statements of a model's methods: what is constant is computed, what is a tensor becomes
 * part of the graph. A mistake is reported, its value is unknown from there on, and the rest goes
 * on.
 */
final class Interpreter {
  private static final int LOOP_LIMIT = 100_000;
  private static final int DEPTH_LIMIT = 200;

  private final Reporter reporter;
  private final Session session;
  private final Expressions expressions;
  private final Marker marker;
  private final StackLoop stackLoop;
  private int depth;

  Interpreter(Sources sources, Natives natives, Reporter reporter, Session session) {
    this.reporter = reporter;
    this.session = session;
    this.marker = new Marker(session, reporter);
    this.expressions = new Expressions(this, sources, natives, reporter, session);
    this.stackLoop = new StackLoop(this, reporter, session);
  }

  Marker marker() {
    return marker;
  }

  Object evaluate(Expr expression, Frame frame) {
    return expressions.evaluate(expression, frame);
  }

  /** Calls a method of the user's. */
  Object invoke(
      MethodDecl method, Object self, List<Object> arguments, boolean constructing, Position at) {
    if (depth >= DEPTH_LIMIT) {
      reporter.error(
          Diagnostic.RECURSION,
          at,
          "%s calls itself more than %d deep; expected a recursion that ends on constants; write a loop"
              .formatted(method.ref().name(), DEPTH_LIMIT));
      return Unknown.UNKNOWN;
    }
    Frame frame = new Frame(self, new Scope(null), constructing);
    depth++;
    reporter.enter(at);
    try {
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < arguments.size(); i++) {
        MethodDecl.Parameter parameter = method.parameters().get(i);
        values.add(marker.apply(parameter.marks(), arguments.get(i), parameter.name()));
      }
      Object result =
          ManualCall.of(session, reporter, method)
              .map(manual -> manual.run(values, parts -> body(method, parts, frame)))
              .orElseGet(() -> body(method, values, frame));
      return marker.apply(method.result(), result, method.ref().name());
    } finally {
      reporter.leave();
      depth--;
    }
  }

  private Object body(MethodDecl method, List<Object> arguments, Frame frame) {
    for (int i = 0; i < arguments.size(); i++) {
      MethodDecl.Parameter parameter = method.parameters().get(i);
      frame.scope().declare(parameter.name(), arguments.get(i), parameter.at());
    }
    return run(method.body(), frame) instanceof Completion.Return(Object value) ? value : null;
  }

  Completion run(Stmt statement, Frame frame) {
    return switch (statement) {
      case Stmt.Block s -> all(s.statements(), frame.nested());
      case Stmt.Declare s -> declare(s, frame);
      case Stmt.Evaluate s -> {
        evaluate(s.expression(), frame);
        yield Completion.NORMAL;
      }
      case Stmt.If s -> choose(s, frame);
      case Stmt.Loop s -> loop(s, frame.nested());
      case Stmt.ForEach s -> forEach(s, frame);
      case Stmt.Return s ->
          new Completion.Return(s.value().map(v -> evaluate(v, frame)).orElse(null));
      case Stmt.Yield s -> new Completion.Yield(evaluate(s.value(), frame));
      case Stmt.Break s -> Completion.BREAK;
      case Stmt.Continue s -> Completion.CONTINUE;
      case Stmt.Switch s -> {
        Completion end = select(s.selector(), s.cases(), frame);
        yield end instanceof Completion.Break ? Completion.NORMAL : end;
      }
      case Stmt.Throw s -> {
        Object exception = evaluate(s.exception(), frame);
        if (!Values.isUnknown(exception)) {
          reporter.error(
              Diagnostic.THROWN,
              s.at(),
              exception instanceof Throwable t && t.getMessage() != null
                  ? t.getMessage()
                  : "this is reached: " + exception);
        }
        yield new Completion.Return(Unknown.UNKNOWN);
      }
      case Stmt.Erroneous s -> Completion.NORMAL;
    };
  }

  Completion all(List<Stmt> statements, Frame frame) {
    for (Stmt statement : statements) {
      Completion end = run(statement, frame);
      if (!(end instanceof Completion.Normal)) {
        return end;
      }
    }
    return Completion.NORMAL;
  }

  private Completion declare(Stmt.Declare statement, Frame frame) {
    Optional<Object> value =
        statement
            .value()
            .map(v -> Optional.ofNullable(evaluate(v, frame)))
            .orElse(Optional.empty());
    Scope.Slot slot = frame.scope().declare(statement.name());
    if (statement.value().isPresent()) {
      slot.value = marker.apply(statement.marks(), value.orElse(null), statement.name());
      slot.assigned = true;
      slot.at = statement.at();
    }
    slot.marks = statement.marks();
    return Completion.NORMAL;
  }

  /** A condition's value; empty where it is unknown. */
  private Optional<Boolean> condition(Expr expression, Frame frame) {
    return evaluate(expression, frame) instanceof Boolean value
        ? Optional.of(value)
        : Optional.empty();
  }

  private Completion choose(Stmt.If statement, Frame frame) {
    Optional<Boolean> condition = condition(statement.condition(), frame);
    if (condition.isEmpty()) {
      forget(statement, frame);
      return Completion.NORMAL;
    }
    if (condition.get()) {
      return run(statement.then(), frame);
    }
    return statement.otherwise().map(s -> run(s, frame)).orElse(Completion.NORMAL);
  }

  /** What a statement that could not be run would have assigned is unknown. */
  private void forget(Stmt statement, Frame frame) {
    for (String name : Assigned.in(statement).keySet()) {
      Scope.Slot slot = frame.scope().find(name);
      if (slot != null) {
        slot.value = Unknown.UNKNOWN;
        slot.assigned = true;
      }
    }
  }

  private Completion loop(Stmt.Loop loop, Frame frame) {
    all(loop.start(), frame);
    boolean test = loop.testFirst();
    for (int i = 0; ; i++) {
      if (i == LOOP_LIMIT) {
        reporter.error(
            Diagnostic.LOOP_LIMIT,
            loop.at(),
            "this loop has run %d times and goes on; expected one that ends soon, since it is unrolled; for many equal layers use a @Stack"
                .formatted(LOOP_LIMIT));
        return Completion.NORMAL;
      }
      if (test && loop.condition().isPresent()) {
        Optional<Boolean> condition = condition(loop.condition().get(), frame);
        if (condition.isEmpty()) {
          forget(loop.body(), frame);
        }
        if (!condition.orElse(false)) {
          return Completion.NORMAL;
        }
      }
      test = true;
      switch (run(loop.body(), frame)) {
        case Completion.Normal end -> all(loop.step(), frame);
        case Completion.Continue end -> all(loop.step(), frame);
        case Completion.Break end -> {
          return Completion.NORMAL;
        }
        case Completion end -> {
          return end;
        }
      }
    }
  }

  private Completion forEach(Stmt.ForEach loop, Frame frame) {
    Object over = evaluate(loop.over(), frame);
    return switch (over) {
      case StackValue stack -> {
        stackLoop.run(loop, stack, frame);
        yield Completion.NORMAL;
      }
      case Unknown unknown -> {
        forget(loop.body(), frame);
        yield Completion.NORMAL;
      }
      case null, default -> forEach(loop, elements(over), frame);
    };
  }

  private Completion forEach(Stmt.ForEach loop, Iterable<?> elements, Frame frame) {
    for (Object element : elements) {
      Frame inner = frame.nested();
      Object marked = marker.apply(loop.marks(), element, loop.variable());
      inner.scope().declare(loop.variable(), marked, loop.at());
      Completion end = run(loop.body(), inner);
      if (end instanceof Completion.Break) {
        return Completion.NORMAL;
      }
      if (end instanceof Completion.Return || end instanceof Completion.Yield) {
        return end;
      }
    }
    return Completion.NORMAL;
  }

  private static List<Object> elements(Object over) {
    List<Object> elements = new ArrayList<>();
    if (over instanceof Iterable<?> iterable) {
      iterable.forEach(elements::add);
    } else if (over != null && over.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(over); i++) {
        elements.add(Array.get(over, i));
      }
    }
    return elements;
  }

  /** Runs the case that the selector chooses, and those it falls through to. */
  Completion select(Expr selector, List<Stmt.Case> cases, Frame frame) {
    Object value = evaluate(selector, frame);
    if (Values.isUnknown(value)) {
      cases.forEach(c -> c.body().forEach(s -> forget(s, frame)));
      return new Completion.Yield(Unknown.UNKNOWN);
    }
    int chosen = -1;
    for (int i = 0; i < cases.size(); i++) {
      if (cases.get(i).isDefault() && chosen < 0) {
        chosen = i;
      }
      for (Expr label : cases.get(i).labels()) {
        if (isSame(value, evaluate(label, frame))) {
          chosen = i;
        }
      }
    }
    Frame inner = frame.nested();
    for (int i = chosen; i >= 0 && i < cases.size(); i++) {
      Completion end = all(cases.get(i).body(), inner);
      if (!(end instanceof Completion.Normal)) {
        return end;
      }
      if (cases.get(i).arrow()) {
        break;
      }
    }
    return Completion.NORMAL;
  }

  private static boolean isSame(Object value, Object label) {
    if (value instanceof EnumValue || value instanceof String || value instanceof Enum<?>) {
      return value.equals(label);
    }
    return value != null
        && label != null
        && Arithmetic.convert(javax.lang.model.type.TypeKind.INT, value)
            .equals(Arithmetic.convert(javax.lang.model.type.TypeKind.INT, label));
  }
}
