package io.gshard.kernels;

/**
 * The scalar twin of the s32 and u32 loops, with HLO's answers for zero divisors and wide shifts.
 */
class IntLoops {
  void abs(int[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.abs(x[xo + i]);
    }
  }

  void negate(int[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = -x[xo + i];
    }
  }

  void sign(int[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Integer.signum(x[xo + i]);
    }
  }

  void not(int[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = ~x[xo + i];
    }
  }

  void popcnt(int[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Integer.bitCount(x[xo + i]);
    }
  }

  void countLeadingZeros(int[] x, int xo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Integer.numberOfLeadingZeros(x[xo + i]);
    }
  }

  void add(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] + y[yo + i];
    }
  }

  void add(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] + y;
    }
  }

  void add(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x + y[yo + i];
    }
  }

  void subtract(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] - y[yo + i];
    }
  }

  void subtract(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] - y;
    }
  }

  void subtract(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x - y[yo + i];
    }
  }

  void multiply(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] * y[yo + i];
    }
  }

  void multiply(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] * y;
    }
  }

  void multiply(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x * y[yo + i];
    }
  }

  void divide(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.divide(x[xo + i], y[yo + i]);
    }
  }

  void divide(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.divide(x[xo + i], y);
    }
  }

  void divide(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.divide(x, y[yo + i]);
    }
  }

  void remainder(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.remainder(x[xo + i], y[yo + i]);
    }
  }

  void remainder(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.remainder(x[xo + i], y);
    }
  }

  void remainder(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.remainder(x, y[yo + i]);
    }
  }

  void maximum(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.max(x[xo + i], y[yo + i]);
    }
  }

  void maximum(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.max(x[xo + i], y);
    }
  }

  void maximum(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.max(x, y[yo + i]);
    }
  }

  void minimum(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.min(x[xo + i], y[yo + i]);
    }
  }

  void minimum(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.min(x[xo + i], y);
    }
  }

  void minimum(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.min(x, y[yo + i]);
    }
  }

  void power(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.power(x[xo + i], y[yo + i]);
    }
  }

  void power(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.power(x[xo + i], y);
    }
  }

  void power(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.power(x, y[yo + i]);
    }
  }

  void and(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] & y[yo + i];
    }
  }

  void and(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] & y;
    }
  }

  void and(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x & y[yo + i];
    }
  }

  void or(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] | y[yo + i];
    }
  }

  void or(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] | y;
    }
  }

  void or(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x | y[yo + i];
    }
  }

  void xor(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] ^ y[yo + i];
    }
  }

  void xor(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] ^ y;
    }
  }

  void xor(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x ^ y[yo + i];
    }
  }

  void shiftLeft(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.shiftLeft(x[xo + i], y[yo + i]);
    }
  }

  void shiftLeft(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.shiftLeft(x[xo + i], y);
    }
  }

  void shiftLeft(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.shiftLeft(x, y[yo + i]);
    }
  }

  void shiftRightLogical(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.shiftRightLogical(x[xo + i], y[yo + i]);
    }
  }

  void shiftRightLogical(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.shiftRightLogical(x[xo + i], y);
    }
  }

  void shiftRightLogical(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.shiftRightLogical(x, y[yo + i]);
    }
  }

  void shiftRightArithmetic(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.shiftRightArithmetic(x[xo + i], y[yo + i]);
    }
  }

  void shiftRightArithmetic(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.shiftRightArithmetic(x[xo + i], y);
    }
  }

  void shiftRightArithmetic(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.shiftRightArithmetic(x, y[yo + i]);
    }
  }

  void divideUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.divideUnsigned(x[xo + i], y[yo + i]);
    }
  }

  void divideUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.divideUnsigned(x[xo + i], y);
    }
  }

  void divideUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.divideUnsigned(x, y[yo + i]);
    }
  }

  void powerUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.powerUnsigned(x[xo + i], y[yo + i]);
    }
  }

  void powerUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.powerUnsigned(x[xo + i], y);
    }
  }

  void powerUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.powerUnsigned(x, y[yo + i]);
    }
  }

  void remainderUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.remainderUnsigned(x[xo + i], y[yo + i]);
    }
  }

  void remainderUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.remainderUnsigned(x[xo + i], y);
    }
  }

  void remainderUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.remainderUnsigned(x, y[yo + i]);
    }
  }

  void maximumUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.maximumUnsigned(x[xo + i], y[yo + i]);
    }
  }

  void maximumUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.maximumUnsigned(x[xo + i], y);
    }
  }

  void maximumUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.maximumUnsigned(x, y[yo + i]);
    }
  }

  void minimumUnsigned(int[] x, int xo, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.minimumUnsigned(x[xo + i], y[yo + i]);
    }
  }

  void minimumUnsigned(int[] x, int xo, int y, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.minimumUnsigned(x[xo + i], y);
    }
  }

  void minimumUnsigned(int x, int[] y, int yo, int[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.minimumUnsigned(x, y[yo + i]);
    }
  }
}
