package io.gshard.processor.frontend;

import io.gshard.nn.Optimizer;
import io.gshard.processor.ast.Position;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
  private Position at;

  Session(Reporter reporter, ModelConfig config, String program, ModelVariables model) {
    this.reporter = reporter;
    this.config = config;
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
