package io.gshard.autodiff;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static io.gshard.autodiff.GradientCheck.f64;
import static io.gshard.autodiff.GradientCheck.uniform;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** On four devices, the loss being the sum of all devices' losses. */
final class CollectiveGradientTest {
  private static final MeshShape MESH = MeshShape.parse("a=2, b=2");
  private static final double STEP = 1e-5;

  /** Per device: the loss, and its gradient by x. */
  private static List<List<Literal>> run(Op op, List<Literal> x, List<Literal> weights) {
    List<Shape> shapes = List.of(x.getFirst().shape(), weights.getFirst().shape());
    HloModule traced =
        Tracer.trace(
            "f",
            MESH,
            shapes,
            a -> {
              Tensor loss = Ops.sum(Ops.apply(op, a.get(0)).times(a.get(1)));
              return List.of(loss, Engine.current().gradients(loss, a.subList(0, 1)).getFirst());
            });
    HloModule module = new HloModule("f", MESH, traced.entry(), List.of(), true);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int d = 0; d < x.size(); d++) {
      arguments.add(List.of(x.get(d), weights.get(d)));
    }
    return SpmdEvaluator.run(module, arguments);
  }

  private static void check(Op op, Shape in, Shape out) {
    Random random = new Random(5);
    List<Literal> x = new ArrayList<>();
    List<Literal> weights = new ArrayList<>();
    for (int d = 0; d < MESH.devices(); d++) {
      x.add(uniform(random, in, -1, 1));
      weights.add(uniform(random, out, -1, 1));
    }
    List<List<Literal>> found = run(op, x, weights);
    for (int d = 0; d < x.size(); d++) {
      for (int i = 0; i < in.elements(); i++) {
        double up = loss(op, moved(x, d, i, STEP), weights);
        double down = loss(op, moved(x, d, i, -STEP), weights);
        assertWithMessage("%s: device %s, element %s", op, d, i)
            .that(found.get(d).get(1).real(i))
            .isWithin(1e-6)
            .of((up - down) / (2 * STEP));
      }
    }
  }

  private static double loss(Op op, List<Literal> x, List<Literal> weights) {
    return run(op, x, weights).stream().mapToDouble(r -> r.getFirst().real(0)).sum();
  }

  private static List<Literal> moved(List<Literal> x, int device, int element, double by) {
    List<Literal> moved = new ArrayList<>(x);
    Literal old = x.get(device);
    double[] values = new double[(int) old.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = old.real(i) + (i == element ? by : 0);
    }
    moved.set(device, Literal.ofReals(old.shape(), values));
    return moved;
  }

  @Test
  void collectives() {
    List<String> both = List.of("b", "a");
    for (Combiner combiner : List.of(Combiner.ADD, Combiner.MAXIMUM, Combiner.MINIMUM)) {
      check(new Op.AllReduce(combiner, List.of("b")), f64(3), f64(3));
    }
    check(new Op.AllGather(1, both), f64(2, 2), f64(2, 8));
    check(new Op.ReduceScatter(Combiner.ADD, 0, both), f64(4, 2), f64(1, 2));
    check(new Op.AllToAll(0, 1, List.of("a")), f64(4, 2), f64(2, 4));
    check(new Op.AllToAll(1, 0, both), f64(2, 4), f64(8, 1));
    check(new Op.CollectivePermute(both, List.of(2, -1, 1, 0)), f64(2), f64(2));
  }

  @Test
  void thoseWithoutARuleAreNamed() {
    assertThat(refused(new Op.AllReduce(Combiner.MULTIPLY, List.of("a"))))
        .isEqualTo("all-reduce by MULTIPLY has no gradient; ADD, MAXIMUM and MINIMUM have");
    assertThat(refused(new Op.ReduceScatter(Combiner.MAXIMUM, 0, List.of("a"))))
        .isEqualTo("reduce-scatter by MAXIMUM has no gradient; only ADD has");
  }

  private static String refused(Op op) {
    Literal x = Literal.ofReals(f64(2), 1, 2);
    return assertThrows(
            IllegalArgumentException.class,
            () ->
                Tracer.trace(
                    "f",
                    MESH,
                    List.of(x.shape()),
                    a -> Engine.current().gradients(Ops.sum(Ops.apply(op, a.get(0))), a)))
        .getMessage();
  }

  @Test
  void unknownCallsAreRefusedWithTheirPosition() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Tracer.trace(
                    "f",
                    MESH,
                    List.of(f64()),
                    a -> {
                      Type type = new Type.Array(f64());
                      Tracer tracer = (Tracer) Engine.current();
                      tracer.builder().at(new Source("Model.java", 7, 5));
                      Tensor y =
                          tracer.wrap(
                              tracer
                                  .builder()
                                  .add(
                                      new HloOp.CustomCall("other", "", type),
                                      type,
                                      List.of(tracer.instruction(a.get(0)))));
                      return Engine.current().gradients(y, a);
                    }));
    assertThat(refused)
        .hasMessageThat()
        .isEqualTo(
            "custom-call at Model.java:7:5 has no gradient; use a counted loop, or stopGradient on"
                + " what goes in");
  }

  @Test
  void gradientsKeepSourcesAndShardings() {
    Source source = new Source("Model.java", 3, 1);
    HloModule module =
        Tracer.trace(
            "f",
            MESH,
            List.of(f64(4)),
            a -> {
              ((Tracer) Engine.current()).builder().at(source);
              Tensor y = Ops.exp(Ops.split(a.get(0), 0, "b"));
              ((Tracer) Engine.current()).builder().at(new Source("Model.java", 9, 1));
              return Engine.current().gradients(Ops.sum(y), a);
            });
    var gradient = module.entry().root().operand(0);
    assertThat(gradient.op()).isInstanceOf(HloOp.CustomCall.class);
    assertThat(gradient.sharding().toString()).isEqualTo("[{b}]");
    assertThat(gradient.source()).isEqualTo(source);
    assertThat(gradient.operand(0).source()).isEqualTo(source);
  }
}
