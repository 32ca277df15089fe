package io.gshard.tensor;

import java.util.Arrays;

/**
 * A concrete array of any element type, row-major. Floating elements are held as doubles that are
 * exact values of the element type, complex ones as two of them; integers and predicates (0 or 1)
 * as longs, unsigned ones as their value modulo 2^64. It is made for clarity (constants, the
 * reference evaluator, tests, what goes in and out of programs), not for speed.
 */
public final class Literal {
  private final Shape shape;
  private final double[] reals;
  private final double[] imaginaries;
  private final long[] integers;

  private Literal(Shape shape, double[] reals, double[] imaginaries, long[] integers) {
    this.shape = shape;
    this.reals = reals;
    this.imaginaries = imaginaries;
    this.integers = integers;
    long length = reals != null ? reals.length : integers.length;
    if (length != shape.elements()) {
      throw new ShapeException(
          "%d values given for %s, which has %d elements"
              .formatted(length, shape, shape.elements()));
    }
  }

  /** Floating values, each rounded to the shape's element type. */
  public static Literal ofReals(Shape shape, double... values) {
    if (!shape.type().isFloating()) {
      throw new ShapeException("floating values given for " + shape);
    }
    return new Literal(shape, rounded(shape.type(), values), null, null);
  }

  /** Complex values by their parts, each rounded to the parts' type. */
  public static Literal ofComplex(Shape shape, double[] reals, double[] imaginaries) {
    if (!shape.type().isComplex()) {
      throw new ShapeException("complex values given for " + shape);
    }
    if (reals.length != imaginaries.length) {
      throw new ShapeException(
          "%d real and %d imaginary parts given for %s"
              .formatted(reals.length, imaginaries.length, shape));
    }
    DType part = shape.type().part();
    return new Literal(shape, rounded(part, reals), rounded(part, imaginaries), null);
  }

  private static double[] rounded(DType type, double[] values) {
    double[] rounded = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = round(type, values[i]);
    }
    return rounded;
  }

  /** Integers or predicates, each wrapped to the shape's element type. */
  public static Literal ofIntegers(Shape shape, long... values) {
    if (shape.type().isFloating() || shape.type().isComplex()) {
      throw new ShapeException("integer values given for " + shape);
    }
    long[] wrapped = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      wrapped[i] = wrap(shape.type(), values[i]);
    }
    return new Literal(shape, null, null, wrapped);
  }

  /** One value, as a scalar of any element type. */
  public static Literal scalar(DType type, double value) {
    Shape shape = Shape.scalar(type);
    return switch (type.kind()) {
      case FLOATING -> ofReals(shape, value);
      case COMPLEX -> ofComplex(shape, new double[] {value}, new double[] {0});
      case PREDICATE, SIGNED, UNSIGNED -> ofIntegers(shape, (long) value);
    };
  }

  public static Literal ofFloats(Shape shape, float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return ofReals(shape, wide);
  }

  public static Literal ofInts(Shape shape, int[] values) {
    return ofIntegers(shape, Arrays.stream(values).asLongStream().toArray());
  }

  public Shape shape() {
    return shape;
  }

  /** The element at a row-major position, as a double (integers are converted; a real part). */
  public double real(long index) {
    return reals != null ? reals[(int) index] : integers[(int) index];
  }

  /** The imaginary part of the element at a row-major position; 0 where the type has none. */
  public double imaginary(long index) {
    return imaginaries != null ? imaginaries[(int) index] : 0;
  }

  /** The element at a row-major position, as a long (floating ones are truncated). */
  public long integer(long index) {
    return integers != null ? integers[(int) index] : (long) reals[(int) index];
  }

  /**
   * An element as Java writes it: {@code true} or {@code false}, an integer, a real with the fewest
   * digits that read back as the same value, or a pair of those: {@code (1.0, -2.5)}.
   */
  public String text(long index) {
    return switch (shape.type().kind()) {
      case PREDICATE -> integer(index) != 0 ? "true" : "false";
      case SIGNED -> Long.toString(integer(index));
      case UNSIGNED -> Long.toUnsignedString(integer(index));
      case FLOATING -> text(shape.type(), real(index));
      case COMPLEX -> {
        DType part = shape.type().part();
        yield "(%s, %s)".formatted(text(part, real(index)), text(part, imaginary(index)));
      }
    };
  }

  private static String text(DType type, double value) {
    return type == DType.F64 ? Double.toString(value) : Float.toString((float) value);
  }

  public boolean isFloating() {
    return shape.type().isFloating();
  }

  public boolean isComplex() {
    return imaginaries != null;
  }

  public float[] toFloats() {
    float[] result = new float[(int) shape.elements()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) real(i);
    }
    return result;
  }

  public int[] toInts() {
    int[] result = new int[(int) shape.elements()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (int) integer(i);
    }
    return result;
  }

  /** The nearest value of a floating element type, ties to even. */
  public static double round(DType type, double value) {
    return switch (type) {
      case F64 -> value;
      case F32 -> (float) value;
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(oddFloat(value)));
      case BF16 -> bf16(oddFloat(value));
      default -> throw new IllegalArgumentException(type + " is not floating");
    };
  }

  /** Rounds to a float towards the odd neighbour, so that a second rounding is exact. */
  private static float oddFloat(double value) {
    float nearest = (float) value;
    if (Double.isNaN(value) || Double.isInfinite(value) || nearest == value) {
      return nearest;
    }
    float other = nearest < value ? Math.nextUp(nearest) : Math.nextDown(nearest);
    return (Float.floatToRawIntBits(nearest) & 1) == 1 ? nearest : other;
  }

  private static float bf16(float value) {
    if (Float.isNaN(value)) {
      return Float.NaN;
    }
    int bits = Float.floatToRawIntBits(value);
    bits += 0x7fff + ((bits >>> 16) & 1);
    return Float.intBitsToFloat(bits & 0xffff0000);
  }

  /** The value modulo 2^bits, sign-extended for signed types; 0 or 1 for predicates. */
  public static long wrap(DType type, long value) {
    return switch (type) {
      case PRED -> value != 0 ? 1 : 0;
      case S8 -> (byte) value;
      case S16 -> (short) value;
      case S32 -> (int) value;
      case S64, U64 -> value;
      case U8 -> value & 0xffL;
      case U16 -> value & 0xffffL;
      case U32 -> value & 0xffffffffL;
      default -> throw new IllegalArgumentException(type + " is not an integer type");
    };
  }

  /** Bit-equal: the same shape and elements (NaN equals NaN, 0.0 differs from -0.0). */
  @Override
  public boolean equals(Object other) {
    return other instanceof Literal that
        && shape.equals(that.shape)
        && Arrays.equals(reals, that.reals)
        && Arrays.equals(imaginaries, that.imaginaries)
        && Arrays.equals(integers, that.integers);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * shape.hashCode() + Arrays.hashCode(reals))
        + Arrays.hashCode(imaginaries)
        + Arrays.hashCode(integers);
  }

  @Override
  public String toString() {
    String values =
        imaginaries != null
            ? Arrays.toString(reals) + " + i " + Arrays.toString(imaginaries)
            : reals != null ? Arrays.toString(reals) : Arrays.toString(integers);
    return shape + " " + (values.length() > 200 ? values.substring(0, 200) + "..." : values);
  }
}
