package io.gshard.runtime;

import io.gshard.kernels.Move;

/** Strided copies between arrays of one storage class that is known only at run time. */
final class Copies {
  private Copies() {}

  static void copy(
      Object src, int so, int[] dims, int[] srcStrides, Object dst, int dO, int[] dstStrides) {
    switch (src) {
      case float[] x -> Move.copy(x, so, dims, srcStrides, (float[]) dst, dO, dstStrides);
      case int[] x -> Move.copy(x, so, dims, srcStrides, (int[]) dst, dO, dstStrides);
      case short[] x -> Move.copy(x, so, dims, srcStrides, (short[]) dst, dO, dstStrides);
      case byte[] x -> Move.copy(x, so, dims, srcStrides, (byte[]) dst, dO, dstStrides);
      case long[] x -> Move.copy(x, so, dims, srcStrides, (long[]) dst, dO, dstStrides);
      case double[] x -> Move.copy(x, so, dims, srcStrides, (double[]) dst, dO, dstStrides);
      default -> throw new IllegalArgumentException("no storage class: " + src.getClass());
    }
  }
}
