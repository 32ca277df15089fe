package io.gshard.processor.frontend;

import io.gshard.processor.ast.ClassDecl;
import io.gshard.processor.ast.Expr;
import io.gshard.processor.ast.Expr.Operator;
import io.gshard.processor.ast.Position;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.frontend.Values.Closure;
import io.gshard.processor.frontend.Values.EnumValue;
import io.gshard.processor.frontend.Values.Frame;
import io.gshard.processor.frontend.Values.ModuleValue;
import io.gshard.processor.frontend.Values.Parameter;
import io.gshard.processor.frontend.Values.RecordValue;
import io.gshard.processor.frontend.Values.Scope;
import io.gshard.processor.frontend.Values.Unknown;
import io.gshard.tensor.Tensor;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluates expressions; see {@link Interpreter}. */
final class Expressions {
  private final Interpreter interpreter;
  private final Sources sources;
  private final Natives natives;
  private final Reporter reporter;
  private final Session session;
  private final Calls calls;
  private final Map<String, Object> statics = new HashMap<>();

  Expressions(
      Interpreter interpreter,
      Sources sources,
      Natives natives,
      Reporter reporter,
      Session session) {
    this.interpreter = interpreter;
    this.sources = sources;
    this.natives = natives;
    this.reporter = reporter;
    this.session = session;
    this.calls = new Calls(interpreter, sources, natives, reporter, session);
  }

  Object evaluate(Expr expression, Frame frame) {
    return switch (expression) {
      case Expr.Constant e -> e.value();
      case Expr.Local e -> local(e, frame);
      case Expr.This e -> frame.self();
      case Expr.Field e -> field(e, frame);
      case Expr.StaticField e -> staticField(e);
      case Expr.Element e -> element(e, frame);
      case Expr.Call e -> calls.call(e, frame);
      case Expr.New e -> calls.create(e, frame);
      case Expr.ArrayOf e -> arrayOf(e, frame);
      case Expr.NewArray e -> newArray(e, frame);
      case Expr.Unary e -> {
        Object value = evaluate(e.operand(), frame);
        yield Values.isUnknown(value) ? value : Arithmetic.unary(e.operator(), e.kind(), value);
      }
      case Expr.Binary e -> binary(e, frame);
      case Expr.Convert e -> {
        Object value = evaluate(e.operand(), frame);
        yield Values.isUnknown(value) ? value : Arithmetic.convert(e.kind(), value);
      }
      case Expr.Conditional e -> {
        if (evaluate(e.condition(), frame) instanceof Boolean condition) {
          yield evaluate(condition ? e.onTrue() : e.onFalse(), frame);
        }
        evaluate(e.onTrue(), frame);
        evaluate(e.onFalse(), frame);
        yield Unknown.UNKNOWN;
      }
      case Expr.Assign e -> {
        Object value = evaluate(e.value(), frame);
        assign(e.target(), value, e.at(), frame);
        yield value;
      }
      case Expr.Step e -> step(e, frame);
      case Expr.Switch e ->
          interpreter.select(e.selector(), e.cases(), frame)
                  instanceof Completion.Yield(Object value)
              ? value
              : Unknown.UNKNOWN;
      case Expr.Lambda e -> new Closure(e.parameters(), e.body(), frame, e.at());
      case Expr.Erroneous e -> Unknown.UNKNOWN;
    };
  }

  private Object fail(Diagnostic diagnostic, Position at, String message) {
    reporter.error(diagnostic, at, message);
    return Unknown.UNKNOWN;
  }

  private Object local(Expr.Local local, Frame frame) {
    Scope.Slot slot = frame.scope().find(local.name());
    return slot == null || !slot.assigned ? Unknown.UNKNOWN : slot.value;
  }

  private Object field(Expr.Field field, Frame frame) {
    Object target = evaluate(field.target(), frame);
    return switch (target) {
      case Unknown unknown -> unknown;
      case ModuleValue module -> moduleField(module, field);
      case RecordValue instance ->
          instance.components().getOrDefault(field.name(), Unknown.UNKNOWN);
      case null ->
          fail(Diagnostic.CONSTANT_FAILED, field.at(), "'%s' of null".formatted(field.name()));
      default ->
          target.getClass().isArray()
              ? Array.getLength(target)
              : fail(
                  Diagnostic.EXPRESSION,
                  field.at(),
                  "the field '%s' of a %s is not known at compile time; use a record's component"
                      .formatted(field.name(), target.getClass().getSimpleName()));
    };
  }

  private Object moduleField(ModuleValue module, Expr.Field field) {
    Object value = module.fields().get(field.name());
    if (!(value instanceof Parameter(String path))) {
      return value;
    }
    if (!session.isReadable(path)) {
      return fail(
          Diagnostic.STACK_LOOP,
          field.at(),
          "'%s' is a parameter of a stack outside of a loop over it; write for (... : ...) over the @Stack field"
              .formatted(path));
    }
    return session.use(path, field.at());
  }

  private Object staticField(Expr.StaticField field) {
    String key = field.owner() + "#" + field.name();
    Object known = statics.get(key);
    if (known == null) {
      known = loadStatic(field);
      statics.put(key, known);
    }
    return known;
  }

  private Object loadStatic(Expr.StaticField field) {
    if (Natives.allows(field.owner())) {
      try {
        return natives.field(field.owner(), field.name());
      } catch (Natives.Failure e) {
        return fail(Diagnostic.CALL_FAILED, field.at(), "cannot read " + field.name());
      }
    }
    Optional<ClassDecl> type = sources.declaration(field.owner());
    Optional<ClassDecl.FieldDecl> found = type.flatMap(t -> t.field(field.name()));
    if (type.isPresent()
        && type.get().kind() == ClassDecl.Kind.ENUM
        && found.isPresent()
        && found.get().type().equals(field.owner())) {
      return new EnumValue(field.owner(), field.name(), type.get().fields().indexOf(found.get()));
    }
    if (found.isEmpty() || !found.get().isFinal() || found.get().initializer().isEmpty()) {
      return fail(
          Diagnostic.EXPRESSION,
          field.at(),
          "the static field '%s' is not known at compile time; expected a static final field with a value, in a class of this compilation"
              .formatted(field.name()));
    }
    return evaluate(found.get().initializer().get(), new Frame(null, new Scope(null), false));
  }

  private Object element(Expr.Element element, Frame frame) {
    Object array = evaluate(element.array(), frame);
    Object index = evaluate(element.index(), frame);
    if (Values.isUnknown(array) || Values.isUnknown(index)) {
      return Unknown.UNKNOWN;
    }
    return outOfRange(array, (Integer) index)
        ? range(element, array, index)
        : Array.get(array, (Integer) index);
  }

  private static boolean outOfRange(Object array, int index) {
    return array == null || index < 0 || index >= Array.getLength(array);
  }

  private Object range(Expr.Element element, Object array, Object index) {
    return fail(
        Diagnostic.CONSTANT_FAILED,
        element.at(),
        array == null
            ? "an element of null"
            : "index %s of an array of %d; expected 0 to %d"
                .formatted(index, Array.getLength(array), Array.getLength(array) - 1));
  }

  private Object arrayOf(Expr.ArrayOf array, Frame frame) {
    List<Object> elements = new ArrayList<>();
    array.elements().forEach(e -> elements.add(evaluate(e, frame)));
    if (elements.stream().anyMatch(Values::isUnknown)) {
      return Unknown.UNKNOWN;
    }
    Object result = natives.array(array.component(), elements.size());
    for (int i = 0; i < elements.size(); i++) {
      Array.set(result, i, calls.adapt(elements.get(i), natives.type(array.component())));
    }
    return result;
  }

  private Object newArray(Expr.NewArray array, Frame frame) {
    int[] lengths = new int[array.lengths().size()];
    for (int i = 0; i < lengths.length; i++) {
      if (!(evaluate(array.lengths().get(i), frame) instanceof Integer length)) {
        return Unknown.UNKNOWN;
      }
      if (length < 0) {
        return fail(Diagnostic.CONSTANT_FAILED, array.at(), "an array of length " + length);
      }
      lengths[i] = length;
    }
    return natives.array(array.component(), lengths);
  }

  private Object binary(Expr.Binary binary, Frame frame) {
    Object left = evaluate(binary.left(), frame);
    if (binary.operator() == Operator.AND_THEN || binary.operator() == Operator.OR_ELSE) {
      if (!(left instanceof Boolean first)) {
        return Unknown.UNKNOWN;
      }
      return first == (binary.operator() == Operator.OR_ELSE)
          ? first
          : evaluate(binary.right(), frame);
    }
    Object right = evaluate(binary.right(), frame);
    if (Values.isUnknown(left) || Values.isUnknown(right)) {
      return Unknown.UNKNOWN;
    }
    if (binary.operator() == Operator.EQUAL || binary.operator() == Operator.NOT_EQUAL) {
      if (left instanceof Tensor && right instanceof Tensor) {
        return fail(
            Diagnostic.TENSOR_IDENTITY,
            binary.at(),
            "%s compares tensors as objects; for their values use equal(x, y) or notEqual(x, y) and select"
                .formatted(binary.operator() == Operator.EQUAL ? "==" : "!="));
      }
    }
    try {
      return Arithmetic.binary(binary.operator(), binary.kind(), left, right);
    } catch (ArithmeticException e) {
      return fail(
          Diagnostic.CONSTANT_FAILED,
          binary.at(),
          "%s: %s %s %s".formatted(e.getMessage(), left, "divided by", right));
    }
  }

  private Object step(Expr.Step step, Frame frame) {
    Object before = evaluate(step.target(), frame);
    if (Values.isUnknown(before)) {
      return before;
    }
    Object after =
        Arithmetic.convert(
            step.kind(), Arithmetic.binary(Operator.PLUS, step.kind(), before, step.by()));
    assign(step.target(), after, step.at(), frame);
    return step.postfix() ? before : after;
  }

  private void assign(Expr target, Object value, Position at, Frame frame) {
    switch (target) {
      case Expr.Local local -> {
        Scope.Slot slot = frame.scope().find(local.name());
        if (slot != null) {
          slot.value = interpreter.marker().apply(slot.marks, value, local.name());
          slot.assigned = true;
          slot.at = at;
        }
      }
      case Expr.Element element -> assignElement(element, value, frame);
      case Expr.Field field -> assignField(field, value, at, frame);
      case Expr other ->
          fail(
              Diagnostic.ASSIGNMENT,
              at,
              "an assignment to something that a program cannot change; expected a local, an array's element, or a parameter's field");
    }
  }

  private void assignElement(Expr.Element element, Object value, Frame frame) {
    Object array = evaluate(element.array(), frame);
    Object index = evaluate(element.index(), frame);
    if (Values.isUnknown(array) || Values.isUnknown(index)) {
      return;
    }
    if (outOfRange(array, (Integer) index)) {
      range(element, array, index);
    } else if (!Values.isUnknown(value)) {
      Array.set(array, (Integer) index, value);
    }
  }

  private void assignField(Expr.Field field, Object value, Position at, Frame frame) {
    Object target = evaluate(field.target(), frame);
    if (Values.isUnknown(target)) {
      return;
    }
    if (target instanceof RecordValue instance && frame.constructing()) {
      instance.components().put(field.name(), value);
      return;
    }
    if (target instanceof ModuleValue module) {
      if (module.fields().get(field.name()) instanceof Parameter(String path)) {
        assignParameter(path, value, at);
        return;
      }
      if (frame.constructing()) {
        module.fields().put(field.name(), value);
        return;
      }
    }
    fail(
        Diagnostic.ASSIGNMENT,
        at,
        "a program cannot change the field '%s'; expected a parameter (a Tensor field with @Dims); use a local or return the value"
            .formatted(field.name()));
  }

  private void assignParameter(String path, Object value, Position at) {
    if (!(value instanceof Tensor tensor)) {
      return;
    }
    if (session.inLoop()) {
      fail(
          Diagnostic.STACK_LOOP,
          at,
          "the parameter '%s' is assigned in a loop over a stack; assign it after the loop"
              .formatted(path));
      return;
    }
    if (!session.tracer().manual().isEmpty()) {
      fail(
          Diagnostic.MANUAL,
          at,
          "the parameter '%s' is assigned in a manual method, which has a part of it; give the part back and assign the whole"
              .formatted(path));
      return;
    }
    Tensor old = session.read(path);
    if (!old.shape().equals(tensor.shape())) {
      fail(
          Diagnostic.SHAPE,
          at,
          "the parameter '%s' is %s and gets %s; expected the same shape"
              .formatted(path, old.shape(), tensor.shape()));
      return;
    }
    session.write(path, tensor);
  }
}
