package io.gshard.kernels;

import io.gshard.op.Combiner;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The fold of a dense block by the Vector API, in four strands of vectors. */
final class VectorFoldLoops extends FoldLoops {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int WIDTH = SPECIES.length();
  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

  // Fields of their own, not an array: C2 sees constants.
  private static final VectorShuffle<Float> BY_8 = by(8);
  private static final VectorShuffle<Float> BY_4 = by(4);
  private static final VectorShuffle<Float> BY_2 = by(2);
  private static final VectorShuffle<Float> BY_1 = by(1);

  private static VectorShuffle<Float> by(int lanes) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + lanes) % WIDTH);
  }

  @Override
  float strands(Combiner c, float[] x, int xo, int n) {
    return switch (c) {
      case ADD -> sum(x, xo, n);
      case MULTIPLY -> product(x, xo, n);
      case MAXIMUM -> maximum(x, xo, n);
      case MINIMUM -> minimum(x, xo, n);
      case AND, OR -> super.strands(c, x, xo, n);
    };
  }

  /**
   * The sum of the lanes, halves first. {@code reduceLanes} leaves the order open, and compiled
   * code takes another one than the interpreter: the same program would give other bits when warm.
   */
  private static float sum(FloatVector x) {
    FloatVector half = WIDTH > 8 ? x.add(x.rearrange(BY_8)) : x;
    half = WIDTH > 4 ? half.add(half.rearrange(BY_4)) : half;
    half = WIDTH > 2 ? half.add(half.rearrange(BY_2)) : half;
    return half.add(half.rearrange(BY_1)).lane(0);
  }

  private static float product(FloatVector x) {
    FloatVector half = WIDTH > 8 ? x.mul(x.rearrange(BY_8)) : x;
    half = WIDTH > 4 ? half.mul(half.rearrange(BY_4)) : half;
    half = WIDTH > 2 ? half.mul(half.rearrange(BY_2)) : half;
    return half.mul(half.rearrange(BY_1)).lane(0);
  }

  private static float sum(float[] x, int xo, int n) {
    FloatVector a = FloatVector.broadcast(SPECIES, 0f);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i <= n - 4 * WIDTH; i += 4 * WIDTH) {
      a = a.add(FloatVector.fromArray(SPECIES, x, xo + i));
      b = b.add(FloatVector.fromArray(SPECIES, x, xo + i + WIDTH));
      c = c.add(FloatVector.fromArray(SPECIES, x, xo + i + 2 * WIDTH));
      d = d.add(FloatVector.fromArray(SPECIES, x, xo + i + 3 * WIDTH));
    }
    for (; i <= n - WIDTH; i += WIDTH) {
      a = a.add(FloatVector.fromArray(SPECIES, x, xo + i));
    }
    float result = sum(a.add(b).add(c.add(d)));
    for (; i < n; i++) {
      result = result + x[xo + i];
    }
    return result;
  }

  private static float product(float[] x, int xo, int n) {
    FloatVector a = FloatVector.broadcast(SPECIES, 1f);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i <= n - 4 * WIDTH; i += 4 * WIDTH) {
      a = a.mul(FloatVector.fromArray(SPECIES, x, xo + i));
      b = b.mul(FloatVector.fromArray(SPECIES, x, xo + i + WIDTH));
      c = c.mul(FloatVector.fromArray(SPECIES, x, xo + i + 2 * WIDTH));
      d = d.mul(FloatVector.fromArray(SPECIES, x, xo + i + 3 * WIDTH));
    }
    for (; i <= n - WIDTH; i += WIDTH) {
      a = a.mul(FloatVector.fromArray(SPECIES, x, xo + i));
    }
    float result = product(a.mul(b).mul(c.mul(d)));
    for (; i < n; i++) {
      result = result * x[xo + i];
    }
    return result;
  }

  private static float maximum(float[] x, int xo, int n) {
    FloatVector a = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i <= n - 4 * WIDTH; i += 4 * WIDTH) {
      a = a.max(FloatVector.fromArray(SPECIES, x, xo + i));
      b = b.max(FloatVector.fromArray(SPECIES, x, xo + i + WIDTH));
      c = c.max(FloatVector.fromArray(SPECIES, x, xo + i + 2 * WIDTH));
      d = d.max(FloatVector.fromArray(SPECIES, x, xo + i + 3 * WIDTH));
    }
    for (; i <= n - WIDTH; i += WIDTH) {
      a = a.max(FloatVector.fromArray(SPECIES, x, xo + i));
    }
    float result = a.max(b).max(c.max(d)).reduceLanes(VectorOperators.MAX);
    for (; i < n; i++) {
      result = Math.max(result, x[xo + i]);
    }
    return result;
  }

  private static float minimum(float[] x, int xo, int n) {
    FloatVector a = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i <= n - 4 * WIDTH; i += 4 * WIDTH) {
      a = a.min(FloatVector.fromArray(SPECIES, x, xo + i));
      b = b.min(FloatVector.fromArray(SPECIES, x, xo + i + WIDTH));
      c = c.min(FloatVector.fromArray(SPECIES, x, xo + i + 2 * WIDTH));
      d = d.min(FloatVector.fromArray(SPECIES, x, xo + i + 3 * WIDTH));
    }
    for (; i <= n - WIDTH; i += WIDTH) {
      a = a.min(FloatVector.fromArray(SPECIES, x, xo + i));
    }
    float result = a.min(b).min(c.min(d)).reduceLanes(VectorOperators.MIN);
    for (; i < n; i++) {
      result = Math.min(result, x[xo + i]);
    }
    return result;
  }

  @Override
  int block(Combiner c, int[] x, int xo, int n) {
    if (n < INTS.length()) {
      return super.block(c, x, xo, n);
    }
    return switch (c) {
      case ADD -> sum(x, xo, n);
      case MAXIMUM -> maximum(x, xo, n);
      case MINIMUM -> minimum(x, xo, n);
      case MULTIPLY, AND, OR -> super.block(c, x, xo, n);
    };
  }

  private static int sum(int[] x, int xo, int n) {
    IntVector a = IntVector.broadcast(INTS, 0);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      a = a.add(IntVector.fromArray(INTS, x, xo + i));
    }
    int result = a.reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) {
      result = result + x[xo + i];
    }
    return result;
  }

  private static int maximum(int[] x, int xo, int n) {
    IntVector a = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      a = a.max(IntVector.fromArray(INTS, x, xo + i));
    }
    int result = a.reduceLanes(VectorOperators.MAX);
    for (; i < n; i++) {
      result = Math.max(result, x[xo + i]);
    }
    return result;
  }

  private static int minimum(int[] x, int xo, int n) {
    IntVector a = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      a = a.min(IntVector.fromArray(INTS, x, xo + i));
    }
    int result = a.reduceLanes(VectorOperators.MIN);
    for (; i < n; i++) {
      result = Math.min(result, x[xo + i]);
    }
    return result;
  }
}
