package io.gshard.kernels;

/**
 * The scalar twin of the f32 loops: each op in plain Java, exact or correctly rounded where Java
 * is.
 */
class FloatLoops {
  void abs(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.abs(x[xo + i]);
    }
  }

  void negate(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = -x[xo + i];
    }
  }

  void sign(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.signum(x[xo + i]);
    }
  }

  void exponential(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.exp(x[xo + i]);
    }
  }

  void exponentialMinusOne(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.expm1(x[xo + i]);
    }
  }

  void log(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.log(x[xo + i]);
    }
  }

  void logPlusOne(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.log1p(x[xo + i]);
    }
  }

  void sqrt(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.sqrt(x[xo + i]);
    }
  }

  void rsqrt(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) (1 / Math.sqrt(x[xo + i]));
    }
  }

  void cbrt(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.cbrt(x[xo + i]);
    }
  }

  void tanh(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.tanh(x[xo + i]);
    }
  }

  void logistic(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) (1 / (1 + Math.exp(-x[xo + i])));
    }
  }

  void erf(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.erf(x[xo + i]);
    }
  }

  void sine(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.sin(x[xo + i]);
    }
  }

  void cosine(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.cos(x[xo + i]);
    }
  }

  void tan(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.tan(x[xo + i]);
    }
  }

  void floor(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.floor(x[xo + i]);
    }
  }

  void ceil(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.ceil(x[xo + i]);
    }
  }

  void roundNearestAfz(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.roundAwayFromZero(x[xo + i]);
    }
  }

  void roundNearestEven(float[] x, int xo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.rint(x[xo + i]);
    }
  }

  void isFinite(float[] x, int xo, byte[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (byte) (Float.isFinite(x[xo + i]) ? 1 : 0);
    }
  }

  void add(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] + y[yo + i];
    }
  }

  void add(float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] + y;
    }
  }

  void add(float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x + y[yo + i];
    }
  }

  void subtract(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] - y[yo + i];
    }
  }

  void subtract(float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] - y;
    }
  }

  void subtract(float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x - y[yo + i];
    }
  }

  void multiply(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] * y[yo + i];
    }
  }

  void multiply(float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] * y;
    }
  }

  void multiply(float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x * y[yo + i];
    }
  }

  void divide(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] / y[yo + i];
    }
  }

  void divide(float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] / y;
    }
  }

  void divide(float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x / y[yo + i];
    }
  }

  void remainder(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] % y[yo + i];
    }
  }

  void remainder(float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] % y;
    }
  }

  void remainder(float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x % y[yo + i];
    }
  }

  void maximum(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.max(x[xo + i], y[yo + i]);
    }
  }

  void maximum(float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.max(x[xo + i], y);
    }
  }

  void maximum(float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.max(x, y[yo + i]);
    }
  }

  void minimum(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.min(x[xo + i], y[yo + i]);
    }
  }

  void minimum(float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.min(x[xo + i], y);
    }
  }

  void minimum(float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Math.min(x, y[yo + i]);
    }
  }

  void power(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.power(x[xo + i], y[yo + i]);
    }
  }

  void power(float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.power(x[xo + i], y);
    }
  }

  void power(float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = Scalars.power(x, y[yo + i]);
    }
  }

  void atan2(float[] x, int xo, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.atan2(x[xo + i], y[yo + i]);
    }
  }

  void atan2(float[] x, int xo, float y, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.atan2(x[xo + i], y);
    }
  }

  void atan2(float x, float[] y, int yo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = (float) Math.atan2(x, y[yo + i]);
    }
  }

  void addRows(
      float[] x, int xo, float[] y, int yo, int start, int width, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] + y[yo + (start + i) / width];
    }
  }

  void subtractRows(
      float[] x, int xo, float[] y, int yo, int start, int width, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] - y[yo + (start + i) / width];
    }
  }

  void multiplyRows(
      float[] x, int xo, float[] y, int yo, int start, int width, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] * y[yo + (start + i) / width];
    }
  }

  void multiplyAdd(float[] x, int xo, float y, float[] z, int zo, float[] out, int oo, int n) {
    for (int i = 0; i < n; i++) {
      out[oo + i] = x[xo + i] * y + z[zo + i];
    }
  }
}
