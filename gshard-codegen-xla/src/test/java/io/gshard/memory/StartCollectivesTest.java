package io.gshard.memory;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.passes.fusion.Block;
import io.gshard.passes.fusion.LoweredProgram;
import io.gshard.passes.fusion.Lowering;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StartCollectivesTest {
  private static final MeshShape MESH = MeshShape.parse("x=2, y=3");
  private static final Shape SHAPE = Shape.of(DType.F32, 6, 6);
  private static final Op ALL = new Op.AllReduce(Combiner.ADD, List.of("x", "y"));
  private static final Op SOME = new Op.AllReduce(Combiner.ADD, List.of("y"));

  /** A local program; the first parameter is the same on all devices. */
  private static LoweredProgram lowered(
      Function<List<Tensor>, List<Tensor>> body, List<HloModule.Alias> aliases) {
    HloModule traced = Tracer.trace("f", MESH, List.of(SHAPE, SHAPE), body);
    LoweredProgram lowered =
        Lowering.lower(new HloModule("f", MESH, traced.entry(), aliases, true));
    return CommonValues.find(lowered, MESH, List.of(lowered.parameters().getFirst()));
  }

  private static List<String> kinds(Block block) {
    return block.steps().stream().map(step -> step.getClass().getSimpleName()).toList();
  }

  private static List<String> started(Function<List<Tensor>, List<Tensor>> body) {
    return kinds(StartCollectives.run(lowered(body, List.of())).block());
  }

  @Test
  void whatDoesNotNeedTheResultRunsInBetween() {
    assertThat(
            started(
                in -> {
                  Tensor sum = Ops.apply(SOME, in.get(1));
                  Tensor other = Ops.einsum("ij,jk->ik", in.get(1), in.get(1));
                  return List.of(Ops.einsum("ij,jk->ik", sum, other));
                }))
        .containsExactly("Start", "Product", "Done", "Product")
        .inOrder();
  }

  @Test
  void whatIsNeededAtOnceIsNotStarted() {
    assertThat(started(in -> List.of(Ops.tanh(Ops.apply(SOME, in.get(1))))))
        .containsExactly("Collective", "Fused")
        .inOrder();
  }

  @Test
  void collectivesAreUnderWayTogetherAndResultsAreThereInTheEnd() {
    assertThat(started(in -> List.of(Ops.apply(SOME, in.get(1)), Ops.apply(ALL, in.get(1)))))
        .containsExactly("Start", "Start", "Done", "Done")
        .inOrder();
  }

  @Test
  void aTurnOfALoopAwaitsWhatItStarts() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=4
            less {
              state = (s32[], f32[8,8], f32[8,8], f32[8,8]) parameter(0)
              i = s32[] get-tuple-element(state), index=0
              n = s32[] constant(6)
              ROOT more = pred[] compare(i, n), direction=LT
            }
            turn {
              state = (s32[], f32[8,8], f32[8,8], f32[8,8]) parameter(0)
              i = s32[] get-tuple-element(state), index=0
              x = f32[8,8] get-tuple-element(state), index=1
              w = f32[8,8] get-tuple-element(state), index=2
              u = f32[8,8] get-tuple-element(state), index=3
              whole = f32[8,8] custom-call(w), custom_call_target="Sharding", sharding={replicated}
              d = f32[8,8] dot(x, u), lhs_contracting_dims={1}, rhs_contracting_dims={0}
              y = f32[8,8] dot(d, whole), lhs_contracting_dims={1}, rhs_contracting_dims={0}
              one = s32[] constant(1)
              next = s32[] add(i, one)
              v = f32[8,8] negate(w)
              ROOT r = (s32[], f32[8,8], f32[8,8], f32[8,8]) tuple(next, y, v, u)
            }
            ENTRY main {
              x = f32[8,8] parameter(0), sharding={devices=[4,1]<=[4]}
              w = f32[8,8] parameter(1), sharding={devices=[4,1]<=[4]}
              u = f32[8,8] parameter(2), sharding={replicated}
              zero = s32[] constant(0)
              start = (s32[], f32[8,8], f32[8,8], f32[8,8]) tuple(zero, x, w, u)
              end = (s32[], f32[8,8], f32[8,8], f32[8,8]) while(start), condition=less, body=turn, backend_config={"known_trip_count":{"n":"6"}}
              result = f32[8,8] get-tuple-element(end), index=1
              ROOT r = (f32[8,8]) tuple(result), sharding={{devices=[4,1]<=[4]}}
            }
            """);
    LoweredProgram program =
        StartCollectives.run(Lowering.lower(Partitioner.run(Propagation.run(module)).module()));
    Step.Loop loop =
        (Step.Loop)
            program.block().steps().stream()
                .filter(Step.Loop.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertThat(kinds(loop.body()).subList(0, 4))
        .containsExactly("Start", "Product", "Done", "Product")
        .inOrder();
  }

  // --- generated programs

  private static LoweredProgram program(Random random, boolean donated) {
    return lowered(
        in -> {
          List<Tensor> all = new ArrayList<>(in);
          for (int i = 0; i < 30; i++) {
            Tensor x = all.get(random.nextInt(all.size()));
            Tensor y = all.get(random.nextInt(all.size()));
            all.add(
                switch (random.nextInt(7)) {
                  case 0, 1 -> Ops.einsum("ij,jk->ik", x, y);
                  case 2 -> x.plus(y);
                  case 3 -> Ops.tanh(x);
                  case 4 -> Ops.slice(Ops.concat(0, x, y), 0, 3, 9);
                  case 5 -> Ops.apply(ALL, x);
                  default -> Ops.apply(SOME, x);
                });
          }
          return List.of(all.getLast(), all.get(10));
        },
        donated ? List.of(new HloModule.Alias(0, 1)) : List.of());
  }

  @Test
  void theOrderStaysAsItIs() {
    for (int seed = 0; seed < 100; seed++) {
      LoweredProgram before = program(new Random(seed), seed % 2 == 0);
      List<Step> after = new ArrayList<>();
      for (Step step : StartCollectives.run(before).block().steps()) {
        if (!(step instanceof Step.Done)) {
          after.add(step instanceof Step.Start start ? start.collective() : step);
        }
      }
      assertWithMessage("seed %s", seed).that(after).isEqualTo(before.block().steps());
    }
  }

  @Test
  void nobodyTouchesTheMemoryOfAResultThatIsUnderWay() {
    int found = 0;
    for (int seed = 0; seed < 200; seed++) {
      boolean donated = seed % 2 == 0;
      LoweredProgram program = StartCollectives.run(program(new Random(seed), donated));
      Map<Root.Value, Integer> fixed = donated ? Map.of(program.parameters().get(1), 0) : Map.of();
      BufferPlan plan =
          BufferPlanner.plan(program, fixed, Map.of(new Arena(Storage.F32, false), 36L));
      List<Step> steps = program.block().steps();
      for (int i = 0; i < steps.size(); i++) {
        if (steps.get(i) instanceof Step.Start(Step.Collective collective)) {
          Step done = new Step.Done(collective);
          for (int j = i + 1; !steps.get(j).equals(done); j++) {
            Step between = steps.get(j);
            found++;
            assertWithMessage("seed %s, %s during %s", seed, between, collective)
                .that(touched(between).anyMatch(value -> overlap(plan, value, collective.result())))
                .isFalse();
          }
        }
      }
    }
    assertThat(found).isGreaterThan(300);
  }

  private static Stream<Root.Value> touched(Step step) {
    return Stream.concat(
        CommonValues.writes(step),
        CommonValues.roots(step).stream()
            .filter(Root.Value.class::isInstance)
            .map(Root.Value.class::cast));
  }

  private static boolean overlap(BufferPlan plan, Root.Value x, Root.Value y) {
    if (!plan.holds(x) || plan.isCommon(x) != plan.isCommon(y)) {
      return false;
    }
    long xs = plan.offset(x);
    long ys = plan.offset(y);
    return xs < ys + y.shape().elements() && ys < xs + x.shape().elements();
  }
}
