package io.gshard.nmt.data;

import java.util.ArrayList;
import java.util.List;

/** The pairs that share a row, and the positions they leave free. */
final class Row {
  private final List<EncodedPair> pairs = new ArrayList<>();
  private int sourceFree;
  private int targetFree;

  Row(BatchShape shape) {
    sourceFree = shape.sourceLength();
    targetFree = shape.targetLength();
  }

  /** Takes a pair if there is room on both sides, an end after each. */
  boolean offer(EncodedPair pair) {
    int source = pair.source().length + 1;
    int target = pair.target().length + 1;
    if (source > sourceFree || target > targetFree) {
      return false;
    }
    sourceFree -= source;
    targetFree -= target;
    pairs.add(pair);
    return true;
  }

  List<EncodedPair> pairs() {
    return pairs;
  }

  /** Positions left on the fuller side. */
  int free() {
    return Math.min(sourceFree, targetFree);
  }
}
