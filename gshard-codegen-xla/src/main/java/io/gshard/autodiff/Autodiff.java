package io.gshard.autodiff;

import io.gshard.hlo.Instruction;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Ops;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;

/** Reverse-mode differentiation of a traced graph. */
public final class Autodiff {
  private Autodiff() {}

  /**
   * The gradients of a scalar loss, in the same graph. Their instructions carry the source
   * positions of the instructions that they are derivatives of.
   *
   * @return a tensor of its shape for each of {@code wrt}; zeros where the loss does not depend on
   *     it
   * @throws ShapeException if the loss is no floating scalar, or one of {@code wrt} is not floating
   * @throws IllegalArgumentException if the loss depends on them through an op that has no gradient
   */
  public static List<Tensor> gradients(Tracer tracer, Tensor loss, List<Tensor> wrt) {
    if (!loss.shape().isScalar() || !loss.type().isFloating()) {
      throw new ShapeException(
          "gradients are of a floating scalar, found a loss of %s; take its sum or mean"
              .formatted(loss.shape()));
    }
    List<Instruction> targets = new ArrayList<>();
    for (Tensor tensor : wrt) {
      if (!tensor.type().isFloating()) {
        throw new ShapeException(
            "gradients are with respect to floating tensors, found " + tensor.shape());
      }
      targets.add(tracer.instruction(tensor));
    }
    return Engine.with(
        tracer,
        () -> {
          Instruction root = tracer.instruction(loss);
          List<Tensor> found =
              Sweep.run(tracer, List.of(root), List.of(Ops.ones(loss.shape())), targets);
          List<Tensor> result = new ArrayList<>();
          for (int i = 0; i < found.size(); i++) {
            result.add(found.get(i) == null ? Ops.zerosLike(wrt.get(i)) : found.get(i));
          }
          return result;
        });
  }
}
