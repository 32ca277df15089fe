package io.gshard.passes.regions;

import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.op.Op.BinaryKind;
import io.gshard.op.Op.Direction;
import io.gshard.op.Op.UnaryKind;
import io.gshard.tensor.DType;

/** The elementwise functions on complex arrays, as functions of their two parts, in f64. */
record ComplexParts(Arrays arrays, Instruction re, Instruction im) {

  static ComplexParts unary(UnaryKind kind, ComplexParts z) {
    return switch (kind) {
      case ABS -> z.with(z.modulus(), z.zero());
      case SIGN -> z.sign();
      case EXP -> z.exp();
      case EXPM1 -> z.exp().minus(z.one());
      case LOG -> z.log();
      case LOG1P -> z.with(z.plus(z.re, z.number(1)), z.im).log();
      case SQRT -> z.sqrt();
      case RSQRT -> z.one().over(z.sqrt());
      case TANH -> z.tanh();
      case LOGISTIC -> z.one().over(z.one().plus(z.negated().exp()));
      case SINE ->
          z.with(
              z.times(z.of(UnaryKind.SINE, z.re), z.cosh(z.im)),
              z.times(z.of(UnaryKind.COSINE, z.re), z.sinh(z.im)));
      case COSINE ->
          z.with(
              z.times(z.of(UnaryKind.COSINE, z.re), z.cosh(z.im)),
              z.negative(z.times(z.of(UnaryKind.SINE, z.re), z.sinh(z.im))));
      case TAN -> {
        ComplexParts tanh = z.with(z.negative(z.im), z.re).tanh();
        yield z.with(tanh.im, z.negative(tanh.re));
      }
      default -> throw new IllegalArgumentException(kind + " of complex values");
    };
  }

  static ComplexParts binary(BinaryKind kind, ComplexParts x, ComplexParts y) {
    return switch (kind) {
      case MULTIPLY -> x.times(y);
      case DIVIDE -> x.over(y);
      case POWER -> x.power(y);
      default -> throw new IllegalArgumentException(kind + " of complex values");
    };
  }

  private ComplexParts with(Instruction real, Instruction imaginary) {
    return new ComplexParts(arrays, real, imaginary);
  }

  private ComplexParts one() {
    return with(number(1), zero());
  }

  private ComplexParts plus(ComplexParts y) {
    return with(plus(re, y.re), plus(im, y.im));
  }

  private ComplexParts minus(ComplexParts y) {
    return with(minus(re, y.re), minus(im, y.im));
  }

  private ComplexParts negated() {
    return with(negative(re), negative(im));
  }

  private ComplexParts times(ComplexParts y) {
    return with(minus(times(re, y.re), times(im, y.im)), plus(times(re, y.im), times(im, y.re)));
  }

  /** Scaled by the larger part, so that the squares do not overflow. */
  private ComplexParts over(ComplexParts y) {
    Instruction size = arrays.binary(BinaryKind.MAXIMUM, magnitude(y.re), magnitude(y.im));
    Instruction scale = arrays.select(scales(size), size, number(1));
    Instruction c = over(y.re, scale);
    Instruction d = over(y.im, scale);
    Instruction square = times(plus(times(c, c), times(d, d)), scale);
    return with(
        over(plus(times(re, c), times(im, d)), square),
        over(minus(times(im, c), times(re, d)), square));
  }

  /** The root of the sum of squares, scaled as in {@link #over}. */
  private Instruction modulus() {
    Instruction large = arrays.binary(BinaryKind.MAXIMUM, magnitude(re), magnitude(im));
    Instruction small = arrays.binary(BinaryKind.MINIMUM, magnitude(re), magnitude(im));
    Instruction ratio = over(small, large);
    Instruction root = of(UnaryKind.SQRT, plus(number(1), times(ratio, ratio)));
    return arrays.select(scales(large), times(large, root), large);
  }

  private Instruction scales(Instruction size) {
    return arrays.binary(
        BinaryKind.AND, arrays.compare(Direction.NE, size, zero()), of(UnaryKind.IS_FINITE, size));
  }

  private ComplexParts sign() {
    Instruction modulus = modulus();
    Instruction none = arrays.compare(Direction.EQ, modulus, zero());
    return with(
        arrays.select(none, re, over(re, modulus)), arrays.select(none, im, over(im, modulus)));
  }

  private ComplexParts exp() {
    Instruction size = of(UnaryKind.EXP, re);
    Instruction flat = arrays.compare(Direction.EQ, im, zero());
    return with(
        times(size, of(UnaryKind.COSINE, im)),
        arrays.select(flat, im, times(size, of(UnaryKind.SINE, im))));
  }

  private ComplexParts log() {
    return with(of(UnaryKind.LOG, modulus()), arrays.binary(BinaryKind.ATAN2, im, re));
  }

  private ComplexParts sqrt() {
    Instruction modulus = modulus();
    Instruction half = number(0.5);
    Instruction real = of(UnaryKind.SQRT, times(plus(modulus, magnitude(re)), half));
    Instruction other = over(times(magnitude(im), half), real);
    Instruction right = arrays.compare(Direction.GE, re, zero());
    Instruction none = arrays.compare(Direction.EQ, modulus, zero());
    return with(
        arrays.select(none, zero(), arrays.select(right, real, other)),
        arrays.select(none, im, signed(arrays.select(right, other, real))));
  }

  /** A size with the imaginary part's sign, which zeros have too. */
  private Instruction signed(Instruction size) {
    Instruction bits = arrays.emit(new Op.BitcastConvert(DType.S64), im);
    Instruction below = arrays.compare(Direction.LT, bits, arrays.filled(bits.shape(), 0));
    return arrays.select(below, negative(size), size);
  }

  /** Far out it is 1 or -1. */
  private ComplexParts tanh() {
    Instruction x = plus(re, re);
    Instruction y = plus(im, im);
    Instruction divisor = plus(cosh(x), of(UnaryKind.COSINE, y));
    Instruction far = arrays.compare(Direction.GT, magnitude(re), number(300));
    return with(
        arrays.select(far, of(UnaryKind.SIGN, re), over(sinh(x), divisor)),
        arrays.select(far, zero(), over(of(UnaryKind.SINE, y), divisor)));
  }

  private ComplexParts power(ComplexParts y) {
    ComplexParts power = log().times(y).exp();
    Instruction none = arrays.compare(Direction.EQ, modulus(), zero());
    Instruction unit =
        arrays.select(arrays.compare(Direction.EQ, y.modulus(), zero()), number(1), zero());
    return with(arrays.select(none, unit, power.re), arrays.select(none, zero(), power.im));
  }

  private Instruction sinh(Instruction x) {
    Instruction difference = minus(of(UnaryKind.EXPM1, x), of(UnaryKind.EXPM1, negative(x)));
    return times(difference, number(0.5));
  }

  private Instruction cosh(Instruction x) {
    Instruction sum = plus(of(UnaryKind.EXP, x), of(UnaryKind.EXP, negative(x)));
    return times(sum, number(0.5));
  }

  // --- parts

  private Instruction of(UnaryKind kind, Instruction x) {
    return arrays.emit(new Op.Unary(kind), x);
  }

  private Instruction magnitude(Instruction x) {
    return of(UnaryKind.ABS, x);
  }

  private Instruction negative(Instruction x) {
    return of(UnaryKind.NEGATE, x);
  }

  private Instruction plus(Instruction x, Instruction y) {
    return arrays.binary(BinaryKind.ADD, x, y);
  }

  private Instruction minus(Instruction x, Instruction y) {
    return arrays.binary(BinaryKind.SUBTRACT, x, y);
  }

  private Instruction times(Instruction x, Instruction y) {
    return arrays.binary(BinaryKind.MULTIPLY, x, y);
  }

  private Instruction over(Instruction x, Instruction y) {
    return arrays.binary(BinaryKind.DIVIDE, x, y);
  }

  private Instruction zero() {
    return number(0);
  }

  private Instruction number(double value) {
    return arrays.filled(re.shape().dims(), arrays.constant(value));
  }
}
