package io.gshard.nn;

import static io.gshard.tensor.Ops.constant;
import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.maximum;
import static io.gshard.tensor.Ops.mean;
import static io.gshard.tensor.Ops.multiply;
import static io.gshard.tensor.Ops.power;
import static io.gshard.tensor.Ops.rsqrt;
import static io.gshard.tensor.Ops.sqrt;
import static io.gshard.tensor.Ops.square;

import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Shazeer and Stern's Adafactor (arXiv 1804.04235), as the paper trains with: no first moment; the
 * second moment, where two dims are large, kept as its means over either of them; updates clipped
 * by their root mean square and scaled by the parameter's.
 *
 * @param schedule the relative step size
 * @param factored a second moment is factored over two dims that are both at least this large
 * @param clip the root mean square that an update may have before scaling
 * @param byScale whether steps are relative to the parameter's root mean square (at least 1e-3)
 */
public record Adafactor(Schedule schedule, int factored, double clip, boolean byScale)
    implements Optimizer {
  private static final double DECAY = 0.8;
  private static final double TINY_SQUARE = 1e-30;
  private static final double LEAST_SCALE = 1e-3;

  /** The paper's settings: factored from 128, clipped at 1, relative steps. */
  public Adafactor(Schedule schedule) {
    this(schedule, 128, 1.0, true);
  }

  @Override
  public List<Slot> slots(Shape parameter) {
    int[] dims = factors(parameter);
    if (dims.length == 0) {
      return List.of(new Slot("v", IntStream.range(0, parameter.rank()).boxed().toList()));
    }
    return List.of(
        new Slot("vr", without(parameter.rank(), dims[1])),
        new Slot("vc", without(parameter.rank(), dims[0])));
  }

  @Override
  public Update update(Tensor parameter, Tensor gradient, List<Tensor> slots, Tensor step) {
    Tensor x = convert(parameter, DType.F32);
    Tensor g = convert(gradient, DType.F32);
    Tensor t = convert(step, DType.F32).plus(1);
    Tensor fresh = power(t, constant(DType.F32, -DECAY));
    Tensor squares = square(g).plus(TINY_SQUARE);
    int[] dims = factors(parameter.shape());
    List<Tensor> moments;
    Tensor direction;
    if (dims.length == 0) {
      Tensor v = blend(slots.getFirst(), squares, fresh);
      moments = List.of(v);
      direction = g.times(rsqrt(v));
    } else {
      int row = dims[0];
      int column = dims[1];
      Tensor vr = blend(slots.get(0), mean(squares, column), fresh);
      Tensor vc = blend(slots.get(1), mean(squares, row), fresh);
      moments = List.of(vr, vc);
      // v is about vr * vc / mean(vr). The column dim comes later, so the row dim keeps its place
      // in vr.
      Tensor relative = vr.over(Nn.along(mean(vr, row), vr.shape(), row));
      direction =
          g.times(Nn.along(rsqrt(relative), g.shape(), column))
              .times(Nn.along(rsqrt(vc), g.shape(), row));
    }
    Tensor shrink = maximum(constant(DType.F32, 1), rms(direction).over(clip));
    Tensor rate = schedule.rate(step).over(shrink);
    if (byScale) {
      rate = rate.times(maximum(rms(x), constant(DType.F32, LEAST_SCALE)));
    }
    return new Update(convert(x.minus(direction.times(rate)), parameter.type()), moments);
  }

  /**
   * The row and the column dim that the second moment is factored over, or none: the last two where
   * they are large enough, so that experts and stacked layers keep apart; else the two largest.
   */
  private int[] factors(Shape shape) {
    int rank = shape.rank();
    if (rank < 2) {
      return new int[0];
    }
    if (shape.dim(rank - 2) >= factored && shape.dim(rank - 1) >= factored) {
      return new int[] {rank - 2, rank - 1};
    }
    int[] largest =
        IntStream.range(0, rank)
            .boxed()
            .sorted((i, j) -> Long.compare(shape.dim(j), shape.dim(i)))
            .limit(2)
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray();
    return shape.dim(largest[0]) >= factored && shape.dim(largest[1]) >= factored
        ? largest
        : new int[0];
  }

  private static Tensor blend(Tensor old, Tensor now, Tensor fresh) {
    return multiply(old, fresh.negated().plus(1)).plus(multiply(now, fresh));
  }

  private static Tensor rms(Tensor x) {
    return sqrt(mean(square(x)));
  }

  private static List<Integer> without(int rank, int dim) {
    return IntStream.range(0, rank).filter(i -> i != dim).boxed().toList();
  }
}
