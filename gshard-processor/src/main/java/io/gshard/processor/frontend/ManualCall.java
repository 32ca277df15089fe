package io.gshard.processor.frontend;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.processor.ast.Marks;
import io.gshard.processor.ast.MethodDecl;
import io.gshard.processor.ast.Position;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.check.Suggestion;
import io.gshard.processor.frontend.Values.Unknown;
import io.gshard.sharding.ManualRegions;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A call of a {@code @Manual} method: the arguments are cut into the devices' parts, the body works
 * on these, and its result is put together.
 */
record ManualCall(Session session, Reporter reporter, MethodDecl method, List<String> axes) {

  /** Of a method that is manual along some axis of the mesh. */
  static Optional<ManualCall> of(Session session, Reporter reporter, MethodDecl method) {
    if (method.manual().isEmpty()) {
      return Optional.empty();
    }
    MethodDecl.Manual manual = method.manual().get();
    MeshShape mesh = session.config().mesh();
    List<String> all = mesh.axes().stream().map(MeshAxis::name).toList();
    List<String> axes = manual.axes().isEmpty() ? all : manual.axes();
    for (String axis : axes) {
      if (!all.isEmpty() && !all.contains(axis)) {
        reporter.error(
            Diagnostic.UNKNOWN_AXIS,
            manual.at(),
            "the mesh '%s' has no axis '%s'%s; expected one of %s"
                .formatted(mesh, axis, Suggestion.hint(axis, all), all));
        return Optional.empty();
      }
      if (session.tracer().manual().contains(axis)) {
        reporter.error(
            Diagnostic.MANUAL,
            manual.at(),
            "mesh axis '%s' is manual already where '%s' is called; expected a plain method there"
                .formatted(axis, method.ref().name()));
        return Optional.empty();
      }
    }
    return all.isEmpty() || new HashSet<>(axes).size() < axes.size()
        ? Optional.empty()
        : Optional.of(new ManualCall(session, reporter, method, axes));
  }

  /**
   * The whole of what the body gives.
   *
   * @param arguments whole, checked and annotated as the parameters say
   */
  Object run(List<Object> arguments, Function<List<Object>, Object> body) {
    List<Object> parts = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      MethodDecl.Parameter parameter = method.parameters().get(i);
      parts.add(argument(parameter, arguments.get(i)));
    }
    return session.tracer().inManual(axes, () -> result(body.apply(parts)));
  }

  private Object argument(MethodDecl.Parameter parameter, Object value) {
    return switch (value) {
      case Tensor tensor -> {
        session.at(parameter.at());
        yield cut(parameter.marks(), tensor.rank())
            .<Object>map(
                cut ->
                    session.enter(tensor, cut, axes, "'" + parameter.name() + "'", parameter.at()))
            .orElse(Unknown.UNKNOWN);
      }
      case null -> null;
      default -> {
        if (hasTensors(value)) {
          mistake(
              parameter.at(),
              "the argument '%s' of the manual method '%s' holds tensors in a %s; expected each as an argument of its own"
                  .formatted(
                      parameter.name(), method.ref().name(), value.getClass().getSimpleName()));
        }
        yield value;
      }
    };
  }

  private Object result(Object value) {
    if (Values.isUnknown(value)) {
      return value;
    }
    if (!(value instanceof Tensor tensor)) {
      return mistake(
          method.at(),
          "the manual method '%s' gives back no tensor; expected one, put together as the method's @Split or @Shard says"
              .formatted(method.ref().name()));
    }
    session.at(method.at());
    return cut(method.result(), tensor.rank())
        .map(cut -> (Object) session.tracer().leave(tensor, cut, axes))
        .orElse(Unknown.UNKNOWN);
  }

  /** What marks say of the manual axes; empty after a mistake. */
  private Optional<Sharding> cut(Marks marks, int rank) {
    if (marks.split().isEmpty()) {
      return Optional.of(Sharding.replicated(rank));
    }
    Marks.Split split = marks.split().get();
    try {
      Sharding whole = Shardings.resolve(split, rank, session.config().mesh());
      return Optional.of(ManualRegions.cut(whole, new HashSet<>(axes)));
    } catch (Shardings.Mistake e) {
      reporter.error(e.diagnostic(), split.at(), e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean hasTensors(Object value) {
    try {
      return !Structure.flatten(value).isEmpty();
    } catch (Structure.NotTensors e) {
      return false;
    }
  }

  private Object mistake(Position at, String message) {
    reporter.error(Diagnostic.MANUAL, at, message);
    return Unknown.UNKNOWN;
  }
}
