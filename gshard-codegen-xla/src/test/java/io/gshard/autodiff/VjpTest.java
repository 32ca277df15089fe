package io.gshard.autodiff;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.autodiff.GradientCheck.f64;
import static io.gshard.autodiff.GradientCheck.uniform;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class VjpTest {
  private static final Literal INDEX = Literal.scalar(DType.S32, 1);

  private final Random random = new Random(7);

  private void check(String name, double low, double high, Op op, Shape... shapes) {
    check(name, low, high, a -> Ops.apply(op, a.toArray(Tensor[]::new)), shapes);
  }

  private void check(
      String name, double low, double high, Function<List<Tensor>, Tensor> body, Shape... shapes) {
    List<Literal> arguments =
        Arrays.stream(shapes).map(s -> uniform(random, s, low, high)).toList();
    GradientCheck.check(name, arguments, body);
  }

  @ParameterizedTest
  @EnumSource(Op.UnaryKind.class)
  void unary(Op.UnaryKind kind) {
    if (kind == Op.UnaryKind.NOT || kind == Op.UnaryKind.POPCNT || kind == Op.UnaryKind.CLZ) {
      return; // integers have no gradients
    }
    boolean positive =
        switch (kind) {
          case LOG, SQRT, RSQRT, CBRT -> true;
          default -> false;
        };
    check(kind.name(), positive ? 0.3 : -0.9, 1.4, new Op.Unary(kind), f64(3, 2));
  }

  @ParameterizedTest
  @EnumSource(
      value = Op.BinaryKind.class,
      names = {
        "ADD",
        "SUBTRACT",
        "MULTIPLY",
        "DIVIDE",
        "REMAINDER",
        "MAXIMUM",
        "MINIMUM",
        "POWER",
        "ATAN2"
      })
  void binary(Op.BinaryKind kind) {
    check(kind.name(), 0.3, 1.4, new Op.Binary(kind), f64(4), f64(4));
    if (kind != Op.BinaryKind.POWER && kind != Op.BinaryKind.REMAINDER) {
      check(kind.name(), -2, 2, new Op.Binary(kind), f64(4), f64(4));
    }
  }

  @Test
  void powerAtTheEdgesIsFinite() {
    HloModule module =
        GradientCheck.gradients(List.of(f64(3), f64(3)), a -> Ops.power(a.get(0), a.get(1)));
    List<Literal> result =
        Evaluator.run(
            module, List.of(Literal.ofReals(f64(3), 0, 0, -2), Literal.ofReals(f64(3), 0, 2, 3)));
    assertThat(result.get(1).real(0)).isEqualTo(0.0);
    assertThat(result.get(1).real(1)).isEqualTo(0.0);
    for (int i = 0; i < 3; i++) {
      assertThat(result.get(2).real(i)).isEqualTo(0.0);
    }
  }

  @Test
  void reluIsFlatAtZero() {
    HloModule module = GradientCheck.gradients(List.of(f64(2)), a -> Ops.relu(a.get(0)));
    List<Literal> result = Evaluator.run(module, List.of(Literal.ofReals(f64(2), 0, 0)));
    assertThat(result.get(1)).isEqualTo(Literal.ofReals(f64(2), 0, 0));
  }

  @Test
  void choices() {
    check(
        "select",
        -1,
        1,
        a -> Ops.select(Ops.less(a.get(0), a.get(1)), a.get(0).times(2), a.get(1).times(a.get(0))),
        f64(5),
        f64(5));
    check(
        "clamp by scalars",
        -2,
        2,
        a -> Ops.apply(new Op.Clamp(), a.get(0).minus(2), a.get(1), a.get(2).plus(2)),
        f64(),
        f64(6),
        f64());
    Literal low = Literal.ofReals(f64(3), -1, 0.5, -1);
    Literal high = Literal.ofReals(f64(3), 1, 2, -0.5);
    Literal x = Literal.ofReals(f64(3), 0.2, 0.1, 0.7);
    GradientCheck.check(
        "clamp", List.of(low, x, high), a -> Ops.apply(new Op.Clamp(), a.toArray(Tensor[]::new)));
  }

  @Test
  void conversionsKeepTheValue() {
    Function<List<Tensor>, Tensor> narrow =
        a -> Ops.convert(Ops.convert(a.get(0), DType.F32), DType.F64).times(a.get(0));
    HloModule module = GradientCheck.gradients(List.of(f64(2)), narrow);
    List<Literal> result = Evaluator.run(module, List.of(Literal.ofReals(f64(2), 0.5, 2)));
    // d(x*x) = 2x, times the weights of the check.
    assertThat(result.get(1).real(0)).isWithin(1e-6).of(Math.cos(0.4) + 0.2);
    assertThat(result.get(1).real(1)).isWithin(1e-6).of(4 * (Math.cos(1.7) + 0.2));
  }

  @Test
  void movements() {
    check("broadcast", -1, 1, new Op.Broadcast(List.of(2L, 3L, 2L), List.of(0, 2)), f64(2, 2));
    check("reshape", -1, 1, new Op.Reshape(List.of(3L, 2L)), f64(2, 3));
    check("transpose", -1, 1, new Op.Transpose(List.of(2, 0, 1)), f64(2, 3, 2));
    check("reverse", -1, 1, new Op.Reverse(List.of(1)), f64(2, 3));
    check(
        "slice", -1, 1, new Op.Slice(List.of(1L, 0L), List.of(7L, 2L), List.of(2L, 1L)), f64(8, 2));
    check("slice", -1, 1, new Op.Slice(List.of(0L), List.of(6L), List.of(3L)), f64(9));
    check(
        "pad",
        -1,
        1,
        new Op.Pad(List.of(1L, 0L), List.of(0L, 2L), List.of(2L, 0L)),
        f64(3, 2),
        f64());
    check("crop", -1, 1, new Op.Pad(List.of(-1L), List.of(-2L), List.of(1L)), f64(5), f64());
    check("crop and pad", -1, 1, new Op.Pad(List.of(-3L), List.of(2L), List.of(2L)), f64(4), f64());
    check("concatenate", -1, 1, new Op.Concatenate(1), f64(2, 1), f64(2, 3), f64(2, 2));
  }

  @Test
  void movementsAtAComputedIndex() {
    for (int start : new int[] {-1, 0, 1, 2, 5}) {
      Literal index = Literal.scalar(DType.S32, start);
      GradientCheck.check(
          "dynamic-slice at " + start,
          List.of(uniform(random, f64(4, 3), -1, 1), index, INDEX),
          a -> Ops.apply(new Op.DynamicSlice(List.of(2L, 2L)), a.toArray(Tensor[]::new)));
      GradientCheck.check(
          "dynamic-update-slice at " + start,
          List.of(
              uniform(random, f64(4, 3), -1, 1), uniform(random, f64(2, 2), -1, 1), index, INDEX),
          a -> Ops.apply(new Op.DynamicUpdateSlice(), a.toArray(Tensor[]::new)));
    }
  }

  @Test
  void dotOfAnyDims() {
    check("matmul", -1, 1, dot(List.of(), List.of(), List.of(1), List.of(0)), f64(2, 3), f64(3, 2));
    check("outer", -1, 1, dot(List.of(), List.of(), List.of(), List.of()), f64(2), f64(3));
    check("inner", -1, 1, dot(List.of(), List.of(), List.of(0), List.of(0)), f64(3), f64(3));
    for (int seed = 0; seed < 12; seed++) {
      randomDot(new Random(seed), seed);
    }
  }

  private static Op dot(
      List<Integer> lhsBatch, List<Integer> rhsBatch, List<Integer> lhs, List<Integer> rhs) {
    return new Op.Dot(lhsBatch, rhsBatch, lhs, rhs, null);
  }

  private void randomDot(Random generator, int seed) {
    int batch = generator.nextInt(3);
    int contracting = generator.nextInt(3);
    int lhsRank = batch + contracting + generator.nextInt(2);
    int rhsRank = batch + contracting + generator.nextInt(2);
    List<Integer> lhsOrder = shuffled(lhsRank, generator);
    List<Integer> rhsOrder = shuffled(rhsRank, generator);
    long[] lhsDims = generator.longs(lhsRank, 1, 4).toArray();
    long[] rhsDims = generator.longs(rhsRank, 1, 4).toArray();
    for (int i = 0; i < batch + contracting; i++) {
      rhsDims[rhsOrder.get(i)] = lhsDims[lhsOrder.get(i)];
    }
    Op.Dot op =
        new Op.Dot(
            lhsOrder.subList(0, batch),
            rhsOrder.subList(0, batch),
            lhsOrder.subList(batch, batch + contracting),
            rhsOrder.subList(batch, batch + contracting),
            null);
    check("seed " + seed + ": " + op, -1, 1, op, f64(lhsDims), f64(rhsDims));
  }

  private static List<Integer> shuffled(int count, Random generator) {
    List<Integer> list = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(list, generator);
    return list;
  }

  @ParameterizedTest
  @EnumSource(
      value = Combiner.class,
      names = {"ADD", "MULTIPLY", "MAXIMUM", "MINIMUM"})
  void folds(Combiner combiner) {
    check(combiner + " of a dim", -1, 1, new Op.Reduce(combiner, List.of(1)), f64(2, 3));
    check(combiner + " of all", -1, 1, new Op.Reduce(combiner, List.of(0, 2, 1)), f64(2, 2, 2));
    for (boolean exclusive : new boolean[] {false, true}) {
      for (boolean reverse : new boolean[] {false, true}) {
        Op running = new Op.Cumulative(combiner, 1, exclusive, reverse);
        // What precedes everything is infinite; that element is the same whatever x is.
        Function<List<Tensor>, Tensor> finite =
            a -> {
              Tensor y = Ops.apply(running, a.getFirst());
              return Ops.select(Ops.isFinite(y), y, Ops.zerosLike(y));
            };
        check(running.toString(), -1, 1, finite, f64(2, 4, 2));
      }
    }
  }

  @Test
  void productsOfZerosAreNoException() {
    Literal zeros = Literal.ofReals(f64(4), 2, 0, 3, 0);
    Literal zero = Literal.ofReals(f64(4), 2, 0, 3, 0.5);
    for (Literal x : List.of(zeros, zero)) {
      GradientCheck.check("product", List.of(x), a -> Ops.product(a.getFirst()));
      GradientCheck.check(
          "running product",
          List.of(x),
          a -> Ops.apply(new Op.Cumulative(Combiner.MULTIPLY, 0, false, false), a.getFirst()));
    }
  }

  @Test
  void equalExtremesShare() {
    HloModule module = GradientCheck.gradients(List.of(f64(3)), a -> Ops.max(a.get(0)));
    List<Literal> result = Evaluator.run(module, List.of(Literal.ofReals(f64(3), 2, 1, 2)));
    double half = (Math.cos(0.4) + 0.2) / 2;
    assertThat(result.get(1)).isEqualTo(Literal.ofReals(f64(3), half, 0, half));
  }

  @Test
  void gatherAndScatterWithIndicesOutside() {
    Literal indices = Literal.ofInts(Shape.of(DType.S32, 3, 2), new int[] {0, 1, 3, -1, 9, 2});
    Op gather =
        new Op.Gather(
            List.of(1, 2), List.of(), List.of(), List.of(), List.of(1, 0), 1, List.of(2L, 2L));
    GradientCheck.check(
        "gather",
        List.of(uniform(random, f64(4, 3), -1, 1), indices),
        a -> Ops.apply(gather, a.get(0), a.get(1)));
    Op rows =
        new Op.Gather(List.of(0), List.of(0), List.of(), List.of(), List.of(0), 1, List.of(1L, 3L));
    Literal ids = Literal.ofInts(Shape.of(DType.S32, 4), new int[] {2, 0, 2, 7});
    GradientCheck.check(
        "rows",
        List.of(uniform(random, f64(4, 3), -1, 1), ids),
        a -> Ops.apply(rows, a.get(0), a.get(1)));
    for (Combiner combiner : Arrays.asList(Combiner.ADD, Combiner.MAXIMUM, Combiner.MINIMUM)) {
      Op scatter =
          new Op.Scatter(
              combiner, List.of(1, 2), List.of(), List.of(), List.of(), List.of(1, 0), 1);
      GradientCheck.check(
          "scatter " + combiner,
          List.of(uniform(random, f64(4, 3), -1, 1), indices, uniform(random, f64(3, 2, 2), -1, 1)),
          a -> Ops.apply(scatter, a.toArray(Tensor[]::new)));
    }
  }

  @Test
  void plainScatterAndBatchingDims() {
    Op put = new Op.Scatter(null, List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1);
    GradientCheck.check(
        "put",
        List.of(
            uniform(random, f64(4, 3), -1, 1),
            Literal.ofInts(Shape.of(DType.S32, 2), new int[] {3, 1}),
            uniform(random, f64(2, 3), -1, 1)),
        a -> Ops.apply(put, a.toArray(Tensor[]::new)));
    Op batched =
        new Op.Gather(
            List.of(2), List.of(1), List.of(0), List.of(0), List.of(1), 2, List.of(1L, 1L, 2L));
    GradientCheck.check(
        "batched gather",
        List.of(
            uniform(random, f64(2, 4, 2), -1, 1),
            Literal.ofInts(Shape.of(DType.S32, 2, 3), new int[] {0, 3, 3, 1, 1, 2})),
        a -> Ops.apply(batched, a.get(0), a.get(1)));
    Op adding =
        new Op.Scatter(Combiner.ADD, List.of(2), List.of(1), List.of(0), List.of(0), List.of(1), 2);
    GradientCheck.check(
        "batched scatter",
        List.of(
            uniform(random, f64(2, 4, 2), -1, 1),
            Literal.ofInts(Shape.of(DType.S32, 2, 3), new int[] {0, 3, 3, 1, 1, 2}),
            uniform(random, f64(2, 3, 2), -1, 1)),
        a -> Ops.apply(adding, a.toArray(Tensor[]::new)));
  }

  @Test
  void productScatterIsRefused() {
    Op times =
        new Op.Scatter(
            Combiner.MULTIPLY, List.of(), List.of(0), List.of(), List.of(), List.of(0), 1);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                GradientCheck.gradients(
                    List.of(f64(4), Shape.of(DType.S32, 2), f64(2)),
                    a -> Ops.apply(times, a.toArray(Tensor[]::new))));
    assertThat(refused).hasMessageThat().contains("scatter by MULTIPLY has no gradient");
  }

  @Test
  void stoppedGradientsAreZero() {
    HloModule module =
        GradientCheck.gradients(
            List.of(f64(2)), a -> Ops.stopGradient(a.get(0)).times(Ops.floor(a.get(0))));
    List<Literal> result = Evaluator.run(module, List.of(Literal.ofReals(f64(2), 1.5, 2.5)));
    assertThat(result.get(1)).isEqualTo(Literal.ofReals(f64(2), 0, 0));
  }

  @Test
  void aValueUsedTwiceAddsUp() {
    check(
        "x*x + sin(x)*x",
        -1,
        1,
        a -> a.get(0).times(a.get(0)).plus(Ops.sin(a.get(0)).times(a.get(0))),
        f64(3));
  }

  @Test
  void lossesAndTargetsAreChecked() {
    ShapeException vector =
        assertThrows(
            ShapeException.class,
            () ->
                Tracer.trace(
                    "f",
                    MeshShape.SINGLE,
                    List.of(f64(2)),
                    a -> Engine.current().gradients(a.get(0), a)));
    assertThat(vector)
        .hasMessageThat()
        .isEqualTo(
            "gradients are of a floating scalar, found a loss of f64[2]; take its sum or mean");
    ShapeException integer =
        assertThrows(
            ShapeException.class,
            () ->
                Tracer.trace(
                    "f",
                    MeshShape.SINGLE,
                    List.of(f64(), Shape.of(DType.S32, 2)),
                    a -> Engine.current().gradients(a.get(0), a)));
    assertThat(integer)
        .hasMessageThat()
        .isEqualTo("gradients are with respect to floating tensors, found s32[2]");
  }
}
