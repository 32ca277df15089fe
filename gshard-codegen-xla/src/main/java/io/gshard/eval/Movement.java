package io.gshard.eval;

import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/** Ops that put elements elsewhere and compute nothing. */
final class Movement {
  private Movement() {}

  static Literal iota(Op.Iota iota) {
    Cells result = new Cells(iota.shape());
    Indices.forEach(
        iota.shape().dims(),
        index -> {
          long at = Indices.position(iota.shape().dims(), index);
          if (result.isFloating() || result.isComplex()) {
            result.real(at, index[iota.dimension()]);
          } else {
            result.integer(at, index[iota.dimension()]);
          }
        });
    return result.literal();
  }

  /** Each element of the result is the element of x at the index that {@code from} gives. */
  private static Literal pull(Literal x, Shape shape, UnaryOperator<long[]> from) {
    Cells result = new Cells(shape);
    Indices.forEach(
        shape.dims(),
        index ->
            result.copy(
                Indices.position(shape.dims(), index),
                x,
                Indices.position(x.shape().dims(), from.apply(index))));
    return result.literal();
  }

  static Literal broadcast(Op.Broadcast op, Literal x, Shape shape) {
    return pull(
        x,
        shape,
        index -> {
          long[] from = new long[x.shape().rank()];
          for (int i = 0; i < from.length; i++) {
            from[i] = index[op.dimensions().get(i)];
          }
          return from;
        });
  }

  static Literal reshape(Literal x, Shape shape) {
    Cells result = new Cells(shape);
    for (long i = 0; i < result.size(); i++) {
      result.copy(i, x, i);
    }
    return result.literal();
  }

  static Literal transpose(Op.Transpose op, Literal x, Shape shape) {
    return pull(
        x,
        shape,
        index -> {
          long[] from = new long[index.length];
          for (int i = 0; i < index.length; i++) {
            from[op.permutation().get(i)] = index[i];
          }
          return from;
        });
  }

  static Literal reverse(Op.Reverse op, Literal x) {
    return pull(
        x,
        x.shape(),
        index -> {
          long[] from = index.clone();
          for (int dim : op.dimensions()) {
            from[dim] = x.shape().dim(dim) - 1 - index[dim];
          }
          return from;
        });
  }

  static Literal slice(Op.Slice op, Literal x, Shape shape) {
    return pull(
        x,
        shape,
        index -> {
          long[] from = new long[index.length];
          for (int i = 0; i < index.length; i++) {
            from[i] = op.starts().get(i) + index[i] * op.strides().get(i);
          }
          return from;
        });
  }

  static Literal pad(Op.Pad op, Literal x, Literal value, Shape shape) {
    Cells result = new Cells(shape);
    result.fill(value);
    Indices.forEach(
        x.shape().dims(),
        index -> {
          long[] to = new long[index.length];
          for (int i = 0; i < index.length; i++) {
            to[i] = op.low().get(i) + index[i] * (1 + op.interior().get(i));
          }
          // Negative padding crops.
          if (Indices.within(shape.dims(), to)) {
            result.copy(
                Indices.position(shape.dims(), to), x, Indices.position(x.shape().dims(), index));
          }
        });
    return result.literal();
  }

  static Literal concatenate(Op.Concatenate op, List<Literal> parts, Shape shape) {
    Cells result = new Cells(shape);
    long start = 0;
    for (Literal part : parts) {
      long[] starts = new long[shape.rank()];
      starts[op.dimension()] = start;
      put(result, shape, part, starts);
      start += part.shape().dim(op.dimension());
    }
    return result.literal();
  }

  static Literal dynamicSlice(Op.DynamicSlice op, Literal x, List<Literal> starts) {
    long[] start = clampStarts(x.shape(), op.sizes(), starts);
    return pull(
        x,
        x.shape().withDims(op.sizes()),
        index -> {
          long[] from = new long[index.length];
          for (int i = 0; i < index.length; i++) {
            from[i] = start[i] + index[i];
          }
          return from;
        });
  }

  static Literal dynamicUpdateSlice(Literal x, Literal update, List<Literal> starts) {
    Cells result = Cells.of(x);
    put(result, x.shape(), update, clampStarts(x.shape(), update.shape().dims(), starts));
    return result.literal();
  }

  /** Copies all of a part into a larger array, its first element to the start. */
  private static void put(Cells into, Shape shape, Literal part, long[] start) {
    Indices.forEach(
        part.shape().dims(),
        index -> {
          long[] to = new long[index.length];
          for (int i = 0; i < index.length; i++) {
            to[i] = start[i] + index[i];
          }
          into.copy(
              Indices.position(shape.dims(), to),
              part,
              Indices.position(part.shape().dims(), index));
        });
  }

  /** The starts moved, where needed, so that the window lies within the operand. */
  private static long[] clampStarts(Shape x, List<Long> sizes, List<Literal> starts) {
    long[] clamped = new long[x.rank()];
    for (int i = 0; i < clamped.length; i++) {
      clamped[i] = Indices.clamp(starts.get(i).integer(0), 0, x.dim(i) - sizes.get(i));
    }
    return clamped;
  }
}
