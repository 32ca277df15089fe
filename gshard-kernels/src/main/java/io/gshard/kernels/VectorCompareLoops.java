package io.gshard.kernels;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The comparisons by the Vector API: a mask becomes as many bytes of 0 and 1. */
final class VectorCompareLoops extends CompareLoops {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> BYTES = Species.bytes(FLOATS.length());
  private static final int WIDTH = FLOATS.length();
  private static final ByteVector ZEROS = ByteVector.zero(BYTES);

  private static void store(VectorMask<?> mask, byte[] out, int at) {
    ZEROS.blend((byte) 1, mask.cast(BYTES)).intoArray(out, at);
  }

  @Override
  void equal(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          FloatVector.fromArray(FLOATS, x, xo + i)
              .compare(VectorOperators.EQ, FloatVector.fromArray(FLOATS, y, yo + i)),
          out,
          oo + i);
    }
    super.equal(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void equal(float[] x, int xo, float y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(FloatVector.fromArray(FLOATS, x, xo + i).compare(VectorOperators.EQ, y), out, oo + i);
    }
    super.equal(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void equal(float x, float[] y, int yo, byte[] out, int oo, int n) {
    equal(y, yo, x, out, oo, n);
  }

  @Override
  void notEqual(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          FloatVector.fromArray(FLOATS, x, xo + i)
              .compare(VectorOperators.NE, FloatVector.fromArray(FLOATS, y, yo + i)),
          out,
          oo + i);
    }
    super.notEqual(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void notEqual(float[] x, int xo, float y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(FloatVector.fromArray(FLOATS, x, xo + i).compare(VectorOperators.NE, y), out, oo + i);
    }
    super.notEqual(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void notEqual(float x, float[] y, int yo, byte[] out, int oo, int n) {
    notEqual(y, yo, x, out, oo, n);
  }

  @Override
  void less(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          FloatVector.fromArray(FLOATS, x, xo + i)
              .compare(VectorOperators.LT, FloatVector.fromArray(FLOATS, y, yo + i)),
          out,
          oo + i);
    }
    super.less(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void less(float[] x, int xo, float y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(FloatVector.fromArray(FLOATS, x, xo + i).compare(VectorOperators.LT, y), out, oo + i);
    }
    super.less(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void less(float x, float[] y, int yo, byte[] out, int oo, int n) {
    greater(y, yo, x, out, oo, n);
  }

  @Override
  void lessEqual(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          FloatVector.fromArray(FLOATS, x, xo + i)
              .compare(VectorOperators.LE, FloatVector.fromArray(FLOATS, y, yo + i)),
          out,
          oo + i);
    }
    super.lessEqual(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void lessEqual(float[] x, int xo, float y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(FloatVector.fromArray(FLOATS, x, xo + i).compare(VectorOperators.LE, y), out, oo + i);
    }
    super.lessEqual(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void lessEqual(float x, float[] y, int yo, byte[] out, int oo, int n) {
    greaterEqual(y, yo, x, out, oo, n);
  }

  @Override
  void greater(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          FloatVector.fromArray(FLOATS, x, xo + i)
              .compare(VectorOperators.GT, FloatVector.fromArray(FLOATS, y, yo + i)),
          out,
          oo + i);
    }
    super.greater(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void greater(float[] x, int xo, float y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(FloatVector.fromArray(FLOATS, x, xo + i).compare(VectorOperators.GT, y), out, oo + i);
    }
    super.greater(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void greater(float x, float[] y, int yo, byte[] out, int oo, int n) {
    less(y, yo, x, out, oo, n);
  }

  @Override
  void greaterEqual(float[] x, int xo, float[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          FloatVector.fromArray(FLOATS, x, xo + i)
              .compare(VectorOperators.GE, FloatVector.fromArray(FLOATS, y, yo + i)),
          out,
          oo + i);
    }
    super.greaterEqual(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void greaterEqual(float[] x, int xo, float y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(FloatVector.fromArray(FLOATS, x, xo + i).compare(VectorOperators.GE, y), out, oo + i);
    }
    super.greaterEqual(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void greaterEqual(float x, float[] y, int yo, byte[] out, int oo, int n) {
    lessEqual(y, yo, x, out, oo, n);
  }

  @Override
  void equal(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          IntVector.fromArray(INTS, x, xo + i)
              .compare(VectorOperators.EQ, IntVector.fromArray(INTS, y, yo + i)),
          out,
          oo + i);
    }
    super.equal(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void equal(int[] x, int xo, int y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(IntVector.fromArray(INTS, x, xo + i).compare(VectorOperators.EQ, y), out, oo + i);
    }
    super.equal(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void equal(int x, int[] y, int yo, byte[] out, int oo, int n) {
    equal(y, yo, x, out, oo, n);
  }

  @Override
  void notEqual(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          IntVector.fromArray(INTS, x, xo + i)
              .compare(VectorOperators.NE, IntVector.fromArray(INTS, y, yo + i)),
          out,
          oo + i);
    }
    super.notEqual(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void notEqual(int[] x, int xo, int y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(IntVector.fromArray(INTS, x, xo + i).compare(VectorOperators.NE, y), out, oo + i);
    }
    super.notEqual(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void notEqual(int x, int[] y, int yo, byte[] out, int oo, int n) {
    notEqual(y, yo, x, out, oo, n);
  }

  @Override
  void less(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          IntVector.fromArray(INTS, x, xo + i)
              .compare(VectorOperators.LT, IntVector.fromArray(INTS, y, yo + i)),
          out,
          oo + i);
    }
    super.less(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void less(int[] x, int xo, int y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(IntVector.fromArray(INTS, x, xo + i).compare(VectorOperators.LT, y), out, oo + i);
    }
    super.less(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void less(int x, int[] y, int yo, byte[] out, int oo, int n) {
    greater(y, yo, x, out, oo, n);
  }

  @Override
  void lessEqual(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          IntVector.fromArray(INTS, x, xo + i)
              .compare(VectorOperators.LE, IntVector.fromArray(INTS, y, yo + i)),
          out,
          oo + i);
    }
    super.lessEqual(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void lessEqual(int[] x, int xo, int y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(IntVector.fromArray(INTS, x, xo + i).compare(VectorOperators.LE, y), out, oo + i);
    }
    super.lessEqual(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void lessEqual(int x, int[] y, int yo, byte[] out, int oo, int n) {
    greaterEqual(y, yo, x, out, oo, n);
  }

  @Override
  void greater(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          IntVector.fromArray(INTS, x, xo + i)
              .compare(VectorOperators.GT, IntVector.fromArray(INTS, y, yo + i)),
          out,
          oo + i);
    }
    super.greater(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void greater(int[] x, int xo, int y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(IntVector.fromArray(INTS, x, xo + i).compare(VectorOperators.GT, y), out, oo + i);
    }
    super.greater(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void greater(int x, int[] y, int yo, byte[] out, int oo, int n) {
    less(y, yo, x, out, oo, n);
  }

  @Override
  void greaterEqual(int[] x, int xo, int[] y, int yo, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(
          IntVector.fromArray(INTS, x, xo + i)
              .compare(VectorOperators.GE, IntVector.fromArray(INTS, y, yo + i)),
          out,
          oo + i);
    }
    super.greaterEqual(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void greaterEqual(int[] x, int xo, int y, byte[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      store(IntVector.fromArray(INTS, x, xo + i).compare(VectorOperators.GE, y), out, oo + i);
    }
    super.greaterEqual(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void greaterEqual(int x, int[] y, int yo, byte[] out, int oo, int n) {
    lessEqual(y, yo, x, out, oo, n);
  }
}
