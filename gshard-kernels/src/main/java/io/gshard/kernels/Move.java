package io.gshard.kernels;

/**
 * Moves elements without computing: strided copies (transpose, slice, pad, concatenate, reverse,
 * broadcast), blocks of a strided view, and iota. Strides are in elements; 0 repeats, negative ones
 * run backwards.
 */
public final class Move {
  private Move() {}

  /**
   * Copies the elements of the index space {@code dims}, each read at {@code so + sum(index *
   * srcStride)} and written at {@code dO + sum(index * dstStride)}. Source and destination do not
   * overlap.
   */
  public static void copy(
      float[] src, int so, int[] dims, int[] srcStrides, float[] dst, int dO, int[] dstStrides) {
    StridedCopy.copy(src, so, dims, srcStrides, dst, dO, dstStrides);
  }

  public static void copy(
      int[] src, int so, int[] dims, int[] srcStrides, int[] dst, int dO, int[] dstStrides) {
    StridedCopy.copy(src, so, dims, srcStrides, dst, dO, dstStrides);
  }

  public static void copy(
      short[] src, int so, int[] dims, int[] srcStrides, short[] dst, int dO, int[] dstStrides) {
    StridedCopy.copy(src, so, dims, srcStrides, dst, dO, dstStrides);
  }

  public static void copy(
      byte[] src, int so, int[] dims, int[] srcStrides, byte[] dst, int dO, int[] dstStrides) {
    StridedCopy.copy(src, so, dims, srcStrides, dst, dO, dstStrides);
  }

  public static void copy(
      long[] src, int so, int[] dims, int[] srcStrides, long[] dst, int dO, int[] dstStrides) {
    StridedCopy.copy(src, so, dims, srcStrides, dst, dO, dstStrides);
  }

  public static void copy(
      double[] src, int so, int[] dims, int[] srcStrides, double[] dst, int dO, int[] dstStrides) {
    StridedCopy.copy(src, so, dims, srcStrides, dst, dO, dstStrides);
  }

  /**
   * Elements {@code start} to {@code start + n} of the row-major index space {@code dims}, each
   * read from {@code so + sum(index * stride)}, to {@code out[oo..oo+n)}. It is fastest where dims
   * that can be merged are.
   */
  public static void load(
      float[] src, int so, int[] dims, int[] strides, long start, int n, float[] out, int oo) {
    StridedLoad.load(src, so, dims, strides, start, n, out, oo);
  }

  public static void load(
      int[] src, int so, int[] dims, int[] strides, long start, int n, int[] out, int oo) {
    StridedLoad.load(src, so, dims, strides, start, n, out, oo);
  }

  public static void load(
      short[] src, int so, int[] dims, int[] strides, long start, int n, short[] out, int oo) {
    StridedLoad.load(src, so, dims, strides, start, n, out, oo);
  }

  public static void load(
      byte[] src, int so, int[] dims, int[] strides, long start, int n, byte[] out, int oo) {
    StridedLoad.load(src, so, dims, strides, start, n, out, oo);
  }

  public static void load(
      long[] src, int so, int[] dims, int[] strides, long start, int n, long[] out, int oo) {
    StridedLoad.load(src, so, dims, strides, start, n, out, oo);
  }

  public static void load(
      double[] src, int so, int[] dims, int[] strides, long start, int n, double[] out, int oo) {
    StridedLoad.load(src, so, dims, strides, start, n, out, oo);
  }

  /** Elements start to start + n of the row-major array of these dims that counts along one dim. */
  public static void iota(int[] dims, int dim, long start, int n, int[] out, int oo) {
    int inner = inner(dims, dim);
    long step = start % inner;
    int value = (int) (start / inner % dims[dim]);
    for (int i = 0; i < n; i++) {
      out[oo + i] = value;
      if (++step == inner) {
        step = 0;
        value = value + 1 == dims[dim] ? 0 : value + 1;
      }
    }
  }

  public static void iota(int[] dims, int dim, long start, int n, float[] out, int oo) {
    int inner = inner(dims, dim);
    long step = start % inner;
    int value = (int) (start / inner % dims[dim]);
    for (int i = 0; i < n; i++) {
      out[oo + i] = value;
      if (++step == inner) {
        step = 0;
        value = value + 1 == dims[dim] ? 0 : value + 1;
      }
    }
  }

  private static int inner(int[] dims, int dim) {
    int inner = 1;
    for (int i = dim + 1; i < dims.length; i++) {
      inner *= dims[i];
    }
    return inner;
  }
}
