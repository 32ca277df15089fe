package io.gshard.collective;

import io.gshard.kernels.Move;
import java.lang.foreign.MemorySegment;

/** A strided part of an arena; its elements count row-major. */
public record Block(int offset, int[] dims, int[] strides) {

  /** Neighbouring elements. */
  static Block line(int offset, int count) {
    return new Block(offset, new int[] {count}, new int[] {1});
  }

  long elements() {
    long elements = 1;
    for (int dim : dims) {
      elements *= dim;
    }
    return elements;
  }

  /** The memory of an array of a storage class. */
  static MemorySegment segment(Object array) {
    return switch (array) {
      case float[] x -> MemorySegment.ofArray(x);
      case int[] x -> MemorySegment.ofArray(x);
      case short[] x -> MemorySegment.ofArray(x);
      case byte[] x -> MemorySegment.ofArray(x);
      case long[] x -> MemorySegment.ofArray(x);
      case double[] x -> MemorySegment.ofArray(x);
      default -> throw new IllegalArgumentException("no arena: " + array.getClass());
    };
  }

  /** Bytes of an element of an array. */
  static int width(Object array) {
    return switch (array) {
      case float[] x -> 4;
      case int[] x -> 4;
      case short[] x -> 2;
      case byte[] x -> 1;
      case long[] x -> 8;
      case double[] x -> 8;
      default -> throw new IllegalArgumentException("no arena: " + array.getClass());
    };
  }

  long bytes(Object array) {
    return elements() * width(array);
  }

  /** Copies the block to dense memory. */
  void pack(Object array, MemorySegment dense) {
    MemorySegment arena = segment(array);
    runs(width(array), (at, from, bytes) -> MemorySegment.copy(arena, from, dense, at, bytes));
  }

  /** Copies dense memory to the block. */
  void unpack(Object array, MemorySegment dense) {
    MemorySegment arena = segment(array);
    runs(width(array), (at, to, bytes) -> MemorySegment.copy(dense, at, arena, to, bytes));
  }

  /** Copies to a block of the same dims. */
  void copy(Object array, Object target, Block to) {
    switch (array) {
      case float[] x ->
          Move.copy(x, offset, dims, strides, (float[]) target, to.offset, to.strides);
      case int[] x -> Move.copy(x, offset, dims, strides, (int[]) target, to.offset, to.strides);
      case short[] x ->
          Move.copy(x, offset, dims, strides, (short[]) target, to.offset, to.strides);
      case byte[] x -> Move.copy(x, offset, dims, strides, (byte[]) target, to.offset, to.strides);
      case long[] x -> Move.copy(x, offset, dims, strides, (long[]) target, to.offset, to.strides);
      case double[] x ->
          Move.copy(x, offset, dims, strides, (double[]) target, to.offset, to.strides);
      default -> throw new IllegalArgumentException("no arena: " + array.getClass());
    }
  }

  private interface Run {
    void run(long dense, long strided, long bytes);
  }

  /** Visits the longest runs of neighbours, by their places in bytes. */
  private void runs(int width, Run body) {
    int inner = dims.length;
    long run = 1;
    while (inner > 0 && (dims[inner - 1] == 1 || strides[inner - 1] == run)) {
      run *= dims[--inner];
    }
    long rows = 1;
    for (int i = 0; i < inner; i++) {
      rows *= dims[i];
    }
    int[] index = new int[inner];
    long at = offset;
    for (long row = 0; row < rows; row++) {
      body.run(row * run * width, at * width, run * width);
      for (int i = inner - 1; i >= 0; i--) {
        at += strides[i];
        if (++index[i] < dims[i]) {
          break;
        }
        at -= (long) strides[i] * dims[i];
        index[i] = 0;
      }
    }
  }
}
