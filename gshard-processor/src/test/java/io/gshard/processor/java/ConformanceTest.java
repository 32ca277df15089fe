package io.gshard.processor.java;

import static io.gshard.tensor.DType.BF16;
import static io.gshard.tensor.DType.F32;
import static io.gshard.tensor.DType.PRED;
import static io.gshard.tensor.DType.S32;
import static io.gshard.tensor.DType.U32;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.Mesh;
import io.gshard.spmd.Partitioned;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Every op, through generated Java, against the reference evaluator. */
class ConformanceTest {
  private static final long SEED = 20;

  private final Random random = new Random(SEED);

  /** Cases in one generated program: javac is the slow part. */
  private static final int TOGETHER = 40;

  private record Case(
      String label, List<Shape> shapes, Function<List<Tensor>, List<Tensor>> body) {}

  private final List<Case> cases = new ArrayList<>();

  private void add(String label, List<Shape> shapes, Function<List<Tensor>, List<Tensor>> body) {
    cases.add(new Case(label, shapes, body));
  }

  private void op(Op op, Shape... operands) {
    add(op.toString(), List.of(operands), in -> List.of(Ops.apply(op, in.toArray(Tensor[]::new))));
  }

  private static boolean fits(Op op, Shape... operands) {
    try {
      ShapeInference.infer(op, List.of(operands));
      return true;
    } catch (ShapeException e) {
      return false;
    }
  }

  private void runAll(double tolerance) {
    List<HloModule> modules = new ArrayList<>();
    List<List<String>> labels = new ArrayList<>();
    for (int at = 0; at < cases.size(); at += TOGETHER) {
      List<Case> some = cases.subList(at, Math.min(cases.size(), at + TOGETHER));
      List<String> names = new ArrayList<>();
      modules.add(
          Tracer.trace(
              "program" + modules.size(),
              MeshShape.SINGLE,
              some.stream().flatMap(c -> c.shapes.stream()).toList(),
              in -> together(some, in, names)));
      labels.add(names);
    }
    Map<String, Partitioned> programs = new LinkedHashMap<>();
    modules.forEach(module -> programs.put(module.name(), Compiled.replicated(module)));
    Compiled compiled =
        Compiled.of(List.of(Compiled.model("Cases", MeshShape.SINGLE, List.of(), programs)));
    try (Mesh mesh = Mesh.local("");
        Launcher launcher = compiled.launch("Cases", mesh)) {
      for (int i = 0; i < modules.size(); i++) {
        HloModule module = modules.get(i);
        List<Literal> in =
            module.entry().parameters().stream()
                .map(p -> Values.random(random, p.shape()))
                .toList();
        List<Literal> expected = Evaluator.run(module, in);
        List<Literal> found = Compiled.run(launcher, module.name(), in);
        for (int result = 0; result < expected.size(); result++) {
          Values.assertClose(
              "seed " + SEED + ": " + labels.get(i).get(result),
              List.of(found.get(result)),
              List.of(expected.get(result)),
              tolerance);
        }
      }
    }
  }

  private static List<Tensor> together(List<Case> cases, List<Tensor> in, List<String> labels) {
    List<Tensor> results = new ArrayList<>();
    int at = 0;
    for (Case one : cases) {
      List<Tensor> mine = one.body.apply(in.subList(at, at + one.shapes.size()));
      mine.forEach(r -> labels.add(one.label));
      results.addAll(mine);
      at += one.shapes.size();
    }
    return results;
  }

  @Test
  void elementwise() {
    for (DType type : List.of(F32, BF16, S32, U32, PRED)) {
      for (Shape shape :
          List.of(Shape.of(type, 3, 5), Shape.of(type, 7, 301), Shape.scalar(type))) {
        for (Op.UnaryKind kind : Op.UnaryKind.values()) {
          if (fits(new Op.Unary(kind), shape)) {
            op(new Op.Unary(kind), shape);
          }
        }
        for (Op.BinaryKind kind : Op.BinaryKind.values()) {
          if (fits(new Op.Binary(kind), shape, shape)) {
            op(new Op.Binary(kind), shape, shape);
          }
        }
        for (Op.Direction direction : Op.Direction.values()) {
          op(new Op.Compare(direction), shape, shape);
        }
        op(new Op.Select(), shape.withType(PRED), shape, shape);
        if (type != PRED) {
          op(new Op.Clamp(), Shape.scalar(type), shape, Shape.scalar(type));
          op(new Op.Clamp(), shape, shape, shape);
        }
        for (DType to : List.of(F32, BF16, S32, U32, PRED)) {
          op(new Op.Convert(to), shape);
        }
      }
    }
    op(new Op.BitcastConvert(S32), Shape.of(F32, 9));
    op(new Op.BitcastConvert(F32), Shape.of(S32, 9));
    op(new Op.BitcastConvert(U32), Shape.of(S32, 9));
    runAll(1e-5);
  }

  @Test
  void movement() {
    for (DType type : List.of(F32, BF16, S32, PRED)) {
      Shape x = Shape.of(type, 4, 3, 5);
      op(new Op.Broadcast(List.of(2L, 4L, 3L, 7L, 5L), List.of(1, 2, 4)), x);
      op(new Op.Reshape(List.of(12L, 5L)), x);
      op(new Op.Transpose(List.of(2, 0, 1)), x);
      op(new Op.Reverse(List.of(0, 2)), x);
      op(new Op.Slice(List.of(1L, 0L, 1L), List.of(4L, 3L, 5L), List.of(2L, 1L, 2L)), x);
      op(
          new Op.Pad(List.of(1L, -1L, 0L), List.of(0L, 2L, -2L), List.of(1L, 0L, 2L)),
          x,
          Shape.scalar(type));
      op(new Op.Concatenate(1), x, Shape.of(type, 4, 2, 5), x);
      Shape i = Shape.scalar(S32);
      op(new Op.DynamicSlice(List.of(2L, 3L, 1L)), x, i, i, i);
      op(new Op.DynamicUpdateSlice(), x, Shape.of(type, 1, 2, 5), i, i, i);
      add(
          "reshape of transpose " + type,
          List.of(x),
          in -> List.of(Ops.reshape(Ops.transpose(in.getFirst(), 2, 1, 0), 15, 4)));
    }
    for (DType type : List.of(F32, BF16, S32, U32)) {
      add("iota " + type, List.of(), in -> List.of(Ops.iota(Shape.of(type, 3, 700), 1)));
      add(
          "iotas " + type,
          List.of(),
          in ->
              List.of(
                  Ops.transpose(Ops.iota(Shape.of(type, 40, 3, 2), 0), 1, 0, 2),
                  Ops.reshape(Ops.iota(Shape.of(type, 40, 3), 1), 120),
                  Ops.apply(new Op.Reverse(List.of(0)), Ops.iota(Shape.of(type, 9), 0))));
    }
    Shape table = Shape.of(F32, 3, 40);
    Literal values = Values.random(random, table);
    add(
        "constants",
        List.of(Shape.of(F32, 40, 3)),
        in ->
            List.of(
                Ops.transpose(Ops.constant(values), 1, 0).plus(in.getFirst()),
                Ops.constant(Literal.ofIntegers(Shape.of(S32, 3), 5, -1, 7)),
                Ops.full(Shape.of(BF16, 3), 2.5)));
    runAll(0);
  }

  @Test
  void folds() {
    for (DType type : List.of(F32, BF16, S32, U32, PRED)) {
      for (Shape x :
          List.of(Shape.of(type, 3, 4, 5), Shape.of(type, 2, 3, 1500), Shape.of(type, 40, 70, 1))) {
        for (Combiner c : Combiner.values()) {
          for (List<Integer> dims :
              List.of(
                  List.of(0),
                  List.of(1),
                  List.of(2),
                  List.of(0, 2),
                  List.of(1, 2),
                  List.of(0, 1, 2))) {
            boolean product = c == Combiner.MULTIPLY && x.elements() > 100;
            if (!product && fits(new Op.Reduce(c, dims), x)) {
              op(new Op.Reduce(c, dims), x);
              if (type != PRED && x.dim(0) != 40) {
                add(
                    c + " of a square " + x + " over " + dims,
                    List.of(x),
                    in -> {
                      Tensor y =
                          type.isFloating()
                              ? Ops.square(in.getFirst())
                              : Ops.or(in.getFirst(), Ops.constant(type, 5));
                      return List.of(Ops.apply(new Op.Reduce(c, dims), y));
                    });
              }
            }
          }
        }
      }
      for (boolean exclusive : new boolean[] {false, true}) {
        Combiner c = type == PRED ? Combiner.OR : Combiner.ADD;
        op(new Op.Cumulative(c, 1, exclusive, !exclusive), Shape.of(type, 3, 7, 2));
      }
    }
    runAll(1e-4);
  }

  @Test
  void products() {
    for (DType type : List.of(F32, BF16, S32)) {
      op(
          new Op.Dot(List.of(), List.of(), List.of(1), List.of(0), null),
          Shape.of(type, 5, 7),
          Shape.of(type, 7, 9));
      op(
          new Op.Dot(List.of(), List.of(), List.of(0), List.of(1), null),
          Shape.of(type, 7, 5),
          Shape.of(type, 9, 7));
      op(
          new Op.Dot(List.of(0), List.of(1), List.of(2), List.of(2), null),
          Shape.of(type, 3, 4, 5),
          Shape.of(type, 6, 3, 5));
      op(
          new Op.Dot(List.of(0, 2), List.of(0, 1), List.of(3), List.of(3), null),
          Shape.of(type, 2, 4, 3, 5),
          Shape.of(type, 2, 3, 6, 5));
      op(
          new Op.Dot(List.of(1), List.of(1), List.of(0, 2), List.of(3, 0), null),
          Shape.of(type, 2, 3, 4, 5),
          Shape.of(type, 4, 3, 6, 2));
      op(
          new Op.Dot(List.of(), List.of(), List.of(), List.of(), null),
          Shape.of(type, 3),
          Shape.of(type, 4));
      op(
          new Op.Dot(List.of(), List.of(), List.of(0), List.of(0), null),
          Shape.of(type, 8),
          Shape.of(type, 8));
    }
    op(
        new Op.Dot(List.of(), List.of(), List.of(1), List.of(0), F32),
        Shape.of(BF16, 5, 7),
        Shape.of(BF16, 7, 9));
    runAll(1e-4);
  }

  @Test
  void indexed() {
    for (DType type : List.of(F32, BF16, S32, PRED)) {
      op(
          new Op.Gather(
              List.of(2), List.of(0), List.of(), List.of(), List.of(0), 2, List.of(1L, 4L)),
          Shape.of(type, 6, 4),
          Shape.of(S32, 2, 3));
      for (Combiner c : new Combiner[] {null, Combiner.ADD, Combiner.MAXIMUM}) {
        if (type == PRED && c == Combiner.ADD) {
          continue;
        }
        op(
            new Op.Scatter(c, List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1),
            Shape.of(type, 6, 4),
            Shape.of(S32, 3),
            Shape.of(type, 3, 4));
        add(
            "scatter into zeros",
            List.of(Shape.of(S32, 3), Shape.of(type, 3, 4)),
            in ->
                List.of(
                    Ops.apply(
                        new Op.Scatter(
                            c, List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1),
                        Ops.zeros(Shape.of(type, 6, 4)),
                        in.get(0),
                        in.get(1))));
      }
    }
    runAll(1e-5);
  }

  @Test
  void chains() {
    for (int n = 0; n < 30; n++) {
      int rank = 1 + random.nextInt(3);
      long[] dims = random.ints(rank, 1, 8).asLongStream().toArray();
      if (n % 5 == 0 && rank < 3) {
        dims[rank - 1] = 400 + random.nextInt(900);
      }
      Shape shape = Shape.of(F32, dims);
      long seed = random.nextLong();
      add("chain " + seed, List.of(shape, shape), in -> chain(new Random(seed), in));
    }
    runAll(1e-4);
  }

  /** A random graph of ops that keep values small. */
  private static List<Tensor> chain(Random random, List<Tensor> in) {
    List<Tensor> all = new ArrayList<>(in);
    for (int i = 0; i < 15; i++) {
      Tensor x = all.get(random.nextInt(all.size()));
      Tensor y = all.get(random.nextInt(all.size()));
      int last = x.rank() - 1;
      all.add(
          switch (random.nextInt(9)) {
            case 0 -> Ops.tanh(x);
            case 1 -> x.plus(y);
            case 2 -> Ops.tanh(x.times(y));
            case 3 -> Ops.select(Ops.greater(x, y), x, y.times(0.5));
            case 4 ->
                x.minus(Ops.broadcastTo(Ops.expandDim(Ops.max(x, last), -1), x.shape().dims()));
            case 5 -> x.over(Ops.exp(Ops.tanh(y)).plus(1));
            case 6 ->
                Ops.tanh(Ops.apply(new Op.Reverse(List.of(last)), x))
                    .plus(Ops.convert(Ops.iota(x.shape().withType(S32), 0), F32).times(0.1));
            case 7 -> Ops.tanh(x.plus(Ops.mean(y)));
            default -> Ops.tanh(Ops.broadcast(Ops.sum(x, 0), x.shape().dims(), range(1, x.rank())));
          });
    }
    return List.of(all.getLast(), all.get(all.size() - 2), all.get(all.size() / 2), all.getLast());
  }

  private static List<Integer> range(int from, int to) {
    return java.util.stream.IntStream.range(from, to).boxed().toList();
  }
}
