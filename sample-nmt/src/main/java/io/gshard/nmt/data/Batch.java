package io.gshard.nmt.data;

/**
 * Packed pairs of a fixed shape: arrays {@code [rows, sourceLength]} and {@code [rows,
 * targetLength]}, row-major. A row holds several pairs one after another; segments number them from
 * 1, 0 is padding, and positions start again with each segment.
 *
 * @param rows rows
 * @param sourceLength positions of a row on the source side
 * @param targetLength positions of a row on the target side
 * @param srcIds the source's ids, each segment ended by {@code EOS}
 * @param srcSegments the source's segments
 * @param srcPositions the source's positions
 * @param tgtIn the target's ids, shifted right behind {@code BOS}
 * @param tgtOut the target's ids, each segment ended by {@code EOS}: what is to be predicted
 * @param tgtSegments the target's segments
 * @param tgtPositions the target's positions
 * @param sourceTokens source positions that are not padding
 * @param targetTokens target positions that are not padding
 */
public record Batch(
    int rows,
    int sourceLength,
    int targetLength,
    int[] srcIds,
    int[] srcSegments,
    int[] srcPositions,
    int[] tgtIn,
    int[] tgtOut,
    int[] tgtSegments,
    int[] tgtPositions,
    int sourceTokens,
    int targetTokens) {

  /** Positions on both sides that are not padding. */
  public int tokens() {
    return sourceTokens + targetTokens;
  }

  /** The share of positions, on both sides, that are not padding. */
  public double fill() {
    return (double) tokens() / (srcIds.length + tgtIn.length);
  }
}
