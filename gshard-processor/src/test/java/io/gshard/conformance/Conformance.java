package io.gshard.conformance;

import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.ReferenceOps;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The suite: every op, generated operands, an engine against the reference evaluator. */
final class Conformance {
  private Conformance() {}

  /** One test for each op. A failure names the seed, which {@code -Dgshard.seed=} sets. */
  static Stream<DynamicTest> suite(EngineUnderTest engine) {
    long seed = Long.getLong("gshard.seed", System.nanoTime() & 0xffff);
    return new OpCases(seed)
        .groups().entrySet().stream()
            .map(
                group ->
                    DynamicTest.dynamicTest(
                        engine.name() + ": " + group.getKey(),
                        () -> check(engine, group.getValue(), seed)));
  }

  private static void check(EngineUnderTest engine, List<OpCase> cases, long seed) {
    List<Literal> found = engine.run(cases);
    for (int i = 0; i < cases.size(); i++) {
      Literal expected = ReferenceOps.apply(cases.get(i).op(), cases.get(i).operands());
      String what = "seed %d, %s".formatted(seed, cases.get(i));
      assertWithMessage(what).that(found.get(i).shape()).isEqualTo(expected.shape());
      for (long k = 0; k < expected.shape().elements(); k++) {
        if (!close(found.get(i), expected, k)) {
          assertWithMessage("%s, element %s of %s", what, k, found.get(i))
              .that(String.valueOf(value(found.get(i), k)))
              .isEqualTo(String.valueOf(value(expected, k)));
        }
      }
    }
  }

  private static Number value(Literal x, long at) {
    if (x.isFloating()) {
      return x.real(at);
    }
    return x.integer(at);
  }

  /**
   * Integers and predicates are equal. Floating values differ by a few units in the last place of
   * their size or of 1, whichever is larger; the reference sums in double.
   */
  private static boolean close(Literal found, Literal expected, long at) {
    if (!expected.isFloating()) {
      return found.integer(at) == expected.integer(at);
    }
    double x = found.real(at);
    double y = expected.real(at);
    if (Double.compare(x, y) == 0 || x == y) {
      return true;
    }
    double unit = expected.shape().type() == DType.BF16 ? 0x1p-7 : 1e-5;
    return Math.abs(x - y) <= unit * Math.max(1, Math.abs(y));
  }
}
