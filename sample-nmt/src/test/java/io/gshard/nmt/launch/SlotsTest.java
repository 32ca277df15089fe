package io.gshard.nmt.launch;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.nmt.data.BatchShape;
import org.junit.jupiter.api.Test;

class SlotsTest {
  @Test
  void fillsTokenByToken() {
    Slots slots = new Slots(new BatchShape(1, 8, 32));
    assertThat(slots.offer(new int[] {7, 1})).isTrue();
    assertThat(slots.offer(new int[] {8, 9, 1})).isTrue();
    // Two slots of 16 fill the target side.
    assertThat(slots.offer(new int[] {1})).isFalse();
    assertThat(slots.srcIds()).isEqualTo(new int[] {7, 1, 8, 9, 1, 0, 0, 0});
    assertThat(slots.srcSegments()).isEqualTo(new int[] {1, 1, 2, 2, 2, 0, 0, 0});
    assertThat(slots.srcPositions()).isEqualTo(new int[] {0, 1, 0, 1, 2, 0, 0, 0});

    assertThat(slots.advance()).isTrue();
    assertThat(slots.tgtIn()[0]).isEqualTo(2);
    assertThat(slots.tgtIn()[16]).isEqualTo(2);
    assertThat(slots.tgtSegments()[16]).isEqualTo(2);
    assertThat(slots.tgtSegments()[17]).isEqualTo(0);
    slots.accept(next(0, 50, 16, 1));
    assertThat(slots.advance()).isTrue();
    assertThat(slots.tgtIn()[1]).isEqualTo(50);
    assertThat(slots.tgtPositions()[1]).isEqualTo(1);
    // The second has ended and is left alone.
    assertThat(slots.tgtSegments()[17]).isEqualTo(0);
    slots.accept(next(1, 1, 17, 99));
    assertThat(slots.advance()).isFalse();
    assertThat(slots.output(0)).isEqualTo(new int[] {50, 1});
    assertThat(slots.output(1)).isEqualTo(new int[] {1});
  }

  @Test
  void whatNeverEndsIsCutAtTheSlot() {
    Slots slots = new Slots(new BatchShape(1, 8, 8));
    slots.offer(new int[] {1});
    int turns = 0;
    while (slots.advance()) {
      slots.accept(next(turns, 50, 0, 50));
      turns++;
    }
    assertThat(turns).isEqualTo(8);
    assertThat(slots.output(0)).hasLength(8);
  }

  private static int[] next(int first, int token, int second, int other) {
    int[] next = new int[32];
    next[second] = other;
    next[first] = token;
    return next;
  }
}
