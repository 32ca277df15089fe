package io.gshard.kernels;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The conversions among f32, bf16, 32-bit integers and predicates by the Vector API; the rare ones
 * stay scalar.
 */
final class VectorConvertLoops extends ConvertLoops {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> BYTES = Species.bytes(FLOATS.length());
  private static final VectorSpecies<Short> SHORTS = Species.shorts(FLOATS.length());
  private static final int WIDTH = FLOATS.length();

  @Override
  void convert(float[] x, int xo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      ((IntVector) v.convertShape(VectorOperators.F2I, INTS, 0)).intoArray(out, oo + i);
    }
    super.convert(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void convert(int[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector v = IntVector.fromArray(INTS, x, xo + i);
      ((FloatVector) v.convertShape(VectorOperators.I2F, FLOATS, 0)).intoArray(out, oo + i);
    }
    super.convert(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void convert(float[] x, int xo, short[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      IntVector bits = v.reinterpretAsInts();
      IntVector high = bits.lanewise(VectorOperators.LSHR, 16);
      IntVector rounded = bits.add(high.and(1)).add(0x7fff).lanewise(VectorOperators.LSHR, 16);
      VectorMask<Integer> nan = v.test(VectorOperators.IS_NAN).cast(INTS);
      ((ShortVector) rounded.blend(high.or(0x40), nan).convertShape(VectorOperators.I2S, SHORTS, 0))
          .intoArray(out, oo + i);
    }
    super.convert(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void convert(short[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      ShortVector v = ShortVector.fromArray(SHORTS, x, xo + i);
      ((IntVector) v.convertShape(VectorOperators.S2I, INTS, 0))
          .lanewise(VectorOperators.LSHL, 16)
          .reinterpretAsFloats()
          .intoArray(out, oo + i);
    }
    super.convert(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void convert(byte[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      VectorMask<Byte> set =
          ByteVector.fromArray(BYTES, x, xo + i).compare(VectorOperators.NE, (byte) 0);
      FloatVector.zero(FLOATS).blend(1f, set.cast(FLOATS)).intoArray(out, oo + i);
    }
    super.convert(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void convert(byte[] x, int xo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      ByteVector v = ByteVector.fromArray(BYTES, x, xo + i);
      ((IntVector) v.convertShape(VectorOperators.B2I, INTS, 0)).intoArray(out, oo + i);
    }
    super.convert(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void convertUnsigned(int[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      // Small values (random numbers after a shift) are the rule: convert as signed, unless one is
      // not.
      IntVector v = IntVector.fromArray(INTS, x, xo + i);
      if (v.compare(VectorOperators.LT, 0).anyTrue()) {
        super.convertUnsigned(x, xo + i, out, oo + i, WIDTH);
      } else {
        ((FloatVector) v.convertShape(VectorOperators.I2F, FLOATS, 0)).intoArray(out, oo + i);
      }
    }
    super.convertUnsigned(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void bitcast(float[] x, int xo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      FloatVector.fromArray(FLOATS, x, xo + i).reinterpretAsInts().intoArray(out, oo + i);
    }
    super.bitcast(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void bitcast(int[] x, int xo, float[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(INTS, x, xo + i).reinterpretAsFloats().intoArray(out, oo + i);
    }
    super.bitcast(x, xo + i, out, oo + i, n - i);
  }
}
