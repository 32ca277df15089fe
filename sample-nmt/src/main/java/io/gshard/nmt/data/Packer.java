package io.gshard.nmt.data;

import io.gshard.nmt.vocab.Vocabulary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * An endless run of batches: the pairs shuffled anew for each epoch, packed first-fit into a few
 * open rows. The order depends on the seed and the epoch alone, so a run can go on where it
 * stopped.
 *
 * <p>Pairs longer than a row are left out; {@link #tooLong()} counts them.
 */
public final class Packer {

  /** Rows a pair is tried in before the fullest is closed. */
  private static final int OPEN_ROWS = 24;

  private static final long EPOCH_STRIDE = 0x9e3779b97f4a7c15L;

  private final List<EncodedPair> pairs;
  private final BatchShape shape;
  private final long seed;
  private final int tooLong;

  private final Queue<Row> closed = new ArrayDeque<>();
  private final List<Row> open = new ArrayList<>();
  private int[] order = {};
  private int next;
  private long epoch = -1;
  private long given;

  /**
   * Packs pairs into batches of a shape.
   *
   * @throws IllegalArgumentException if no pair fits a row
   */
  public Packer(List<EncodedPair> pairs, BatchShape shape, long seed) {
    this.pairs = pairs.stream().filter(pair -> new Row(shape).offer(pair)).toList();
    this.shape = shape;
    this.seed = seed;
    tooLong = pairs.size() - this.pairs.size();
    if (this.pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "none of "
              + pairs.size()
              + " pairs fits a row of "
              + shape.sourceLength()
              + " and "
              + shape.targetLength()
              + " positions");
    }
  }

  /** How many pairs are longer than a row. */
  public int tooLong() {
    return tooLong;
  }

  /** How many batches were given or skipped. */
  public long position() {
    return given;
  }

  /** Goes on behind the first so many batches. */
  public void skip(long batches) {
    for (long i = 0; i < batches; i++) {
      rows();
    }
  }

  /** The next batch. */
  public Batch next() {
    List<Row> rows = rows();
    int[] srcIds = new int[shape.rows() * shape.sourceLength()];
    int[] srcSegments = new int[srcIds.length];
    int[] srcPositions = new int[srcIds.length];
    int[] tgtIn = new int[shape.rows() * shape.targetLength()];
    int[] tgtOut = new int[tgtIn.length];
    int[] tgtSegments = new int[tgtIn.length];
    int[] tgtPositions = new int[tgtIn.length];
    int sourceTokens = 0;
    int targetTokens = 0;
    for (int r = 0; r < rows.size(); r++) {
      int source = r * shape.sourceLength();
      int target = r * shape.targetLength();
      int segment = 0;
      for (EncodedPair pair : rows.get(r).pairs()) {
        segment++;
        int n = pair.source().length;
        for (int i = 0; i <= n; i++) {
          srcIds[source] = i < n ? pair.source()[i] : Vocabulary.EOS;
          srcSegments[source] = segment;
          srcPositions[source] = i;
          source++;
        }
        int m = pair.target().length;
        for (int i = 0; i <= m; i++) {
          tgtIn[target] = i == 0 ? Vocabulary.BOS : pair.target()[i - 1];
          tgtOut[target] = i < m ? pair.target()[i] : Vocabulary.EOS;
          tgtSegments[target] = segment;
          tgtPositions[target] = i;
          target++;
        }
        sourceTokens += n + 1;
        targetTokens += m + 1;
      }
    }
    return new Batch(
        shape.rows(),
        shape.sourceLength(),
        shape.targetLength(),
        srcIds,
        srcSegments,
        srcPositions,
        tgtIn,
        tgtOut,
        tgtSegments,
        tgtPositions,
        sourceTokens,
        targetTokens);
  }

  private List<Row> rows() {
    given++;
    while (closed.size() < shape.rows()) {
      pack(pairs.get(nextIndex()));
    }
    List<Row> rows = new ArrayList<>(shape.rows());
    for (int i = 0; i < shape.rows(); i++) {
      rows.add(closed.remove());
    }
    return rows;
  }

  private void pack(EncodedPair pair) {
    for (Row row : open) {
      if (row.offer(pair)) {
        return;
      }
    }
    if (open.size() == OPEN_ROWS) {
      closed.add(open.remove(fullest()));
    }
    Row row = new Row(shape);
    row.offer(pair);
    open.add(row);
  }

  private int fullest() {
    int fullest = 0;
    for (int i = 1; i < open.size(); i++) {
      if (open.get(i).free() < open.get(fullest).free()) {
        fullest = i;
      }
    }
    return fullest;
  }

  private int nextIndex() {
    if (next == order.length) {
      epoch++;
      order = shuffled(new SplittableRandom(seed + epoch * EPOCH_STRIDE));
      next = 0;
    }
    return order[next++];
  }

  private int[] shuffled(SplittableRandom random) {
    int[] shuffled = new int[pairs.size()];
    for (int i = 0; i < shuffled.length; i++) {
      int j = random.nextInt(i + 1);
      shuffled[i] = shuffled[j];
      shuffled[j] = i;
    }
    return shuffled;
  }
}
