package io.gshard.nmt.launch;

import io.gshard.nmt.data.BatchShape;
import io.gshard.nmt.vocab.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A batch of sources that are translated together, several in a row as in training: each has a slot
 * of its row on the target side, which is filled from the left, a token a turn. What is not filled
 * yet is padding, so that it takes no place with the experts.
 */
final class Slots {
  /** Positions for an output; the longest English line of the corpus has 16 tokens with its end. */
  private static final int SLOT = 16;

  private record Slot(int row, int segment, int start) {}

  private final BatchShape shape;
  private final int slotLength;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Integer> lengths = new ArrayList<>();
  private final List<Boolean> done = new ArrayList<>();
  private final int[] used;
  private final int[] slotsIn;
  private final int[] srcIds;
  private final int[] srcSegments;
  private final int[] srcPositions;
  private final int[] tgtIn;
  private final int[] tgtSegments;
  private final int[] tgtPositions;
  private final List<int[]> outputs = new ArrayList<>();
  private int turn = -1;

  Slots(BatchShape shape) {
    this.shape = shape;
    slotLength = Math.min(SLOT, shape.targetLength());
    used = new int[shape.rows()];
    slotsIn = new int[shape.rows()];
    srcIds = new int[shape.rows() * shape.sourceLength()];
    srcSegments = new int[srcIds.length];
    srcPositions = new int[srcIds.length];
    tgtIn = new int[shape.rows() * shape.targetLength()];
    tgtSegments = new int[tgtIn.length];
    tgtPositions = new int[tgtIn.length];
  }

  /** Takes a source into the first row with room. */
  boolean offer(int[] source) {
    for (int row = 0; row < shape.rows(); row++) {
      if (used[row] + source.length <= shape.sourceLength()
          && (slotsIn[row] + 1) * slotLength <= shape.targetLength()) {
        int start = row * shape.sourceLength() + used[row];
        int segment = slotsIn[row] + 1;
        for (int i = 0; i < source.length; i++) {
          srcIds[start + i] = source[i];
          srcSegments[start + i] = segment;
          srcPositions[start + i] = i;
        }
        slots.add(new Slot(row, segment, row * shape.targetLength() + slotsIn[row] * slotLength));
        lengths.add(0);
        done.add(false);
        outputs.add(new int[slotLength]);
        used[row] += source.length;
        slotsIn[row]++;
        return true;
      }
    }
    return false;
  }

  /** Opens the next position of all slots; false when all have ended or are full. */
  boolean advance() {
    turn++;
    if (turn == slotLength || !done.contains(false)) {
      return false;
    }
    for (int i = 0; i < slots.size(); i++) {
      if (!done.get(i)) {
        Slot slot = slots.get(i);
        int at = slot.start() + turn;
        tgtIn[at] = turn == 0 ? Vocabulary.BOS : outputs.get(i)[turn - 1];
        tgtSegments[at] = slot.segment();
        tgtPositions[at] = turn;
      }
    }
    return true;
  }

  /** Takes the tokens that follow each position. */
  void accept(int[] next) {
    for (int i = 0; i < slots.size(); i++) {
      if (!done.get(i)) {
        int token = next[slots.get(i).start() + turn];
        outputs.get(i)[turn] = token;
        lengths.set(i, turn + 1);
        done.set(i, token == Vocabulary.EOS);
      }
    }
  }

  /** The output of the i-th source. */
  int[] output(int i) {
    return Arrays.copyOf(outputs.get(i), lengths.get(i));
  }

  int[] srcIds() {
    return srcIds;
  }

  int[] srcSegments() {
    return srcSegments;
  }

  int[] srcPositions() {
    return srcPositions;
  }

  int[] tgtIn() {
    return tgtIn;
  }

  int[] tgtSegments() {
    return tgtSegments;
  }

  int[] tgtPositions() {
    return tgtPositions;
  }
}
