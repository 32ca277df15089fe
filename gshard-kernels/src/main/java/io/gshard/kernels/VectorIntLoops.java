package io.gshard.kernels;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The s32 and u32 loops by the Vector API; division, remainder and power have no vector
 * instruction.
 */
final class VectorIntLoops extends IntLoops {
  private static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;
  private static final int WIDTH = SPECIES.length();

  @Override
  void add(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .add(IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.add(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void add(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).add(b).intoArray(out, oo + i);
    }
    super.add(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void add(int x, int[] y, int yo, int[] out, int oo, int n) {
    add(y, yo, x, out, oo, n);
  }

  @Override
  void subtract(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .sub(IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.subtract(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void subtract(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).sub(b).intoArray(out, oo + i);
    }
    super.subtract(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void subtract(int x, int[] y, int yo, int[] out, int oo, int n) {
    IntVector a = IntVector.broadcast(SPECIES, x);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      a.sub(IntVector.fromArray(SPECIES, y, yo + i)).intoArray(out, oo + i);
    }
    super.subtract(x, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void multiply(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .mul(IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.multiply(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void multiply(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).mul(b).intoArray(out, oo + i);
    }
    super.multiply(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void multiply(int x, int[] y, int yo, int[] out, int oo, int n) {
    multiply(y, yo, x, out, oo, n);
  }

  @Override
  void maximum(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .max(IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.maximum(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void maximum(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).max(b).intoArray(out, oo + i);
    }
    super.maximum(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void maximum(int x, int[] y, int yo, int[] out, int oo, int n) {
    maximum(y, yo, x, out, oo, n);
  }

  @Override
  void minimum(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .min(IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.minimum(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void minimum(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).min(b).intoArray(out, oo + i);
    }
    super.minimum(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void minimum(int x, int[] y, int yo, int[] out, int oo, int n) {
    minimum(y, yo, x, out, oo, n);
  }

  @Override
  void and(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .and(IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.and(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void and(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).and(b).intoArray(out, oo + i);
    }
    super.and(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void and(int x, int[] y, int yo, int[] out, int oo, int n) {
    and(y, yo, x, out, oo, n);
  }

  @Override
  void or(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .or(IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.or(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void or(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).or(b).intoArray(out, oo + i);
    }
    super.or(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void or(int x, int[] y, int yo, int[] out, int oo, int n) {
    or(y, yo, x, out, oo, n);
  }

  @Override
  void xor(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .lanewise(VectorOperators.XOR, IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.xor(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void xor(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .lanewise(VectorOperators.XOR, b)
          .intoArray(out, oo + i);
    }
    super.xor(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void xor(int x, int[] y, int yo, int[] out, int oo, int n) {
    xor(y, yo, x, out, oo, n);
  }

  @Override
  void maximumUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .lanewise(VectorOperators.UMAX, IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.maximumUnsigned(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void maximumUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .lanewise(VectorOperators.UMAX, b)
          .intoArray(out, oo + i);
    }
    super.maximumUnsigned(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void maximumUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    maximumUnsigned(y, yo, x, out, oo, n);
  }

  @Override
  void minimumUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .lanewise(VectorOperators.UMIN, IntVector.fromArray(SPECIES, y, yo + i))
          .intoArray(out, oo + i);
    }
    super.minimumUnsigned(x, xo + i, y, yo + i, out, oo + i, n - i);
  }

  @Override
  void minimumUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    IntVector b = IntVector.broadcast(SPECIES, y);
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i)
          .lanewise(VectorOperators.UMIN, b)
          .intoArray(out, oo + i);
    }
    super.minimumUnsigned(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void minimumUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    minimumUnsigned(y, yo, x, out, oo, n);
  }

  @Override
  void shiftLeft(int[] x, int xo, int y, int[] out, int oo, int n) {
    int i = 0;
    if (y >= 0 && y < Integer.SIZE) {
      for (; i <= n - WIDTH; i += WIDTH) {
        IntVector.fromArray(SPECIES, x, xo + i)
            .lanewise(VectorOperators.LSHL, y)
            .intoArray(out, oo + i);
      }
    }
    super.shiftLeft(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void shiftRightLogical(int[] x, int xo, int y, int[] out, int oo, int n) {
    int i = 0;
    if (y >= 0 && y < Integer.SIZE) {
      for (; i <= n - WIDTH; i += WIDTH) {
        IntVector.fromArray(SPECIES, x, xo + i)
            .lanewise(VectorOperators.LSHR, y)
            .intoArray(out, oo + i);
      }
    }
    super.shiftRightLogical(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void shiftRightArithmetic(int[] x, int xo, int y, int[] out, int oo, int n) {
    int i = 0;
    if (y >= 0 && y < Integer.SIZE) {
      for (; i <= n - WIDTH; i += WIDTH) {
        IntVector.fromArray(SPECIES, x, xo + i)
            .lanewise(VectorOperators.ASHR, y)
            .intoArray(out, oo + i);
      }
    }
    super.shiftRightArithmetic(x, xo + i, y, out, oo + i, n - i);
  }

  @Override
  void abs(int[] x, int xo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).abs().intoArray(out, oo + i);
    }
    super.abs(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void negate(int[] x, int xo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).neg().intoArray(out, oo + i);
    }
    super.negate(x, xo + i, out, oo + i, n - i);
  }

  @Override
  void not(int[] x, int xo, int[] out, int oo, int n) {
    int i = 0;
    for (; i <= n - WIDTH; i += WIDTH) {
      IntVector.fromArray(SPECIES, x, xo + i).not().intoArray(out, oo + i);
    }
    super.not(x, xo + i, out, oo + i, n - i);
  }
}
