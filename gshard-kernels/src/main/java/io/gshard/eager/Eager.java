package io.gshard.eager;

import io.gshard.nn.Optimizer;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A model that runs as ordinary Java, on one device: to step through it in a debugger, and to check
 * a compiled program against. It starts with the values that the compiled program starts with for
 * the same seed.
 *
 * <pre>{@code
 * try (Eager<Mlp> eager = Eager.of(Mlp.class, "Tiny", 42)) {
 *   Tensor loss = eager.model().trainStep(x, y, step);
 * }
 * }</pre>
 *
 * <ul>
 *   <li>It belongs to the thread that opened it, until it is closed there. Of several open ones the
 *       last is current: {@code size} and {@code minimize} speak to it.
 *   <li>While it is open, gradients are recorded; those of a step can be taken until the next one
 *       is over.
 * </ul>
 */
public final class Eager<M> implements AutoCloseable {
  private final M model;
  private final Running running;

  private Eager(M model, Running running) {
    this.model = model;
    this.running = running;
  }

  /**
   * Makes a model.
   *
   * @param config the name of one of its configs, or sizes: {@code "B=8 M=64"}
   * @throws IllegalArgumentException if there is no such config, or a field does not say what it
   *     needs to
   */
  public static <M> Eager<M> of(Class<M> model, String config, long seed) {
    Sizes sizes = Sizes.of(model, config);
    return Engine.with(
        new EagerEngine(),
        () -> {
          Tensor key = Ops.constant(Literal.ofIntegers(Shape.scalar(DType.S32), seed));
          ModelBuilder builder = new ModelBuilder(sizes, key);
          // Values made while another model is open are no part of its record.
          Tape tape = new Tape();
          Running running = new Running(tape, sizes, builder.parameters());
          Scope.open(running);
          try {
            return new Eager<>(tape.pausing(() -> builder.build(model)), running);
          } catch (RuntimeException e) {
            Scope.close(running);
            throw e;
          }
        });
  }

  /** Runs a computation without a model so that {@code Ops.gradients} can be taken in it. */
  public static <R> R recording(Supplier<R> body) {
    Scope scope = new Scope.Recording(new Tape());
    Scope.open(scope);
    try {
      return Engine.with(new EagerEngine(), body);
    } finally {
      Scope.close(scope);
    }
  }

  public M model() {
    return model;
  }

  /** The parameters' paths, in the order of the fields. */
  public List<String> parameters() {
    return List.copyOf(running.parameters().keySet());
  }

  /**
   * The value of a parameter, or of optimizer state ("encoder.wi#vr"), as compiled programs store
   * it: with the dims of the stacks that it is in, in front.
   *
   * @throws IllegalArgumentException if there is none of that path
   */
  public Tensor parameter(String path) {
    int mark = path.indexOf('#');
    Parameter parameter = running.find(mark < 0 ? path : path.substring(0, mark));
    Tensor found =
        Engine.with(
            new EagerEngine(),
            () -> mark < 0 ? parameter.whole() : parameter.slot(path.substring(mark + 1)));
    if (found == null) {
      throw new IllegalArgumentException("there is no optimizer state " + path + " (yet)");
    }
    return found;
  }

  /** Sets a parameter, in the form that {@link #parameter(String)} gives. */
  public void parameter(String path, Tensor value) {
    Engine.with(
        new EagerEngine(),
        () ->
            running
                .tape()
                .pausing(
                    () -> {
                      running.find(path).set(ArrayTensor.of(value));
                      return null;
                    }));
  }

  /** The model's objects can be used no longer where they ask for sizes or minimize. */
  @Override
  public void close() {
    Scope.close(running);
  }

  /** The open model. */
  private record Running(Tape tape, Sizes sizes, Map<String, Parameter> parameters)
      implements Scope {

    Parameter find(String path) {
      Parameter parameter = parameters.get(path);
      if (parameter == null) {
        throw new IllegalArgumentException(
            "there is no parameter " + path + "; there are " + parameters.keySet());
      }
      return parameter;
    }

    @Override
    public long size(String dim) {
      return sizes.of(dim);
    }

    @Override
    public DType activations() {
      return sizes.activations();
    }

    /** Moves each copy of each parameter that the loss depends on, as compiled programs do. */
    @Override
    public void minimize(Tensor loss, Optimizer optimizer, Tensor step) {
      tape.pausing(
          () -> {
            Set<Tensor> used = Collections.newSetFromMap(new IdentityHashMap<>());
            used.addAll(Gradients.ancestors(loss));
            List<Parameter.Copy> trained = new ArrayList<>();
            List<Tensor> values = new ArrayList<>();
            for (Parameter parameter : parameters.values()) {
              for (Parameter.Copy copy : parameter.copies()) {
                Tensor value = copy.value();
                if (value.type().isFloating() && used.contains(value)) {
                  trained.add(copy);
                  values.add(value);
                }
              }
            }
            List<Tensor> gradients = Gradients.of(loss, values);
            for (int i = 0; i < trained.size(); i++) {
              trained.get(i).move(optimizer, gradients.get(i), step);
            }
            return null;
          });
      tape.next();
    }
  }
}
