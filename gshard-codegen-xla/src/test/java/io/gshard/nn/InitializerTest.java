package io.gshard.nn;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.annotation.Init;
import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.trace.Tracer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class InitializerTest {

  private static HloModule program(
      String path, Shape shape, List<Long> stack, Init.Kind kind, double scale, long fan) {
    return Tracer.trace(
        "init",
        MeshShape.SINGLE,
        List.of(Shape.scalar(DType.S32)),
        seed ->
            List.of(Initializer.initialize(path, shape, stack, kind, scale, fan, seed.getFirst())));
  }

  private static Literal run(HloModule program, long seed) {
    return Evaluator.run(program, List.of(Literal.scalar(DType.S32, seed))).getFirst();
  }

  /** The definition in plain Java's ints. */
  private static double expected(String path, int seed, int element, double width) {
    long hash = 0xcbf29ce484222325L;
    for (char c : path.toCharArray()) {
      hash = (hash ^ c) * 0x100000001b3L;
    }
    int low = seed * 0x9e3779b1 + (int) hash;
    int high = seed * 0x85ebca77 + (int) (hash >>> 32);
    int bits = mix(mix(element + low) ^ high);
    return (float) ((float) ((bits >>> 8) * 0x1p-23 - 1) * (double) (float) width);
  }

  private static int mix(int x) {
    x = (x ^ x >>> 16) * 0x7feb352d;
    x = (x ^ x >>> 15) * 0x846ca68b;
    return x ^ x >>> 16;
  }

  @Test
  void uniformIsTheHashOfSeedPathAndPlace() {
    Literal found =
        run(program("a.wi", Shape.of(DType.F32, 4, 6), List.of(3L), Init.Kind.UNIFORM, 0.3, 0), -7);
    assertThat(found.shape()).isEqualTo(Shape.of(DType.F32, 3, 4, 6));
    for (int i = 0; i < 72; i++) {
      assertThat(found.real(i)).isEqualTo(expected("a.wi", -7, i, 0.3));
    }
  }

  @Test
  void theDefaultScalesByTheLastButOneDimAndZeroesVectors() {
    double width = Math.sqrt(3.0 / 4);
    Literal matrix = run(program("w", Shape.of(DType.F32, 5, 4, 6), List.of(), null, 1, 0), 1);
    assertThat(matrix.real(17)).isEqualTo(expected("w", 1, 17, width));
    Literal vector = run(program("b", Shape.of(DType.F32, 6), List.of(2L), null, 1, 0), 1);
    assertThat(vector).isEqualTo(Literal.ofReals(Shape.of(DType.F32, 2, 6), new double[12]));
  }

  @Test
  void fanAndConstant() {
    Literal fan =
        run(program("w", Shape.of(DType.F32, 4, 6), List.of(), Init.Kind.FAN_IN, 2, 12), 3);
    assertThat(fan.real(5)).isEqualTo(expected("w", 3, 5, 2 * Math.sqrt(3.0 / 12)));
    Literal ones =
        run(program("s", Shape.of(DType.BF16, 2), List.of(), Init.Kind.CONSTANT, 1, 0), 3);
    assertThat(ones).isEqualTo(Literal.ofReals(Shape.of(DType.BF16, 2), 1, 1));
  }

  @Test
  void normalHasItsMomentsAndTails() {
    int n = 20_000;
    Literal found =
        run(program("n", Shape.of(DType.F32, n), List.of(), Init.Kind.NORMAL, 0.5, 0), 42);
    double mean = IntStream.range(0, n).mapToDouble(found::real).average().orElseThrow();
    double square =
        IntStream.range(0, n)
            .mapToDouble(i -> found.real(i) * found.real(i))
            .average()
            .orElseThrow();
    long beyondTwo = IntStream.range(0, n).filter(i -> Math.abs(found.real(i)) > 1).count();
    assertThat(mean).isWithin(0.015).of(0);
    assertThat(square).isWithin(0.01).of(0.25);
    assertThat(beyondTwo / (double) n).isWithin(0.006).of(0.0455);
  }

  @Test
  void seedsAndPathsGiveUnrelatedValues() {
    int n = 4096;
    Shape shape = Shape.of(DType.F32, n);
    Literal first = run(program("a", shape, List.of(), Init.Kind.UNIFORM, 1, 0), 1);
    Literal otherSeed = run(program("a", shape, List.of(), Init.Kind.UNIFORM, 1, 0), 2);
    Literal otherPath = run(program("b", shape, List.of(), Init.Kind.UNIFORM, 1, 0), 1);
    for (Literal other : List.of(otherSeed, otherPath)) {
      double correlation =
          3 * IntStream.range(0, n).mapToDouble(i -> first.real(i) * other.real(i)).sum() / n;
      assertThat(correlation).isWithin(0.07).of(0);
    }
  }

  @Test
  void programsAreSmallAndHugeTensorsHaveTwoCounters() {
    HloModule huge = program("wi", Shape.of(DType.F32, 2048, 1024, 8192), List.of(18L), null, 1, 0);
    assertThat(huge.size()).isLessThan(90);
  }
}
