package io.gshard.spmd;

import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.Evaluator;
import io.gshard.eval.Shards;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** What the tests of this package share: random shardings and values, and the one judgement. */
final class Checks {
  private Checks() {}

  static final List<String> MESHES =
      List.of(
          "a=1",
          "a=2",
          "a=3",
          "a=4",
          "a=5",
          "a=8",
          "a=2,b=2",
          "a=2,b=3",
          "a=4,b=2",
          "a=3,b=2",
          "a=2,b=2,c=2",
          "a=1,b=3,c=2");

  static MeshShape mesh(Random random) {
    return MeshShape.parse(MESHES.get(random.nextInt(MESHES.size())));
  }

  /** Any sharding: each axis of the mesh splits some dim, or none. */
  static Sharding sharding(Random random, MeshShape mesh, int rank) {
    List<List<String>> dims = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      dims.add(new ArrayList<>());
    }
    List<String> axes = new ArrayList<>(mesh.axes().stream().map(a -> a.name()).toList());
    java.util.Collections.shuffle(axes, random);
    for (String axis : axes) {
      int dim = random.nextInt(-1, rank);
      if (dim >= 0) {
        dims.get(dim).add(axis);
      }
    }
    return new Sharding(dims);
  }

  /** The module with any shardings at all, as a malicious propagation might leave it. */
  static HloModule scrambled(HloModule module, Random random) {
    Map<Instruction, Instruction> copies = new IdentityHashMap<>();
    List<Instruction> instructions = new ArrayList<>();
    for (Instruction old : module.entry().instructions()) {
      List<Sharding> shardings = new ArrayList<>();
      for (Shape leaf : old.type().leaves()) {
        shardings.add(sharding(random, module.mesh(), leaf.rank()));
      }
      Instruction copy =
          old.withOperands(old.operands().stream().map(copies::get).toList())
              .withShardings(
                  old.op() instanceof HloOp.GetTupleElement g
                      ? List.of(copies.get(old.operand(0)).shardings().get(g.index()))
                      : shardings);
      copies.put(old, copy);
      instructions.add(copy);
    }
    return module.withEntry(
        new Computation(module.entry().name(), instructions, copies.get(module.entry().root())));
  }

  static Literal value(Random random, Shape shape, int bound) {
    int n = Math.toIntExact(shape.elements());
    return shape.type().isFloating()
        ? Literal.ofReals(shape, random.doubles(n, -2, 2).toArray())
        : Literal.ofIntegers(
            shape, LongStream.range(0, n).map(i -> random.nextInt(bound)).toArray());
  }

  static List<Literal> values(Random random, HloModule module, int bound) {
    return module.entry().parameters().stream()
        .flatMap(p -> p.type().stream())
        .map(s -> value(random, s, bound))
        .toList();
  }

  /** Partitions, runs on all devices, joins, and compares with the program on one device. */
  static Partitioned agrees(HloModule sharded, List<Literal> arguments, String label) {
    Partitioned partitioned = Partitioner.run(sharded);
    agrees(sharded, partitioned, arguments, label);
    return partitioned;
  }

  static void agrees(
      HloModule global, Partitioned partitioned, List<Literal> arguments, String label) {
    MeshShape mesh = global.mesh();
    List<List<Literal>> perDevice = new ArrayList<>();
    for (int d = 0; d < mesh.devices(); d++) {
      perDevice.add(new ArrayList<>());
    }
    for (int i = 0; i < arguments.size(); i++) {
      List<Literal> shards =
          Shards.split(arguments.get(i), partitioned.parameterShardings().get(i), mesh);
      for (int d = 0; d < mesh.devices(); d++) {
        perDevice.get(d).add(shards.get(d));
      }
    }
    String context = label + "\n" + dump(global) + "\n" + dump(partitioned.module());
    List<Literal> expected = Evaluator.run(global, arguments);
    List<List<Literal>> found;
    try {
      found = SpmdEvaluator.run(partitioned.module(), perDevice);
    } catch (RuntimeException e) {
      throw new AssertionError(context, e);
    }
    for (int leaf = 0; leaf < expected.size(); leaf++) {
      int at = leaf;
      Literal joined;
      try {
        joined =
            Shards.join(
                found.stream().map(r -> r.get(at)).toList(),
                partitioned.resultShardings().get(leaf),
                mesh,
                partitioned.resultShapes().get(leaf));
      } catch (RuntimeException e) {
        throw new AssertionError(context, e);
      }
      same(expected.get(leaf), joined, context);
    }
  }

  private static void same(Literal expected, Literal found, String context) {
    assertWithMessage(context).that(found.shape()).isEqualTo(expected.shape());
    for (long i = 0; i < expected.shape().elements(); i++) {
      if (!expected.isFloating()) {
        assertWithMessage("element %s of %s", i, context)
            .that(found.integer(i))
            .isEqualTo(expected.integer(i));
      } else if (Double.compare(expected.real(i), found.real(i)) != 0) {
        double tolerance = 1e-5 * Math.max(1, Math.abs(expected.real(i)));
        assertWithMessage("element %s of %s", i, context)
            .that(found.real(i))
            .isWithin(tolerance)
            .of(expected.real(i));
      }
    }
  }

  /** A module in a few lines, for failures. */
  static String dump(HloModule module) {
    StringBuilder text = new StringBuilder(module.name() + " on " + module.mesh() + "\n");
    for (Computation computation : module.computations()) {
      text.append(computation).append("\n");
      for (Instruction i : computation.instructions()) {
        text.append(
            "  %s = %s %s %s %s%n".formatted(i, i.type(), i.op(), i.operands(), i.shardings()));
      }
    }
    return text.toString();
  }
}
