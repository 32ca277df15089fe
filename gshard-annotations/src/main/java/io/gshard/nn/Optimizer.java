package io.gshard.nn;

import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.List;

/** A rule that moves one parameter by its gradient, with state that is kept from step to step. */
public interface Optimizer {

  /**
   * State that is kept for a parameter: a tensor of f32, initially zero, that has the parameter's
   * dims {@code dims} and is split as they are.
   */
  record Slot(String name, List<Integer> dims) {
    public Slot {
      dims = List.copyOf(dims);
    }
  }

  /** The slots for a parameter of this shape. */
  List<Slot> slots(Shape parameter);

  /** A parameter's and its slots' new values. */
  record Update(Tensor parameter, List<Tensor> slots) {
    public Update {
      slots = List.copyOf(slots);
    }
  }

  /**
   * One step.
   *
   * @param slots in the order of {@link #slots}
   * @param step s32[], the number of steps done before
   */
  Update update(Tensor parameter, Tensor gradient, List<Tensor> slots, Tensor step);
}
