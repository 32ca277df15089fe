package io.gshard.nmt.data;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackerTest {
  private static final BatchShape SHAPE = new BatchShape(4, 24, 16);

  /** Pair i is recognised by its first id, 100 + i. */
  private static List<EncodedPair> pairs(int count) {
    SplittableRandom random = new SplittableRandom(3);
    List<EncodedPair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pairs.add(new EncodedPair(ids(i, random.nextInt(1, 20)), ids(i, random.nextInt(1, 9))));
    }
    return pairs;
  }

  private static int[] ids(int pair, int length) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> 100 + pair + 1000 * i);
    return ids;
  }

  @Test
  void aRowSpelledOut() {
    List<EncodedPair> two =
        List.of(
            new EncodedPair(new int[] {7, 8}, new int[] {9}),
            new EncodedPair(new int[] {7, 8}, new int[] {9}));
    Batch batch = new Packer(two, new BatchShape(1, 7, 5), 1).next();
    assertThat(batch.srcIds()).isEqualTo(new int[] {7, 8, 1, 7, 8, 1, 0});
    assertThat(batch.srcSegments()).isEqualTo(new int[] {1, 1, 1, 2, 2, 2, 0});
    assertThat(batch.srcPositions()).isEqualTo(new int[] {0, 1, 2, 0, 1, 2, 0});
    assertThat(batch.tgtIn()).isEqualTo(new int[] {2, 9, 2, 9, 0});
    assertThat(batch.tgtOut()).isEqualTo(new int[] {9, 1, 9, 1, 0});
    assertThat(batch.tgtSegments()).isEqualTo(new int[] {1, 1, 2, 2, 0});
    assertThat(batch.tgtPositions()).isEqualTo(new int[] {0, 1, 0, 1, 0});
    assertThat(batch.tokens()).isEqualTo(10);
    assertThat(batch.fill()).isWithin(1e-12).of(10.0 / 12);
  }

  @Test
  void everyPairComesOnceAnEpoch() {
    List<EncodedPair> pairs = pairs(400);
    Packer packer = new Packer(pairs, SHAPE, 5);
    int[] seen = new int[400];
    double fill = 0;
    int batches = 150;
    for (int i = 0; i < batches; i++) {
      Batch batch = packer.next();
      fill += batch.fill();
      for (int at = 0; at < batch.srcIds().length; at++) {
        if (batch.srcSegments()[at] > 0 && batch.srcPositions()[at] == 0) {
          seen[batch.srcIds()[at] - 100]++;
        }
      }
    }
    int least = Arrays.stream(seen).min().orElseThrow();
    int most = Arrays.stream(seen).max().orElseThrow();
    // Open rows may hold a pair back for a while.
    assertThat(most - least).isAtMost(2);
    assertThat(least).isAtLeast(2);
    assertThat(fill / batches).isAtLeast(0.7);
  }

  @Test
  void sourceAndTargetOfASegmentBelongTogether() {
    Packer packer = new Packer(pairs(100), SHAPE, 5);
    Batch batch = packer.next();
    for (int row = 0; row < 4; row++) {
      for (int at = 0; at < 24; at++) {
        int i = 24 * row + at;
        if (batch.srcSegments()[i] > 0 && batch.srcPositions()[i] == 0) {
          assertThat(firstOf(batch, row, batch.srcSegments()[i])).isEqualTo(batch.srcIds()[i]);
        }
      }
    }
  }

  private static int firstOf(Batch batch, int row, int segment) {
    for (int i = 16 * row; i < 16 * (row + 1); i++) {
      if (batch.tgtSegments()[i] == segment) {
        return batch.tgtOut()[i];
      }
    }
    throw new AssertionError("row " + row + " has no target segment " + segment);
  }

  @Test
  void sameSeedSameBatchesAndSkippingGoesOn() {
    Packer all = new Packer(pairs(100), SHAPE, 5);
    Packer resumed = new Packer(pairs(100), SHAPE, 5);
    resumed.skip(60);
    for (int i = 0; i < 60; i++) {
      all.next();
    }
    assertThat(resumed.position()).isEqualTo(60);
    assertThat(resumed.next().srcIds()).isEqualTo(all.next().srcIds());
    assertThat(new Packer(pairs(100), SHAPE, 6).next().srcIds())
        .isNotEqualTo(new Packer(pairs(100), SHAPE, 5).next().srcIds());
  }

  @Test
  void tooLongPairsAreCountedAndLeftOut() {
    List<EncodedPair> pairs = new ArrayList<>(pairs(10));
    pairs.add(new EncodedPair(new int[24], new int[1]));
    assertThat(new Packer(pairs, SHAPE, 1).tooLong()).isEqualTo(1);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new Packer(pairs.subList(10, 11), SHAPE, 1));
    assertThat(e).hasMessageThat().isEqualTo("none of 1 pairs fits a row of 24 and 16 positions");
  }
}
