package io.gshard.autodiff;

import static com.google.common.truth.Truth.assertWithMessage;
import static io.gshard.tensor.Ops.constant;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
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
import java.util.function.Function;

/** Compares gradients with central differences, in f64, before and after the passes. */
final class GradientCheck {
  private static final double STEP = 1e-5;

  private GradientCheck() {}

  static Shape f64(long... dims) {
    return Shape.of(DType.F64, dims);
  }

  static Literal uniform(Random random, Shape shape, double low, double high) {
    double[] values = new double[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = low + (high - low) * random.nextDouble();
    }
    return Literal.ofReals(shape, values);
  }

  /** Some fixed weights, so that the cotangent of each element differs. */
  private static Tensor weighted(Tensor x) {
    double[] weights = new double[(int) x.shape().elements()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.cos(1.3 * i + 0.4) + 0.2;
    }
    Tensor wide = Ops.convert(x, DType.F64);
    return Ops.sum(wide.times(constant(Literal.ofReals(wide.shape(), weights))));
  }

  static HloModule gradients(List<Shape> shapes, Function<List<Tensor>, Tensor> body) {
    return Tracer.trace(
        "gradients",
        MeshShape.SINGLE,
        shapes,
        arguments -> {
          Tensor loss = weighted(body.apply(arguments));
          List<Tensor> floating = arguments.stream().filter(a -> a.type().isFloating()).toList();
          List<Tensor> results = new ArrayList<>(List.of(loss));
          results.addAll(Engine.current().gradients(loss, floating));
          return results;
        });
  }

  static void check(String name, List<Literal> arguments, Function<List<Tensor>, Tensor> body) {
    List<Shape> shapes = arguments.stream().map(Literal::shape).toList();
    HloModule forward =
        Tracer.trace("forward", MeshShape.SINGLE, shapes, a -> List.of(weighted(body.apply(a))));
    HloModule module = gradients(shapes, body);
    HloModule small = Simplify.run(module);
    HloModule lowered = LowerScans.run(small);
    int next = 1;
    List<Literal> plain = Evaluator.run(module, arguments);
    List<Literal> simplified = Evaluator.run(small, arguments);
    List<Literal> whiles = Evaluator.run(lowered, arguments);
    for (int a = 0; a < arguments.size(); a++) {
      Literal argument = arguments.get(a);
      if (!argument.isFloating()) {
        continue;
      }
      for (int i = 0; i < argument.shape().elements(); i++) {
        double up = Evaluator.run(forward, moved(arguments, a, i, STEP)).getFirst().real(0);
        double down = Evaluator.run(forward, moved(arguments, a, i, -STEP)).getFirst().real(0);
        double expected = (up - down) / (2 * STEP);
        double tolerance = 1e-6 * Math.max(1, Math.abs(expected));
        String at = "%s: argument %d, element %d of %s".formatted(name, a, i, argument);
        assertWithMessage(at).that(plain.get(next).real(i)).isWithin(tolerance).of(expected);
        assertWithMessage("simplified, " + at)
            .that(simplified.get(next).real(i))
            .isWithin(tolerance)
            .of(expected);
        assertWithMessage("lowered, " + at)
            .that(whiles.get(next).real(i))
            .isWithin(tolerance)
            .of(expected);
      }
      next++;
    }
  }

  private static List<Literal> moved(List<Literal> arguments, int which, int element, double by) {
    List<Literal> moved = new ArrayList<>(arguments);
    Literal old = arguments.get(which);
    double[] values = new double[(int) old.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = old.real(i) + (i == element ? by : 0);
    }
    moved.set(which, Literal.ofReals(old.shape(), values));
    return moved;
  }
}
