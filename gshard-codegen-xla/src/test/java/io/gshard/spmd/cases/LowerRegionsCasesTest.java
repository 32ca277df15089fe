package io.gshard.spmd.cases;

import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.passes.regions.LowerRegions;
import io.gshard.tensor.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated modules give the same when their regions are written in other ops. */
class LowerRegionsCasesTest {
  private static final long FIRST = Long.getLong("cases.first", 0);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "map",
        "reduce-region",
        "argmax",
        "reduce-window",
        "reduce-window-several",
        "select-and-scatter",
        "sort",
        "topk",
        "convolution",
        "convolution-input-gradient",
        "convolution-kernel-gradient",
        "scatter-several",
        "rng-bit-generator",
        "fft",
        "cholesky",
        "triangular-solve",
        "complex"
      })
  void loweredEqualsWhole(String family) {
    List<Long> tried = new ArrayList<>();
    LongStream.iterate(FIRST, s -> s + 1)
        .filter(s -> Families.name(s).equals(family))
        .limit(25)
        .forEach(
            seed -> {
              tried.add(seed);
              check(Families.of(seed));
            });
    assertWithMessage(family).that(tried).hasSize(25);
  }

  private static void check(Case it) {
    try {
      HloModule module = HloParser.parse(it.text());
      HloModule lowered = LowerRegions.run(module);
      Verifier.verify(lowered);
      List<Literal> expected = Evaluator.run(module, it.arguments());
      List<Literal> found = Evaluator.run(lowered, it.arguments());
      for (int i = 0; i < expected.size(); i++) {
        if (it.judged().get(i)) {
          CaseCheck.same("result " + i, expected.get(i), found.get(i));
        }
      }
      boolean left =
          lowered.entry().instructions().stream()
              .anyMatch(
                  i ->
                      switch (i.op()) {
                        case ArrayOp.Complex c -> false;
                        case ArrayOp.Real r -> false;
                        case ArrayOp.Imag m -> false;
                        case ArrayOp a -> true;
                        case HloOp.Sort s -> true;
                        case HloOp.ReduceRegion r -> true;
                        default -> false;
                      });
      assertWithMessage("regions are left: %s", it.label()).that(left).isFalse();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("lowering regions: %s%n%s".formatted(e, it.label()), e);
    }
  }
}
