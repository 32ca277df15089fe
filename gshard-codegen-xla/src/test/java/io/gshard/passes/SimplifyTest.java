package io.gshard.passes;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static io.gshard.tensor.Ops.constant;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
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
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SimplifyTest {
  private static final Shape MATRIX = Shape.of(DType.F32, 2, 3);

  private static HloModule trace(Function<List<Tensor>, List<Tensor>> body, Shape... shapes) {
    return Tracer.trace("f", MeshShape.parse("x=2"), List.of(shapes), body);
  }

  /** The names of the ops left, without parameters and the root. */
  private static List<String> left(UnaryOperator<Tensor> body) {
    return ops(Simplify.run(trace(a -> List.of(body.apply(a.getFirst())), MATRIX)));
  }

  private static List<String> ops(HloModule module) {
    return module.entry().instructions().stream()
        .map(Instruction::op)
        .filter(o -> !(o instanceof HloOp.Parameter || o instanceof HloOp.Tuple))
        .map(ShapeInference::name)
        .toList();
  }

  /** The real part of i is 0, and yet it is no zero. */
  @Test
  void complexConstantsAreNoRealOnes() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m
            ENTRY %main {
              %x = c64[3] parameter(0)
              %i = c64[] constant((0, 1))
              %is = c64[3] broadcast(%i), dimensions={}
              %y = c64[3] multiply(%x, %is)
              %j = c64[] constant((1, 1))
              %js = c64[3] broadcast(%j), dimensions={}
              %z = c64[3] multiply(%y, %js)
              ROOT %r = c64[3] add(%z, %is)
            }
            """);
    assertThat(ops(Simplify.run(module)).stream().filter(o -> o.equals("multiply"))).hasSize(2);
    assertThat(ops(Simplify.run(module))).contains("add");
  }

  @Test
  void whatDoesNothingGoes() {
    List<UnaryOperator<Tensor>> nothing =
        List.of(
            x -> x.plus(0).times(1).over(1).minus(0),
            x -> x.negated().negated(),
            Ops::stopGradient,
            x -> Ops.transpose(Ops.transpose(x, 1, 0), 1, 0),
            x -> Ops.reshape(Ops.reshape(x, 6), 2, 3),
            x -> Ops.convert(Ops.convert(x, DType.F64), DType.F32),
            x -> Ops.sum(Ops.expandDim(x, 0), 0),
            x -> Ops.slice(x, 0, 0, 2),
            x -> Ops.select(constant(DType.PRED, 1), x, x.times(2)),
            x -> Ops.max(Ops.broadcast(x, List.of(2L, 4L, 3L), List.of(0, 2)), 1),
            x -> Ops.maximum(x, constant(DType.F32, Double.NEGATIVE_INFINITY)),
            x -> Ops.concat(0, x));
    for (int i = 0; i < nothing.size(); i++) {
      assertWithMessage("case " + i).that(left(nothing.get(i))).isEmpty();
    }
  }

  @Test
  void whatCannotBeDroppedStays() {
    // Narrowing loses digits, 0 * x may be NaN, and a barrier is there to be kept.
    assertThat(left(x -> Ops.convert(Ops.convert(x, DType.BF16), DType.F32)))
        .containsExactly("convert", "convert");
    assertThat(left(x -> x.times(0))).contains("multiply");
    assertThat(left(x -> Ops.apply(new Op.OptimizationBarrier(), x)))
        .containsExactly("optimization-barrier");
    assertThat(left(x -> Ops.split(x, 0))).containsExactly("custom-call");
  }

  @Test
  void sumsOfRepeatedNumbersAreProducts() {
    List<String> left =
        left(x -> Ops.sum(Ops.broadcast(x, List.of(2L, 4L, 3L), List.of(0, 2)), 1, 2));
    assertThat(left).containsExactly("reduce", "constant", "broadcast", "multiply");
  }

  @Test
  void scalarsFoldAndEqualThingsAreComputedOnce() {
    assertThat(left(x -> x.plus(Ops.exp(constant(DType.F32, 0)).times(3))))
        .containsExactly("constant", "broadcast", "add");
    assertThat(left(x -> Ops.exp(x).plus(Ops.tanh(x)).times(Ops.tanh(x).plus(Ops.exp(x)))))
        .containsExactly("exponential", "tanh", "add", "multiply");
  }

  @Test
  void dotsTakeTransposedOperandsAsTheyWere() {
    assertThat(left(x -> Ops.einsum("KM,KN->MN", Ops.transpose(Ops.transpose(x, 1, 0), 1, 0), x)))
        .containsExactly("dot");
    assertThat(left(x -> Ops.einsum("MK,NK->MN", Ops.transpose(x, 1, 0), Ops.transpose(x, 1, 0))))
        .containsExactly("dot");
  }

  @Test
  void shardingsSourcesAndParametersAreKept() {
    Source source = new Source("Model.java", 12, 3);
    HloModule module =
        trace(
            a -> {
              ((Tracer) Engine.current()).builder().at(source);
              return List.of(Ops.split(a.get(0).plus(0), 1).times(2));
            },
            MATRIX,
            MATRIX);
    HloModule small = Simplify.run(module);
    assertThat(small.entry().parameters()).hasSize(2);
    Instruction annotation =
        small.entry().instructions().stream()
            .filter(i -> i.op() instanceof HloOp.CustomCall)
            .findFirst()
            .orElseThrow();
    assertThat(annotation.sharding().toString()).isEqualTo("[{}, {x}]");
    assertThat(annotation.source()).isEqualTo(source);
    assertThat(small.entry().root().operand(0).source()).isEqualTo(source);
  }

  /** A loop with everything that can be dropped from one. */
  private static HloModule loop() {
    return trace(
        a -> {
          Tracer tracer = (Tracer) Engine.current();
          Tracer inner = tracer.nested("body");
          Shape row = Shape.of(DType.F32, 3);
          List<Tensor> c =
              List.of(
                  inner.parameter("used", row),
                  inner.parameter("unused", row),
                  inner.parameter("fixed", row),
                  inner.parameter("slice", row),
                  inner.parameter("same", row),
                  inner.parameter("idle", row));
          List<Tensor> results =
              Engine.with(
                  inner,
                  () -> {
                    Tensor next = c.get(0).times(c.get(2)).plus(c.get(3)).plus(c.get(4));
                    return List.of(
                        next.plus(a.get(2)).plus(a.get(3)),
                        c.get(1).plus(c.get(5)),
                        c.get(2),
                        next,
                        next.times(2));
                  });
          Computation body = inner.build(results);
          List<Tensor> operands = new ArrayList<>(List.of(a.get(1), a.get(1), a.get(2)));
          operands.addAll(List.of(a.get(0), a.get(0), a.get(0).times(3)));
          operands.addAll(inner.captured());
          List<Tensor> out =
              tracer.applyTuple(
                  new HloOp.Scan(body, 2, 3, 3, false, false),
                  Type.tuple(List.of(row, row, row, MATRIX, MATRIX)),
                  operands);
          return List.of(out.get(0), out.get(2), out.get(3));
        },
        MATRIX,
        Shape.of(DType.F32, 3),
        Shape.of(DType.F32, 3),
        Shape.of(DType.F32, 3));
  }

  @Test
  void loopsLoseWhatIsNotUsed() {
    HloModule small = Simplify.run(loop());
    Instruction instruction =
        small.entry().instructions().stream()
            .filter(i -> i.op() instanceof HloOp.Scan)
            .findFirst()
            .orElseThrow();
    HloOp.Scan scan = (HloOp.Scan) instruction.op();
    assertThat(scan.carries()).isEqualTo(1);
    assertThat(scan.slices()).isEqualTo(1);
    // The fixed carry and the captured value are one constant; the other captured one is its own.
    assertThat(instruction.operands()).hasSize(4);
    assertThat(instruction.type().leaves()).hasSize(2);
    Random random = new Random(1);
    List<Literal> arguments =
        small.entry().parameters().stream().map(p -> literal(random, p.shape())).toList();
    close("loop", small, Evaluator.run(loop(), arguments), arguments);
    close("lowered", LowerScans.run(small), Evaluator.run(loop(), arguments), arguments);
    close("lowered at once", LowerScans.run(loop()), Evaluator.run(loop(), arguments), arguments);
  }

  @Test
  void loweredLoopsCountTheirTrips() {
    HloModule lowered = LowerScans.run(loop());
    HloOp.While loop =
        lowered.entry().instructions().stream()
            .map(Instruction::op)
            .filter(HloOp.While.class::isInstance)
            .map(HloOp.While.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(loop.tripCount()).isEqualTo(2);
    assertThat(loop.body().parameters()).hasSize(1);
    assertThat(loop.condition().root().shape()).isEqualTo(Shape.scalar(DType.PRED));
    assertThat(lowered.computations().stream().map(Computation::name).toList())
        .containsExactly("body_condition", "body", "f")
        .inOrder();
  }

  @Test
  void generatedProgramsKeepTheirResults() {
    int smaller = 0;
    for (int seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      HloModule module = generate(random);
      HloModule small = Simplify.run(module);
      List<Literal> arguments =
          module.entry().parameters().stream().map(p -> literal(random, p.shape())).toList();
      close("seed " + seed, small, Evaluator.run(module, arguments), arguments);
      assertWithMessage("seed " + seed).that(small.size()).isAtMost(module.size());
      smaller += small.size() < module.size() ? 1 : 0;
    }
    assertThat(smaller).isGreaterThan(100);
  }

  private static Literal literal(Random random, Shape shape) {
    double[] values = random.doubles(shape.elements(), 0.5, 1.5).toArray();
    return Literal.ofReals(shape, values);
  }

  private static void close(
      String what, HloModule module, List<Literal> expected, List<Literal> arguments) {
    List<Literal> found = Evaluator.run(module, arguments);
    for (int i = 0; i < expected.size(); i++) {
      assertWithMessage(what).that(found.get(i).shape()).isEqualTo(expected.get(i).shape());
      for (int j = 0; j < expected.get(i).shape().elements(); j++) {
        double value = expected.get(i).real(j);
        if (Double.isNaN(value)) {
          assertWithMessage(what).that(found.get(i).real(j)).isNaN();
        } else if (Double.isInfinite(value)) {
          assertWithMessage(what).that(found.get(i).real(j)).isEqualTo(value);
        } else {
          assertWithMessage(what + ", result " + i + ", element " + j)
              .that(found.get(i).real(j))
              .isWithin(1e-4 * Math.max(1, Math.abs(value)))
              .of(value);
        }
      }
    }
  }

  /** Random ops on random earlier values, of the kinds that have identities. */
  private static HloModule generate(Random random) {
    return trace(
        arguments -> {
          List<Tensor> pool = new ArrayList<>(arguments);
          pool.add(Ops.zeros(MATRIX));
          pool.add(Ops.ones(MATRIX));
          pool.add(constant(DType.F32, random.nextInt(3)));
          for (int i = 0; i < 25; i++) {
            pool.add(step(random, pool));
          }
          return pool.subList(pool.size() - 4, pool.size());
        },
        MATRIX,
        Shape.of(DType.F32, 3),
        Shape.of(DType.F32, 3, 2));
  }

  private static Tensor step(Random random, List<Tensor> pool) {
    Tensor x = pool.get(random.nextInt(pool.size()));
    List<Tensor> alike = pool.stream().filter(t -> t.shape().equals(x.shape())).toList();
    Tensor y = alike.get(random.nextInt(alike.size()));
    int[] order = IntStream.range(0, x.rank()).toArray();
    return switch (random.nextInt(12)) {
      case 0 -> Ops.add(x, y);
      case 1 -> Ops.subtract(x, y);
      case 2 -> Ops.multiply(x, y.times(0.5));
      case 3 -> Ops.maximum(x, y);
      case 4 -> Ops.negate(x);
      case 5 -> Ops.tanh(x);
      case 6 -> Ops.reshape(x, 1, x.shape().elements());
      case 7 -> {
        for (int i = order.length - 1; i > 0; i--) {
          int j = random.nextInt(i + 1);
          int held = order[i];
          order[i] = order[j];
          order[j] = held;
        }
        yield Ops.transpose(x, order);
      }
      case 8 ->
          x.rank() == 0
              ? x.plus(1)
              : Ops.reduce(
                  random.nextBoolean() ? Combiner.ADD : Combiner.MAXIMUM,
                  x,
                  random.nextInt(x.rank()));
      case 9 -> {
        List<Long> dims = new ArrayList<>(x.shape().dims());
        int at = random.nextInt(dims.size() + 1);
        if (x.shape().elements() > 40) {
          yield Ops.tanh(x);
        }
        dims.add(at, 2L);
        yield Ops.broadcast(
            x, dims, IntStream.range(0, dims.size()).filter(i -> i != at).boxed().toList());
      }
      case 10 -> Ops.select(Ops.less(x, y), x, y);
      default -> {
        if (x.rank() == 0 || x.rank() > 2) {
          yield x.times(1);
        }
        int dim = random.nextInt(x.rank());
        Op product = new Op.Dot(List.of(), List.of(), List.of(dim), List.of(dim), null);
        yield Ops.tanh(Ops.apply(product, x, y.times(0.3)));
      }
    };
  }
}
