package io.gshard.tensor;

import io.gshard.mesh.Sharding;
import io.gshard.nn.Optimizer;
import io.gshard.op.Op;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What carries out ops: the compiler's tracer adds instructions to a graph, the eager engine
 * computes at once. {@link Ops} and the layers speak to the current engine alone.
 */
public interface Engine {

  /**
   * Applies an op.
   *
   * @throws ShapeException if the operands do not fit
   */
  Tensor apply(Op op, List<Tensor> operands);

  /** A tensor with a wish how it is split; the value is the same. Eagerly the tensor itself. */
  Tensor annotate(Tensor tensor, Sharding sharding);

  /**
   * A function of slices: applied to one after the other along dim 0 of the tensors, its results
   * stacked along a new dim 0. It may use other tensors as well. The compiler makes a loop of it
   * whose memory is that of one turn, since the gradient computes each turn again.
   *
   * @param stacks of the same size, at least 1, in dim 0
   * @throws ShapeException if they are not
   */
  Tensor map(List<Tensor> stacks, Function<List<Tensor>, Tensor> body);

  /**
   * The mesh axes that a collective runs along: those named, or all that are manual here; none on a
   * single device.
   *
   * @throws IllegalStateException if one is not manual here ({@link io.gshard.annotation.Manual})
   */
  List<String> manual(List<String> axes);

  /** How many devices there are along mesh axes: 1 along none. */
  long devices(List<String> axes);

  /** Which of them this device is, counted from 0, the first axis as the major one: s32[]. */
  Tensor device(List<String> axes);

  /**
   * The gradients of a scalar with respect to tensors that it was computed from (zero where not).
   */
  List<Tensor> gradients(Tensor loss, List<Tensor> wrt);

  /** Moves all trainable parameters of the running model against the gradient of the loss. */
  void minimize(Tensor loss, Optimizer optimizer, Tensor step);

  /** The turns of a {@link #map}. */
  static long turns(List<Tensor> stacks) {
    Set<Long> sizes = new HashSet<>();
    stacks.forEach(stack -> sizes.add(stack.rank() == 0 ? 0 : stack.dim(0)));
    if (sizes.size() != 1 || sizes.contains(0L)) {
      throw new ShapeException(
          "map takes tensors of one size, at least 1, in dim 0, found "
              + stacks.stream().map(Tensor::shape).toList());
    }
    return sizes.iterator().next();
  }

  /** The size of a named dim in the running model's config. */
  long size(String dim);

  /** The element type of activations in the running model's config. */
  DType activations();

  /** The engine of this thread: the one bound by {@link #with}, else the eager one. */
  static Engine current() {
    return Current.ENGINE.isBound() ? Current.ENGINE.get() : Current.eager();
  }

  /** Runs the body with another engine as the current one. */
  static <R> R with(Engine engine, Supplier<R> body) {
    return ScopedValue.where(Current.ENGINE, engine).call(body::get);
  }

  /** Where {@link #current} looks. */
  final class Current {
    private Current() {}

    private static final ScopedValue<Engine> ENGINE = ScopedValue.newInstance();

    private static final class Eager {
      private static final Engine ENGINE =
          ServiceLoader.load(Engine.class, Engine.class.getClassLoader())
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "no engine to run tensor operations: put gshard-kernels on the class path"));
    }

    private static Engine eager() {
      return Eager.ENGINE;
    }
  }
}
