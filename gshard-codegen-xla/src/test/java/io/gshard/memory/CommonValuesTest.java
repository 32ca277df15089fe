package io.gshard.memory;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.passes.fusion.LoweredProgram;
import io.gshard.passes.fusion.Lowering;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CommonValuesTest {
  private static final Shape SHAPE = Shape.of(DType.F32, 6, 6);
  private static final Op SUM = new Op.AllReduce(Combiner.ADD, List.of("x", "y"));

  /** A local program on a mesh of 6; the first parameter is common, the second a device's own. */
  private static LoweredProgram find(Function<List<Tensor>, List<Tensor>> body, int donated) {
    MeshShape mesh = MeshShape.parse("x=2, y=3");
    HloModule traced = Tracer.trace("f", mesh, List.of(SHAPE, SHAPE), body);
    List<HloModule.Alias> aliases =
        donated < 0 ? List.of() : List.of(new HloModule.Alias(donated, 0));
    LoweredProgram lowered =
        Lowering.lower(new HloModule("f", mesh, traced.entry(), aliases, true));
    return CommonValues.find(lowered, mesh, List.of(lowered.parameters().getFirst()));
  }

  private static List<Boolean> commonOutputs(Function<List<Tensor>, List<Tensor>> body) {
    LoweredProgram program = find(body, -1);
    return program.outputs().stream().map(program.common()::contains).toList();
  }

  @Test
  void whatComesOfCommonValuesAloneIsCommon() {
    assertThat(
            commonOutputs(
                in -> {
                  Tensor both = Ops.einsum("ij,jk->ik", in.get(0), in.get(1));
                  return List.of(
                      Ops.tanh(in.get(0)),
                      both,
                      Ops.apply(SUM, both),
                      Ops.einsum("ij,jk->ik", Ops.apply(SUM, in.get(1)), in.get(0)));
                }))
        .containsExactly(true, false, true, true)
        .inOrder();
  }

  @Test
  void collectivesOverPartOfTheMeshAndDeviceIdsAreNot() {
    assertThat(
            commonOutputs(
                in ->
                    List.of(
                        Ops.apply(new Op.AllReduce(Combiner.ADD, List.of("x")), in.get(1)),
                        Ops.apply(new Op.AllGather(0, List.of("y", "x")), in.get(1)),
                        Ops.convert(Ops.apply(new Op.PartitionId()), DType.F32),
                        Ops.apply(SUM, in.get(0)))))
        .containsExactly(false, true, false, true)
        .inOrder();
  }

  @Test
  void aReplicatedParameterIsStoredOnceEvenWhereItsNewValueIsNotKnownToBeCommon() {
    LoweredProgram program = find(in -> List.of(Ops.sum(in.get(1)), in.get(0).plus(in.get(1))), 1);
    Step last = program.block().steps().getLast();
    assertThat(CommonValues.runsOnce(last, program.common())).isTrue();
    assertThat(Accesses.writes(last)).containsExactly(program.parameters().getFirst());
    assertThat(program.common()).hasSize(1);
  }

  @Test
  void onOneDeviceNothingIsSet() {
    HloModule module =
        Tracer.trace("f", MeshShape.SINGLE, List.of(SHAPE), in -> List.of(Ops.tanh(in.get(0))));
    LoweredProgram lowered = Lowering.lower(module);
    assertThat(CommonValues.find(lowered, MeshShape.SINGLE, lowered.parameters()).common())
        .isEmpty();
  }

  /** Two accesses of the same value, one of which writes. */
  private record Conflict(Root.Value value, Step first, Step second) {}

  private static List<Conflict> conflicts(LoweredProgram program) {
    Accesses accesses = Accesses.of(program.block());
    List<Conflict> conflicts = new ArrayList<>();
    for (Root.Value value : accesses.values()) {
      List<Accesses.Access> all =
          accesses.of(value).stream()
              .sorted(java.util.Comparator.comparingInt(a -> a.site().position()))
              .toList();
      for (int i = 0; i < all.size(); i++) {
        for (int j = i + 1; j < all.size(); j++) {
          if (all.get(i).write() || all.get(j).write()) {
            conflicts.add(new Conflict(value, all.get(i).site().step(), all.get(j).site().step()));
          }
        }
      }
    }
    return conflicts;
  }

  @Test
  void theNewOrderKeepsEveryWriteBetweenTheSameReads() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      LoweredProgram program =
          find(
              in -> {
                List<Tensor> all = new ArrayList<>(in);
                for (int i = 0; i < 25; i++) {
                  Tensor x = all.get(random.nextInt(all.size()));
                  Tensor y = all.get(random.nextInt(all.size()));
                  all.add(
                      switch (random.nextInt(6)) {
                        case 0, 1 -> Ops.einsum("ij,jk->ik", x, y);
                        case 2 -> x.plus(y);
                        case 3 -> Ops.tanh(x);
                        case 4 -> Ops.slice(Ops.concat(0, x, y), 0, 3, 9);
                        default -> Ops.apply(SUM, x);
                      });
                }
                return List.of(all.getLast(), all.get(10));
              },
              seed % 2);
      int turns = 0;
      boolean once = false;
      for (Step step : program.block().steps()) {
        boolean now = CommonValues.runsOnce(step, program.common());
        if (step instanceof Step.Collective) {
          once = false;
          continue;
        }
        if (now != once) {
          turns++;
          once = now;
        }
        // What runs once reads no device's own memory, unless it stores a replicated parameter.
        if (now && Accesses.writes(step).stream().noneMatch(program.parameters()::contains)) {
          Accesses.reads(step).stream()
              .filter(v -> v.root() instanceof Root.Value)
              .forEach(
                  v ->
                      assertWithMessage("a common step").that(program.common()).contains(v.root()));
        }
      }
      // A value is made before it is read; the old parameter is read before it is overwritten.
      for (Conflict conflict : conflicts(program)) {
        boolean parameter = program.parameters().contains(conflict.value);
        assertWithMessage("seed %s: %s", seed, conflict.value)
            .that(Accesses.writes(parameter ? conflict.second : conflict.first))
            .contains(conflict.value);
      }
      assertWithMessage("seed %s", seed).that(turns).isAtMost(40);
    }
  }
}
