package io.gshard.nmt.corpus;

import java.util.SplittableRandom;

/** Random choices that several families make. */
final class Draws {
  private Draws() {}

  /** 1 to 999, small ones more often, so that every plural form is seen. */
  static int amount(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(1, 13);
      case 1, 2 -> random.nextInt(1, 100);
      default -> random.nextInt(1, 1000);
    };
  }
}
