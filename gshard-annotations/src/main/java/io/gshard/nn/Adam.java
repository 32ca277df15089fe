package io.gshard.nn;

import static io.gshard.tensor.Ops.constant;
import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.power;
import static io.gshard.tensor.Ops.sqrt;
import static io.gshard.tensor.Ops.square;

import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Kingma and Ba's Adam, with decoupled weight decay.
 *
 * @param decay of the parameter itself, relative to the rate; 0 for none
 */
public record Adam(Schedule schedule, double beta1, double beta2, double epsilon, double decay)
    implements Optimizer {

  /** The customary settings: 0.9, 0.999, 1e-8, no decay. */
  public Adam(Schedule schedule) {
    this(schedule, 0.9, 0.999, 1e-8, 0);
  }

  @Override
  public List<Slot> slots(Shape parameter) {
    List<Integer> dims = IntStream.range(0, parameter.rank()).boxed().toList();
    return List.of(new Slot("m", dims), new Slot("v", dims));
  }

  @Override
  public Update update(Tensor parameter, Tensor gradient, List<Tensor> slots, Tensor step) {
    Tensor x = convert(parameter, DType.F32);
    Tensor g = convert(gradient, DType.F32);
    Tensor m = slots.get(0).times(beta1).plus(g.times(1 - beta1));
    Tensor v = slots.get(1).times(beta2).plus(square(g).times(1 - beta2));
    Tensor rate = schedule.rate(step);
    Tensor corrected = sqrt(v.over(correction(beta2, step))).plus(epsilon);
    Tensor move = m.over(correction(beta1, step)).over(corrected);
    if (decay != 0) {
      move = move.plus(x.times(decay));
    }
    return new Update(convert(x.minus(move.times(rate)), parameter.type()), List.of(m, v));
  }

  /** 1 - beta^t: what a moment that started at 0 is short of. */
  private static Tensor correction(double beta, Tensor step) {
    Tensor t = convert(step, DType.F32).plus(1);
    return power(constant(DType.F32, beta), t).negated().plus(1);
  }
}
