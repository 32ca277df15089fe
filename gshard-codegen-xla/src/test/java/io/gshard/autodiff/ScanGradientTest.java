package io.gshard.autodiff;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static io.gshard.autodiff.GradientCheck.f64;
import static io.gshard.autodiff.GradientCheck.uniform;
import static io.gshard.tensor.Ops.einsum;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.passes.LowerScans;
import io.gshard.passes.Simplify;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

final class ScanGradientTest {
  private static final int LENGTH = 3;
  private static final List<Loop> LOOPS =
      List.of(ScanGradientTest::scan, ScanGradientTest::rematerialized);

  /** A loop whose body gets (carries, slices) and gives carries and what is stacked. */
  static List<Tensor> scan(
      List<Tensor> carries,
      List<Tensor> slices,
      boolean reverse,
      BiFunction<List<Tensor>, List<Tensor>, List<Tensor>> body) {
    return scan(carries, slices, reverse, false, body);
  }

  /** The same, its gradient by computing each turn again. */
  private static List<Tensor> rematerialized(
      List<Tensor> carries,
      List<Tensor> slices,
      boolean reverse,
      BiFunction<List<Tensor>, List<Tensor>, List<Tensor>> body) {
    return scan(carries, slices, reverse, true, body);
  }

  private static List<Tensor> scan(
      List<Tensor> carries,
      List<Tensor> slices,
      boolean reverse,
      boolean rematerialize,
      BiFunction<List<Tensor>, List<Tensor>, List<Tensor>> body) {
    Tracer tracer = (Tracer) Engine.current();
    Tracer inner = tracer.nested("layer");
    List<Tensor> carried = carries.stream().map(c -> inner.parameter("carry", c.shape())).toList();
    List<Tensor> sliced =
        slices.stream().map(s -> inner.parameter("slice", row(s.shape()))).toList();
    List<Tensor> results = Engine.with(inner, () -> body.apply(carried, sliced));
    Computation computation = inner.build(results);
    List<Tensor> operands = new ArrayList<>(carries);
    operands.addAll(slices);
    operands.addAll(inner.captured());
    long length = slices.getFirst().dim(0);
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      Shape shape = results.get(i).shape();
      shapes.add(i < carries.size() ? shape : stack(shape, length));
    }
    return tracer.applyTuple(
        new HloOp.Scan(computation, length, carries.size(), slices.size(), reverse, rematerialize),
        Type.tuple(shapes),
        operands);
  }

  private static Shape row(Shape shape) {
    return shape.withDims(shape.dims().subList(1, shape.rank()));
  }

  private static Shape stack(Shape shape, long length) {
    List<Long> dims = new ArrayList<>(shape.dims());
    dims.addFirst(length);
    return shape.withDims(dims);
  }

  /** The same without a loop. */
  static List<Tensor> unrolled(
      List<Tensor> carries,
      List<Tensor> slices,
      boolean reverse,
      BiFunction<List<Tensor>, List<Tensor>, List<Tensor>> body) {
    int length = (int) slices.getFirst().dim(0);
    List<Tensor> state = carries;
    List<List<Tensor>> rows = new ArrayList<>();
    for (int trip = 0; trip < length; trip++) {
      int at = reverse ? length - 1 - trip : trip;
      List<Tensor> sliced = new ArrayList<>();
      for (Tensor slice : slices) {
        List<Long> dims = slice.shape().dims();
        sliced.add(
            Ops.apply(
                new Op.Reshape(dims.subList(1, dims.size())), Ops.slice(slice, 0, at, at + 1)));
      }
      List<Tensor> results = body.apply(state, sliced);
      state = results.subList(0, carries.size());
      rows.add(reverse ? 0 : rows.size(), results.subList(carries.size(), results.size()));
    }
    List<Tensor> all = new ArrayList<>(state);
    for (int i = 0; i < rows.getFirst().size(); i++) {
      int which = i;
      all.add(
          Ops.concat(
              0, rows.stream().map(r -> Ops.expandDim(r.get(which), 0)).toArray(Tensor[]::new)));
    }
    return all;
  }

  private interface Loop {
    List<Tensor> run(
        List<Tensor> carries,
        List<Tensor> slices,
        boolean reverse,
        BiFunction<List<Tensor>, List<Tensor>, List<Tensor>> body);
  }

  /** A residual layer with weights of its own, a shared weight, a mask and a counter. */
  private static Tensor network(Loop loop, List<Tensor> a, boolean reverse) {
    Tensor mask = Ops.greater(a.get(3), Ops.zerosLike(a.get(3)));
    Tensor half = Ops.constant(DType.F64, 0.5);
    List<Tensor> results =
        loop.run(
            List.of(a.get(0), Ops.constant(DType.S32, 1), a.get(0)),
            List.of(a.get(1), a.get(2)),
            reverse,
            (carries, slices) -> {
              Tensor x = carries.get(0);
              Tensor hidden =
                  Ops.tanh(Ops.relu(einsum("BM,MN->BN", x, slices.get(0))).plus(slices.get(1)));
              Tensor shared = einsum("BM,MN->BN", hidden, a.get(4));
              Tensor count = Ops.convert(carries.get(1), DType.F64);
              Tensor kept = Ops.select(mask, shared, hidden.times(half)).over(count);
              return List.of(
                  x.plus(kept),
                  carries.get(1).plus(1),
                  carries.get(2),
                  Ops.sum(Ops.square(hidden), 1),
                  x);
            });
    return Ops.sum(results.get(0), 1)
        .plus(Ops.sum(results.get(3), 0))
        .plus(Ops.sum(results.get(2), 1));
  }

  private static List<Literal> arguments(Random random) {
    return List.of(
        uniform(random, f64(2, 3), -1, 1),
        uniform(random, f64(LENGTH, 3, 3), -1, 1),
        uniform(random, f64(LENGTH, 3), -1, 1),
        uniform(random, f64(2, 3), -1, 1),
        uniform(random, f64(3, 3), -1, 1));
  }

  @Test
  void loopsMatchCentralDifferences() {
    for (boolean reverse : new boolean[] {false, true}) {
      for (Loop loop : LOOPS) {
        GradientCheck.check("scan", arguments(new Random(3)), a -> network(loop, a, reverse));
      }
    }
  }

  @Test
  void loopsMatchTheSameWithoutALoop() {
    for (boolean reverse : new boolean[] {false, true}) {
      List<Literal> arguments = arguments(new Random(4));
      List<Shape> shapes = arguments.stream().map(Literal::shape).toList();
      HloModule loop =
          GradientCheck.gradients(shapes, a -> network(ScanGradientTest::scan, a, reverse));
      HloModule again =
          GradientCheck.gradients(
              shapes, a -> network(ScanGradientTest::rematerialized, a, reverse));
      HloModule flat =
          GradientCheck.gradients(shapes, a -> network(ScanGradientTest::unrolled, a, reverse));
      List<Literal> expected = Evaluator.run(flat, arguments);
      for (HloModule module :
          List.of(
              loop,
              Simplify.run(loop),
              LowerScans.run(Simplify.run(loop)),
              LowerScans.run(Simplify.run(again)))) {
        List<Literal> found = Evaluator.run(module, arguments);
        for (int i = 0; i < expected.size(); i++) {
          for (int j = 0; j < expected.get(i).shape().elements(); j++) {
            assertWithMessage("result %s, element %s", i, j)
                .that(found.get(i).real(j))
                .isWithin(1e-11)
                .of(expected.get(i).real(j));
          }
        }
      }
    }
  }

  @Test
  void oneLoopForwardAndOneBackward() {
    List<Shape> shapes = arguments(new Random(5)).stream().map(Literal::shape).toList();
    HloModule module =
        Simplify.run(
            GradientCheck.gradients(shapes, a -> network(ScanGradientTest::scan, a, false)));
    List<HloOp.Scan> scans = scans(module);
    assertThat(scans.stream().map(HloOp.Scan::reverse).toList()).containsExactly(false, true);
    assertThat(scans.stream().map(s -> s.body().name()).toList())
        .containsExactly("layer", "layer_gradient")
        .inOrder();
    HloOp.Scan forward = scans.getFirst();
    // x, hidden, relu's choice, the counter; neither the mask nor the weights.
    assertThat(forward.body().root().operands().size() - forward.carries()).isAtMost(6);
  }

  @Test
  void computingAgainKeepsCarriesAlone() {
    List<Shape> shapes = arguments(new Random(5)).stream().map(Literal::shape).toList();
    HloModule module =
        Simplify.run(
            GradientCheck.gradients(
                shapes, a -> network(ScanGradientTest::rematerialized, a, false)));
    HloOp.Scan forward = scans(module).getFirst();
    List<Instruction> results = forward.body().root().operands();
    // The loss needs the sums of squares of each turn; the gradient the carries before it.
    assertThat(
            results.subList(forward.carries(), results.size()).stream()
                .filter(r -> !(r.op() instanceof HloOp.Parameter))
                .count())
        .isAtMost(1);
  }

  private static List<HloOp.Scan> scans(HloModule module) {
    return module.entry().instructions().stream()
        .map(Instruction::op)
        .filter(HloOp.Scan.class::isInstance)
        .map(HloOp.Scan.class::cast)
        .toList();
  }

  @Test
  void loopsInLoops() {
    Random random = new Random(6);
    List<Literal> arguments =
        List.of(
            uniform(random, f64(2), -1, 1),
            uniform(random, f64(2, 2), -1, 1),
            uniform(random, f64(3, 2), -1, 1));
    GradientCheck.check(
        "nested",
        arguments,
        a ->
            scan(
                    List.of(a.get(0)),
                    List.of(a.get(1)),
                    false,
                    (outer, s) ->
                        scan(
                            List.of(outer.getFirst().plus(s.getFirst())),
                            List.of(a.get(2)),
                            true,
                            (inner, t) ->
                                List.of(
                                    Ops.sin(inner.getFirst())
                                        .times(t.getFirst())
                                        .plus(outer.getFirst()))))
                .getFirst());
  }

  @Test
  void loopsOfOneTurn() {
    Random random = new Random(8);
    GradientCheck.check(
        "one turn",
        List.of(uniform(random, f64(2), -1, 1), uniform(random, f64(1, 2), -1, 1)),
        a -> {
          List<Tensor> results =
              scan(
                  List.of(a.get(0)),
                  List.of(a.get(1)),
                  false,
                  (c, s) ->
                      List.of(Ops.tanh(c.getFirst()).times(s.getFirst()), Ops.exp(s.getFirst())));
          return results.get(0).plus(Ops.sum(results.get(1), 0));
        });
  }

  @Test
  void askingTwiceGivesTheSame() {
    List<Literal> arguments = arguments(new Random(9));
    List<Shape> shapes = arguments.stream().map(Literal::shape).toList();
    HloModule module =
        Tracer.trace(
            "twice",
            MeshShape.SINGLE,
            shapes,
            a -> {
              Tensor loss = Ops.sum(network(ScanGradientTest::scan, a, false));
              Tensor first = Engine.current().gradients(loss, a.subList(1, 2)).getFirst();
              Tensor second = Engine.current().gradients(loss, a.subList(1, 3)).getFirst();
              return List.of(first, second);
            });
    List<Literal> results = Evaluator.run(Simplify.run(module), arguments);
    assertThat(results.get(0)).isEqualTo(results.get(1));
    assertThat(scans(Simplify.run(module)).stream().filter(s -> !s.reverse()).count()).isEqualTo(1);
  }
}
