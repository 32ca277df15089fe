package io.gshard.spmd;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A product of batches of matrices with each axis of the mesh on any dim, or none, of either
 * operand and of the result.
 */
final class DotAssignmentsTest {
  /** Dims that an axis may split, and none. */
  private static final int PLACES = 4;

  private static final int PER_AXIS = PLACES * PLACES * PLACES;

  @Test
  void twoAxes() {
    for (int code = 0; code < PER_AXIS * PER_AXIS; code++) {
      check(
          code % 2 == 0 ? "a=2,b=2" : "a=2,b=3",
          new int[] {code % PER_AXIS, code / PER_AXIS},
          code);
    }
  }

  @Test
  void threeAxes() {
    for (int seed = 0; seed < 150; seed++) {
      check("a=2,b=2,c=2", new Random(seed).ints(3, 0, PER_AXIS).toArray(), seed);
    }
  }

  private static void check(String meshText, int[] codes, int seed) {
    MeshShape mesh = MeshShape.parse(meshText);
    Random random = new Random(seed);
    long b = random.nextInt(1, 7);
    long m = random.nextInt(1, 7);
    long k = random.nextInt(1, 7);
    long n = random.nextInt(1, 7);
    HloModule traced =
        Tracer.trace(
            "product",
            mesh,
            List.of(Shape.of(DType.F32, b, m, k), Shape.of(DType.F32, b, k, n)),
            a -> List.of(Ops.einsum("BMK,BKN->BMN", a.get(0), a.get(1))));
    List<Sharding> places =
        List.of(
            sharding(mesh, codes, 1),
            sharding(mesh, codes, PLACES),
            sharding(mesh, codes, PLACES * PLACES));
    List<Instruction> copies = new ArrayList<>();
    List<Instruction> old = traced.entry().instructions();
    for (Instruction i : old) {
      List<Instruction> operands =
          i.operands().stream().map(o -> copies.get(old.indexOf(o))).toList();
      Sharding sharding = places.get(Math.min(copies.size(), 2));
      copies.add(i.withOperands(operands).withShardings(List.of(sharding)));
    }
    HloModule module = traced.withEntry(new Computation("main", copies, copies.getLast()));
    Checks.agrees(module, Checks.values(random, module, 9), "%s %s".formatted(meshText, places));
  }

  private static Sharding sharding(MeshShape mesh, int[] codes, int unit) {
    Sharding at = Sharding.replicated(3);
    for (int axis = 0; axis < codes.length; axis++) {
      int dim = codes[axis] / unit % PLACES;
      if (dim < 3) {
        at =
            at.with(
                dim, ReshardPlanner.joined(at.axes(dim), List.of(mesh.axes().get(axis).name())));
      }
    }
    return at;
  }
}
