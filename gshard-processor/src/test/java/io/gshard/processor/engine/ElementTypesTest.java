package io.gshard.processor.engine;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static io.gshard.tensor.DType.PRED;
import static io.gshard.tensor.DType.S32;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every op on arrays with every element type that it takes: the kernels give what the reference
 * evaluator does, on shapes with dims of 0, 1 and odd sizes.
 */
final class ElementTypesTest {
  private static final List<List<Long>> DIMS =
      List.of(
          List.of(), List.of(0L), List.of(1L), List.of(3L, 0L), List.of(3L, 5L), List.of(7L, 301L));

  private static final List<DType> TYPES = List.of(DType.values());

  private final Random random = new Random(11);
  private final List<Tensor> results = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(DType.class)
  void opsAreTheEvaluators(DType type) {
    List<Shape> shapes = new ArrayList<>();
    for (List<Long> dims : DIMS) {
      Shape shape = new Shape(type, dims);
      shapes.addAll(List.of(shape, shape, shape.withType(PRED)));
    }
    shapes.addAll(List.of(Shape.of(type, 4, 3, 5), Shape.of(type, 4, 5, 3), Shape.of(type)));
    shapes.addAll(List.of(Shape.of(S32), Shape.of(S32, 6, 1), Shape.of(type, 6, 3, 5)));
    HloModule module =
        Tracer.trace(
            "types",
            MeshShape.SINGLE,
            shapes,
            in -> {
              for (int i = 0; i < DIMS.size(); i++) {
                elementwise(type, in.get(3 * i), in.get(3 * i + 1), in.get(3 * i + 2));
                folds(in.get(3 * i));
              }
              int at = 3 * DIMS.size();
              movement(in.get(at), in.get(at + 1), in.get(at + 2), in.get(at + 3));
              indexed(in.get(at), in.get(at + 4), in.get(at + 5));
              sources(type);
              return results;
            });
    List<Literal> arguments = shapes.stream().map(this::values).toList();
    List<Literal> expected = Evaluator.run(module, arguments);
    List<Literal> found = new KernelsEngine().load(module).run(List.of(arguments)).getFirst();
    assertThat(found).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertClose(names.get(i), found.get(i), expected.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"f16", "bf16", "f32", "f64"})
  void reducesPrecision(String type) {
    HloModule module =
        HloParser.parse(
            """
            ENTRY main {
              x = %1$s[40] parameter(0)
              a = %1$s[40] reduce-precision(x), exponent_bits=5, mantissa_bits=3
              b = %1$s[40] reduce-precision(x), exponent_bits=3, mantissa_bits=60
              c = %1$s[40] reduce-precision(x), exponent_bits=11, mantissa_bits=0
              ROOT r = (%1$s[40], %1$s[40], %1$s[40]) tuple(a, b, c)
            }
            """
                .formatted(type));
    List<Literal> in = List.of(values(module.entry().parameters().getFirst().shape()));
    assertThat(new KernelsEngine().load(module).run(List.of(in)))
        .containsExactly(Evaluator.run(module, in));
  }

  private void apply(Op op, Tensor... operands) {
    try {
      ShapeInference.infer(op, Stream.of(operands).map(Tensor::shape).toList());
    } catch (ShapeException e) {
      return;
    }
    names.add(op + " of " + Stream.of(operands).map(Tensor::shape).toList());
    results.add(Ops.apply(op, operands));
  }

  private void elementwise(DType type, Tensor x, Tensor y, Tensor p) {
    for (Op.UnaryKind kind : Op.UnaryKind.values()) {
      apply(new Op.Unary(kind), x);
    }
    for (Op.BinaryKind kind : Op.BinaryKind.values()) {
      apply(new Op.Binary(kind), x, y);
    }
    for (Op.Direction direction : Op.Direction.values()) {
      apply(new Op.Compare(direction), x, y);
    }
    apply(new Op.Select(), p, x, y);
    apply(new Op.Clamp(), x, y, x);
    for (DType to : TYPES) {
      apply(new Op.Convert(to), x);
      boolean bits = Stream.of(to, type).noneMatch(t -> t == PRED || t.isComplex());
      if (bits && to.bits() == type.bits()) {
        apply(new Op.BitcastConvert(to), x);
      }
    }
  }

  private void folds(Tensor x) {
    int rank = x.shape().rank();
    for (Combiner combiner : Combiner.values()) {
      boolean product = combiner == Combiner.MULTIPLY && x.shape().elements() > 100;
      if (rank > 0 && !product) {
        apply(new Op.Reduce(combiner, List.of(0)), x);
        apply(new Op.Reduce(combiner, List.of(rank - 1)), x);
        apply(new Op.Reduce(combiner, rank == 1 ? List.of(0) : List.of(0, 1)), x);
        apply(new Op.Cumulative(combiner, rank - 1, true, true), x);
        apply(new Op.Cumulative(combiner, 0, false, false), x);
      }
    }
  }

  private void movement(Tensor x, Tensor y, Tensor scalar, Tensor i) {
    apply(new Op.Broadcast(List.of(2L, 4L, 3L, 7L, 5L), List.of(1, 2, 4)), x);
    apply(new Op.Reshape(List.of(12L, 5L)), x);
    apply(new Op.Transpose(List.of(2, 0, 1)), x);
    apply(new Op.Reverse(List.of(0, 2)), x);
    apply(new Op.Slice(List.of(1L, 0L, 1L), List.of(4L, 3L, 5L), List.of(2L, 1L, 2L)), x);
    apply(new Op.Pad(List.of(1L, -1L, 0L), List.of(0L, 2L, -2L), List.of(1L, 0L, 2L)), x, scalar);
    apply(new Op.Concatenate(0), x, x);
    for (DType index : TYPES) {
      if (index.isInteger()) {
        Tensor at = index(i, index);
        apply(new Op.DynamicSlice(List.of(2L, 3L, 1L)), x, at, at, at);
        apply(new Op.DynamicUpdateSlice(), x, Ops.slice(x, 0, 1, 2), at, at, at);
      }
    }
    apply(new Op.Dot(List.of(0), List.of(0), List.of(2), List.of(1), null), x, y);
    apply(new Op.Dot(List.of(), List.of(), List.of(0, 2), List.of(0, 1), null), x, y);
    apply(new Op.Dot(List.of(), List.of(), List.of(), List.of(), null), scalar, scalar);
  }

  /**
   * Of u64 below 2^63: what lies above, the partitioner takes for large, the evaluator for small.
   */
  private static Tensor index(Tensor i, DType type) {
    return Ops.convert(type == DType.U64 ? Ops.convert(i, DType.U32) : i, type);
  }

  /** Also with indices of all types, which stick out. */
  private void indexed(Tensor x, Tensor indices, Tensor updates) {
    for (DType index : TYPES) {
      if (index.isInteger()) {
        Tensor at = index(indices, index);
        apply(
            new Op.Gather(
                List.of(1, 2),
                List.of(0),
                List.of(),
                List.of(),
                List.of(0),
                1,
                List.of(1L, 3L, 5L)),
            x,
            at);
        apply(
            new Op.Gather(
                List.of(1, 2, 3),
                List.of(),
                List.of(),
                List.of(),
                List.of(1),
                1,
                List.of(2L, 2L, 1L)),
            x,
            at);
        apply(
            new Op.Scatter(null, List.of(1, 2), List.of(0), List.of(), List.of(), List.of(0), 1),
            x,
            at,
            updates);
      }
    }
    for (Combiner combiner : Combiner.values()) {
      apply(
          new Op.Scatter(combiner, List.of(1, 2), List.of(0), List.of(), List.of(), List.of(0), 1),
          x,
          indices,
          updates);
    }
  }

  private void sources(DType type) {
    apply(new Op.Iota(Shape.of(type, 3, 301), 1));
    apply(new Op.Iota(Shape.of(type, 1), 0));
    apply(new Op.Constant(values(Shape.of(type, 5))));
    apply(new Op.Constant(values(Shape.of(type, 3, 50))));
    apply(new Op.Constant(values(Shape.of(type))));
  }

  /** Values of all sizes, bounds among them; indices are small ones. */
  private Literal values(Shape shape) {
    int n = (int) shape.elements();
    DType type = shape.type();
    if (type.isComplex()) {
      // Of products with infinity the order decides, of their sums the rounding.
      return Literal.ofComplex(shape, reals(n, 0, -0.0, 1, -1, 2.5), reals(n, 0, -0.0, 1, -1, 2.5));
    }
    if (type.isFloating()) {
      return Literal.ofReals(
          shape, reals(n, 0, -0.0, 1, Double.NaN, Double.POSITIVE_INFINITY, -1e10, 2.5));
    }
    long[] bounds = {0, 1, -1, 7, 63, 64, Long.MAX_VALUE, Long.MIN_VALUE, 1L << (type.bits() - 1)};
    return Literal.ofIntegers(
        shape,
        random
            .longs(n)
            .map(
                x ->
                    switch (random.nextInt(3)) {
                      case 0 -> bounds[random.nextInt(bounds.length)];
                      case 1 -> x >> 61;
                      default -> x;
                    })
            .toArray());
  }

  private double[] reals(int n, double... special) {
    return random
        .doubles(n, -4, 4)
        .map(x -> random.nextInt(9) == 0 ? special[random.nextInt(special.length)] : x)
        .toArray();
  }

  /** Integers are equal; floating numbers as close as their type is. */
  private static void assertClose(String name, Literal found, Literal expected) {
    assertWithMessage(name).that(found.shape()).isEqualTo(expected.shape());
    DType type = expected.shape().type();
    if (!type.isFloating() && !type.isComplex()) {
      assertWithMessage(name).that(found).isEqualTo(expected);
      return;
    }
    double tolerance =
        switch (type.part()) {
          case F64 -> 1e-12;
          case F32 -> 1e-5;
          default -> 1e-2;
        };
    for (long i = 0; i < expected.shape().elements(); i++) {
      String place = name + "[" + i + "]";
      double size = 1 + Math.hypot(expected.real(i), expected.imaginary(i));
      assertClose(place, found.real(i), expected.real(i), tolerance * size);
      assertClose(place, found.imaginary(i), expected.imaginary(i), tolerance * size);
    }
  }

  private static void assertClose(String place, double found, double expected, double tolerance) {
    boolean close =
        Double.compare(expected, found) == 0
            || expected == found
            || Math.abs(expected - found) <= tolerance;
    assertWithMessage(place + ": %s for %s", found, expected).that(close).isTrue();
  }
}
