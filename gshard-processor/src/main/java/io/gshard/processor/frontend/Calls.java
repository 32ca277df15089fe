package io.gshard.processor.frontend;

import io.gshard.processor.ast.ClassDecl;
import io.gshard.processor.ast.Expr;
import io.gshard.processor.ast.MethodDecl;
import io.gshard.processor.ast.MethodRef;
import io.gshard.processor.ast.Position;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.frontend.Values.Closure;
import io.gshard.processor.frontend.Values.EnumValue;
import io.gshard.processor.frontend.Values.Frame;
import io.gshard.processor.frontend.Values.ModuleValue;
import io.gshard.processor.frontend.Values.RecordValue;
import io.gshard.processor.frontend.Values.Scope;
import io.gshard.processor.frontend.Values.StackValue;
import io.gshard.processor.frontend.Values.Unknown;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Calls and constructors: the user's are interpreted, those of gshard-annotations run. */
final class Calls {
  private static final Set<String> VALUES = Set.of("literal", "scalar");
  private static final Set<String> IDENTITY = Set.of("equals", "hashCode", "toString");
  private static final Set<String> SHARDINGS = Set.of("split", "replicate", "shard");

  /** Leaves a native method whose lambda met a mistake, which has been reported. */
  private static final class Poisoned extends RuntimeException {
    private Poisoned() {
      super("a mistake that has been reported", null, false, false);
    }
  }

  private final Interpreter interpreter;
  private final Sources sources;
  private final Natives natives;
  private final Reporter reporter;
  private final Session session;

  Calls(
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
  }

  private Object fail(Diagnostic diagnostic, Position at, String message) {
    reporter.error(diagnostic, at, message);
    return Unknown.UNKNOWN;
  }

  Object call(Expr.Call call, Frame frame) {
    MethodRef method = call.method();
    if (call.receiver().isEmpty()) {
      return callStatic(call, arguments(call.arguments(), frame));
    }
    Expr receiver = call.receiver().get();
    boolean isSuper = receiver instanceof Expr.Local local && local.name().equals("super");
    Object target = isSuper ? frame.self() : interpreter.evaluate(receiver, frame);
    List<Object> arguments = arguments(call.arguments(), frame);
    if (method.name().equals("<init>")) {
      return sources
          .method(method.owner(), method.name(), method.parameterTypes())
          .map(m -> interpreter.invoke(m, target, arguments, true, call.at()))
          .orElse(null);
    }
    return switch (target) {
      case Unknown unknown -> unknown;
      case null ->
          fail(Diagnostic.CONSTANT_FAILED, call.at(), "%s() of null".formatted(method.name()));
      case ModuleValue module ->
          callUser(
              isSuper ? method.owner() : module.type().name(),
              module,
              method,
              arguments,
              call.at());
      case RecordValue instance -> callRecord(instance, call, arguments);
      case EnumValue constant -> callEnum(constant, call, arguments);
      case StackValue stack ->
          method.name().equals("size")
              ? (Object) Math.toIntExact(stack.length())
              : fail(
                  Diagnostic.STACK_LOOP,
                  call.at(),
                  "%s() of a @Stack; expected a loop over it: for (var layer : layers) {...}"
                      .formatted(method.name()));
      case Closure closure -> run(closure, arguments);
      default -> callNative(call, target, arguments);
    };
  }

  private List<Object> arguments(List<Expr> expressions, Frame frame) {
    List<Object> values = new ArrayList<>();
    expressions.forEach(e -> values.add(interpreter.evaluate(e, frame)));
    return values;
  }

  private Object callStatic(Expr.Call call, List<Object> arguments) {
    MethodRef method = call.method();
    if (Natives.allows(method.owner())) {
      return callNative(call, null, arguments);
    }
    return invoke(
        sources.method(method.owner(), method.name(), method.parameterTypes()),
        method,
        null,
        arguments,
        call.at());
  }

  /** Runs a method that was found; it may give back null, as void methods do. */
  private Object invoke(
      Optional<MethodDecl> found,
      MethodRef method,
      Object self,
      List<Object> arguments,
      Position at) {
    return found.isPresent()
        ? interpreter.invoke(found.get(), self, arguments, false, at)
        : notAvailable(method, at);
  }

  private Object notAvailable(MethodRef method, Position at) {
    return fail(
        Diagnostic.CALL,
        at,
        "%s.%s cannot be called in a program; expected a tensor op, Math, a list, a record, or a method whose source is in this compilation; compute it outside and pass it in"
            .formatted(method.simpleOwner(), method.name()));
  }

  private Object callUser(
      String type, Object self, MethodRef method, List<Object> arguments, Position at) {
    return invoke(find(type, method), method, self, arguments, at);
  }

  /** The method that a call on an object of this class runs. */
  private Optional<MethodDecl> find(String type, MethodRef method) {
    Optional<MethodDecl> here = sources.method(type, method.name(), method.parameterTypes());
    if (here.isPresent()) {
      return here;
    }
    Optional<ClassDecl> declaration = sources.declaration(type);
    if (declaration.isEmpty()) {
      return Optional.empty();
    }
    Optional<MethodDecl> inherited = declaration.get().superclass().flatMap(s -> find(s, method));
    for (String parent : declaration.get().interfaces()) {
      inherited = inherited.or(() -> find(parent, method));
    }
    return inherited;
  }

  private Object callRecord(RecordValue instance, Expr.Call call, List<Object> arguments) {
    MethodRef method = call.method();
    Optional<MethodDecl> written = find(instance.type().name(), method);
    if (written.isPresent()) {
      return interpreter.invoke(written.get(), instance, arguments, false, call.at());
    }
    return arguments.isEmpty() && instance.components().containsKey(method.name())
        ? instance.components().get(method.name())
        : notAvailable(method, call.at());
  }

  private Object callEnum(EnumValue constant, Expr.Call call, List<Object> arguments) {
    return switch (call.method().name()) {
      case "name", "toString" -> constant.name();
      case "ordinal" -> constant.ordinal();
      case "equals" -> constant.equals(arguments.getFirst());
      default -> notAvailable(call.method(), call.at());
    };
  }

  private Object run(Closure closure, List<Object> arguments) {
    Scope scope = new Scope(closure.frame().scope());
    for (int i = 0; i < arguments.size(); i++) {
      scope.declare(closure.parameters().get(i), arguments.get(i), closure.at());
    }
    Frame frame = new Frame(closure.frame().self(), scope, false);
    return interpreter.run(closure.body(), frame) instanceof Completion.Return(Object value)
        ? value
        : null;
  }

  /** The value as a native method takes it: a lambda as an object of its interface. */
  Object adapt(Object value, Class<?> type) {
    if (!(value instanceof Closure closure) || !type.isInterface()) {
      return value;
    }
    return Proxy.newProxyInstance(
        type.getClassLoader() == null ? Natives.class.getClassLoader() : type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          if (method.isDefault()) {
            return java.lang.reflect.InvocationHandler.invokeDefault(proxy, method, arguments);
          }
          Object result = run(closure, arguments == null ? List.of() : List.of(arguments));
          if (Values.isUnknown(result)) {
            throw new Poisoned();
          }
          return result;
        });
  }

  private List<Object> adapt(MethodRef method, List<Object> arguments) {
    List<Object> adapted = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      adapted.add(adapt(arguments.get(i), natives.type(method.parameterTypes().get(i))));
    }
    return adapted;
  }

  private Object callNative(Expr.Call call, Object target, List<Object> arguments) {
    MethodRef method = call.method();
    if (!Natives.allows(method)) {
      return notAvailable(method, call.at());
    }
    if (arguments.stream().anyMatch(Structure::hasUnknown)) {
      return Unknown.UNKNOWN;
    }
    if (target instanceof Tensor && VALUES.contains(method.name())) {
      return fail(
          Diagnostic.TENSOR_VALUE,
          call.at(),
          "%s(): a tensor's value is not known while the program is compiled; to choose by it use select(condition, x, y)"
              .formatted(method.name()));
    }
    if (target instanceof Tensor && IDENTITY.contains(method.name())) {
      return fail(
          Diagnostic.TENSOR_IDENTITY,
          call.at(),
          "%s of a tensor compares or prints an object; for values use equal(x, y) and select"
              .formatted(method.name()));
    }
    session.at(call.at());
    try {
      return natives.call(method, target, adapt(method, arguments));
    } catch (Natives.Failure e) {
      return failed(method, call.at(), e.getCause());
    }
  }

  private Object failed(MethodRef method, Position at, Throwable cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return switch (cause) {
      case Poisoned poisoned -> Unknown.UNKNOWN;
      case ModelConfig.UnknownDim unknown -> fail(Diagnostic.UNKNOWN_DIM, at, message);
      case IndexOutOfBoundsException e when SHARDINGS.contains(method.name()) ->
          fail(
              Diagnostic.SPLIT_DIM,
              at,
              method.name() + " of a dim that the tensor has not: " + message);
      case IllegalArgumentException e
          when SHARDINGS.contains(method.name()) && message.contains("twice") ->
          fail(Diagnostic.AXIS_TWICE, at, message);
      case ShapeException e when SHARDINGS.contains(method.name()) && message.contains("axis") ->
          fail(Diagnostic.UNKNOWN_AXIS, at, message);
      case ShapeException e -> fail(Diagnostic.SHAPE, at, message);
      default ->
          fail(
              Diagnostic.CALL_FAILED,
              at,
              "%s.%s: %s".formatted(method.simpleOwner(), method.name(), message));
    };
  }

  Object create(Expr.New creation, Frame frame) {
    MethodRef constructor = creation.constructor();
    List<Object> arguments = arguments(creation.arguments(), frame);
    if (Natives.allows(constructor.owner())) {
      if (arguments.stream().anyMatch(Structure::hasUnknown)) {
        return Unknown.UNKNOWN;
      }
      session.at(creation.at());
      try {
        return natives.create(constructor, adapt(constructor, arguments));
      } catch (Natives.Failure e) {
        return failed(constructor, creation.at(), e.getCause());
      }
    }
    Optional<ClassDecl> type = sources.declaration(constructor.owner());
    if (type.isEmpty() || type.get().kind() != ClassDecl.Kind.RECORD) {
      return fail(
          Diagnostic.NEW_OBJECT,
          creation.at(),
          "new %s in a program; expected a record, a list or an array%s"
              .formatted(
                  constructor.simpleOwner(),
                  type.isPresent() && type.get().kind() == ClassDecl.Kind.MODULE
                      ? "; a module is made in a field's initial value"
                      : ""));
    }
    return newRecord(type.get(), constructor, arguments, creation.at());
  }

  private Object newRecord(
      ClassDecl type, MethodRef constructor, List<Object> arguments, Position at) {
    Optional<MethodDecl> written =
        sources.method(type.name(), "<init>", constructor.parameterTypes());
    Map<String, Object> components = new LinkedHashMap<>();
    RecordValue value = new RecordValue(type, components);
    if (written.isEmpty()) {
      for (int i = 0; i < arguments.size(); i++) {
        components.put(type.components().get(i), arguments.get(i));
      }
      return value;
    }
    return fail(
        Diagnostic.NEW_OBJECT,
        at,
        "the record %s writes a constructor of its own; expected the one that it has by itself; use a static method"
            .formatted(type.simpleName()));
  }
}
