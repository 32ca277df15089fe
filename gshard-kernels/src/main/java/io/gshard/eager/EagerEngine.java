package io.gshard.eager;

import io.gshard.mesh.Sharding;
import io.gshard.nn.Optimizer;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The engine that computes at once, on one device: what runs a model as ordinary Java. It is found
 * by ServiceLoader; users open a model with {@link Eager#of}.
 *
 * <p>Shardings are checked by the compiler, not here. Collectives are refused.
 */
public final class EagerEngine implements Engine {

  /** For ServiceLoader. */
  public EagerEngine() {}

  @Override
  public Tensor apply(Op op, List<Tensor> operands) {
    ArrayTensor result = EagerOps.apply(op, operands.stream().map(ArrayTensor::of).toList());
    Scope scope = Scope.current();
    if (scope != null) {
      scope.tape().record(result, op, operands);
    }
    return result;
  }

  /** There is one device, and no axis has more. */
  @Override
  public List<String> manual(List<String> axes) {
    return List.of();
  }

  @Override
  public long devices(List<String> axes) {
    return 1;
  }

  @Override
  public Tensor device(List<String> axes) {
    return Ops.constant(DType.S32, 0);
  }

  @Override
  public Tensor annotate(Tensor tensor, Sharding sharding) {
    return tensor;
  }

  @Override
  public Tensor map(List<Tensor> stacks, Function<List<Tensor>, Tensor> body) {
    Tensor[] results = new Tensor[Math.toIntExact(Engine.turns(stacks))];
    for (int i = 0; i < results.length; i++) {
      results[i] = Ops.expandDim(body.apply(turn(stacks, i)), 0);
    }
    return Ops.concat(0, results);
  }

  private static List<Tensor> turn(List<Tensor> stacks, int turn) {
    List<Tensor> slices = new ArrayList<>();
    for (Tensor stack : stacks) {
      long[] dims = stack.shape().dims().stream().skip(1).mapToLong(Long::longValue).toArray();
      slices.add(Ops.reshape(Ops.slice(stack, 0, turn, turn + 1), dims));
    }
    return slices;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if nothing was recorded: outside of a model and of {@link
   *     Eager#recording}
   */
  @Override
  public List<Tensor> gradients(Tensor loss, List<Tensor> wrt) {
    if (Scope.current() == null) {
      throw new IllegalStateException(
          "gradients outside of a model: nothing was recorded; use Eager.of, or Eager.recording around the computation");
    }
    return Gradients.of(loss, wrt);
  }

  @Override
  public void minimize(Tensor loss, Optimizer optimizer, Tensor step) {
    if (Scope.current() == null) {
      throw Scope.outside("minimize");
    }
    Scope.current().minimize(loss, optimizer, step);
  }

  @Override
  public long size(String dim) {
    if (Scope.current() == null) {
      throw Scope.outside("size(\"" + dim + "\")");
    }
    return Scope.current().size(dim);
  }

  @Override
  public DType activations() {
    if (Scope.current() == null) {
      throw Scope.outside("activations()");
    }
    return Scope.current().activations();
  }
}
