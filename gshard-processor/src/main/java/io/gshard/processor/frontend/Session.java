package io.gshard.processor.frontend;

import io.gshard.mesh.Sharding;
import io.gshard.nn.Optimizer;
import io.gshard.processor.ast.Position;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.frontend.ModelVariables.Declared;
import io.gshard.sharding.ManualRegions;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One program being traced for one config: the graph that is being built and the variables' current
 * values. In the body of a loop over a stack, the graph is the body's and the stack's parameters
 * are one layer's.
 */
final class Session implements Tracer.Model {
  /** A variable's value, and whether the program has given it a new one. */
  private record Current(Tensor value, boolean updated) {}

  private final Reporter reporter;
  private final ModelConfig config;
  private final Map<String, Current> variables = new LinkedHashMap<>();
  private final Map<String, Tensor> originals = new HashMap<>();
  private final Deque<Tracer> tracers = new ArrayDeque<>();
  private final Deque<Map<String, Tensor>> layers = new ArrayDeque<>();
  private final Set<String> stacked = new LinkedHashSet<>();
  private final Minimizer minimizer;
  private final ModelVariables model;
  private Position at;

  Session(Reporter reporter, ModelConfig config, String program, ModelVariables model) {
    this.reporter = reporter;
    this.config = config;
    this.model = model;
    tracers.push(new Tracer(program, config.mesh(), this));
    minimizer = new Minimizer(this, model);
    model.parameters().values().forEach(p -> variable(p.path(), p.shape()));
    model.parameters().values().stream()
        .filter(p -> !p.stacks().isEmpty())
        .forEach(p -> stacked.add(p.path()));
  }

  ModelConfig config() {
    return config;
  }

  /** The graph that ops are added to now. */
  Tracer tracer() {
    return tracers.peek();
  }

  boolean inLoop() {
    return tracers.size() > 1;
  }

  Minimizer minimizer() {
    return minimizer;
  }

  /** What is added from now on comes from there. */
  void at(Position position) {
    at = position;
    tracer().builder().at(position.source());
  }

  Position at() {
    return at;
  }

  /** Makes a variable of the program. */
  Tensor variable(String path, Shape shape) {
    Tensor tensor = tracer().parameter(path, shape);
    originals.put(path, tensor);
    variables.put(path, new Current(tensor, false));
    return tensor;
  }

  /** A variable's value when the program begins. */
  Tensor original(String path) {
    return originals.get(path);
  }

  /** The variables that the program gives new values. */
  Map<String, Tensor> updated() {
    Map<String, Tensor> result = new LinkedHashMap<>();
    variables.forEach(
        (path, current) -> {
          if (current.updated()) {
            result.put(path, current.value());
          }
        });
    return result;
  }

  /**
   * The value of a parameter: in the body of a loop over its stack, one layer's; else the whole.
   */
  Tensor read(String path) {
    for (Map<String, Tensor> layer : layers) {
      Tensor slice = layer.get(path);
      if (slice != null) {
        return slice;
      }
    }
    return variables.get(path).value();
  }

  /**
   * A parameter as the program's text means it: in a manual method, the device's part of it.
   *
   * @param at where it is read
   */
  Tensor use(String path, Position at) {
    Tensor value = read(path);
    List<String> manual = tracer().manual();
    if (manual.isEmpty()) {
      return value;
    }
    Declared declared = model.parameters().get(path);
    List<List<String>> dims = declared.sharding().dims();
    Sharding own = new Sharding(dims.subList(dims.size() - value.rank(), dims.size()));
    return enter(
        value, ManualRegions.cut(own, new HashSet<>(manual)), manual, "'" + path + "'", at);
  }

  /** A device's part; the whole, after an error, where that cannot be cut into equal ones. */
  Tensor enter(Tensor whole, Sharding cut, List<String> axes, String what, Position at) {
    for (int dim = 0; dim < cut.rank(); dim++) {
      int parts = cut.parts(config.mesh(), dim);
      if (whole.dim(dim) % parts != 0) {
        reporter.error(
            Diagnostic.MANUAL,
            at,
            "%s is %s, and dim %d is cut into %d parts over mesh axes %s for a manual method; expected a multiple of %d"
                .formatted(what, whole.shape(), dim, parts, cut.axes(dim), parts));
        return whole;
      }
    }
    return tracer().enter(whole, cut, axes);
  }

  /** Whether a parameter can be read here: one of a stack only in a loop over it. */
  boolean isReadable(String path) {
    return !stacked.contains(path) || layers.stream().anyMatch(l -> l.containsKey(path));
  }

  /** Gives a variable a new value, which the program stores. */
  void write(String path, Tensor value) {
    variables.put(path, new Current(value, true));
  }

  /** Runs the body with ops added to a loop's graph, where these are its layer's parameters. */
  <R> R inLoop(Tracer loop, Map<String, Tensor> layer, Supplier<R> body) {
    tracers.push(loop);
    layers.push(layer);
    try {
      return Engine.with(loop, body);
    } finally {
      layers.pop();
      tracers.pop();
    }
  }

  @Override
  public long size(String dim) {
    return config.size(dim);
  }

  @Override
  public DType activations() {
    return config.activations();
  }

  @Override
  public void minimize(Tensor loss, Optimizer optimizer, Tensor step) {
    if (!tracer().manual().isEmpty()) {
      reporter.error(
          Diagnostic.MANUAL,
          at,
          "minimize in a manual method, which has parts of the parameters; call it in the program");
      return;
    }
    if (inLoop()) {
      reporter.error(
          Diagnostic.STACK_LOOP,
          at,
          "minimize in a loop over a stack, which runs once for all layers; call it after the loop");
      return;
    }
    minimizer.minimize(loss, optimizer, step);
  }
}
