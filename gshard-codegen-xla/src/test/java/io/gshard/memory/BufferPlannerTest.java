package io.gshard.memory;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.passes.fusion.LoweredProgram;
import io.gshard.passes.fusion.Lowering;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BufferPlannerTest {

  /**
   * A program of products, moves, elementwise ops and folds of rows on square matrices of a few
   * sizes.
   */
  private static HloModule program(Random random) {
    Shape shape = Shape.of(DType.F32, 20, 20);
    return Tracer.trace(
        "random",
        MeshShape.SINGLE,
        List.of(shape, shape),
        in -> {
          List<Tensor> all = new ArrayList<>(in);
          for (int i = 0; i < 30; i++) {
            Tensor x = all.get(random.nextInt(all.size()));
            Tensor y = all.get(random.nextInt(all.size()));
            all.add(
                switch (random.nextInt(6)) {
                  case 0 -> Ops.einsum("ij,jk->ik", x, y);
                  case 1 -> x.plus(y);
                  case 2 -> Ops.tanh(x);
                  case 3 -> Ops.slice(Ops.concat(0, x, y), 0, 7, 27);
                  case 4 -> x.minus(Ops.broadcast(Ops.max(y, 1), shape.dims(), List.of(0)));
                  default ->
                      Ops.apply(new Op.Cumulative(io.gshard.op.Combiner.ADD, 0, false, false), x);
                });
          }
          return List.of(all.getLast(), all.get(10));
        });
  }

  @Test
  void valuesThatLiveAtTheSameTimeDoNotOverlap() {
    for (long seed = 0; seed < 60; seed++) {
      LoweredProgram program = Lowering.lower(program(new Random(seed)));
      BufferPlan plan = BufferPlanner.plan(program, Map.of(), Map.of());
      Accesses accesses = Accesses.of(program.block());
      // Each value's own life, not the planner's idea of it: written before read, nobody else in
      // between.
      for (var value : accesses.values()) {
        for (var other : accesses.values()) {
          if (value == other || !overlap(plan, value, other)) {
            continue;
          }
          int start = first(accesses, value);
          int end = last(accesses, program, value);
          for (var write : accesses.writes(other)) {
            int at = write.site().position();
            boolean copy = SlotJoiner.copied(write.site().step()) == value;
            assertWithMessage(
                    "seed " + seed + ": " + other + " written at " + at + " over " + value)
                .that(at > start && at < end && !copy)
                .isFalse();
          }
        }
      }
    }
  }

  @Test
  void anArgumentThatOnlyALoopReadsLastsToItsEnd() {
    LoweredProgram program =
        Lowering.lower(
            HloParser.parse(
                """
                HloModule m
                %body {
                  %p = (s32[], f32[4,4], f32[5,4,4]) parameter(0)
                  %i = s32[] get-tuple-element(%p), index=0
                  %x = f32[4,4] get-tuple-element(%p), index=1
                  %ws = f32[5,4,4] get-tuple-element(%p), index=2
                  %zero = s32[] constant(0)
                  %w1 = f32[1,4,4] dynamic-slice(%ws, %i, %zero, %zero), dynamic_slice_sizes={1,4,4}
                  %w = f32[4,4] reshape(%w1)
                  %d = f32[4,4] dot(%x, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
                  %e = f32[4,4] dot(%d, %d), lhs_contracting_dims={1}, rhs_contracting_dims={0}
                  %one = s32[] constant(1)
                  %j = s32[] add(%i, %one)
                  ROOT %o = (s32[], f32[4,4], f32[5,4,4]) tuple(%j, %e, %ws)
                }
                %cond {
                  %p = (s32[], f32[4,4], f32[5,4,4]) parameter(0)
                  %i = s32[] get-tuple-element(%p), index=0
                  %n = s32[] constant(5)
                  ROOT %c = pred[] compare(%i, %n), direction=LT
                }
                ENTRY %main {
                  %x = f32[4,4] parameter(0)
                  %ws = f32[5,4,4] parameter(1)
                  %i = s32[] constant(0)
                  %t = (s32[], f32[4,4], f32[5,4,4]) tuple(%i, %x, %ws)
                  %l = (s32[], f32[4,4], f32[5,4,4]) while(%t), condition=%cond, body=%body
                  ROOT %r = f32[4,4] get-tuple-element(%l), index=1
                }
                """));
    BufferPlan plan = BufferPlanner.plan(program, Map.of(), Map.of());
    Accesses accesses = Accesses.of(program.block());
    var argument = program.parameters().get(1);
    for (var value : accesses.values()) {
      assertWithMessage("%s over %s", value, argument)
          .that(
              value != argument
                  && value.shape().type() == DType.F32
                  && overlap(plan, value, argument))
          .isFalse();
    }
  }

  private static boolean overlap(
      BufferPlan plan, io.gshard.passes.fusion.Root.Value x, io.gshard.passes.fusion.Root.Value y) {
    long xs = plan.offset(x);
    long ys = plan.offset(y);
    return xs < ys + y.shape().elements() && ys < xs + x.shape().elements();
  }

  private static int first(Accesses accesses, io.gshard.passes.fusion.Root.Value value) {
    return accesses.writes(value).stream().mapToInt(a -> a.site().position()).min().orElse(-1);
  }

  private static int last(
      Accesses accesses, LoweredProgram program, io.gshard.passes.fusion.Root.Value value) {
    return program.outputs().contains(value)
        ? accesses.end()
        : accesses.of(value).stream().mapToInt(a -> a.site().position()).max().orElse(-1);
  }

  @Test
  void aChainNeedsTwoBuffers() {
    Shape shape = Shape.of(DType.F32, 64, 64);
    HloModule module =
        Tracer.trace(
            "chain",
            MeshShape.SINGLE,
            List.of(shape),
            in -> {
              Tensor x = in.getFirst();
              for (int i = 0; i < 10; i++) {
                x = Ops.tanh(Ops.einsum("ij,jk->ik", x, x));
              }
              return List.of(x);
            });
    BufferPlan plan = BufferPlanner.plan(Lowering.lower(module), Map.of(), Map.of());
    assertThat(plan.sizes().get(new Arena(Storage.F32, false))).isEqualTo(2L * 64 * 64);
  }

  @Test
  void donatedParametersAreUpdatedInPlace() {
    Shape shape = Shape.of(DType.F32, 64, 64);
    HloModule traced =
        Tracer.trace(
            "update",
            MeshShape.SINGLE,
            List.of(shape, shape),
            in -> List.of(Ops.sum(in.get(0)), in.get(0).minus(in.get(1).times(0.1))));
    HloModule module =
        new HloModule(
            "update", MeshShape.SINGLE, traced.entry(), List.of(new HloModule.Alias(1, 0)), true);
    LoweredProgram program = Lowering.lower(module);
    Collection<Slot> slots =
        BufferPlanner.slots(program, Map.of(program.parameters().getFirst(), 0));
    assertThat(slots.stream().filter(s -> s.size == 64 * 64).toList()).hasSize(2);
  }
}
