package io.gshard.kernels;

/**
 * Batched matrix products of f32 or bf16, {@code c[b] = a[b] * b[b]}, with any strides of the
 * operands (in elements), so that transposes cost nothing: packing reads through them. The result's
 * rows are dense.
 */
public final class Matmul {
  private Matmul() {}

  /**
   * {@code c[t, i, j] = sum over p of a[t, i, p] * b[t, p, j]} for t in batch, i in m, j in n, p in
   * k. The element a[t, i, p] is at {@code ao + t * aBatch + i * aRow + p * aCol}, the others
   * likewise. c overlaps no operand.
   */
  public static void multiply(
      float[] a,
      int ao,
      int aBatch,
      int aRow,
      int aCol,
      float[] b,
      int bo,
      int bBatch,
      int bRow,
      int bCol,
      float[] c,
      int co,
      int cBatch,
      int cRow,
      int batch,
      int m,
      int n,
      int k) {
    BlockedMatmul.run(
        a, ao, aBatch, aRow, aCol, b, bo, bBatch, bRow, bCol, c, co, cBatch, cRow, batch, m, n, k,
        false);
  }

  /** The same of bf16 operands: their products are exact, sums and c are f32. */
  public static void multiply(
      short[] a,
      int ao,
      int aBatch,
      int aRow,
      int aCol,
      short[] b,
      int bo,
      int bBatch,
      int bRow,
      int bCol,
      float[] c,
      int co,
      int cBatch,
      int cRow,
      int batch,
      int m,
      int n,
      int k) {
    BlockedMatmul.run(
        a, ao, aBatch, aRow, aCol, b, bo, bBatch, bRow, bCol, c, co, cBatch, cRow, batch, m, n, k,
        false);
  }

  /** As {@link #multiply}, added to what c holds. */
  public static void multiplyAdd(
      float[] a,
      int ao,
      int aBatch,
      int aRow,
      int aCol,
      float[] b,
      int bo,
      int bBatch,
      int bRow,
      int bCol,
      float[] c,
      int co,
      int cBatch,
      int cRow,
      int batch,
      int m,
      int n,
      int k) {
    BlockedMatmul.run(
        a, ao, aBatch, aRow, aCol, b, bo, bBatch, bRow, bCol, c, co, cBatch, cRow, batch, m, n, k,
        true);
  }
}
