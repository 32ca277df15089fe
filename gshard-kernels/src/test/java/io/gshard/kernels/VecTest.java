package io.gshard.kernels;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import java.util.Map;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

/**
 * The facades and the scalar twins against plain Java in double precision, and HLO's rules at the
 * edges.
 */
class VecTest {
  private static final int N = 207;

  private interface Unary {
    void run(FloatLoops loops, float[] x, float[] out);
  }

  private static final Map<String, Unary> UNARY =
      Map.ofEntries(
          Map.entry("exp", (l, x, o) -> l.exponential(x, 0, o, 0, N)),
          Map.entry("expm1", (l, x, o) -> l.exponentialMinusOne(x, 0, o, 0, N)),
          Map.entry("log", (l, x, o) -> l.log(x, 0, o, 0, N)),
          Map.entry("log1p", (l, x, o) -> l.logPlusOne(x, 0, o, 0, N)),
          Map.entry("sqrt", (l, x, o) -> l.sqrt(x, 0, o, 0, N)),
          Map.entry("rsqrt", (l, x, o) -> l.rsqrt(x, 0, o, 0, N)),
          Map.entry("cbrt", (l, x, o) -> l.cbrt(x, 0, o, 0, N)),
          Map.entry("tanh", (l, x, o) -> l.tanh(x, 0, o, 0, N)),
          Map.entry("logistic", (l, x, o) -> l.logistic(x, 0, o, 0, N)),
          Map.entry("erf", (l, x, o) -> l.erf(x, 0, o, 0, N)),
          Map.entry("sin", (l, x, o) -> l.sine(x, 0, o, 0, N)),
          Map.entry("cos", (l, x, o) -> l.cosine(x, 0, o, 0, N)));
  private static final Map<String, DoubleUnaryOperator> TRUTH =
      Map.ofEntries(
          Map.entry("exp", Math::exp),
          Map.entry("expm1", Math::expm1),
          Map.entry("log", Math::log),
          Map.entry("log1p", Math::log1p),
          Map.entry("sqrt", Math::sqrt),
          Map.entry("rsqrt", x -> 1 / Math.sqrt(x)),
          Map.entry("cbrt", Math::cbrt),
          Map.entry("tanh", Math::tanh),
          Map.entry("logistic", x -> 1 / (1 + Math.exp(-x))),
          Map.entry("erf", Erf::erf),
          Map.entry("sin", Math::sin),
          Map.entry("cos", Math::cos));

  @Test
  void functionsAreWithinOneMillionth() {
    Random random = new Random(5);
    float[] x = new float[N];
    float[] out = new float[N];
    for (int i = 0; i < N; i++) {
      x[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(6) - 4));
    }
    for (String name : UNARY.keySet()) {
      for (FloatLoops loops : new FloatLoops[] {new FloatLoops(), Providers.FLOATS}) {
        UNARY.get(name).run(loops, x, out);
        for (int i = 0; i < N; i++) {
          double truth = TRUTH.get(name).applyAsDouble(x[i]);
          double error = Math.abs(out[i] - truth);
          boolean good =
              Double.isNaN(truth)
                  ? Float.isNaN(out[i])
                  : out[i] == (float) truth || error <= 1e-6 * Math.abs(truth) + 1.2e-38;
          assertWithMessage("%s(%s) = %s, expected %s", name, x[i], out[i], truth)
              .that(good)
              .isTrue();
        }
      }
    }
  }

  @Test
  void binaryFormsAgreeWithJava() {
    Random random = new Random(6);
    float[] x = new float[N];
    float[] y = new float[N];
    for (int i = 0; i < N; i++) {
      x[i] = (float) random.nextGaussian();
      y[i] = (float) random.nextGaussian();
    }
    check(x, y, (a, b) -> a + b, (o, n) -> Vec.add(x, 0, y, 0, o, 0, n));
    check(x, y, (a, b) -> a - b, (o, n) -> Vec.subtract(x, 0, y, 0, o, 0, n));
    check(x, y, (a, b) -> a * b, (o, n) -> Vec.multiply(x, 0, y, 0, o, 0, n));
    check(x, y, (a, b) -> a / b, (o, n) -> Vec.divide(x, 0, y, 0, o, 0, n));
    check(x, y, (a, b) -> a % b, (o, n) -> Vec.remainder(x, 0, y, 0, o, 0, n));
    check(x, y, Math::max, (o, n) -> Vec.maximum(x, 0, y, 0, o, 0, n));
    check(x, y, Math::min, (o, n) -> Vec.minimum(x, 0, y, 0, o, 0, n));
    check(x, y, Math::atan2, (o, n) -> Vec.atan2(x, 0, y, 0, o, 0, n));
    check(x, y, (a, b) -> a - 2.0, (o, n) -> Vec.subtract(x, 0, 2f, o, 0, n));
    check(x, y, (a, b) -> 2.0 - b, (o, n) -> Vec.subtract(2f, y, 0, o, 0, n));
    check(x, y, (a, b) -> 2.0 / b, (o, n) -> Vec.divide(2f, y, 0, o, 0, n));
  }

  private interface Run {
    void run(float[] out, int n);
  }

  private static void check(float[] x, float[] y, DoubleBinaryOperator truth, Run run) {
    float[] out = new float[N];
    run.run(out, N);
    for (int i = 0; i < N; i++) {
      assertThat((double) out[i])
          .isWithin(1e-6 * (1 + Math.abs(out[i])))
          .of(truth.applyAsDouble(x[i], y[i]));
    }
  }

  @Test
  void integersFollowHlo() {
    int min = Integer.MIN_VALUE;
    assertThat(ints(o -> Vec.divide(new int[] {7, min, 7}, 0, new int[] {0, -1, -2}, 0, o, 0, 3)))
        .isEqualTo(new int[] {-1, min, -3});
    assertThat(
            ints(o -> Vec.remainder(new int[] {7, min, -7}, 0, new int[] {0, -1, 2}, 0, o, 0, 3)))
        .isEqualTo(new int[] {7, 0, -1});
    assertThat(ints(o -> Vec.shiftLeft(new int[] {1, 1, 1}, 0, new int[] {31, 32, -1}, 0, o, 0, 3)))
        .isEqualTo(new int[] {min, 0, 0});
    assertThat(ints(o -> Vec.shiftRightArithmetic(new int[] {-8, -8, 8}, 0, 40, o, 0, 3)))
        .isEqualTo(new int[] {-1, -1, 0});
    assertThat(ints(o -> Vec.shiftRightLogical(new int[] {-1, 8, 9}, 0, 3, o, 0, 3)))
        .isEqualTo(new int[] {-1 >>> 3, 1, 1});
    // The inverse of 3 modulo 2^32.
    assertThat(
            ints(
                o -> Vec.powerUnsigned(new int[] {3, 3, -1}, 0, new int[] {4, -1, -1}, 0, o, 0, 3)))
        .isEqualTo(new int[] {81, 0xAAAAAAAB, -1});
    assertThat(ints(o -> Vec.power(new int[] {3, 2, -1}, 0, new int[] {4, -1, -3}, 0, o, 0, 3)))
        .isEqualTo(new int[] {81, 0, -1});
    assertThat(ints(o -> Vec.maximumUnsigned(new int[] {-1, 5, 0}, 0, 3, o, 0, 3)))
        .isEqualTo(new int[] {-1, 5, 3});
    assertThat(ints(o -> Vec.divideUnsigned(new int[] {-1, 9, 1}, 0, 2, o, 0, 3)))
        .isEqualTo(new int[] {Integer.MAX_VALUE, 4, 0});
  }

  private interface Ints {
    void run(int[] out);
  }

  private static int[] ints(Ints run) {
    int[] out = new int[3];
    run.run(out);
    return out;
  }

  @Test
  void conversionsRoundAndTruncate() {
    float[] x = {1.99f, -1.99f, Float.NaN, 3e9f, -3e9f, 1 + 1f / 256, 1 + 3f / 256};
    int[] whole = new int[7];
    Convert.convert(x, 0, whole, 0, 7);
    assertThat(whole).isEqualTo(new int[] {1, -1, 0, Integer.MAX_VALUE, Integer.MIN_VALUE, 1, 1});
    Convert.convertUnsigned(x, 0, whole, 0, 4);
    assertThat(whole[3]).isEqualTo((int) 3_000_000_000L);
    short[] half = new short[7];
    float[] back = new float[7];
    Convert.convert(x, 0, half, 0, 7);
    Convert.convert(half, 0, back, 0, 7);
    // Ties go to the even neighbour: 1 + 1/256 down, 1 + 3/256 up.
    assertThat(back[5]).isEqualTo(1f);
    assertThat(back[6]).isEqualTo(1 + 4f / 256);
    assertThat(back[2]).isNaN();
    int[] odd = {(1 << 24) + (1 << 16) + 1};
    Convert.convert(odd, 0, half, 0, 1);
    Convert.convert(half, 0, back, 0, 1);
    // One above a tie of bf16: a detour over f32 would round it down.
    assertThat(back[0]).isEqualTo((1 << 24) + (1 << 17));
    Convert.convertUnsigned(new int[] {-1}, 0, back, 0, 1);
    assertThat(back[0]).isEqualTo(4294967296f);
  }

  @Test
  void comparisonsWithNanAreFalse() {
    float[] x = {Float.NaN, 1, 2};
    byte[] out = new byte[3];
    Compare.lessEqual(x, 0, 1f, out, 0, 3);
    assertThat(out).isEqualTo(new byte[] {0, 1, 0});
    Compare.notEqual(x, 0, 1f, out, 0, 3);
    assertThat(out).isEqualTo(new byte[] {1, 0, 1});
    Compare.less(1f, x, 0, out, 0, 3);
    assertThat(out).isEqualTo(new byte[] {0, 0, 1});
    Compare.lessUnsigned(new int[] {-1, 0, 1}, 0, 1, out, 0, 3);
    assertThat(out).isEqualTo(new byte[] {0, 1, 0});
  }
}
