package io.gshard.autodiff;

import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.List;

/** Reverse-mode differentiation of a traced graph. */
public final class Autodiff {
  private Autodiff() {}

  /** The gradients of a scalar loss, in the same graph. */
  public static List<Tensor> gradients(Tracer tracer, Tensor loss, List<Tensor> wrt) {
    throw new IllegalStateException("being written");
  }
}
