package io.gshard.eager;

import io.gshard.kernels.Move;
import io.gshard.kernels.Vec;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;

/** Ops that put elements elsewhere: each is a strided copy or a few. */
final class Movement {
  private Movement() {}

  static ArrayTensor iota(Op.Iota op) {
    Shape shape = op.shape();
    if (shape.type() == DType.BF16) {
      return Elementwise.convert(
          DType.BF16, iota(new Op.Iota(shape.withType(DType.F32), op.dimension())));
    }
    ArrayTensor out = ArrayTensor.allocate(shape);
    int[] dims = dims(shape);
    switch (out.data()) {
      case float[] o -> Move.iota(dims, op.dimension(), 0, out.size(), o, 0);
      case int[] o -> Move.iota(dims, op.dimension(), 0, out.size(), o, 0);
      default -> throw new IllegalArgumentException("iota of " + shape);
    }
    return out;
  }

  static ArrayTensor broadcast(Op.Broadcast op, ArrayTensor x, Shape shape) {
    if (x.shape().isScalar()) {
      return spread(x, shape);
    }
    int[] from = new int[shape.rank()];
    int[] strides = strides(x.shape());
    for (int i = 0; i < strides.length; i++) {
      from[op.dimensions().get(i)] = strides[i];
    }
    ArrayTensor out = ArrayTensor.allocate(shape);
    copy(x, 0, dims(shape), from, out, 0, strides(shape));
    return out;
  }

  /** A scalar in every place; a tensor of the shape is itself. */
  static ArrayTensor spread(ArrayTensor x, Shape shape) {
    if (x.shape().equals(shape)) {
      return x;
    }
    ArrayTensor out = ArrayTensor.allocate(shape);
    int n = out.size();
    switch (out.data()) {
      case float[] o -> Vec.fill(x.floats()[0], o, 0, n);
      case int[] o -> Vec.fill(x.ints()[0], o, 0, n);
      case short[] o -> Vec.fill(x.shorts()[0], o, 0, n);
      case byte[] o -> Vec.fill(x.bytes()[0], o, 0, n);
      default -> throw new IllegalArgumentException("broadcast of " + x.shape());
    }
    return out;
  }

  static ArrayTensor transpose(List<Integer> permutation, ArrayTensor x) {
    Shape shape = x.shape().withDims(permutation.stream().map(x.shape()::dim).toList());
    int[] strides = strides(x.shape());
    int[] from = permutation.stream().mapToInt(i -> strides[i]).toArray();
    ArrayTensor out = ArrayTensor.allocate(shape);
    copy(x, 0, dims(shape), from, out, 0, strides(shape));
    return out;
  }

  static ArrayTensor reverse(Op.Reverse op, ArrayTensor x) {
    int[] from = strides(x.shape());
    int start = 0;
    for (int dim : op.dimensions()) {
      start += from[dim] * (int) Math.max(0, x.shape().dim(dim) - 1);
      from[dim] = -from[dim];
    }
    ArrayTensor out = ArrayTensor.allocate(x.shape());
    copy(x, start, dims(x.shape()), from, out, 0, strides(x.shape()));
    return out;
  }

  static ArrayTensor slice(Op.Slice op, ArrayTensor x, Shape shape) {
    int[] from = strides(x.shape());
    int start = 0;
    for (int i = 0; i < from.length; i++) {
      start += from[i] * op.starts().get(i).intValue();
      from[i] *= op.strides().get(i).intValue();
    }
    ArrayTensor out = ArrayTensor.allocate(shape);
    copy(x, start, dims(shape), from, out, 0, strides(shape));
    return out;
  }

  static ArrayTensor pad(Op.Pad op, ArrayTensor x, ArrayTensor value, Shape shape) {
    ArrayTensor out = ArrayTensor.allocate(shape);
    ArrayTensor filled = spread(value, shape);
    System.arraycopy(filled.data(), 0, out.data(), 0, out.size());
    int[] dims = dims(x.shape());
    int[] from = strides(x.shape());
    int[] to = strides(shape);
    int source = 0;
    int target = 0;
    for (int i = 0; i < dims.length; i++) {
      long step = op.interior().get(i) + 1;
      long low = op.low().get(i);
      // Elements first..last of x land inside; negative padding leaves out the others.
      long first = low >= 0 ? 0 : Math.ceilDiv(-low, step);
      long last = Math.min(x.shape().dim(i) - 1, Math.floorDiv(shape.dim(i) - 1 - low, step));
      dims[i] = (int) Math.max(0, last - first + 1);
      source += (int) first * from[i];
      target += (int) (low + first * step) * to[i];
      to[i] *= (int) step;
    }
    if (size(dims) > 0) {
      copy(x, source, dims, from, out, target, to);
    }
    return out;
  }

  static ArrayTensor concatenate(Op.Concatenate op, List<ArrayTensor> parts, Shape shape) {
    ArrayTensor out = ArrayTensor.allocate(shape);
    int[] to = strides(shape);
    int start = 0;
    for (ArrayTensor part : parts) {
      copy(part, 0, dims(part.shape()), strides(part.shape()), out, start, to);
      start += to[op.dimension()] * (int) part.shape().dim(op.dimension());
    }
    return out;
  }

  static ArrayTensor dynamicSlice(Op.DynamicSlice op, List<ArrayTensor> operands, Shape shape) {
    ArrayTensor x = operands.getFirst();
    int start = start(x.shape(), op.sizes(), operands.subList(1, operands.size()));
    ArrayTensor out = ArrayTensor.allocate(shape);
    copy(x, start, dims(shape), strides(x.shape()), out, 0, strides(shape));
    return out;
  }

  static ArrayTensor dynamicUpdateSlice(List<ArrayTensor> operands) {
    ArrayTensor x = operands.get(0);
    ArrayTensor update = operands.get(1);
    int start = start(x.shape(), update.shape().dims(), operands.subList(2, operands.size()));
    ArrayTensor out = ArrayTensor.allocate(x.shape());
    System.arraycopy(x.data(), 0, out.data(), 0, x.size());
    copy(update, 0, dims(update.shape()), strides(update.shape()), out, start, strides(x.shape()));
    return out;
  }

  /** Where the window begins, moved so that it lies within x. */
  private static int start(Shape x, List<Long> sizes, List<ArrayTensor> indices) {
    int[] strides = strides(x);
    int start = 0;
    for (int i = 0; i < strides.length; i++) {
      ArrayTensor index = indices.get(i);
      long at = index.ints()[0];
      if (index.type() == DType.U32) {
        at &= 0xffffffffL;
      }
      start += strides[i] * (int) Math.clamp(at, 0, x.dim(i) - sizes.get(i));
    }
    return start;
  }

  static void copy(
      ArrayTensor from,
      int fromAt,
      int[] dims,
      int[] fromStrides,
      ArrayTensor to,
      int toAt,
      int[] toStrides) {
    if (size(dims) == 0) {
      return;
    }
    switch (to.data()) {
      case float[] o -> Move.copy(from.floats(), fromAt, dims, fromStrides, o, toAt, toStrides);
      case int[] o -> Move.copy(from.ints(), fromAt, dims, fromStrides, o, toAt, toStrides);
      case short[] o -> Move.copy(from.shorts(), fromAt, dims, fromStrides, o, toAt, toStrides);
      case byte[] o -> Move.copy(from.bytes(), fromAt, dims, fromStrides, o, toAt, toStrides);
      default -> throw new IllegalArgumentException("copy of " + from.shape());
    }
  }

  private static int size(int[] dims) {
    int size = 1;
    for (int dim : dims) {
      size *= dim;
    }
    return size;
  }

  static int[] dims(Shape shape) {
    return shape.dims().stream().mapToInt(Math::toIntExact).toArray();
  }

  static int[] strides(Shape shape) {
    long[] strides = shape.strides();
    int[] result = new int[strides.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.toIntExact(strides[i]);
    }
    return result;
  }
}
