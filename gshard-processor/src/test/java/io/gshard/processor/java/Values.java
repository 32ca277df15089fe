package io.gshard.processor.java;

import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Generated arguments, and comparison of results. */
final class Values {
  private Values() {}

  static Literal random(Random random, Shape shape) {
    int n = (int) shape.elements();
    if (shape.type().isFloating()) {
      double[] values = new double[n];
      for (int i = 0; i < n; i++) {
        values[i] = random.nextGaussian();
      }
      return Literal.ofReals(shape, values);
    }
    long[] values = new long[n];
    for (int i = 0; i < n; i++) {
      values[i] = shape.type() == DType.PRED ? random.nextInt(2) : random.nextInt(21) - 10;
    }
    return Literal.ofIntegers(shape, values);
  }

  static void assertClose(
      String label, List<Literal> found, List<Literal> expected, double tolerance) {
    assertWithMessage(label).that(found).hasSize(expected.size());
    for (int i = 0; i < found.size(); i++) {
      assertClose(label + ", result " + i, found.get(i), expected.get(i), tolerance);
    }
  }

  private static void assertClose(String label, Literal found, Literal expected, double tolerance) {
    assertWithMessage(label).that(found.shape()).isEqualTo(expected.shape());
    List<String> wrong = new ArrayList<>();
    double allowed = expected.shape().type() == DType.BF16 ? Math.max(tolerance, 0.01) : tolerance;
    for (int i = 0; i < expected.shape().elements() && wrong.size() < 5; i++) {
      double e = expected.real(i);
      double f = found.real(i);
      boolean same =
          expected.isFloating()
              ? e == f
                  || (Double.isNaN(e) && Double.isNaN(f))
                  || Math.abs(e - f) <= allowed * (1 + Math.abs(e))
              : expected.integer(i) == found.integer(i);
      if (!same) {
        wrong.add("[" + i + "] expected " + e + " found " + f);
      }
    }
    assertWithMessage(label).that(wrong).isEmpty();
  }
}
