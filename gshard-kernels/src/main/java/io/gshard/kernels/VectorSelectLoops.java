package io.gshard.kernels;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Select of f32 and 32-bit integers and clamp by the Vector API: predicates become masks. */
final class VectorSelectLoops extends SelectLoops {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> BYTES = Species.bytes(FLOATS.length());
  private static final int WIDTH = FLOATS.length();

  private static VectorMask<Byte> mask(byte[] p, int at) {
    return ByteVector.fromArray(BYTES, p, at).compare(VectorOperators.NE, (byte) 0);
  }

  @Override
  void select(byte[] p, int po, float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(FLOATS, y, yo + i)
          .blend(FloatVector.fromArray(FLOATS, x, xo + i), mask(p, po + i).cast(FLOATS))
          .intoArray(out, oo + i);
    }
    super.select(p, po + i, x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void select(byte[] p, int po, float[] x, int xo, float y, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.broadcast(FLOATS, y)
          .blend(FloatVector.fromArray(FLOATS, x, xo + i), mask(p, po + i).cast(FLOATS))
          .intoArray(out, oo + i);
    }
    super.select(p, po + i, x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void select(byte[] p, int po, float x, float[] y, int yo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(FLOATS, y, yo + i)
          .blend(x, mask(p, po + i).cast(FLOATS))
          .intoArray(out, oo + i);
    }
    super.select(p, po + i, x, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void select(byte[] p, int po, float x, float y, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.broadcast(FLOATS, y)
          .blend(x, mask(p, po + i).cast(FLOATS))
          .intoArray(out, oo + i);
    }
    super.select(p, po + i, x, y, out, oo + i, n - i);
  }

  @Override
  void select(byte[] p, int po, int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(INTS, y, yo + i)
          .blend(IntVector.fromArray(INTS, x, xo + i), mask(p, po + i).cast(INTS))
          .intoArray(out, oo + i);
    }
    super.select(p, po + i, x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void select(byte[] p, int po, int[] x, int xo, int y, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.broadcast(INTS, y)
          .blend(IntVector.fromArray(INTS, x, xo + i), mask(p, po + i).cast(INTS))
          .intoArray(out, oo + i);
    }
    super.select(p, po + i, x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void select(byte[] p, int po, int x, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(INTS, y, yo + i)
          .blend(x, mask(p, po + i).cast(INTS))
          .intoArray(out, oo + i);
    }
    super.select(p, po + i, x, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void select(byte[] p, int po, int x, int y, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.broadcast(INTS, y).blend(x, mask(p, po + i).cast(INTS)).intoArray(out, oo + i);
    }
    super.select(p, po + i, x, y, out, oo + i, n - i);
  }

  @Override
  void clamp(float lo, float[] x, int xo, float hi, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(FLOATS, x, xo + i).max(lo).min(hi).intoArray(out, oo + i);
    }
    super.clamp(lo, x, xo + i, hi, out, oo + i, n - i);
  }

  @Override
  void clamp(int lo, int[] x, int xo, int hi, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(INTS, x, xo + i).max(lo).min(hi).intoArray(out, oo + i);
    }
    super.clamp(lo, x, xo + i, hi, out, oo + i, n - i);
  }
}
