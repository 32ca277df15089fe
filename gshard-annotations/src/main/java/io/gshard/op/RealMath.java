package io.gshard.op;

/**
 * The elementwise functions on floating values, in double; the caller rounds to the element type.
 */
public final class RealMath {
  private RealMath() {}

  public static double unary(Op.UnaryKind kind, double x) {
    return switch (kind) {
      case ABS -> Math.abs(x);
      case NEGATE -> -x;
      case SIGN -> Math.signum(x);
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case CBRT -> Math.cbrt(x);
      case TANH -> Math.tanh(x);
      case LOGISTIC -> 1 / (1 + Math.exp(-x));
      case ERF -> erf(x);
      case SINE -> Math.sin(x);
      case COSINE -> Math.cos(x);
      case TAN -> Math.tan(x);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND_NEAREST_AFZ -> roundAwayFromZero(x);
      case ROUND_NEAREST_EVEN -> Math.rint(x);
      case NOT, IS_FINITE, POPCNT, CLZ ->
          throw new IllegalArgumentException(kind + " gives no floating value");
    };
  }

  public static double binary(Op.BinaryKind kind, double x, double y) {
    return switch (kind) {
      case ADD -> x + y;
      case SUBTRACT -> x - y;
      case MULTIPLY -> x * y;
      case DIVIDE -> x / y;
      case REMAINDER -> x % y;
      case MAXIMUM -> Math.max(x, y);
      case MINIMUM -> Math.min(x, y);
      case POWER -> power(x, y);
      case ATAN2 -> Math.atan2(x, y);
      case AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT_LOGICAL, SHIFT_RIGHT_ARITHMETIC ->
          throw new IllegalArgumentException(kind + " of floating values");
    };
  }

  public static boolean compare(Op.Direction direction, double x, double y) {
    return switch (direction) {
      case EQ -> x == y;
      case NE -> x != y;
      case LT -> x < y;
      case LE -> x <= y;
      case GT -> x > y;
      case GE -> x >= y;
    };
  }

  /** C's pow, which XLA calls: unlike Java's it gives 1 for 1^NaN and for (-1)^±infinity. */
  private static double power(double x, double y) {
    return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : Math.pow(x, y);
  }

  private static double roundAwayFromZero(double x) {
    double rounded = Math.floor(Math.abs(x));
    if (Math.abs(x) - rounded >= 0.5) {
      rounded++;
    }
    return Math.copySign(rounded, x);
  }

  /**
   * The error function by the series 2/sqrt(pi) * exp(-x*x) * sum of 2^n x^(2n+1) / (2n+1)!!, whose
   * terms are all of one sign (Abramowitz and Stegun, 7.1.6). Beyond 6 it differs from 1 by less
   * than a double can say.
   */
  private static double erf(double x) {
    if (Double.isNaN(x) || Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
