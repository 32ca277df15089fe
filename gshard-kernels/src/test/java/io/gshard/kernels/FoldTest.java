package io.gshard.kernels;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reductions and running folds against plain loops in double precision. */
class FoldTest {
  private static final Combiner[] FLOAT_COMBINERS = {
    Combiner.ADD, Combiner.MULTIPLY, Combiner.MAXIMUM, Combiner.MINIMUM
  };

  private static double fold(Combiner c, double x, double y) {
    return switch (c) {
      case ADD -> x + y;
      case MULTIPLY -> x * y;
      case MAXIMUM -> Math.max(x, y);
      case MINIMUM -> Math.min(x, y);
      case AND -> (long) x & (long) y;
      case OR -> (long) x | (long) y;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "3,13,1",
    "2,207,1",
    "1,4098,1",
    "2,5,3",
    "1,207,13",
    "3,100,17",
    "1,70,1030",
    "2,0,3",
    "0,4,2",
    "4,1,9"
  })
  void reducesFloatsAndInts(int outer, int reduced, int inner) {
    Random random = new Random(outer * 31 + reduced * 7 + inner);
    float[] x = new float[3 + outer * reduced * inner];
    int[] whole = new int[x.length];
    byte[] bits = new byte[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = 0.9f + 0.2f * random.nextFloat();
      whole[i] = random.nextInt(1000) - 500;
      bits[i] = (byte) random.nextInt(2);
    }
    for (Combiner c : Combiner.values()) {
      boolean floats = c != Combiner.AND && c != Combiner.OR;
      float[] out = new float[2 + outer * inner];
      int[] intOut = new int[out.length];
      int[] unsignedOut = new int[out.length];
      byte[] bitOut = new byte[out.length];
      if (floats) {
        Fold.reduce(c, x, 3, outer, reduced, inner, out, 2);
      }
      Fold.reduce(c, whole, 3, outer, reduced, inner, intOut, 2);
      Fold.reduceUnsigned(c, whole, 3, outer, reduced, inner, unsignedOut, 2);
      Fold.reduce(c, bits, 3, outer, reduced, inner, bitOut, 2);
      for (int o = 0; o < outer; o++) {
        for (int i = 0; i < inner; i++) {
          double expected = c.identity(DType.F32);
          long expectedInt = (long) c.identity(DType.S32);
          long expectedUnsigned = (long) c.identity(DType.U32);
          int ones = 0;
          for (int r = 0; r < reduced; r++) {
            int at = 3 + (o * reduced + r) * inner + i;
            if (floats) {
              expected = fold(c, expected, x[at]);
            }
            // Products wrap: fold them as ints.
            expectedInt =
                c == Combiner.MULTIPLY
                    ? (int) expectedInt * whole[at]
                    : (long) fold(c, expectedInt, whole[at]);
            long unsigned = whole[at] & 0xffffffffL;
            if (c == Combiner.MAXIMUM) {
              expectedUnsigned = Math.max(expectedUnsigned, unsigned);
            } else if (c == Combiner.MINIMUM) {
              expectedUnsigned = Math.min(expectedUnsigned, unsigned);
            } else {
              expectedUnsigned = expectedInt;
            }
            ones += bits[at];
          }
          int to = 2 + o * inner + i;
          String subject = c + " at " + o + "," + i;
          if (floats) {
            assertWithMessage(subject).that(same(out[to], expected)).isTrue();
          }
          assertWithMessage(subject).that(intOut[to]).isEqualTo((int) expectedInt);
          assertWithMessage(subject).that(unsignedOut[to]).isEqualTo((int) expectedUnsigned);
          boolean any = c == Combiner.ADD || c == Combiner.OR || c == Combiner.MAXIMUM;
          int bit = any ? (ones > 0 ? 1 : 0) : (ones == reduced ? 1 : 0);
          assertWithMessage(subject).that((int) bitOut[to]).isEqualTo(bit);
        }
      }
    }
  }

  private static boolean same(double found, double expected) {
    return found == expected || Math.abs(found - expected) <= 1e-5 * Math.abs(expected);
  }

  @Test
  void longSumsStayAccurate() {
    int n = 1 << 20;
    float[] x = new float[n];
    java.util.Arrays.fill(x, 0.1f);
    float[] out = new float[1];
    double truth = n * (double) 0.1f;
    for (FoldLoops loops : new FoldLoops[] {new FoldLoops(), Providers.FOLDS}) {
      // One running f32 sum would be off by 1e-2.
      assertThat((double) loops.block(Combiner.ADD, x, 0, n)).isWithin(1e-5 * truth).of(truth);
    }
    float[] two = new float[2];
    Fold.reduce(Combiner.ADD, x, 0, 1, n / 2, 2, two, 0);
    assertThat((double) two[1]).isWithin(1e-4 * truth).of(truth / 2);
    Fold.reduce(Combiner.ADD, x, 0, 1, n, 1, out, 0);
    assertThat((double) out[0]).isWithin(1e-6 * truth).of(truth);
  }

  /** HotSpot's intrinsics must not take another order than the interpreter. */
  @Test
  void coldAndWarmSumsAreTheSame() {
    Random random = new Random(3);
    float[] x = new float[207];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (Combiner c : FLOAT_COMBINERS) {
      float cold = Fold.block(c, x, 0, x.length, 1f);
      float warm = cold;
      for (int i = 0; i < 1_000_000 && warm == cold; i++) {
        warm = Fold.block(c, x, 0, x.length, 1f);
      }
      assertThat(warm).isEqualTo(cold);
    }
  }

  @Test
  void nanWinsInMaximumAndSum() {
    float[] x = new float[50];
    x[37] = Float.NaN;
    for (Combiner c : FLOAT_COMBINERS) {
      assertThat(Fold.block(c, x, 0, 50, 1f)).isNaN();
      assertThat(new FoldLoops().block(c, x, 0, 50)).isNaN();
    }
  }

  @Test
  void blocksFoldIntoAStart() {
    assertThat(Fold.block(Combiner.MAXIMUM, new float[] {1, 5, 2}, 0, 3, 4f)).isEqualTo(5f);
    assertThat(Fold.block(Combiner.ADD, new int[] {1, 5, 2}, 1, 2, 4)).isEqualTo(11);
    assertThat(Fold.blockUnsigned(Combiner.MAXIMUM, new int[] {1, -1}, 0, 2, 4)).isEqualTo(-1);
    assertThat(Fold.block(Combiner.AND, new byte[] {1, 0}, 0, 2, (byte) 1)).isEqualTo((byte) 0);
  }

  /** Along rows of many lanes as along columns of few. */
  @Test
  void runningFoldsOfRows() {
    Random random = new Random(4);
    int outer = 2;
    for (int n : new int[] {0, 1, 5, 33}) {
      for (int inner : new int[] {1, 7, 8, 13, 207}) {
        int count = outer * n * inner;
        float[] x = new float[3 + count];
        int[] whole = new int[3 + count];
        for (int i = 0; i < x.length; i++) {
          x[i] = random.nextInt(5) == 0 ? -0f : (float) random.nextGaussian();
          whole[i] = random.nextInt();
        }
        for (int kind = 0; kind < 4; kind++) {
          boolean exclusive = kind % 2 == 1;
          boolean reverse = kind >= 2;
          for (Combiner c : FLOAT_COMBINERS) {
            float[] out = new float[2 + count];
            int[] ints = new int[2 + count];
            int[] unsigned = new int[2 + count];
            Fold.cumulative(c, x, 3, outer, n, inner, exclusive, reverse, out, 2);
            Fold.cumulative(c, whole, 3, outer, n, inner, exclusive, reverse, ints, 2);
            Fold.cumulativeUnsigned(c, whole, 3, outer, n, inner, exclusive, reverse, unsigned, 2);
            for (int column = 0; column < outer * inner; column++) {
              int first = column / inner * n * inner + column % inner;
              float running = (float) c.identity(DType.F32);
              int word = (int) (long) c.identity(DType.S32);
              int natural = (int) (long) c.identity(DType.U32);
              for (int step = 0; step < n; step++) {
                int at = first + (reverse ? n - 1 - step : step) * inner;
                float next = FoldLoops.fold(c, running, x[3 + at]);
                int nextWord = FoldLoops.fold(c, word, whole[3 + at]);
                int nextNatural = FoldLoops.foldUnsigned(c, natural, whole[3 + at]);
                String subject = "%s n=%s inner=%s kind %s at %s".formatted(c, n, inner, kind, at);
                assertWithMessage(subject).that(out[2 + at]).isEqualTo(exclusive ? running : next);
                assertWithMessage(subject)
                    .that(ints[2 + at])
                    .isEqualTo(exclusive ? word : nextWord);
                assertWithMessage(subject)
                    .that(unsigned[2 + at])
                    .isEqualTo(exclusive ? natural : nextNatural);
                running = next;
                word = nextWord;
                natural = nextNatural;
              }
            }
          }
        }
      }
    }
  }

  @Test
  void runningFolds() {
    int[] x = {1, 2, 3, 4, 5, 6};
    int[] out = new int[6];
    Fold.cumulative(Combiner.ADD, x, 0, 1, 3, 2, false, false, out, 0);
    assertThat(out).isEqualTo(new int[] {1, 2, 4, 6, 9, 12});
    Fold.cumulative(Combiner.ADD, x, 0, 1, 3, 2, true, false, out, 0);
    assertThat(out).isEqualTo(new int[] {0, 0, 1, 2, 4, 6});
    Fold.cumulative(Combiner.ADD, x, 0, 2, 3, 1, false, true, out, 0);
    assertThat(out).isEqualTo(new int[] {6, 5, 3, 15, 11, 6});
    float[] f = new float[3];
    Fold.cumulative(Combiner.MAXIMUM, new float[] {2, 1, 3}, 0, 1, 3, 1, true, true, f, 0);
    assertThat(f).isEqualTo(new float[] {3, 3, Float.NEGATIVE_INFINITY});
  }
}
