package io.gshard.spmd;

import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every op, over generated shapes, meshes and shardings of its operands and results: the
 * partitioned program gives what the program on one device gives.
 */
final class OpPartitionTest {
  private static final int ROUNDS = 60;

  /** One op on parameters that it makes itself. */
  record Case(String name, int bound, BiFunction<Random, GraphBuilder, Instruction> make) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void partitionedAgreesWithWhole(Case test) {
    for (int round = 0; round < (test.name().equals("reshape") ? 5 * ROUNDS : ROUNDS); round++) {
      long seed = test.name().hashCode() * 1000L + round;
      Random random = new Random(seed);
      MeshShape mesh = Checks.mesh(random);
      GraphBuilder builder = new GraphBuilder("main", mesh);
      Instruction result = test.make().apply(random, builder);
      List<Instruction> leaves =
          result.type() instanceof Type.Tuple t
              ? IntStream.range(0, t.elements().size())
                  .mapToObj(i -> builder.element(result, i))
                  .toList()
              : List.of(result);
      HloModule module = new HloModule(test.name(), mesh, builder.build(builder.tuple(leaves)));
      List<Literal> arguments = Checks.values(random, module, test.bound());
      Checks.agrees(Checks.scrambled(module, random), arguments, test.name() + " seed " + seed);
    }
  }

  private static long size(Random random) {
    return random.nextInt(1, 8);
  }

  private static long[] dims(Random random, int rank) {
    return LongStream.range(0, rank).map(i -> size(random)).toArray();
  }

  private static Shape shape(Random random, DType type) {
    return Shape.of(type, dims(random, random.nextInt(1, 4)));
  }

  private static List<Integer> some(Random random, int rank) {
    return IntStream.range(0, rank).filter(i -> random.nextBoolean()).boxed().toList();
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "elementwise",
            100,
            (r, b) -> {
              Shape s = shape(r, DType.F32);
              Instruction x = b.add(new Op.Unary(Op.UnaryKind.TANH), b.parameter("x", s));
              return b.add(new Op.Binary(Op.BinaryKind.SUBTRACT), x, b.parameter("y", s));
            }),
        new Case(
            "select",
            2,
            (r, b) -> {
              Shape s = shape(r, DType.S32);
              return b.add(
                  new Op.Select(),
                  b.parameter("p", s.withType(DType.PRED)),
                  b.parameter("x", s),
                  b.parameter("y", s));
            }),
        new Case(
            "clamp",
            9,
            (r, b) -> {
              Shape s = shape(r, DType.S32);
              Shape bound = r.nextBoolean() ? s : Shape.scalar(DType.S32);
              return b.add(
                  new Op.Clamp(),
                  b.parameter("lo", bound),
                  b.parameter("x", s),
                  b.parameter("hi", bound));
            }),
        new Case(
            "convert",
            300,
            (r, b) -> b.add(new Op.Convert(DType.F32), b.parameter("x", shape(r, DType.S32)))),
        new Case(
            "compare",
            3,
            (r, b) -> {
              Shape s = shape(r, DType.S32);
              return b.add(
                  new Op.Compare(Op.Direction.EQ), b.parameter("x", s), b.parameter("y", s));
            }),
        new Case(
            "iota",
            1,
            (r, b) -> {
              Shape s =
                  shape(r, List.of(DType.S32, DType.F32, DType.U32, DType.BF16).get(r.nextInt(4)));
              return b.add(new Op.Iota(s, r.nextInt(s.rank())));
            }),
        new Case(
            "constant",
            1,
            (r, b) -> {
              Shape s = shape(r, DType.S32);
              return b.add(new Op.Constant(Checks.value(r, s, r.nextInt(1, 50))));
            }),
        new Case(
            "broadcast",
            50,
            (r, b) -> {
              Shape s = shape(r, DType.S32);
              List<Integer> places = some(r, s.rank());
              Shape from = Shape.of(DType.S32, places.stream().mapToLong(s::dim).toArray());
              return b.add(new Op.Broadcast(s.dims(), places), b.parameter("x", from));
            }),
        new Case("reshape", 1000, OpPartitionTest::reshape),
        new Case(
            "transpose",
            1000,
            (r, b) -> {
              Shape s = shape(r, DType.S32);
              List<Integer> order = new ArrayList<>(IntStream.range(0, s.rank()).boxed().toList());
              Collections.shuffle(order, r);
              return b.add(new Op.Transpose(order), b.parameter("x", s));
            }),
        new Case(
            "reverse",
            1000,
            (r, b) -> {
              Shape s = shape(r, DType.S32);
              return b.add(new Op.Reverse(some(r, s.rank())), b.parameter("x", s));
            }),
        new Case("slice", 1000, OpPartitionTest::slice),
        new Case("pad", 1000, OpPartitionTest::pad),
        new Case("concatenate", 1000, OpPartitionTest::concatenate),
        new Case("dynamic-slice", 9, OpPartitionTest::dynamicSlice),
        new Case("dynamic-update-slice", 9, OpPartitionTest::dynamicUpdateSlice),
        new Case("dot", 9, OpPartitionTest::dot),
        new Case(
            "reduce",
            2,
            (r, b) -> {
              Combiner combiner = Combiner.values()[r.nextInt(6)];
              boolean logical = combiner == Combiner.AND || combiner == Combiner.OR;
              DType type = logical ? DType.PRED : r.nextBoolean() ? DType.F32 : DType.S32;
              Shape s = shape(r, type);
              return b.add(new Op.Reduce(combiner, some(r, s.rank())), b.parameter("x", s));
            }),
        new Case(
            "cumulative",
            9,
            (r, b) -> {
              Shape s = shape(r, DType.S32);
              return b.add(
                  new Op.Cumulative(
                      Combiner.ADD, r.nextInt(s.rank()), r.nextBoolean(), r.nextBoolean()),
                  b.parameter("x", s));
            }),
        new Case("gather", 6, OpPartitionTest::gather),
        new Case("scatter", 6, OpPartitionTest::scatter),
        new Case("batched gather", 6, OpPartitionTest::batchedGather),
        new Case("batched scatter", 6, OpPartitionTest::batchedScatter),
        new Case("sort", 50, OpPartitionTest::sort),
        new Case("reduce with a region", 50, OpPartitionTest::region));
  }

  private static Instruction reshape(Random r, GraphBuilder b) {
    long[][][] pairs = {
      {{3, 2}, {6}},
      {{6}, {2, 3}},
      {{16, 4, 2}, {8, 8, 2}},
      {{4, 6}, {2, 12}},
      {{6, 4}, {4, 6}},
      {{1, 8, 1}, {8}},
      {{12}, {2, 3, 2}},
      {{2, 3, 4}, {6, 4}},
      {{4, 1, 5}, {2, 2, 5}},
      {{7}, {1, 7}},
      {{9, 4}, {6, 6}},
      {{2, 2, 2, 3}, {4, 6}},
      {{16, 4}, {8, 2, 4}}
    };
    long[][] pair = pairs[r.nextInt(pairs.length)];
    int from = r.nextInt(2);
    return b.add(
        new Op.Reshape(LongStream.of(pair[1 - from]).boxed().toList()),
        b.parameter("x", Shape.of(DType.S32, pair[from])));
  }

  private static Instruction slice(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.S32);
    List<Long> starts = new ArrayList<>();
    List<Long> limits = new ArrayList<>();
    List<Long> strides = new ArrayList<>();
    for (long dim : s.dims()) {
      boolean all = r.nextBoolean();
      long start = all ? 0 : r.nextLong(dim);
      starts.add(start);
      limits.add(all ? dim : r.nextLong(start + 1, dim + 1));
      strides.add(all ? 1 : r.nextLong(1, 3));
    }
    return b.add(new Op.Slice(starts, limits, strides), b.parameter("x", s));
  }

  private static Instruction pad(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.S32);
    List<Long> low = new ArrayList<>();
    List<Long> high = new ArrayList<>();
    List<Long> interior = new ArrayList<>();
    for (int d = 0; d < s.rank(); d++) {
      boolean none = r.nextBoolean();
      low.add(none ? 0 : r.nextLong(0, 3));
      high.add(none ? 0 : r.nextLong(0, 3));
      interior.add(none ? 0 : r.nextLong(0, 2));
    }
    return b.add(
        new Op.Pad(low, high, interior),
        b.parameter("x", s),
        b.parameter("value", Shape.scalar(DType.S32)));
  }

  private static Instruction concatenate(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.S32);
    int dim = r.nextInt(s.rank());
    return b.add(
        new Op.Concatenate(dim),
        b.parameter("x", s),
        b.parameter("y", s.withDim(dim, size(r))),
        b.parameter("z", s));
  }

  private static Instruction dynamicSlice(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.S32);
    List<Long> sizes =
        s.dims().stream().map(d -> r.nextBoolean() ? d : r.nextLong(1, d + 1)).toList();
    List<Instruction> operands = new ArrayList<>(List.of(b.parameter("x", s)));
    sizes.forEach(d -> operands.add(b.parameter("i", Shape.scalar(DType.S32))));
    return b.add(new Op.DynamicSlice(sizes), operands);
  }

  private static Instruction dynamicUpdateSlice(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.S32);
    List<Long> sizes =
        s.dims().stream().map(d -> r.nextBoolean() ? d : r.nextLong(1, d + 1)).toList();
    List<Instruction> operands =
        new ArrayList<>(List.of(b.parameter("x", s), b.parameter("update", s.withDims(sizes))));
    sizes.forEach(d -> operands.add(b.parameter("i", Shape.scalar(DType.S32))));
    return b.add(new Op.DynamicUpdateSlice(), operands);
  }

  private static Instruction dot(Random r, GraphBuilder b) {
    DType type = r.nextBoolean() ? DType.F32 : DType.S32;
    int batch = r.nextInt(2);
    int contracting = r.nextInt(3);
    List<Long> left = new ArrayList<>();
    List<Long> right = new ArrayList<>();
    for (int i = 0; i < batch + contracting; i++) {
      left.add(size(r));
      right.add(left.get(i));
    }
    left.add(size(r));
    if (r.nextBoolean()) {
      right.add(size(r));
    }
    List<Integer> batches = IntStream.range(0, batch).boxed().toList();
    List<Integer> folded = IntStream.range(batch, batch + contracting).boxed().toList();
    return b.add(
        new Op.Dot(batches, batches, folded, folded, null),
        b.parameter("x", new Shape(type, left)),
        b.parameter("y", new Shape(type, right)));
  }

  private static Instruction gather(Random r, GraphBuilder b) {
    long width = size(r);
    return b.add(
        new Op.Gather(
            List.of(2), List.of(0), List.of(), List.of(), List.of(0), 2, List.of(1L, width)),
        b.parameter("table", Shape.of(DType.F32, size(r), width)),
        b.parameter("ids", Shape.of(DType.S32, size(r), size(r), 1)));
  }

  private static Instruction scatter(Random r, GraphBuilder b) {
    long width = size(r);
    long n = size(r);
    long m = size(r);
    Combiner combiner =
        List.of(Combiner.ADD, Combiner.MAXIMUM, Combiner.MULTIPLY).get(r.nextInt(3));
    Shape table = Shape.of(DType.F32, size(r), width);
    Instruction into =
        r.nextBoolean()
            ? b.parameter("table", table)
            : b.add(
                new Op.Broadcast(table.dims(), List.of()),
                b.add(new Op.Constant(Literal.scalar(DType.F32, r.nextInt(2)))));
    return b.add(
        new Op.Scatter(
            r.nextInt(5) == 0 && n * m == 1 ? null : combiner,
            List.of(2),
            List.of(0),
            List.of(),
            List.of(),
            List.of(0),
            2),
        into,
        b.parameter("ids", Shape.of(DType.S32, n, m, 1)),
        b.parameter("updates", Shape.of(DType.F32, n, m, width)));
  }

  private static Instruction batchedGather(Random r, GraphBuilder b) {
    long batch = size(r);
    long width = size(r);
    return b.add(
        new Op.Gather(
            List.of(2), List.of(1), List.of(0), List.of(0), List.of(1), 2, List.of(1L, 1L, width)),
        b.parameter("x", Shape.of(DType.F32, batch, size(r), width)),
        b.parameter("ids", Shape.of(DType.S32, batch, size(r), 1)));
  }

  private static Instruction batchedScatter(Random r, GraphBuilder b) {
    long batch = size(r);
    long width = size(r);
    long n = size(r);
    return b.add(
        new Op.Scatter(Combiner.ADD, List.of(2), List.of(1), List.of(0), List.of(0), List.of(1), 2),
        b.parameter("x", Shape.of(DType.F32, batch, size(r), width)),
        b.parameter("ids", Shape.of(DType.S32, batch, n, 1)),
        b.parameter("updates", Shape.of(DType.F32, batch, n, width)));
  }

  private static Instruction sort(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.S32);
    GraphBuilder less = new GraphBuilder("less", b.mesh());
    Instruction x = less.parameter("x", Shape.scalar(DType.S32));
    Instruction y = less.parameter("y", Shape.scalar(DType.S32));
    less.parameter("v", Shape.scalar(DType.S32));
    less.parameter("w", Shape.scalar(DType.S32));
    HloOp.Sort op =
        new HloOp.Sort(
            less.build(less.add(new Op.Compare(Op.Direction.LT), x, y)), r.nextInt(s.rank()), true);
    return b.add(
        op, Type.tuple(List.of(s, s)), List.of(b.parameter("keys", s), b.parameter("values", s)));
  }

  private static Instruction region(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.S32);
    List<Integer> dims = some(r, s.rank());
    GraphBuilder both = new GraphBuilder("both", b.mesh());
    Shape scalar = Shape.scalar(DType.S32);
    Instruction m = both.parameter("m", scalar);
    Instruction n = both.parameter("n", scalar);
    Instruction x = both.parameter("x", scalar);
    Instruction y = both.parameter("y", scalar);
    Instruction root =
        both.tuple(
            List.of(
                both.add(new Op.Binary(Op.BinaryKind.MAXIMUM), m, x),
                both.add(new Op.Binary(Op.BinaryKind.ADD), n, y)));
    List<Long> kept =
        IntStream.range(0, s.rank()).filter(d -> !dims.contains(d)).mapToObj(s::dim).toList();
    return b.add(
        new HloOp.ReduceRegion(both.build(root), dims),
        Type.tuple(List.of(s.withDims(kept), s.withDims(kept))),
        List.of(
            b.parameter("x", s),
            b.parameter("y", s),
            b.parameter("m0", scalar),
            b.parameter("n0", scalar)));
  }
}
