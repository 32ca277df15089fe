package io.gshard.kernels;

import io.gshard.op.Combiner;
import io.gshard.op.IntegerMath;
import io.gshard.op.RealMath;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import java.util.Arrays;

/**
 * Reductions, running folds and scatters of the element types of {@link Wide}, one element after
 * the other. Arrays are row-major {@code [outer, reduced, inner]}. Folds of f16 are kept in f64 and
 * rounded when they are complete.
 */
public final class WideFold {
  private WideFold() {}

  /** Rounds n elements to their type, in place. */
  public static void round(DType type, double[] x, int xo, int n) {
    for (int i = xo; i < xo + n; i++) {
      x[i] = Literal.round(type, x[i]);
    }
  }

  private static long fold(Combiner c, DType type, long x, long y) {
    return Literal.wrap(type, IntegerMath.binary(c.kind(), type, x, y));
  }

  private static double fold(Combiner c, DType type, double x, double y) {
    return RealMath.binary(c.kind(), x, y);
  }

  /** {@code [outer, reduced, inner]} folded to {@code [outer, inner]}, from the identity. */
  public static void reduce(
      Combiner c,
      DType type,
      long[] x,
      int xo,
      int outer,
      int reduced,
      int inner,
      long[] out,
      int oo) {
    Arrays.fill(out, oo, oo + outer * inner, c.integerIdentity(type));
    for (int o = 0; o < outer; o++) {
      for (int r = 0; r < reduced; r++) {
        int from = xo + (o * reduced + r) * inner;
        combine(c, type, out, oo + o * inner, x, from, out, oo + o * inner, inner);
      }
    }
  }

  /** Folds n elements into a start value: a step of a fused reduction. */
  public static long block(Combiner c, DType type, long[] x, int xo, int n, long start) {
    long result = start;
    for (int i = 0; i < n; i++) {
      result = fold(c, type, result, x[xo + i]);
    }
    return result;
  }

  /**
   * The running fold along the middle dim of {@code [outer, n, inner]}; {@code exclusive} leaves
   * each element itself out, {@code reverse} runs from the end.
   */
  public static void cumulative(
      Combiner c,
      DType type,
      long[] x,
      int xo,
      int outer,
      int n,
      int inner,
      boolean exclusive,
      boolean reverse,
      long[] out,
      int oo) {
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        long running = c.integerIdentity(type);
        for (int step = 0; step < n; step++) {
          int at = (o * n + (reverse ? n - 1 - step : step)) * inner + i;
          long next = fold(c, type, running, x[xo + at]);
          out[oo + at] = exclusive ? running : next;
          running = next;
        }
      }
    }
  }

  /** Folds two ranges elementwise; floating results are not rounded. */
  public static void combine(
      Combiner c, DType type, long[] x, int xo, long[] y, int yo, long[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = fold(c, type, x[xo + i], y[yo + i]);
    }
  }

  /** x with the updates folded in, in their row-major order, where their whole window lies in x. */
  public static void scatter(
      ScatterPlan plan,
      DType type,
      long[] x,
      int xo,
      int[] indices,
      int io,
      long[] updates,
      int uo,
      long[] out,
      int oo) {
    Windows w = plan.windows;
    if (x != out || xo != oo) {
      System.arraycopy(x, xo, out, oo, w.operandElements);
    }
    w.forEach(
        indices, io, false, (to, from) -> update(plan, type, 0, updates, uo + from, out, oo + to));
  }

  private static void update(
      ScatterPlan plan, DType type, int dim, long[] updates, int from, long[] out, int to) {
    Windows w = plan.windows;
    if (dim == w.window.length) {
      long update = updates[from];
      out[to] = plan.combiner == null ? update : fold(plan.combiner, type, out[to], update);
      return;
    }
    for (int i = 0; i < w.window[dim]; i++) {
      update(
          plan,
          type,
          dim + 1,
          updates,
          from + i * w.windowDenseStrides[dim],
          out,
          to + i * w.windowOperandStrides[dim]);
    }
  }

  /** {@code [outer, reduced, inner]} folded to {@code [outer, inner]}, from the identity. */
  public static void reduce(
      Combiner c,
      DType type,
      double[] x,
      int xo,
      int outer,
      int reduced,
      int inner,
      double[] out,
      int oo) {
    Arrays.fill(out, oo, oo + outer * inner, c.identity(type));
    for (int o = 0; o < outer; o++) {
      for (int r = 0; r < reduced; r++) {
        int from = xo + (o * reduced + r) * inner;
        combine(c, type, out, oo + o * inner, x, from, out, oo + o * inner, inner);
      }
    }
    round(type, out, oo, outer * inner);
  }

  /** Folds n elements into a start value: a step of a fused reduction. */
  public static double block(Combiner c, DType type, double[] x, int xo, int n, double start) {
    double result = start;
    for (int i = 0; i < n; i++) {
      result = fold(c, type, result, x[xo + i]);
    }
    return result;
  }

  /**
   * The running fold along the middle dim of {@code [outer, n, inner]}; {@code exclusive} leaves
   * each element itself out, {@code reverse} runs from the end.
   */
  public static void cumulative(
      Combiner c,
      DType type,
      double[] x,
      int xo,
      int outer,
      int n,
      int inner,
      boolean exclusive,
      boolean reverse,
      double[] out,
      int oo) {
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        double running = c.identity(type);
        for (int step = 0; step < n; step++) {
          int at = (o * n + (reverse ? n - 1 - step : step)) * inner + i;
          double next = fold(c, type, running, x[xo + at]);
          out[oo + at] = exclusive ? running : next;
          running = next;
        }
      }
    }
    round(type, out, oo, outer * n * inner);
  }

  /** Folds two ranges elementwise; floating results are not rounded. */
  public static void combine(
      Combiner c, DType type, double[] x, int xo, double[] y, int yo, double[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = fold(c, type, x[xo + i], y[yo + i]);
    }
  }

  /** x with the updates folded in, in their row-major order, where their whole window lies in x. */
  public static void scatter(
      ScatterPlan plan,
      DType type,
      double[] x,
      int xo,
      int[] indices,
      int io,
      double[] updates,
      int uo,
      double[] out,
      int oo) {
    Windows w = plan.windows;
    if (x != out || xo != oo) {
      System.arraycopy(x, xo, out, oo, w.operandElements);
    }
    w.forEach(
        indices, io, false, (to, from) -> update(plan, type, 0, updates, uo + from, out, oo + to));
    round(type, out, oo, w.operandElements);
  }

  private static void update(
      ScatterPlan plan, DType type, int dim, double[] updates, int from, double[] out, int to) {
    Windows w = plan.windows;
    if (dim == w.window.length) {
      double update = updates[from];
      out[to] = plan.combiner == null ? update : fold(plan.combiner, type, out[to], update);
      return;
    }
    for (int i = 0; i < w.window[dim]; i++) {
      update(
          plan,
          type,
          dim + 1,
          updates,
          from + i * w.windowDenseStrides[dim],
          out,
          to + i * w.windowOperandStrides[dim]);
    }
  }
}
