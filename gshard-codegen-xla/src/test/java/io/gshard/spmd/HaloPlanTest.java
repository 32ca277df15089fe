package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is found in closed form is what asking every device gives. */
final class HaloPlanTest {

  @Test
  void theWidestHaloIsFoundWithoutAskingEveryDevice() {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      int parts = random.nextInt(1, 12);
      HaloPlan.Need need =
          new HaloPlan.Need(
              random.nextInt(1, 12),
              random.nextInt(-20, 20),
              random.nextInt(3) == 0 ? random.nextInt(1, 5) : 1,
              random.nextInt(1, 12),
              random.nextInt(1, parts + 1));
      long size = random.nextInt(1, 40);
      HaloPlan plan = HaloPlan.of(size, parts, need);
      long from = Long.MAX_VALUE;
      long to = Long.MIN_VALUE;
      boolean under = false;
      boolean over = false;
      long hops = 0;
      for (int i = 0; i < need.users(); i++) {
        long start = Math.max(0, need.start(i));
        long end = Math.min(size, need.start(i) + need.length());
        under |= need.start(i) < 0;
        over |= need.start(i) + need.length() > size;
        hops =
            Math.max(
                hops,
                Math.floorDiv(need.start(i) + need.length() - 1, plan.local())
                    - Math.floorDiv(need.start(i), plan.local())
                    + 1);
        if (start < end) {
          from = Math.min(from, start - i * plan.local());
          to = Math.max(to, end - i * plan.local());
        }
      }
      String context = "size %s parts %s %s: %s".formatted(size, parts, need, plan);
      assertWithMessage(context).that(plan.underflows()).isEqualTo(under);
      assertWithMessage(context).that(plan.overflows()).isEqualTo(over);
      if (from == Long.MAX_VALUE) {
        assertWithMessage(context).that(plan.kind()).isEqualTo(HaloPlan.Kind.NOTHING);
      } else {
        assertWithMessage(context).that(plan.from()).isEqualTo(from);
        assertWithMessage(context).that(plan.to()).isEqualTo(to);
        assertWithMessage(context).that((long) plan.hops()).isAtLeast(Math.min(parts, hops));
      }
    }
  }

  @Test
  void neighboursSendWhatIsNeededOfThem() {
    // A window of 3 over 16 elements on 4 devices: one element from either side.
    HaloPlan plan = HaloPlan.of(16, 4, new HaloPlan.Need(4, -1, 1, 6, 4));
    assertThat(plan.kind()).isEqualTo(HaloPlan.Kind.SHIFT);
    assertThat(plan.from()).isEqualTo(-1);
    assertThat(plan.to()).isEqualTo(5);
    assertThat(plan.sent()).isEqualTo(2);
  }

  @Test
  void aSliceOfHalfTheDimSendsPartsWhereTheyAreNeeded() {
    HaloPlan plan = HaloPlan.of(1 << 20, 1024, new HaloPlan.Need(512, 0, 1, 512, 1024));
    assertThat(plan.kind()).isEqualTo(HaloPlan.Kind.ROUTE);
    assertThat(plan.hops()).isEqualTo(1);
    assertThat(plan.rounds()).isEqualTo(2);
  }

  @Test
  void whatEveryDeviceNeedsIsGathered() {
    HaloPlan plan = HaloPlan.of(16, 4, new HaloPlan.Need(4, -8, 1, 20, 4));
    assertThat(plan.kind()).isEqualTo(HaloPlan.Kind.GATHER);
    assertThat(plan.sent()).isEqualTo(12);
  }

  @Test
  void manyDevicesAreAsQuickAsFew() {
    long begin = System.nanoTime();
    for (int i = 0; i < 10_000; i++) {
      HaloPlan.of(1L << 24, 1 << 16, new HaloPlan.Need(256, -i % 3, 1, 258, 1 << 16));
    }
    assertThat((System.nanoTime() - begin) / 1e9).isLessThan(2);
  }
}
