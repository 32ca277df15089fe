package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Verifier;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Modules made at random, over meshes of up to four axes with any sharding, survive their text. */
class GeneratedRoundTripTest {
  private static final long SEED = 90125;

  @Test
  void shardingsAndCollectives() {
    for (long seed = SEED; seed < SEED + 300; seed++) {
      Random random = new Random(seed);
      HloModule module = module(random);
      Verifier.verify(module);
      String text = HloPrinter.print(module);
      HloModule read = HloParser.parse(text);
      assertWithMessage("seed %s", seed).that(HloPrinter.print(read)).isEqualTo(text);
      List<Instruction> wanted = module.entry().instructions();
      List<Instruction> found = read.entry().instructions();
      for (int i = 0; i < wanted.size(); i++) {
        // Along a dim of size 1 both directions are one.
        if (!(wanted.get(i).op() instanceof Op.Cumulative)) {
          assertWithMessage("seed %s", seed).that(found.get(i).op()).isEqualTo(wanted.get(i).op());
        }
        if (!module.partitioned()) {
          assertWithMessage("seed %s", seed)
              .that(found.get(i).shardings())
              .isEqualTo(wanted.get(i).shardings());
        }
      }
    }
  }

  private static HloModule module(Random random) {
    List<MeshAxis> axes = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      axes.add(new MeshAxis("axis" + i, 2 + random.nextInt(3)));
    }
    MeshShape mesh = new MeshShape(axes);
    boolean partitioned = random.nextBoolean();
    GraphBuilder b = new GraphBuilder("main", mesh);
    List<Instruction> values = new ArrayList<>();
    values.add(add(b, random, b.mesh(), partitioned, null));
    for (int i = 0; i < 12; i++) {
      b.at(random.nextBoolean() ? Source.NONE : new Source("M.java", 1 + random.nextInt(99), 3));
      Instruction x = values.get(random.nextInt(values.size()));
      try {
        values.add(add(b, random, mesh, partitioned, x));
      } catch (ShapeException doesNotFit) {
        continue;
      }
    }
    return new HloModule("m", mesh, b.build(values.getLast()), List.of(), partitioned);
  }

  private static Instruction add(
      GraphBuilder b, Random random, MeshShape mesh, boolean partitioned, Instruction x) {
    GraphBuilder scratch = new GraphBuilder("scratch", mesh);
    scratch.at(b.source());
    Instruction made;
    if (x == null) {
      int rank = 1 + random.nextInt(3);
      List<Long> dims = new ArrayList<>(Collections.nCopies(rank, 0L));
      dims.replaceAll(d -> (long) mesh.devices() * (1 + random.nextInt(2)));
      return b.add(
          sharded(scratch.parameter("p", new Shape(DType.F32, dims)), random, mesh, partitioned));
    }
    made =
        partitioned && random.nextBoolean()
            ? scratch.add(collective(random, mesh, x), x)
            : scratch.add(local(random, x), x);
    return b.add(sharded(made, random, mesh, partitioned));
  }

  private static Instruction sharded(
      Instruction i, Random random, MeshShape mesh, boolean partitioned) {
    if (partitioned || random.nextInt(4) == 0) {
      return i;
    }
    List<List<String>> dims = new ArrayList<>();
    i.shape().dims().forEach(d -> dims.add(new ArrayList<>()));
    for (String axis : some(random, mesh)) {
      if (!dims.isEmpty()) {
        dims.get(random.nextInt(dims.size())).add(axis);
      }
    }
    return i.withSharding(new Sharding(dims));
  }

  /** Some axes, in any order. */
  private static List<String> some(Random random, MeshShape mesh) {
    List<String> names = new ArrayList<>(mesh.axes().stream().map(MeshAxis::name).toList());
    Collections.shuffle(names, random);
    return names.subList(0, 1 + random.nextInt(names.size()));
  }

  private static Op local(Random random, Instruction x) {
    int rank = x.shape().rank();
    int dim = rank == 0 ? 0 : random.nextInt(rank);
    return switch (random.nextInt(5)) {
      case 0 -> new Op.Unary(Op.UnaryKind.values()[random.nextInt(Op.UnaryKind.values().length)]);
      case 1 -> new Op.Reduce(Combiner.values()[random.nextInt(4)], List.of(dim));
      case 2 ->
          new Op.Cumulative(Combiner.MINIMUM, dim, random.nextBoolean(), random.nextBoolean());
      case 3 -> {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
          order.add(i);
        }
        Collections.shuffle(order, random);
        yield new Op.Transpose(order);
      }
      default -> new Op.Reverse(List.of(dim));
    };
  }

  private static Op collective(Random random, MeshShape mesh, Instruction x) {
    List<String> axes = some(random, mesh);
    int dim = random.nextInt(Math.max(1, x.shape().rank()));
    return switch (random.nextInt(4)) {
      case 0 -> new Op.AllReduce(Combiner.MAXIMUM, axes);
      case 1 -> new Op.AllGather(dim, axes);
      case 2 -> new Op.ReduceScatter(Combiner.ADD, dim, axes);
      default -> new Op.AllToAll(dim, dim, axes);
    };
  }

  /** Every float is read back bit by bit. */
  @Test
  void numbers() {
    Random random = new Random(SEED);
    for (DType type : List.of(DType.F32, DType.BF16, DType.F16, DType.F64)) {
      Shape shape = Shape.of(type, 500);
      double[] values = new double[500];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            type == DType.F64
                ? Double.longBitsToDouble(random.nextLong())
                : Float.intBitsToFloat(random.nextInt());
      }
      Literal literal = Literal.ofReals(shape, values);
      Literal read = LiteralText.read(new Cursor(LiteralText.print(literal)), shape);
      assertWithMessage("seed %s, %s", SEED, type).that(read).isEqualTo(literal);
    }
  }
}
