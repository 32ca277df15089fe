package io.gshard.nn;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.passes.Simplify;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Runs functions of the language on values. */
final class Run {
  private Run() {}

  static List<Literal> all(List<Literal> arguments, Function<List<Tensor>, List<Tensor>> body) {
    List<Shape> shapes = arguments.stream().map(Literal::shape).toList();
    HloModule module = Tracer.trace("f", MeshShape.SINGLE, shapes, body);
    return Evaluator.run(Simplify.run(module), arguments);
  }

  static Literal one(Function<List<Tensor>, Tensor> body, Literal... arguments) {
    return all(List.of(arguments), a -> List.of(body.apply(a))).getFirst();
  }

  static Literal random(Random random, Shape shape, double low, double high) {
    double[] values = random.doubles(shape.elements(), low, high).toArray();
    return Literal.ofReals(shape, values);
  }

  static Literal s32(int... values) {
    return Literal.ofInts(Shape.of(DType.S32, values.length), values);
  }

  static Literal matrix(long rows, long columns, int... values) {
    return Literal.ofInts(Shape.of(DType.S32, rows, columns), values);
  }
}
