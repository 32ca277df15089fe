package io.gshard.nmt.data;

/** The shape of batches: rows, and positions of a row on either side. */
public record BatchShape(int rows, int sourceLength, int targetLength) {
  public BatchShape {
    if (rows < 1 || sourceLength < 2 || targetLength < 2) {
      throw new IllegalArgumentException(
          "batch shape " + rows + " x (" + sourceLength + ", " + targetLength + ") is too small");
    }
  }
}
