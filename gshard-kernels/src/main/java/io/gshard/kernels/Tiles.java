package io.gshard.kernels;

/**
 * The innermost part of the matrix product, in its scalar form: a tile of c from packed rows of a
 * and rows of b. The subclasses hold the tile in vector registers.
 */
class Tiles {

  /** Rows of a whole tile. */
  int rows() {
    return 4;
  }

  /** Columns of a whole tile. */
  int columns() {
    return 8;
  }

  /** The tile that covers up to this many rows with the least waste. */
  int rowsFor(int left) {
    return Math.min(left, rows());
  }

  /** The tile that covers up to this many columns. */
  int columnsFor(int left) {
    return columns();
  }

  /**
   * c[i, j] = (add ? c[i, j] : 0) + sum over p of a[ao + p * rows + i] * b[bo + p * bRow + j] for a
   * whole tile of {@code rows} by {@code columns}.
   */
  void tile(
      int rows,
      int columns,
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bRow,
      float[] c,
      int co,
      int cRow,
      boolean add) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        float sum = 0;
        for (int p = 0; p < k; p++) {
          sum += a[ao + p * rows + i] * b[bo + p * bRow + j];
        }
        c[co + i * cRow + j] = add ? c[co + i * cRow + j] + sum : sum;
      }
    }
  }
}
