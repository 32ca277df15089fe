package io.gshard.nn;

import static io.gshard.tensor.Ops.convert;

import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Steps against the gradient.
 *
 * @param momentum the share of the last move that is kept; 0 for none, and then there is no state
 */
public record Sgd(Schedule schedule, double momentum) implements Optimizer {

  /** Without momentum. */
  public Sgd(Schedule schedule) {
    this(schedule, 0);
  }

  @Override
  public List<Slot> slots(Shape parameter) {
    return momentum == 0
        ? List.of()
        : List.of(new Slot("m", IntStream.range(0, parameter.rank()).boxed().toList()));
  }

  @Override
  public Update update(Tensor parameter, Tensor gradient, List<Tensor> slots, Tensor step) {
    Tensor x = convert(parameter, DType.F32);
    Tensor g = convert(gradient, DType.F32);
    Tensor move = momentum == 0 ? g : slots.getFirst().times(momentum).plus(g);
    Tensor next = convert(x.minus(move.times(schedule.rate(step))), parameter.type());
    return new Update(next, momentum == 0 ? List.of() : List.of(move));
  }
}
