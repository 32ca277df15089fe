package io.gshard.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The f32 loops by the Vector API. Each op has its own loop: HotSpot compiles a vector operator to
 * an instruction only where it is a constant. The last, short vector of arithmetic goes to the
 * scalar twin (the results are the same); the transcendental functions mask it, so that a value
 * does not depend on its place.
 */
final class VectorFloatLoops extends FloatLoops {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int WIDTH = SPECIES.length();

  @Override
  void add(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .add(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.add(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void add(float[] x, int xo, float y, float[] out, int oo, int n) {
    FloatVector b = FloatVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).add(b).intoArray(out, oo + i);
    }
    super.add(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void add(float x, float[] y, int yo, float[] out, int oo, int n) {
    add(y, yo, x, out, oo, n);
  }

  @Override
  void subtract(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .sub(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.subtract(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void subtract(float[] x, int xo, float y, float[] out, int oo, int n) {
    FloatVector b = FloatVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).sub(b).intoArray(out, oo + i);
    }
    super.subtract(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void subtract(float x, float[] y, int yo, float[] out, int oo, int n) {
    FloatVector a = FloatVector.broadcast(SPECIES, x);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      a.sub(FloatVector.fromArray(SPECIES, y, yo + i)).intoArray(out, oo + i);
    }
    super.subtract(x, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void multiply(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .mul(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.multiply(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void multiply(float[] x, int xo, float y, float[] out, int oo, int n) {
    FloatVector b = FloatVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).mul(b).intoArray(out, oo + i);
    }
    super.multiply(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void multiply(float x, float[] y, int yo, float[] out, int oo, int n) {
    multiply(y, yo, x, out, oo, n);
  }

  @Override
  void divide(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .div(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.divide(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void divide(float[] x, int xo, float y, float[] out, int oo, int n) {
    FloatVector b = FloatVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).div(b).intoArray(out, oo + i);
    }
    super.divide(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void divide(float x, float[] y, int yo, float[] out, int oo, int n) {
    FloatVector a = FloatVector.broadcast(SPECIES, x);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      a.div(FloatVector.fromArray(SPECIES, y, yo + i)).intoArray(out, oo + i);
    }
    super.divide(x, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void maximum(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .max(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.maximum(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void maximum(float[] x, int xo, float y, float[] out, int oo, int n) {
    FloatVector b = FloatVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).max(b).intoArray(out, oo + i);
    }
    super.maximum(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void maximum(float x, float[] y, int yo, float[] out, int oo, int n) {
    maximum(y, yo, x, out, oo, n);
  }

  @Override
  void minimum(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .min(FloatVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.minimum(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void minimum(float[] x, int xo, float y, float[] out, int oo, int n) {
    FloatVector b = FloatVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).min(b).intoArray(out, oo + i);
    }
    super.minimum(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void minimum(float x, float[] y, int yo, float[] out, int oo, int n) {
    minimum(y, yo, x, out, oo, n);
  }

  @Override
  void abs(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).abs().intoArray(out, oo + i);
    }
    super.abs(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void negate(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).neg().intoArray(out, oo + i);
    }
    super.negate(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void sqrt(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i).sqrt().intoArray(out, oo + i);
    }
    super.sqrt(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void exponential(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      VectorFunctions.exp(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      VectorFunctions.exp(FloatVector.fromArray(SPECIES, x, xo + i, rest))
          .intoArray(out, oo + i, rest);
    }
  }

  @Override
  void exponentialMinusOne(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      VectorFunctions.expMinusOne(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      VectorFunctions.expMinusOne(FloatVector.fromArray(SPECIES, x, xo + i, rest))
          .intoArray(out, oo + i, rest);
    }
  }

  @Override
  void log(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      VectorFunctions.log(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      VectorFunctions.log(FloatVector.fromArray(SPECIES, x, xo + i, rest))
          .intoArray(out, oo + i, rest);
    }
  }

  @Override
  void logPlusOne(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      VectorFunctions.logPlusOne(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      VectorFunctions.logPlusOne(FloatVector.fromArray(SPECIES, x, xo + i, rest))
          .intoArray(out, oo + i, rest);
    }
  }

  @Override
  void rsqrt(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.broadcast(SPECIES, 1)
          .div(FloatVector.fromArray(SPECIES, x, xo + i).sqrt())
          .intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      FloatVector.broadcast(SPECIES, 1)
          .div(FloatVector.fromArray(SPECIES, x, xo + i, rest).sqrt())
          .intoArray(out, oo + i, rest);
    }
  }

  @Override
  void sine(float[] x, int xo, float[] out, int oo, int n) {
    turned(x, xo, 0, out, oo, n);
  }

  @Override
  void cosine(float[] x, int xo, float[] out, int oo, int n) {
    turned(x, xo, 1, out, oo, n);
  }

  /** The sines so many quarter turns on: 0, or 1, which are the cosines. */
  private static void turned(float[] x, int xo, int quarters, float[] out, int oo, int n) {
    for (int i = 0; i < n; i += WIDTH) {
      VectorMask<Float> here = SPECIES.indexInRange(i, n);
      FloatVector a = FloatVector.fromArray(SPECIES, x, xo + i, here);
      VectorMask<Float> far = a.abs().compare(VectorOperators.GT, VectorFunctions.TURNS_LIMIT);
      VectorFunctions.turned(a, quarters).intoArray(out, oo + i, here);
      if (far.anyTrue()) {
        for (int lane = 0; lane < WIDTH; lane++) {
          if (far.laneIsSet(lane)) {
            float angle = a.lane(lane);
            out[oo + i + lane] = (float) (quarters == 0 ? Math.sin(angle) : Math.cos(angle));
          }
        }
      }
    }
  }

  @Override
  void logistic(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      VectorFunctions.logistic(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      VectorFunctions.logistic(FloatVector.fromArray(SPECIES, x, xo + i, rest))
          .intoArray(out, oo + i, rest);
    }
  }

  @Override
  void tanh(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      VectorFunctions.tanh(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      VectorFunctions.tanh(FloatVector.fromArray(SPECIES, x, xo + i, rest))
          .intoArray(out, oo + i, rest);
    }
  }

  @Override
  void erf(float[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      VectorFunctions.erf(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(out, oo + i);
    }
    if (i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      VectorFunctions.erf(FloatVector.fromArray(SPECIES, x, xo + i, rest))
          .intoArray(out, oo + i, rest);
    }
  }

  @Override
  void addRows(
      float[] x, int xo, float[] y, int yo, int start, int width, float[] out, int oo, int n) {
    int row = start / width;
    int end = (row + 1) * width - start;
    for (int i = 0; i < n; row++, end += width) {
      int length = Math.min(end, n) - i;
      add(x, xo + i, y[yo + row], out, oo + i, length);
      i += length;
    }
  }

  @Override
  void subtractRows(
      float[] x, int xo, float[] y, int yo, int start, int width, float[] out, int oo, int n) {
    int row = start / width;
    int end = (row + 1) * width - start;
    for (int i = 0; i < n; row++, end += width) {
      int length = Math.min(end, n) - i;
      subtract(x, xo + i, y[yo + row], out, oo + i, length);
      i += length;
    }
  }

  @Override
  void multiplyRows(
      float[] x, int xo, float[] y, int yo, int start, int width, float[] out, int oo, int n) {
    int row = start / width;
    int end = (row + 1) * width - start;
    for (int i = 0; i < n; row++, end += width) {
      int length = Math.min(end, n) - i;
      multiply(x, xo + i, y[yo + row], out, oo + i, length);
      i += length;
    }
  }

  @Override
  void multiplyAdd(float[] x, int xo, float y, float[] z, int zo, float[] out, int oo, int n) {
    FloatVector b = FloatVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(SPECIES, x, xo + i)
          .mul(b)
          .add(FloatVector.fromArray(SPECIES, z, zo + i))
          .intoArray(out, oo + i);
    }
    super.multiplyAdd(x, xo + i, y, z, zo + i, out, oo + i, n - i);
  }
}
