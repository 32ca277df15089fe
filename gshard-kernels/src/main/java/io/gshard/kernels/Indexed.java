package io.gshard.kernels;

import io.gshard.op.Combiner;

/**
 * Gather and scatter by HLO's rules, for all storage classes; windows that are dense rows of a
 * table go by block copies and block folds.
 */
public final class Indexed {
  private Indexed() {}

  /** Windows of x at the indices, clamped into x, to the dense result. */
  public static void gather(
      GatherPlan plan, float[] x, int xo, int[] indices, int io, float[] out, int oo) {
    gatherWindows(plan, x, xo, indices, io, out, oo);
  }

  /** Windows of x at the indices, clamped into x, to the dense result. */
  public static void gather(
      GatherPlan plan, int[] x, int xo, int[] indices, int io, int[] out, int oo) {
    gatherWindows(plan, x, xo, indices, io, out, oo);
  }

  /** Windows of x at the indices, clamped into x, to the dense result. */
  public static void gather(
      GatherPlan plan, short[] x, int xo, int[] indices, int io, short[] out, int oo) {
    gatherWindows(plan, x, xo, indices, io, out, oo);
  }

  /** Windows of x at the indices, clamped into x, to the dense result. */
  public static void gather(
      GatherPlan plan, byte[] x, int xo, int[] indices, int io, byte[] out, int oo) {
    gatherWindows(plan, x, xo, indices, io, out, oo);
  }

  /** Windows of x at the indices, clamped into x, to the dense result. */
  public static void gather(
      GatherPlan plan, long[] x, int xo, int[] indices, int io, long[] out, int oo) {
    gatherWindows(plan, x, xo, indices, io, out, oo);
  }

  /** Windows of x at the indices, clamped into x, to the dense result. */
  public static void gather(
      GatherPlan plan, double[] x, int xo, int[] indices, int io, double[] out, int oo) {
    gatherWindows(plan, x, xo, indices, io, out, oo);
  }

  /**
   * Elements start to start + n of the gather's row-major result, for plans whose windows are runs
   * of the table and of the result.
   */
  public static void rows(
      GatherPlan plan,
      float[] x,
      int xo,
      int[] indices,
      int io,
      int start,
      float[] out,
      int oo,
      int n) {
    copyRows(plan, x, xo, indices, io, start, n, out, oo);
  }

  /** As for f32. */
  public static void rows(
      GatherPlan plan,
      int[] x,
      int xo,
      int[] indices,
      int io,
      int start,
      int[] out,
      int oo,
      int n) {
    copyRows(plan, x, xo, indices, io, start, n, out, oo);
  }

  /** As for f32. */
  public static void rows(
      GatherPlan plan,
      short[] x,
      int xo,
      int[] indices,
      int io,
      int start,
      short[] out,
      int oo,
      int n) {
    copyRows(plan, x, xo, indices, io, start, n, out, oo);
  }

  /** As for f32. */
  public static void rows(
      GatherPlan plan,
      byte[] x,
      int xo,
      int[] indices,
      int io,
      int start,
      byte[] out,
      int oo,
      int n) {
    copyRows(plan, x, xo, indices, io, start, n, out, oo);
  }

  /** As for f32. */
  public static void rows(
      GatherPlan plan,
      long[] x,
      int xo,
      int[] indices,
      int io,
      int start,
      long[] out,
      int oo,
      int n) {
    copyRows(plan, x, xo, indices, io, start, n, out, oo);
  }

  /** As for f32. */
  public static void rows(
      GatherPlan plan,
      double[] x,
      int xo,
      int[] indices,
      int io,
      int start,
      double[] out,
      int oo,
      int n) {
    copyRows(plan, x, xo, indices, io, start, n, out, oo);
  }

  private static void copyRows(
      GatherPlan plan,
      Object x,
      int xo,
      int[] indices,
      int io,
      int start,
      int n,
      Object out,
      int oo) {
    plan.windows.forEachPiece(
        indices,
        io,
        start,
        n,
        (from, row, to, length) -> System.arraycopy(x, xo + from, out, oo + to, length));
  }

  /** As {@link #rows}, each row times its weight. */
  public static void weighedRows(
      GatherPlan plan,
      float[] x,
      int xo,
      int[] indices,
      int io,
      float[] weights,
      int wo,
      int start,
      float[] out,
      int oo,
      int n) {
    plan.windows.forEachPiece(
        indices,
        io,
        start,
        n,
        (from, row, to, length) ->
            Vec.multiply(x, xo + from, weights[wo + row], out, oo + to, length));
  }

  /** As {@link #weighedRows}, plus y. */
  public static void addWeighedRows(
      GatherPlan plan,
      float[] x,
      int xo,
      int[] indices,
      int io,
      float[] weights,
      int wo,
      float[] y,
      int yo,
      int start,
      float[] out,
      int oo,
      int n) {
    plan.windows.forEachPiece(
        indices,
        io,
        start,
        n,
        (from, row, to, length) ->
            Vec.multiplyAdd(x, xo + from, weights[wo + row], y, yo + to, out, oo + to, length));
  }

  /** For arrays of one storage class, whichever it is. */
  private static void gatherWindows(
      GatherPlan plan, Object x, int xo, int[] indices, int io, Object out, int oo) {
    Windows w = plan.windows;
    w.forEach(
        indices,
        io,
        true,
        (from, to) ->
            StridedCopy.copy(
                x,
                xo + from,
                w.window,
                w.windowOperandStrides,
                out,
                oo + to,
                w.windowDenseStrides));
  }

  /** x with the updates folded in, in their row-major order, where their whole window lies in x. */
  public static void scatter(
      ScatterPlan plan,
      float[] x,
      int xo,
      int[] indices,
      int io,
      float[] updates,
      int uo,
      float[] out,
      int oo) {
    Windows w = plan.windows;
    if (x != out || xo != oo) {
      System.arraycopy(x, xo, out, oo, w.operandElements);
    }
    Combiner c = plan.combiner;
    w.forEach(
        indices,
        io,
        false,
        (to, from) -> {
          if (c == null) {
            StridedCopy.copy(
                updates,
                uo + from,
                w.window,
                w.windowDenseStrides,
                out,
                oo + to,
                w.windowOperandStrides);
          } else {
            fold(c, w, 0, updates, uo + from, out, oo + to);
          }
        });
  }

  /** The updates folded into an array that is one number everywhere. */
  public static void scatter(
      ScatterPlan plan,
      float base,
      int[] indices,
      int io,
      float[] updates,
      int uo,
      float[] out,
      int oo) {
    if (plan.combiner == Combiner.ADD && plan.windows.aligned()) {
      RowSums.scatter(plan.windows, base, indices, io, updates, uo, out, oo);
    } else {
      Vec.fill(base, out, oo, plan.windows.operandElements);
      scatter(plan, out, oo, indices, io, updates, uo, out, oo);
    }
  }

  private static void fold(
      Combiner c, Windows w, int dim, float[] updates, int from, float[] out, int to) {
    int last = w.window.length - 1;
    if (dim > last) {
      out[to] = FoldLoops.fold(c, out[to], updates[from]);
    } else if (dim == last && w.windowDenseStrides[dim] == 1 && w.windowOperandStrides[dim] == 1) {
      Fold.combine(c, out, to, updates, from, out, to, w.window[dim]);
    } else {
      for (int i = 0; i < w.window[dim]; i++) {
        fold(
            c,
            w,
            dim + 1,
            updates,
            from + i * w.windowDenseStrides[dim],
            out,
            to + i * w.windowOperandStrides[dim]);
      }
    }
  }

  /** x with the updates folded in, in their row-major order, where their whole window lies in x. */
  public static void scatter(
      ScatterPlan plan,
      int[] x,
      int xo,
      int[] indices,
      int io,
      int[] updates,
      int uo,
      int[] out,
      int oo) {
    Windows w = plan.windows;
    if (x != out || xo != oo) {
      System.arraycopy(x, xo, out, oo, w.operandElements);
    }
    Combiner c = plan.combiner;
    w.forEach(
        indices,
        io,
        false,
        (to, from) -> {
          if (c == null) {
            StridedCopy.copy(
                updates,
                uo + from,
                w.window,
                w.windowDenseStrides,
                out,
                oo + to,
                w.windowOperandStrides);
          } else {
            fold(c, w, 0, updates, uo + from, out, oo + to);
          }
        });
  }

  private static void fold(
      Combiner c, Windows w, int dim, int[] updates, int from, int[] out, int to) {
    int last = w.window.length - 1;
    if (dim > last) {
      out[to] = FoldLoops.fold(c, out[to], updates[from]);
    } else if (dim == last && w.windowDenseStrides[dim] == 1 && w.windowOperandStrides[dim] == 1) {
      Fold.combine(c, false, out, to, updates, from, out, to, w.window[dim]);
    } else {
      for (int i = 0; i < w.window[dim]; i++) {
        fold(
            c,
            w,
            dim + 1,
            updates,
            from + i * w.windowDenseStrides[dim],
            out,
            to + i * w.windowOperandStrides[dim]);
      }
    }
  }

  /** x with the updates folded in, in their row-major order, where their whole window lies in x. */
  public static void scatterUnsigned(
      ScatterPlan plan,
      int[] x,
      int xo,
      int[] indices,
      int io,
      int[] updates,
      int uo,
      int[] out,
      int oo) {
    Windows w = plan.windows;
    if (x != out || xo != oo) {
      System.arraycopy(x, xo, out, oo, w.operandElements);
    }
    Combiner c = plan.combiner;
    w.forEach(
        indices,
        io,
        false,
        (to, from) -> {
          if (c == null) {
            StridedCopy.copy(
                updates,
                uo + from,
                w.window,
                w.windowDenseStrides,
                out,
                oo + to,
                w.windowOperandStrides);
          } else {
            foldUnsigned(c, w, 0, updates, uo + from, out, oo + to);
          }
        });
  }

  private static void foldUnsigned(
      Combiner c, Windows w, int dim, int[] updates, int from, int[] out, int to) {
    int last = w.window.length - 1;
    if (dim > last) {
      out[to] = FoldLoops.foldUnsigned(c, out[to], updates[from]);
    } else if (dim == last && w.windowDenseStrides[dim] == 1 && w.windowOperandStrides[dim] == 1) {
      Fold.combine(c, true, out, to, updates, from, out, to, w.window[dim]);
    } else {
      for (int i = 0; i < w.window[dim]; i++) {
        foldUnsigned(
            c,
            w,
            dim + 1,
            updates,
            from + i * w.windowDenseStrides[dim],
            out,
            to + i * w.windowOperandStrides[dim]);
      }
    }
  }

  /** x with the updates folded in, in their row-major order, where their whole window lies in x. */
  public static void scatter(
      ScatterPlan plan,
      byte[] x,
      int xo,
      int[] indices,
      int io,
      byte[] updates,
      int uo,
      byte[] out,
      int oo) {
    Windows w = plan.windows;
    if (x != out || xo != oo) {
      System.arraycopy(x, xo, out, oo, w.operandElements);
    }
    Combiner c = plan.combiner;
    w.forEach(
        indices,
        io,
        false,
        (to, from) -> {
          if (c == null) {
            StridedCopy.copy(
                updates,
                uo + from,
                w.window,
                w.windowDenseStrides,
                out,
                oo + to,
                w.windowOperandStrides);
          } else {
            fold(c, w, 0, updates, uo + from, out, oo + to);
          }
        });
  }

  private static void fold(
      Combiner c, Windows w, int dim, byte[] updates, int from, byte[] out, int to) {
    int last = w.window.length - 1;
    if (dim > last) {
      out[to] = FoldLoops.fold(c, out[to], updates[from]);
    } else if (dim == last && w.windowDenseStrides[dim] == 1 && w.windowOperandStrides[dim] == 1) {
      Fold.combine(c, out, to, updates, from, out, to, w.window[dim]);
    } else {
      for (int i = 0; i < w.window[dim]; i++) {
        fold(
            c,
            w,
            dim + 1,
            updates,
            from + i * w.windowDenseStrides[dim],
            out,
            to + i * w.windowOperandStrides[dim]);
      }
    }
  }

  /** bf16: a put, or a fold in f32 of each element, rounded at each step. */
  public static void scatter(
      ScatterPlan plan,
      short[] x,
      int xo,
      int[] indices,
      int io,
      short[] updates,
      int uo,
      short[] out,
      int oo) {
    Windows w = plan.windows;
    if (x != out || xo != oo) {
      System.arraycopy(x, xo, out, oo, w.operandElements);
    }
    Combiner c = plan.combiner;
    w.forEach(indices, io, false, (to, from) -> fold(c, w, 0, updates, uo + from, out, oo + to));
  }

  private static void fold(
      Combiner c, Windows w, int dim, short[] updates, int from, short[] out, int to) {
    if (dim == w.window.length) {
      out[to] =
          c == null
              ? updates[from]
              : Scalars.toBf16(
                  FoldLoops.fold(c, Scalars.fromBf16(out[to]), Scalars.fromBf16(updates[from])));
      return;
    }
    for (int i = 0; i < w.window[dim]; i++) {
      fold(
          c,
          w,
          dim + 1,
          updates,
          from + i * w.windowDenseStrides[dim],
          out,
          to + i * w.windowOperandStrides[dim]);
    }
  }
}
