package io.gshard.hlo.text;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Modules that together hold every op; for the printers' tests. */
final class Modules {
  static final MeshShape MESH = MeshShape.parse("data=2, expert=4");
  private static final Shape X = Shape.of(DType.F32, 4, 8);

  /** XLA's way from HLO to its compiler refuses these for unsigned numbers. */
  private static final List<Op.UnaryKind> UNSIGNED_NONE =
      List.of(Op.UnaryKind.ABS, Op.UnaryKind.SIGN);

  private Modules() {}

  static List<HloModule> all() {
    List<HloModule> all = new ArrayList<>(global());
    all.addAll(partitioned());
    return all;
  }

  /** Global programs, which any single device runs. */
  static List<HloModule> global() {
    return List.of(
        elementwise(),
        integers(),
        movement(),
        folds(),
        cumulative(),
        dots(),
        indexed(),
        constants(),
        loop(),
        branches(),
        sorted(),
        sharded(),
        aliased());
  }

  /** Programs with collectives, for 8 devices. */
  static List<HloModule> partitioned() {
    return List.of(collectives(), permutes(), partitionedLoop(), asynchronous());
  }

  private static GraphBuilder builder() {
    GraphBuilder builder = new GraphBuilder("main", MeshShape.SINGLE);
    builder.at(new Source("Model.java", 12, 7));
    return builder;
  }

  private static HloModule module(String name, GraphBuilder b, List<Instruction> results) {
    return new HloModule(name, b.mesh(), b.build(b.tuple(results)));
  }

  static HloModule elementwise() {
    GraphBuilder b = builder();
    Instruction x = b.parameter("x", X);
    Instruction y = b.parameter("y", X);
    List<Instruction> results = new ArrayList<>();
    for (Op.UnaryKind kind : Op.UnaryKind.values()) {
      try {
        results.add(b.add(new Op.Unary(kind), x));
      } catch (ShapeException integersOnly) {
        results.add(x);
      }
    }
    for (Op.BinaryKind kind : Op.BinaryKind.values()) {
      try {
        results.add(b.add(new Op.Binary(kind), x, y));
      } catch (ShapeException integersOnly) {
        results.add(y);
      }
    }
    for (Op.Direction direction : Op.Direction.values()) {
      results.add(b.add(new Op.Compare(direction), x, y));
    }
    Instruction less = b.add(new Op.Compare(Op.Direction.LT), x, y);
    results.add(b.add(new Op.Select(), less, x, y));
    Instruction low = b.add(new Op.Constant(Literal.scalar(DType.F32, -0.5)));
    Instruction high = b.add(new Op.Constant(Literal.scalar(DType.F32, 0.5)));
    results.add(b.add(new Op.Clamp(), low, x, high));
    for (DType type : List.of(DType.BF16, DType.S32, DType.F64)) {
      results.add(b.add(new Op.Convert(type), x));
    }
    results.add(b.add(new Op.BitcastConvert(DType.U32), x));
    results.add(b.add(new Op.OptimizationBarrier(), x));
    return module("elementwise", b, results);
  }

  static HloModule integers() {
    GraphBuilder b = builder();
    List<Instruction> results = new ArrayList<>();
    for (DType type : List.of(DType.S32, DType.U32, DType.PRED)) {
      Instruction x = b.parameter("x", Shape.of(type, 6));
      Instruction y = b.parameter("y", Shape.of(type, 6));
      for (Op.UnaryKind kind : Op.UnaryKind.values()) {
        if (type == DType.U32 && UNSIGNED_NONE.contains(kind)) {
          continue;
        }
        try {
          results.add(b.add(new Op.Unary(kind), x));
        } catch (ShapeException floatingOnly) {
          continue;
        }
      }
      for (Op.BinaryKind kind : Op.BinaryKind.values()) {
        try {
          results.add(b.add(new Op.Binary(kind), x, y));
        } catch (ShapeException floatingOnly) {
          continue;
        }
      }
      results.add(b.add(new Op.Compare(Op.Direction.GT), x, y));
      results.add(b.add(new Op.Convert(DType.F32), x));
    }
    return module("integers", b, results);
  }

  static HloModule movement() {
    GraphBuilder b = builder();
    Instruction x = b.parameter("x", X);
    Instruction s = b.parameter("s", Shape.scalar(DType.F32));
    Instruction i = b.parameter("i", Shape.scalar(DType.S32));
    Instruction update = b.add(new Op.Slice(List.of(0L, 0L), List.of(2L, 8L), List.of(1L, 3L)), x);
    return module(
        "movement",
        b,
        List.of(
            update,
            b.add(new Op.Iota(Shape.of(DType.S32, 3, 2), 1)),
            b.add(new Op.Broadcast(List.of(4L, 2L, 8L), List.of(0, 2)), x),
            b.add(new Op.Broadcast(List.of(3L), List.of()), s),
            b.add(new Op.Reshape(List.of(2L, 16L)), x),
            b.add(new Op.Transpose(List.of(1, 0)), x),
            b.add(new Op.Reverse(List.of(1)), x),
            b.add(new Op.Pad(List.of(1L, -1L), List.of(0L, 2L), List.of(0L, 0L)), x, s),
            b.add(new Op.Pad(List.of(1L, 0L), List.of(0L, 0L), List.of(2L, 1L)), x, s),
            b.add(new Op.Pad(List.of(), List.of(), List.of()), s, s),
            b.add(new Op.Slice(List.of(), List.of(), List.of()), s),
            b.add(new Op.Concatenate(0), x, x, x),
            b.add(new Op.DynamicSlice(List.of(2L, 3L)), x, i, i),
            b.add(new Op.DynamicUpdateSlice(), x, update, i, i)));
  }

  static HloModule folds() {
    GraphBuilder b = builder();
    Instruction x = b.parameter("x", X);
    Instruction n = b.parameter("n", Shape.of(DType.S32, 3, 5));
    Instruction p = b.parameter("p", Shape.of(DType.PRED, 3, 5));
    List<Instruction> results = new ArrayList<>();
    for (Combiner combiner : Combiner.values()) {
      for (Instruction operand : List.of(x, n, p)) {
        try {
          results.add(b.add(new Op.Reduce(combiner, List.of(1)), operand));
          results.add(b.add(new Op.Reduce(combiner, List.of(0, 1)), operand));
        } catch (ShapeException typeDoesNotFit) {
          continue;
        }
      }
    }
    Instruction start = b.add(new Op.Constant(Literal.scalar(DType.F32, 3)));
    results.add(
        b.add(
            new HloOp.ReduceRegion(scalarAdd(), List.of(0)),
            new Type.Array(Shape.of(DType.F32, 8)),
            List.of(x, start)));
    return module("folds", b, results);
  }

  private static Computation scalarAdd() {
    GraphBuilder b = new GraphBuilder("add.f32", MeshShape.SINGLE);
    Instruction x = b.parameter("p0", Shape.scalar(DType.F32));
    Instruction y = b.parameter("p1", Shape.scalar(DType.F32));
    return b.build(b.add(new Op.Binary(Op.BinaryKind.ADD), x, y));
  }

  static HloModule cumulative() {
    GraphBuilder b = builder();
    Instruction x = b.parameter("x", X);
    List<Instruction> results = new ArrayList<>();
    for (Combiner combiner : List.of(Combiner.ADD, Combiner.MAXIMUM, Combiner.MULTIPLY)) {
      for (int form = 0; form < 8; form++) {
        results.add(
            b.add(new Op.Cumulative(combiner, form & 1, (form & 2) != 0, (form & 4) != 0), x));
      }
    }
    Instruction one = b.parameter("one", Shape.of(DType.F32, 1));
    results.add(b.add(new Op.Cumulative(Combiner.ADD, 0, true, false), one));
    return module("cumulative", b, results);
  }

  static HloModule dots() {
    GraphBuilder b = builder();
    Instruction x = b.parameter("x", Shape.of(DType.F32, 3, 4, 5));
    Instruction y = b.parameter("y", Shape.of(DType.F32, 3, 5, 6));
    Instruction h = b.add(new Op.Convert(DType.BF16), x);
    Instruction k = b.add(new Op.Convert(DType.BF16), y);
    Op.Dot batched = new Op.Dot(List.of(0), List.of(0), List.of(2), List.of(1), null);
    return module(
        "dots",
        b,
        List.of(
            b.add(batched, x, y),
            b.add(new Op.Dot(List.of(), List.of(), List.of(2, 0), List.of(1, 0), null), x, y),
            b.add(new Op.Dot(List.of(), List.of(), List.of(0), List.of(0), null), x, y),
            b.add(new Op.Dot(List.of(0), List.of(0), List.of(2), List.of(1), DType.F32), h, k)));
  }

  static HloModule indexed() {
    GraphBuilder b = builder();
    Instruction x = b.parameter("x", X);
    Instruction i = b.parameter("i", Shape.of(DType.S32, 5, 1));
    Instruction rows =
        b.add(
            new Op.Gather(
                List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1, List.of(1L, 8L)),
            x,
            i);
    List<Instruction> results = new ArrayList<>(List.of(rows));
    List<Combiner> combiners = new ArrayList<>(List.of(Combiner.ADD, Combiner.MAXIMUM));
    combiners.add(null);
    for (Combiner combiner : combiners) {
      Op.Scatter scatter =
          new Op.Scatter(combiner, List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1);
      // One index alone for putting: which of two equal ones wins is not defined.
      Instruction at =
          combiner == null
              ? b.add(new Op.Slice(List.of(0L, 0L), List.of(1L, 1L), List.of(1L, 1L)), i)
              : i;
      Instruction from =
          combiner == null
              ? b.add(new Op.Slice(List.of(0L, 0L), List.of(1L, 8L), List.of(1L, 1L)), rows)
              : rows;
      results.add(b.add(scatter, x, at, from));
    }
    Instruction j = b.parameter("j", Shape.of(DType.S32, 4, 2, 1));
    Op.Gather batched =
        new Op.Gather(
            List.of(), List.of(1), List.of(0), List.of(0), List.of(1), 2, List.of(1L, 1L));
    Instruction picked = b.add(batched, x, j);
    results.add(picked);
    Op.Scatter back =
        new Op.Scatter(Combiner.ADD, List.of(), List.of(1), List.of(0), List.of(0), List.of(1), 2);
    results.add(b.add(back, x, j, picked));
    return module("indexed", b, results);
  }

  static HloModule constants() {
    GraphBuilder b = builder();
    List<Instruction> results = new ArrayList<>();
    Random random = new Random(7);
    for (DType type : DType.values()) {
      Shape shape = Shape.of(type, 2, 3);
      double[] reals = {
        Double.NaN, Double.NEGATIVE_INFINITY, -0.0, random.nextGaussian(), 1e-5, 1e30
      };
      Literal literal =
          switch (type.kind()) {
            case FLOATING -> Literal.ofReals(shape, reals);
            case COMPLEX -> Literal.ofComplex(shape, reals, random.doubles(6).toArray());
            case PREDICATE, SIGNED, UNSIGNED ->
                Literal.ofIntegers(
                    shape, 0, 1, -1, random.nextLong(), Long.MAX_VALUE, Long.MIN_VALUE);
          };
      results.add(b.add(new Op.Constant(literal)));
    }
    results.add(b.add(new Op.Constant(Literal.ofReals(Shape.of(DType.F32, 0)))));
    results.add(b.add(new Op.Constant(Literal.ofReals(Shape.of(DType.F32, 2, 0)))));
    results.add(
        b.add(
            new Op.Constant(Literal.ofInts(Shape.of(DType.S32, 2, 1, 2), new int[] {1, 2, 3, 4}))));
    return module("constants", b, results);
  }

  /** while (i < 5) (i, x) = (i + 1, x * 1.5). */
  static HloModule loop() {
    GraphBuilder b = builder();
    Type state = Type.tuple(List.of(Shape.scalar(DType.S32), X));
    Instruction zero = b.add(new Op.Constant(Literal.scalar(DType.S32, 0)));
    Instruction x = b.parameter("x", X);
    Instruction init = b.tuple(List.of(zero, x));
    HloOp.While loop = new HloOp.While(condition(state), body(state, MeshShape.SINGLE), 5);
    Instruction last = b.add(loop, state, List.of(init));
    Instruction called =
        b.add(new HloOp.Call(scale()), new Type.Array(X), List.of(b.element(last, 1)));
    return module("loop", b, List.of(b.element(last, 0), called));
  }

  private static Computation condition(Type state) {
    GraphBuilder b = new GraphBuilder("condition", MeshShape.SINGLE);
    Instruction five = b.add(new Op.Constant(Literal.scalar(DType.S32, 5)));
    Instruction i = b.element(b.parameter("state", state), 0);
    return b.build(b.add(new Op.Compare(Op.Direction.LT), i, five));
  }

  private static Computation body(Type state, MeshShape mesh) {
    GraphBuilder b = new GraphBuilder("body", mesh);
    Instruction all = b.parameter("state", state);
    Instruction one = b.add(new Op.Constant(Literal.scalar(DType.S32, 1)));
    Instruction i = b.add(new Op.Binary(Op.BinaryKind.ADD), b.element(all, 0), one);
    Instruction factor = b.add(new Op.Constant(Literal.scalar(DType.F32, 1.5)));
    Instruction wide = b.add(new Op.Broadcast(X.dims(), List.of()), factor);
    Instruction x = b.add(new Op.Binary(Op.BinaryKind.MULTIPLY), b.element(all, 1), wide);
    if (mesh.devices() > 1) {
      x = b.add(new Op.AllReduce(Combiner.ADD, List.of("data")), x);
    }
    return b.build(b.tuple(List.of(i, x)));
  }

  private static Computation scale() {
    GraphBuilder b = new GraphBuilder("scale", MeshShape.SINGLE);
    Instruction x = b.parameter("x", X);
    return b.build(b.add(new Op.Binary(Op.BinaryKind.ADD), x, x));
  }

  private static Computation negate() {
    GraphBuilder b = new GraphBuilder("scale", MeshShape.SINGLE);
    return b.build(b.add(new Op.Unary(Op.UnaryKind.NEGATE), b.parameter("x", X)));
  }

  static HloModule branches() {
    GraphBuilder b = builder();
    Instruction index = b.parameter("index", Shape.scalar(DType.S32));
    Instruction flag = b.parameter("flag", Shape.scalar(DType.PRED));
    Instruction x = b.parameter("x", X);
    Type type = new Type.Array(X);
    return module(
        "branches",
        b,
        List.of(
            b.add(
                new HloOp.Conditional(List.of(scale(), negate(), scale())),
                type,
                List.of(index, x, x, x)),
            b.add(new HloOp.Conditional(List.of(scale(), negate())), type, List.of(flag, x, x))));
  }

  static HloModule sorted() {
    GraphBuilder b = builder();
    Instruction keys = b.parameter("keys", X);
    Instruction values = b.add(new Op.Iota(X.withType(DType.S32), 1));
    GraphBuilder c = new GraphBuilder("less", MeshShape.SINGLE);
    Instruction left = c.parameter("left", Shape.scalar(DType.F32));
    Instruction right = c.parameter("right", Shape.scalar(DType.F32));
    c.parameter("l", Shape.scalar(DType.S32));
    c.parameter("r", Shape.scalar(DType.S32));
    Computation less = c.build(c.add(new Op.Compare(Op.Direction.LT), left, right));
    Type type = Type.tuple(List.of(X, X.withType(DType.S32)));
    Instruction both = b.add(new HloOp.Sort(less, 1, true), type, List.of(keys, values));
    Type top = Type.tuple(List.of(X.withDim(1, 3), X.withDim(1, 3).withType(DType.S32)));
    Instruction least = b.add(new ArrayOp.TopK(3, false), top, List.of(keys));
    return module(
        "sorted",
        b,
        List.of(b.element(both, 0), b.element(both, 1), b.element(least, 0), b.element(least, 1)));
  }

  static HloModule sharded() {
    HloModule plain =
        Tracer.trace(
            "sharded",
            MESH,
            List.of(X, Shape.of(DType.F32, 8, 16)),
            args -> {
              var product = Ops.einsum("ab,bc->ac", args.get(0), args.get(1));
              var split = Ops.shard(product, "expert", "data");
              var both = Ops.shard(Ops.relu(split), "", "expert+data");
              return List.of(Ops.replicate(both), Ops.split(split, 1, "expert"));
            });
    // Every value with some sharding, tuples too.
    return rewrite(
        plain,
        i ->
            i.isSharded()
                ? i
                : i.withShardings(
                    i.type().leaves().stream()
                        .map(
                            s ->
                                s.rank() == 2
                                    ? Sharding.split(2, 1, "expert")
                                    : Sharding.replicated(s.rank()))
                        .toList()));
  }

  private static HloModule rewrite(HloModule module, Function<Instruction, Instruction> change) {
    GraphBuilder b = new GraphBuilder(module.entry().name(), module.mesh());
    var map = new HashMap<Instruction, Instruction>();
    for (Instruction i : module.entry().instructions()) {
      Instruction moved = i.withOperands(i.operands().stream().map(map::get).toList());
      map.put(i, b.add(change.apply(moved)));
    }
    return module.withEntry(b.build(map.get(module.entry().root())));
  }

  static HloModule aliased() {
    GraphBuilder b = builder();
    Instruction x = b.parameter("state", X);
    Instruction y = b.parameter("y", X);
    Instruction sum = b.add(new Op.Binary(Op.BinaryKind.ADD), x, y);
    HloModule module = module("aliased", b, List.of(y, sum));
    return new HloModule(
        "aliased", module.mesh(), module.entry(), List.of(new HloModule.Alias(1, 0)), false);
  }

  private static HloModule partitioned(String name, GraphBuilder b, List<Instruction> results) {
    return new HloModule(name, MESH, b.build(b.tuple(results)), List.of(), true);
  }

  /** Collectives of every kind that are under way while a product is computed. */
  static HloModule asynchronous() {
    GraphBuilder b = new GraphBuilder("main", MESH);
    b.at(new Source("Moe.java", 5, 1));
    Instruction x = b.parameter("x", X);
    Instruction y = b.parameter("y", Shape.of(DType.F32, 8, 8));
    List<String> axes = List.of("data");
    List<Instruction> results = new ArrayList<>();
    for (Op.Collective op :
        List.of(
            new Op.AllReduce(Combiner.ADD, axes),
            new Op.AllGather(1, axes),
            new Op.ReduceScatter(Combiner.ADD, 1, axes),
            new Op.AllToAll(1, 1, axes),
            new Op.AllToAll(1, 0, axes),
            new Op.CollectivePermute(axes, List.of(1, 0)))) {
      Instruction sent = b.add(op, x);
      y = b.add(new Op.Dot(List.of(), List.of(), List.of(1), List.of(0), null), y, y);
      y = b.add(new Op.Unary(Op.UnaryKind.TANH), y);
      results.add(b.add(new Op.Unary(Op.UnaryKind.NEGATE), sent));
    }
    results.add(y);
    return partitioned("asynchronous", b, results);
  }

  static HloModule collectives() {
    GraphBuilder b = new GraphBuilder("main", MESH);
    b.at(new Source("Moe.java", 3, 1));
    Instruction x = b.parameter("x", X);
    List<Instruction> results = new ArrayList<>();
    results.add(b.add(new Op.PartitionId()));
    List<List<String>> groups =
        List.of(
            List.of("data"),
            List.of("expert"),
            List.of("data", "expert"),
            List.of("expert", "data"));
    for (List<String> axes : groups) {
      results.add(b.add(new Op.AllReduce(Combiner.ADD, axes), x));
      results.add(b.add(new Op.AllReduce(Combiner.MAXIMUM, axes), x));
      results.add(b.add(new Op.AllGather(1, axes), x));
      results.add(b.add(new Op.ReduceScatter(Combiner.ADD, 1, axes), x));
      results.add(b.add(new Op.AllToAll(1, 0, axes), x));
      results.add(b.add(new Op.AllToAll(1, 1, axes), x));
    }
    results.add(b.add(new Op.AllToAll(0, 1, List.of("expert")), x));
    return partitioned("collectives", b, results);
  }

  static HloModule permutes() {
    GraphBuilder b = new GraphBuilder("main", MESH);
    Instruction x = b.parameter("x", X);
    return partitioned(
        "permutes",
        b,
        List.of(
            b.add(new Op.CollectivePermute(List.of("expert"), List.of(1, 2, 3, 0)), x),
            b.add(new Op.CollectivePermute(List.of("data"), List.of(1, -1)), x),
            b.add(
                new Op.CollectivePermute(
                    List.of("expert", "data"), List.of(7, -1, 5, 4, 3, 2, 1, 0)),
                x)));
  }

  static HloModule partitionedLoop() {
    GraphBuilder b = new GraphBuilder("main", MESH);
    Type state = Type.tuple(List.of(Shape.scalar(DType.S32), X));
    Instruction zero = b.add(new Op.Constant(Literal.scalar(DType.S32, 0)));
    Instruction init = b.tuple(List.of(zero, b.parameter("x", X)));
    HloOp.While loop = new HloOp.While(condition(state), body(state, MESH), 5);
    Instruction last = b.add(loop, state, List.of(init));
    return partitioned("partitioned_loop", b, List.of(b.element(last, 1)));
  }
}
