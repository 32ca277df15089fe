package io.gshard.spmd;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.Window;
import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ops that move along their dims, with operands and results split alike, so that parts need their
 * neighbours, and split differently; over even and uneven dims, with junk as padding.
 */
final class NeighbourPartitionTest {
  private static final int ROUNDS = Integer.getInteger("neighbours.rounds", 60);

  /** One op on parameters that it makes itself. */
  record Case(String name, BiFunction<Random, GraphBuilder, Instruction> make) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void partitionedAgreesWithWhole(Case test) {
    for (int round = 0; round < ROUNDS; round++) {
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
      List<Literal> arguments = Checks.values(random, module, 50);
      HloModule split = round % 4 == 3 ? Checks.scrambled(module, random) : alike(module, random);
      Checks.agrees(split, arguments, test.name() + " seed " + seed);
    }
  }

  /** One window's stride leads nowhere, however long it is: found by the fuzzer. */
  @Test
  void selectAndScatterOfOneWindow() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=4
            %ge { a = f32[] parameter(0)  b = f32[] parameter(1)
              ROOT r = pred[] compare(a, b), direction=GE }
            %add { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT r = f32[] add(a, b) }
            ENTRY e {
              x = f32[3] parameter(0), sharding={devices=[4]<=[4]}
              y = f32[1] parameter(1), sharding={devices=[4]<=[4]}
              z = f32[] constant(0), sharding={replicated}
              ROOT s = f32[3] select-and-scatter(x, y, z), select=%ge, scatter=%add,
                window={size=2 stride=9223372036854775807}, sharding={devices=[4]<=[4]}
            }
            """);
    Checks.agrees(module, Checks.values(new Random(1), module, 50), "one window");
  }

  /** The module with all arrays of one rank split alike. */
  private static HloModule alike(HloModule module, Random random) {
    Map<Integer, Sharding> chosen = new java.util.HashMap<>();
    // Half of the time all arrays are split along dim 0, whatever their rank.
    List<String> axes = module.mesh().axes().stream().map(a -> a.name()).toList();
    boolean rows = random.nextBoolean();
    Map<Instruction, Instruction> copies = new IdentityHashMap<>();
    List<Instruction> instructions = new ArrayList<>();
    for (Instruction old : module.entry().instructions()) {
      List<Sharding> shardings =
          old.type().leaves().stream()
              .map(
                  s ->
                      chosen.computeIfAbsent(
                          s.rank(),
                          r ->
                              rows && r > 0
                                  ? Sharding.replicated(r).with(0, axes)
                                  : Checks.sharding(random, module.mesh(), r)))
              .toList();
      Instruction copy =
          old.withOperands(old.operands().stream().map(copies::get).toList())
              .withShardings(shardings);
      copies.put(old, copy);
      instructions.add(copy);
    }
    return module.withEntry(
        new Computation(module.entry().name(), instructions, copies.get(module.entry().root())));
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("slice", NeighbourPartitionTest::slice),
        new Case("pad", NeighbourPartitionTest::pad),
        new Case(
            "reverse",
            (r, b) -> {
              Shape s = shape(r, DType.F32);
              List<Integer> dims =
                  IntStream.range(0, s.rank()).filter(d -> r.nextInt(3) > 0).boxed().toList();
              return b.add(new Op.Reverse(dims), b.parameter("x", s));
            }),
        new Case("concatenate", NeighbourPartitionTest::concatenate),
        new Case(
            "cumulative",
            (r, b) -> {
              Shape s = shape(r, r.nextBoolean() ? DType.F32 : DType.S32);
              Combiner combiner = List.of(Combiner.ADD, Combiner.MAXIMUM).get(r.nextInt(2));
              return b.add(
                  new Op.Cumulative(
                      combiner, r.nextInt(s.rank()), r.nextBoolean(), r.nextBoolean()),
                  b.parameter("x", s));
            }),
        new Case("reshape", NeighbourPartitionTest::reshape),
        new Case("reduce-window", NeighbourPartitionTest::reduceWindow),
        new Case("reduce-window of several", NeighbourPartitionTest::reduceWindows),
        new Case("select-and-scatter", NeighbourPartitionTest::selectAndScatter),
        new Case("convolution", NeighbourPartitionTest::convolution),
        new Case("convolution by groups", NeighbourPartitionTest::grouped),
        new Case("gradient by the kernel", NeighbourPartitionTest::kernelGradient));
  }

  private static Shape shape(Random r, DType type) {
    int rank = r.nextInt(1, 3);
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = r.nextInt(1, rank == 1 ? 24 : 12);
    }
    return Shape.of(type, dims);
  }

  private static Instruction slice(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.F32);
    List<Long> starts = new ArrayList<>();
    List<Long> limits = new ArrayList<>();
    List<Long> strides = new ArrayList<>();
    for (long dim : s.dims()) {
      long start = r.nextInt(3) > 0 ? Math.min(dim - 1, r.nextInt(3)) : r.nextLong(dim);
      starts.add(start);
      limits.add(r.nextBoolean() ? dim : r.nextLong(start + 1, dim + 1));
      strides.add(r.nextInt(3) > 0 ? 1L : r.nextLong(1, 4));
    }
    return b.add(new Op.Slice(starts, limits, strides), b.parameter("x", s));
  }

  private static Instruction pad(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.F32);
    List<Long> low = new ArrayList<>();
    List<Long> high = new ArrayList<>();
    List<Long> interior = new ArrayList<>();
    for (long dim : s.dims()) {
      long inner = r.nextInt(2) == 0 ? 0 : r.nextInt(3);
      long spread = dim + (dim - 1) * inner;
      long before = Math.max(r.nextInt(-2, 5), 1 - spread);
      interior.add(inner);
      low.add(before);
      high.add(Math.max(r.nextInt(-2, 8), 1 - spread - before));
    }
    return b.add(
        new Op.Pad(low, high, interior),
        b.parameter("x", s),
        b.parameter("v", Shape.scalar(DType.F32)));
  }

  private static Instruction concatenate(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.F32);
    int dim = r.nextInt(s.rank());
    List<Instruction> parts = new ArrayList<>();
    int count = r.nextInt(1, 4);
    for (int i = 0; i < count; i++) {
      long size = r.nextBoolean() ? s.dim(dim) : r.nextInt(0, 9);
      parts.add(b.parameter("x", s.withDim(dim, i == 0 ? s.dim(dim) : size)));
    }
    return b.add(new Op.Concatenate(dim), parts);
  }

  /** Merges or splits dims of any sizes beside one that stays. */
  private static Instruction reshape(Random r, GraphBuilder b) {
    long rows = r.nextInt(1, 10);
    long columns = r.nextInt(1, 6);
    long beside = r.nextInt(1, 4);
    List<List<Long>> forms =
        List.of(
            List.of(rows, columns, beside),
            List.of(rows * columns, beside),
            List.of(columns, rows, beside),
            List.of(rows, columns * beside),
            List.of(1L, rows * columns * beside));
    List<Long> from = forms.get(r.nextInt(forms.size()));
    List<Long> to = forms.get(r.nextInt(forms.size()));
    return b.add(new Op.Reshape(to), b.parameter("x", new Shape(DType.F32, from)));
  }

  private static Window.Dim window(Random r, long size, boolean reversed) {
    while (true) {
      Window.Dim dim =
          new Window.Dim(
              r.nextInt(1, 5),
              r.nextInt(1, 4),
              r.nextInt(-1, 4),
              r.nextInt(-1, 4),
              r.nextInt(3) == 0 ? r.nextInt(1, 4) : 1,
              r.nextInt(3) == 0 ? r.nextInt(1, 4) : 1,
              reversed && r.nextInt(4) == 0);
      if (dim.places(size) > 0) {
        return dim;
      }
    }
  }

  private static Instruction inferred(GraphBuilder b, Op op, List<Instruction> operands) {
    Instruction untyped = Instruction.of("x", op, new Type.Tuple(List.of()), operands, b.source());
    return b.add(op, Verifier.typeOf(untyped, b.mesh()::size), operands);
  }

  private static Computation fold(Combiner combiner, DType type) {
    GraphBuilder c = new GraphBuilder("fold", MeshShape.SINGLE);
    Shape scalar = Shape.scalar(type);
    return c.build(
        c.add(new Op.Binary(combiner.kind()), c.parameter("a", scalar), c.parameter("b", scalar)));
  }

  private static Instruction reduceWindow(Random r, GraphBuilder b) {
    DType type = r.nextBoolean() ? DType.F32 : DType.S32;
    Shape s = shape(r, type);
    Combiner combiner = r.nextBoolean() ? Combiner.ADD : Combiner.MAXIMUM;
    Window window = new Window(s.dims().stream().map(n -> window(r, n, false)).toList());
    Instruction start = b.add(new Op.Constant(Literal.scalar(type, combiner.identity(type))));
    return inferred(
        b,
        new ArrayOp.ReduceWindow(fold(combiner, type), window),
        List.of(b.parameter("x", s), start));
  }

  /** The greatest and the sum of each window at once. */
  private static Instruction reduceWindows(Random r, GraphBuilder b) {
    Shape s = shape(r, DType.S32);
    GraphBuilder c = new GraphBuilder("both", MeshShape.SINGLE);
    Shape scalar = Shape.scalar(DType.S32);
    Instruction a0 = c.parameter("a", scalar);
    Instruction a1 = c.parameter("b", scalar);
    Instruction b0 = c.parameter("c", scalar);
    Instruction b1 = c.parameter("d", scalar);
    Instruction most = c.add(new Op.Binary(Op.BinaryKind.MAXIMUM), a0, b0);
    Instruction sum = c.add(new Op.Binary(Op.BinaryKind.ADD), a1, b1);
    Computation both = c.build(c.tuple(List.of(most, sum)));
    Window window = new Window(s.dims().stream().map(n -> window(r, n, false)).toList());
    return inferred(
        b,
        new ArrayOp.ReduceWindow(both, window),
        List.of(
            b.parameter("x", s),
            b.parameter("y", s),
            b.add(new Op.Constant(Literal.scalar(DType.S32, Integer.MIN_VALUE))),
            b.add(new Op.Constant(Literal.scalar(DType.S32, 0)))));
  }

  private static Instruction selectAndScatter(Random r, GraphBuilder b) {
    DType type = r.nextBoolean() ? DType.F32 : DType.S32;
    Shape s = shape(r, type);
    List<Window.Dim> window = new ArrayList<>();
    for (long n : s.dims()) {
      Window.Dim any = window(r, n, false);
      boolean small = any.size() > n;
      window.add(
          new Window.Dim(
              small ? 1 : any.size(),
              any.stride(),
              small ? 0 : Math.max(0, any.low()),
              small ? 0 : Math.max(0, any.high()),
              1,
              1,
              false));
    }
    List<Long> places = new ArrayList<>();
    for (int d = 0; d < s.rank(); d++) {
      places.add(window.get(d).places(s.dim(d)));
    }
    GraphBuilder c = new GraphBuilder("select", MeshShape.SINGLE);
    Shape scalar = Shape.scalar(type);
    Op.Direction direction =
        List.of(Op.Direction.GE, Op.Direction.GT, Op.Direction.LE, Op.Direction.LT)
            .get(r.nextInt(4));
    Computation select =
        c.build(
            c.add(new Op.Compare(direction), c.parameter("a", scalar), c.parameter("b", scalar)));
    return inferred(
        b,
        new ArrayOp.SelectAndScatter(select, fold(Combiner.ADD, type), new Window(window)),
        List.of(
            r.nextBoolean() ? b.parameter("x", s) : withExtremes(r, b, s),
            b.parameter("y", s.withDims(places)),
            b.add(new Op.Constant(Literal.scalar(type, r.nextInt(3))))));
  }

  /** Half of its elements are such as padding might be taken for. */
  private static Instruction withExtremes(Random r, GraphBuilder b, Shape s) {
    DType type = s.type();
    List<Double> extremes =
        new ArrayList<>(List.of(Combiner.MAXIMUM.identity(type), Combiner.MINIMUM.identity(type)));
    if (type.isFloating()) {
      extremes.add(Double.NaN);
    }
    Instruction x = b.parameter("x", s);
    Instruction middle = scalar(b, s, type.isFloating() ? 0 : 25);
    Instruction extreme = scalar(b, s, extremes.get(r.nextInt(extremes.size())));
    return b.add(new Op.Select(), b.add(new Op.Compare(Op.Direction.GT), x, middle), x, extreme);
  }

  private static Instruction scalar(GraphBuilder b, Shape s, double value) {
    return b.add(
        new Op.Broadcast(s.dims(), List.of()),
        b.add(new Op.Constant(Literal.scalar(s.type(), value))));
  }

  private static final ArrayOp.ConvolutionDims ONE =
      new ArrayOp.ConvolutionDims(0, 2, List.of(1), 1, 2, List.of(0), 0, 2, List.of(1));

  private static final ArrayOp.ConvolutionDims TWO =
      new ArrayOp.ConvolutionDims(0, 3, List.of(1, 2), 2, 3, List.of(0, 1), 0, 3, List.of(1, 2));

  private static Instruction convolution(Random r, GraphBuilder b) {
    long batch = r.nextInt(1, 5);
    long in = r.nextInt(1, 5);
    long out = r.nextInt(1, 5);
    if (r.nextBoolean()) {
      long size = r.nextInt(3, 20);
      Window.Dim w = window(r, size, true);
      return inferred(
          b,
          new ArrayOp.Convolution(new Window(List.of(w)), ONE, 1, 1, null),
          List.of(
              b.parameter("x", Shape.of(DType.F32, batch, size, in)),
              b.parameter("k", Shape.of(DType.F32, w.size(), in, out))));
    }
    long height = r.nextInt(3, 9);
    long width = r.nextInt(3, 9);
    Window.Dim h = window(r, height, true);
    Window.Dim w = window(r, width, true);
    return inferred(
        b,
        new ArrayOp.Convolution(new Window(List.of(h, w)), TWO, 1, 1, null),
        List.of(
            b.parameter("x", Shape.of(DType.F32, batch, height, width, in)),
            b.parameter("k", Shape.of(DType.F32, h.size(), w.size(), in, out))));
  }

  private static Instruction grouped(Random r, GraphBuilder b) {
    boolean features = r.nextBoolean();
    long groups = r.nextInt(2, 9);
    long in = r.nextInt(1, 3);
    long out = groups * r.nextInt(1, 3);
    long batch = r.nextInt(1, 4);
    long size = r.nextInt(2, 8);
    Window.Dim w = window(r, size, true);
    return inferred(
        b,
        new ArrayOp.Convolution(
            new Window(List.of(w)), ONE, features ? groups : 1, features ? 1 : groups, null),
        List.of(
            b.parameter(
                "x",
                Shape.of(
                    DType.F32,
                    features ? batch : batch * groups,
                    size,
                    features ? in * groups : in)),
            b.parameter("k", Shape.of(DType.F32, w.size(), in, out))));
  }

  /** The window is as large as the image; its places are few. */
  private static Instruction kernelGradient(Random r, GraphBuilder b) {
    long kernel = r.nextInt(1, 4);
    long dilation = r.nextInt(1, 3);
    long places = r.nextInt(4, 14);
    long size = (places - 1) * dilation + kernel + r.nextInt(-2, 2);
    Window.Dim w = new Window.Dim(places, 1, r.nextInt(0, 3), r.nextInt(2, 4), 1, dilation, false);
    if (w.places(size) < 1) {
      w = new Window.Dim(places, 1, 3, 3, 1, dilation, false);
    }
    long batch = r.nextInt(1, 4);
    return inferred(
        b,
        new ArrayOp.Convolution(new Window(List.of(w)), ONE, 1, 1, null),
        List.of(
            b.parameter("x", Shape.of(DType.F32, batch, size, 2)),
            b.parameter("k", Shape.of(DType.F32, places, 2, 3))));
  }
}
