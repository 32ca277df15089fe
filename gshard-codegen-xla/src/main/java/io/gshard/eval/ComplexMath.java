package io.gshard.eval;

import io.gshard.op.Op;

/** The elementwise functions on complex values, in double. */
record ComplexMath(double re, double im) {
  private static final ComplexMath ONE = new ComplexMath(1, 0);

  static ComplexMath unary(Op.UnaryKind kind, ComplexMath z) {
    return switch (kind) {
      case ABS -> new ComplexMath(z.modulus(), 0);
      case NEGATE -> new ComplexMath(-z.re, -z.im);
      case SIGN -> z.modulus() == 0 ? z : z.scaled(1 / z.modulus());
      case EXP -> z.exp();
      case EXPM1 -> z.exp().minus(ONE);
      case LOG -> z.log();
      // The imaginary part's sign, which zeros have too, says on which side of the cut z lies.
      case LOG1P -> new ComplexMath(z.re + 1, z.im).log();
      case SQRT -> z.sqrt();
      case RSQRT -> ONE.over(z.sqrt());
      case TANH -> z.tanh();
      case LOGISTIC -> ONE.over(ONE.plus(new ComplexMath(-z.re, -z.im).exp()));
      case SINE ->
          new ComplexMath(Math.sin(z.re) * Math.cosh(z.im), Math.cos(z.re) * Math.sinh(z.im));
      case COSINE -> z.cosine();
      case TAN -> new ComplexMath(-z.im, z.re).tanh().times(new ComplexMath(0, -1));
      default -> throw new IllegalArgumentException(kind + " of complex values");
    };
  }

  static ComplexMath binary(Op.BinaryKind kind, ComplexMath x, ComplexMath y) {
    return switch (kind) {
      case ADD -> x.plus(y);
      case SUBTRACT -> x.minus(y);
      case MULTIPLY -> x.times(y);
      case DIVIDE -> x.over(y);
      case POWER -> x.power(y);
      default -> throw new IllegalArgumentException(kind + " of complex values");
    };
  }

  ComplexMath plus(ComplexMath y) {
    return new ComplexMath(re + y.re, im + y.im);
  }

  ComplexMath minus(ComplexMath y) {
    return new ComplexMath(re - y.re, im - y.im);
  }

  ComplexMath times(ComplexMath y) {
    return new ComplexMath(re * y.re - im * y.im, re * y.im + im * y.re);
  }

  /** Scaled first, so that the squares do not overflow. */
  ComplexMath over(ComplexMath y) {
    double scale = Math.max(Math.abs(y.re), Math.abs(y.im));
    if (scale == 0 || !Double.isFinite(scale)) {
      double square = y.re * y.re + y.im * y.im;
      return new ComplexMath((re * y.re + im * y.im) / square, (im * y.re - re * y.im) / square);
    }
    double c = y.re / scale;
    double d = y.im / scale;
    double square = (c * c + d * d) * scale;
    return new ComplexMath((re * c + im * d) / square, (im * c - re * d) / square);
  }

  ComplexMath conjugate() {
    return new ComplexMath(re, -im);
  }

  double modulus() {
    return Math.hypot(re, im);
  }

  ComplexMath sqrt() {
    double modulus = modulus();
    if (modulus == 0) {
      return new ComplexMath(0, im);
    }
    double real = Math.sqrt((modulus + Math.abs(re)) / 2);
    double other = Math.abs(im) / (2 * real);
    return re >= 0
        ? new ComplexMath(real, Math.copySign(other, im))
        : new ComplexMath(other, Math.copySign(real, im));
  }

  private ComplexMath scaled(double factor) {
    return new ComplexMath(re * factor, im * factor);
  }

  private ComplexMath exp() {
    double size = Math.exp(re);
    return new ComplexMath(size * Math.cos(im), im == 0 ? im : size * Math.sin(im));
  }

  private ComplexMath log() {
    return new ComplexMath(Math.log(modulus()), Math.atan2(im, re));
  }

  private ComplexMath cosine() {
    return new ComplexMath(Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im));
  }

  private ComplexMath tanh() {
    if (Math.abs(re) > 300) {
      return new ComplexMath(Math.signum(re), 0);
    }
    double divisor = Math.cosh(2 * re) + Math.cos(2 * im);
    return new ComplexMath(Math.sinh(2 * re) / divisor, Math.sin(2 * im) / divisor);
  }

  private ComplexMath power(ComplexMath y) {
    if (modulus() == 0) {
      return y.modulus() == 0 ? ONE : new ComplexMath(0, 0);
    }
    return log().times(y).exp();
  }
}
