package io.gshard.nn;

import static io.gshard.tensor.Ops.constant;
import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.maximum;
import static io.gshard.tensor.Ops.minimum;
import static io.gshard.tensor.Ops.rsqrt;

import io.gshard.tensor.DType;
import io.gshard.tensor.Tensor;

/** A learning rate that changes with the step. */
public sealed interface Schedule {

  /**
   * The rate.
   *
   * @param step s32[], the number of steps done before
   * @return f32[]
   */
  Tensor rate(Tensor step);

  /** The same rate always. */
  record Constant(double rate) implements Schedule {
    @Override
    public Tensor rate(Tensor step) {
      return constant(DType.F32, rate);
    }
  }

  /** A rate that the program itself computes: f32[]. */
  record Given(Tensor value) implements Schedule {
    @Override
    public Tensor rate(Tensor step) {
      return value;
    }
  }

  /** rate / sqrt(max(t, hold)), t from 1: the paper's, with rate 1 and hold 10,000. */
  record RsqrtDecay(double rate, long hold) implements Schedule {
    public RsqrtDecay {
      positive("hold", hold);
    }

    @Override
    public Tensor rate(Tensor step) {
      return rsqrt(maximum(count(step), constant(DType.F32, hold))).times(rate);
    }
  }

  /** Rises linearly to the peak at step {@code warmup}, then falls as peak * sqrt(warmup / t). */
  record WarmupRsqrt(double peak, long warmup) implements Schedule {
    public WarmupRsqrt {
      positive("warmup", warmup);
    }

    @Override
    public Tensor rate(Tensor step) {
      Tensor t = count(step);
      return minimum(t.over(warmup), rsqrt(t).times(Math.sqrt(warmup))).times(peak);
    }
  }

  /**
   * Rises linearly to the peak at step {@code warmup}, then falls linearly to 0 at step {@code
   * total}.
   */
  record WarmupLinear(double peak, long warmup, long total) implements Schedule {
    public WarmupLinear {
      positive("warmup", warmup);
      if (total <= warmup) {
        throw new IllegalArgumentException(
            "a schedule of %d steps with %d of warmup: total must be larger"
                .formatted(total, warmup));
      }
    }

    @Override
    public Tensor rate(Tensor step) {
      Tensor t = count(step);
      Tensor fall = t.negated().plus(total).over(total - warmup);
      Tensor shape = minimum(t.over(warmup), fall);
      return maximum(shape, constant(DType.F32, 0)).times(peak);
    }
  }

  private static Tensor count(Tensor step) {
    return convert(step, DType.F32).plus(1);
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": expected 1 or more steps");
    }
  }
}
