package io.gshard.spmd.cases;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;

/** What a parameter is filled with. */
sealed interface Values {
  /** Reals in [-2, 2), small integers of either sign, any predicate. */
  record Any() implements Values {}

  /** Whole numbers from low to high. */
  record Range(int low, int high) implements Values {}

  /** Reals in [low, high). */
  record Reals(double low, double high) implements Values {}

  /** The ends of the type's range, infinities and NaN among some ordinary values. */
  record Extremes() implements Values {}

  /** All elements different. */
  record Distinct() implements Values {}

  /** Matrices that are symmetric and positive definite. */
  record Definite() implements Values {}

  /** Matrices with a heavy diagonal, so that triangular systems are well-behaved. */
  record HeavyDiagonal() implements Values {}

  Values ANY = new Any();

  default Literal draw(Random random, Shape shape) {
    int n = Math.toIntExact(shape.elements());
    return switch (this) {
      case Any a ->
          shape.type().isFloating() || shape.type().isComplex()
              ? fill(shape, () -> random.nextDouble(-2, 2))
              : fill(
                  shape,
                  () ->
                      shape.type().kind() == DType.Kind.SIGNED
                          ? random.nextInt(-6, 7)
                          : random.nextInt(13) & (shape.type() == DType.PRED ? 1 : 15));
      case Range r -> fill(shape, () -> random.nextInt(r.low, r.high + 1));
      case Reals r -> fill(shape, () -> random.nextDouble(r.low, r.high));
      case Extremes e ->
          shape.type().isFloating()
              ? fill(shape, () -> REALS[random.nextInt(REALS.length)])
              : Literal.ofIntegers(
                  shape,
                  LongStream.generate(() -> extreme(random, shape.type())).limit(n).toArray());
      case Distinct d -> {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
          int at = random.nextInt(i + 1);
          values[i] = values[at];
          values[at] = shape.type().bits() == 8 ? i % 120 : i;
        }
        int[] next = new int[1];
        yield fill(shape, () -> values[next[0]++]);
      }
      case Definite d -> matrices(random, shape, true);
      case HeavyDiagonal h -> matrices(random, shape, false);
    };
  }

  double[] REALS = {
    0,
    -0.0,
    1,
    -1,
    2.5,
    -3.5,
    127.5,
    -129,
    255,
    300,
    65535,
    1e6,
    -1e6,
    2147483648.0,
    -2147483649.0,
    4294967296.0,
    9.3e18,
    -9.3e18,
    1.9e19,
    1e30,
    -1e30,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private static long extreme(Random random, DType type) {
    return switch (random.nextInt(6)) {
      case 0 -> Long.MIN_VALUE >> (64 - type.bits());
      case 1 -> Long.MAX_VALUE >> (64 - type.bits());
      case 2 -> -1;
      case 3 -> random.nextLong();
      default -> random.nextInt(-3, 4);
    };
  }

  private static Literal matrices(Random random, Shape shape, boolean symmetric) {
    int n = (int) shape.dim(shape.rank() - 1);
    double[] values = random.doubles(shape.elements(), -0.5, 0.5).toArray();
    for (int first = 0; first < values.length; first += n * n) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          if (symmetric && j > i) {
            values[first + i * n + j] = values[first + j * n + i];
          }
        }
        values[first + i * n + i] = n + Math.abs(values[first + i * n + i]);
      }
    }
    int[] next = new int[1];
    if (shape.type().isComplex()) {
      return Literal.ofComplex(shape, values, new double[values.length]);
    }
    return fill(shape, () -> values[next[0]++]);
  }

  private static Literal fill(Shape shape, DoubleSupplier next) {
    int n = Math.toIntExact(shape.elements());
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = next.getAsDouble();
    }
    if (shape.type().isFloating()) {
      return Literal.ofReals(shape, values);
    }
    if (shape.type().isComplex()) {
      double[] imaginaries = new double[n];
      for (int i = 0; i < n; i++) {
        imaginaries[i] = next.getAsDouble();
      }
      return Literal.ofComplex(shape, values, imaginaries);
    }
    long[] integers = new long[n];
    for (int i = 0; i < n; i++) {
      integers[i] = (long) values[i];
    }
    return Literal.ofIntegers(shape, integers);
  }
}
