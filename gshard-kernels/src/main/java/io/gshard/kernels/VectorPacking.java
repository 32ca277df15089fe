package io.gshard.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Packs by vectors: rows as they are, lines that follow k transposed in blocks of 8 by 8. */
final class VectorPacking extends Packing {
  private static final VectorSpecies<Float> WIDE = FloatVector.SPECIES_PREFERRED;
  private static final int WIDTH = WIDE.length();
  private static final VectorSpecies<Float> SHORT = FloatVector.SPECIES_128;
  private static final VectorSpecies<Float> BLOCK = FloatVector.SPECIES_256;
  private static final int SIDE = BLOCK.length();

  /**
   * Selections from two vectors are single instructions where there are vectors of 512 bits; else
   * scalar moves are faster.
   */
  private static final boolean SELECTS = WIDTH == 16;

  // Lanes 0 to 7 are the first vector's, 8 to 15 the second's. Each stage joins pieces twice as
  // long, within halves, then halves.
  private static final FloatVector LOW_1 = lanes(0, 8, 1, 9, 4, 12, 5, 13);
  private static final FloatVector HIGH_1 = lanes(2, 10, 3, 11, 6, 14, 7, 15);
  private static final FloatVector LOW_2 = lanes(0, 1, 8, 9, 4, 5, 12, 13);
  private static final FloatVector HIGH_2 = lanes(2, 3, 10, 11, 6, 7, 14, 15);
  private static final FloatVector LOW_4 = lanes(0, 1, 2, 3, 8, 9, 10, 11);
  private static final FloatVector HIGH_4 = lanes(4, 5, 6, 7, 12, 13, 14, 15);

  private static FloatVector lanes(float... indices) {
    return FloatVector.fromArray(BLOCK, indices, 0);
  }

  @Override
  void copy(float[] x, int xo, int outer, int k, int n, int width, float[] out, int oo) {
    if (n == 2 * WIDTH) {
      for (int p = 0; p < k; p++) {
        int from = xo + p * outer;
        int to = oo + p * width;
        FloatVector.fromArray(WIDE, x, from).intoArray(out, to);
        FloatVector.fromArray(WIDE, x, from + WIDTH).intoArray(out, to + WIDTH);
      }
    } else if (n == 12) {
      for (int p = 0; p < k; p++) {
        int from = xo + p * outer;
        int to = oo + p * width;
        FloatVector.fromArray(SHORT, x, from).intoArray(out, to);
        FloatVector.fromArray(SHORT, x, from + 4).intoArray(out, to + 4);
        FloatVector.fromArray(SHORT, x, from + 8).intoArray(out, to + 8);
      }
    } else {
      super.copy(x, xo, outer, k, n, width, out, oo);
    }
  }

  @Override
  void transpose(
      float[] x, int xo, int outer, int inner, int k, int n, int width, float[] out, int oo) {
    int s = 0;
    if (SELECTS && outer == 1) {
      for (; s <= n - SIDE; s += SIDE) {
        eight(x, xo + s * inner, inner, k, width, out, oo + s);
      }
    }
    super.transpose(x, xo + s * inner, outer, inner, k, n - s, width, out, oo + s);
  }

  /** Eight lines, each dense along k. */
  private static void eight(float[] x, int xo, int line, int k, int width, float[] out, int oo) {
    int p = 0;
    for (; p <= k - SIDE; p += SIDE) {
      block(x, xo + p, line, width, out, oo + p * width);
    }
    for (; p < k; p++) {
      for (int s = 0; s < SIDE; s++) {
        out[oo + p * width + s] = x[xo + p + s * line];
      }
    }
  }

  private static void block(float[] x, int xo, int line, int width, float[] out, int oo) {
    FloatVector a = FloatVector.fromArray(BLOCK, x, xo);
    FloatVector b = FloatVector.fromArray(BLOCK, x, xo + line);
    FloatVector c = FloatVector.fromArray(BLOCK, x, xo + 2 * line);
    FloatVector d = FloatVector.fromArray(BLOCK, x, xo + 3 * line);
    FloatVector e = FloatVector.fromArray(BLOCK, x, xo + 4 * line);
    FloatVector f = FloatVector.fromArray(BLOCK, x, xo + 5 * line);
    FloatVector g = FloatVector.fromArray(BLOCK, x, xo + 6 * line);
    FloatVector h = FloatVector.fromArray(BLOCK, x, xo + 7 * line);
    FloatVector ab = LOW_1.selectFrom(a, b);
    FloatVector ab2 = HIGH_1.selectFrom(a, b);
    FloatVector cd = LOW_1.selectFrom(c, d);
    FloatVector cd2 = HIGH_1.selectFrom(c, d);
    FloatVector ef = LOW_1.selectFrom(e, f);
    FloatVector ef2 = HIGH_1.selectFrom(e, f);
    FloatVector gh = LOW_1.selectFrom(g, h);
    FloatVector gh2 = HIGH_1.selectFrom(g, h);
    FloatVector left0 = LOW_2.selectFrom(ab, cd);
    FloatVector left1 = HIGH_2.selectFrom(ab, cd);
    FloatVector left2 = LOW_2.selectFrom(ab2, cd2);
    FloatVector left3 = HIGH_2.selectFrom(ab2, cd2);
    FloatVector right0 = LOW_2.selectFrom(ef, gh);
    FloatVector right1 = HIGH_2.selectFrom(ef, gh);
    FloatVector right2 = LOW_2.selectFrom(ef2, gh2);
    FloatVector right3 = HIGH_2.selectFrom(ef2, gh2);
    LOW_4.selectFrom(left0, right0).intoArray(out, oo);
    LOW_4.selectFrom(left1, right1).intoArray(out, oo + width);
    LOW_4.selectFrom(left2, right2).intoArray(out, oo + 2 * width);
    LOW_4.selectFrom(left3, right3).intoArray(out, oo + 3 * width);
    HIGH_4.selectFrom(left0, right0).intoArray(out, oo + 4 * width);
    HIGH_4.selectFrom(left1, right1).intoArray(out, oo + 5 * width);
    HIGH_4.selectFrom(left2, right2).intoArray(out, oo + 6 * width);
    HIGH_4.selectFrom(left3, right3).intoArray(out, oo + 7 * width);
  }
}
