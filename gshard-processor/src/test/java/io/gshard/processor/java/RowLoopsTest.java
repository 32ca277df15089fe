package io.gshard.processor.java;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.memory.BufferPlan;
import io.gshard.memory.BufferPlanner;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.nn.Nn;
import io.gshard.op.Op;
import io.gshard.passes.Simplify;
import io.gshard.passes.fusion.LoweredProgram;
import io.gshard.passes.fusion.Lowering;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.processor.program.Variable;
import io.gshard.runtime.HostTensor;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.LocalMesh;
import io.gshard.runtime.Mesh;
import io.gshard.spmd.Partitioned;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Loops over rows: what uses a fold's result is in the loop that folds. The same program with
 * barriers, so that each op is a loop of its own, gives the same bits; the evaluator nearly so.
 */
final class RowLoopsTest {
  private static final long SEED = 6;

  /** Lengths of rows, and how many there are: enough that several workers share a loop. */
  private static final Map<Integer, Integer> SIZES =
      new LinkedHashMap<>(Map.of(1, 2600, 13, 2600, 207, 331, 1024, 67, 4098, 19));

  /** Programs of x and a gradient [R C], a scale and a shift [C]. */
  private static final Map<String, Function<List<Tensor>, List<Tensor>>> PROGRAMS =
      Map.of(
          "softmax", in -> List.of(Nn.softmax(in.get(0))),
          "logSoftmax", in -> List.of(Nn.logSoftmax(in.get(0))),
          "layerNorm", in -> List.of(norm(in)),
          "softmaxBackward", in -> gradients(in, Nn.softmax(in.get(0)), 1),
          "lossBackward", in -> gradients(in, Nn.logSoftmax(in.get(0)), 1),
          "layerNormBackward", in -> gradients(in, norm(in), 3),
          "foldsAreResults", RowLoopsTest::folds);

  private static Tensor norm(List<Tensor> in) {
    return Nn.gelu(Nn.layerNorm(in.get(0), in.get(2), in.get(3)));
  }

  private static List<Tensor> gradients(List<Tensor> in, Tensor y, int arguments) {
    Tensor loss = Ops.sum(Ops.convert(y.times(in.get(1)), DType.F32));
    List<Tensor> all = List.of(in.get(0), in.get(2), in.get(3));
    List<Tensor> results = new ArrayList<>(List.of(loss));
    results.addAll(Engine.current().gradients(loss, all.subList(0, arguments)));
    return results;
  }

  private static List<Tensor> folds(List<Tensor> in) {
    Tensor x = in.get(0);
    Tensor top = Ops.max(x, 1);
    Tensor low = x.minus(alongLast(top, x.shape()));
    Tensor total = Ops.sum(Ops.exp(low), 1);
    Tensor log = Ops.log(total);
    return List.of(top, low, total, low.minus(alongLast(log, x.shape())), log);
  }

  private static Tensor alongLast(Tensor rows, Shape shape) {
    return Ops.broadcast(rows, shape.dims(), List.of(0));
  }

  private static HloModule trace(String name, DType type, long rows, long row) {
    Shape all = Shape.of(type, rows, row);
    Shape one = Shape.of(type, row);
    return Simplify.run(
        Tracer.trace(name, MeshShape.SINGLE, List.of(all, all, one, one), PROGRAMS.get(name)));
  }

  /** The module with a barrier behind each instruction: no loop goes on beyond it. */
  private static HloModule apart(HloModule module) {
    GraphBuilder builder = new GraphBuilder(module.name(), module.mesh());
    Rewriter rewriter = new Rewriter(builder);
    for (Instruction instruction : module.entry().instructions()) {
      Instruction copy = rewriter.copy(instruction);
      if (!(instruction.op() instanceof HloOp)) {
        rewriter.put(instruction, builder.add(new Op.OptimizationBarrier(), copy));
      }
    }
    Computation entry = builder.build(rewriter.get(module.entry().root()));
    return new HloModule(module.name() + "Apart", module.mesh(), entry);
  }

  private static List<Step> steps(HloModule module) {
    return Lowering.lower(module).block().steps();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void sameBitsAsLoopsApart(DType type) {
    Map<String, HloModule> modules = new LinkedHashMap<>();
    SIZES.forEach(
        (row, rows) ->
            PROGRAMS.keySet().stream()
                .sorted()
                .forEach(name -> modules.put(name + row, trace(name, type, rows, row))));
    Map<String, Partitioned> programs = new LinkedHashMap<>();
    modules.forEach(
        (name, module) -> {
          HloModule apart = apart(module);
          assertWithMessage(name).that(steps(apart).size()).isAtLeast(steps(module).size());
          programs.put(name, Compiled.replicated(module));
          programs.put(name + "Apart", Compiled.replicated(apart));
        });
    Compiled compiled =
        Compiled.of(List.of(Compiled.model("Rows", MeshShape.SINGLE, List.of(), programs)));
    for (int workers : new int[] {1, 2, 3}) {
      try (Mesh mesh = new LocalMesh(MeshShape.SINGLE, workers);
          Launcher launcher = compiled.launch("Rows", mesh)) {
        Random random = new Random(SEED);
        modules.forEach(
            (name, module) -> {
              String label = name + ", " + workers + " workers, seed " + SEED;
              List<Literal> in = arguments(module, random);
              List<Literal> found = Compiled.run(launcher, name, in);
              assertWithMessage(label)
                  .that(found)
                  .isEqualTo(Compiled.run(launcher, name + "Apart", in));
              if (workers == 1) {
                double tolerance = type == DType.BF16 ? 0.1 : 1e-3;
                Values.assertClose(label, found, Evaluator.run(module, in), tolerance);
              }
            });
      }
    }
  }

  private static List<Literal> arguments(HloModule module, Random random) {
    return module.entry().parameters().stream().map(p -> Values.random(random, p.shape())).toList();
  }

  @Test
  void aChainOverRowsIsOneLoop() {
    for (int row : new int[] {13, 207, 1024}) {
      for (String name : List.of("softmax", "logSoftmax", "layerNorm", "foldsAreResults")) {
        List<Step> steps = steps(trace(name, DType.F32, 64, row));
        assertWithMessage("%s of rows of %s: %s", name, row, steps).that(steps).hasSize(1);
        assertThat(((Step.Fused) steps.getFirst()).row()).isEqualTo(row);
      }
      // The loss is a loop of its own; scale and shift get sums of columns.
      assertThat(steps(trace("softmaxBackward", DType.F32, 64, row))).hasSize(2);
      assertThat(steps(trace("lossBackward", DType.F32, 64, row))).hasSize(2);
      assertThat(steps(trace("layerNormBackward", DType.F32, 64, row))).hasSize(4);
    }
  }

  /** A variable that becomes its own softmax: the loop reads it by folds before it writes it. */
  @Test
  void inPlace() {
    Shape shape = Shape.of(DType.F32, 67, 1024);
    HloModule traced =
        Tracer.trace(
            "step",
            MeshShape.SINGLE,
            List.of(shape),
            in -> List.of(Nn.softmax(in.getFirst().times(3))));
    HloModule module =
        new HloModule(
            "step", MeshShape.SINGLE, traced.entry(), List.of(new HloModule.Alias(0, 0)), false);
    List<Variable> variables = List.of(new Variable("x", shape, Sharding.replicated(2), true));
    Compiled compiled =
        Compiled.of(
            List.of(
                Compiled.model(
                    "InPlace",
                    MeshShape.SINGLE,
                    variables,
                    Map.of("step", Compiled.replicated(module)))));
    Literal start = Values.random(new Random(SEED), shape);
    try (Mesh mesh = new LocalMesh(MeshShape.SINGLE, 2);
        Launcher launcher = compiled.launch("InPlace", mesh)) {
      launcher.parameter("x", HostTensor.of(start));
      List<Literal> expected = List.of(start);
      for (int step = 0; step < 2; step++) {
        Compiled.run(launcher, "step", List.of());
        expected = Evaluator.run(traced, expected);
      }
      Values.assertClose(
          "seed " + SEED, List.of(launcher.parameter("x").literal()), expected, 1e-5);
    }
    LoweredProgram program = Lowering.lower(module);
    Root.Value variable = program.parameters().getFirst();
    BufferPlan plan = BufferPlanner.plan(program, Map.of(variable, 0), Map.of());
    assertWithMessage("%s", plan.sizes().values())
        .that(plan.sizes().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(0);
  }

  /**
   * Programs of folds, of what uses them by rows, by columns, transposed, and after a product; some
   * values are results.
   */
  private static HloModule random(String name, Random random) {
    Shape shape = Shape.of(DType.F32, 48, 48);
    return Tracer.trace(
        name,
        MeshShape.SINGLE,
        List.of(shape, shape),
        in -> {
          List<Tensor> all = new ArrayList<>(in);
          List<Tensor> rows = new ArrayList<>(List.of(Ops.max(in.getFirst(), 1)));
          for (int i = 0; i < 40; i++) {
            Tensor x = late(random, all);
            Tensor y = late(random, all);
            Tensor r = late(random, rows);
            switch (random.nextInt(12)) {
              case 0 -> all.add(Ops.tanh(x));
              case 1 -> all.add(Ops.maximum(x, y));
              case 2 -> all.add(Ops.transpose(x, 1, 0));
              case 3 -> all.add(Ops.tanh(Ops.einsum("ij,jk->ik", x, y)));
              case 4 -> rows.add(Ops.max(x, 1));
              case 5 -> rows.add(Ops.mean(x, 1));
              case 6 -> rows.add(Ops.mean(x, 0));
              case 7 -> rows.add(Ops.tanh(r.plus(late(random, rows))));
              case 8 -> all.add(x.times(Ops.broadcast(r, shape.dims(), List.of(1))));
              case 9 -> all.add(x.over(alongLast(Ops.exp(r), shape)));
              default -> all.add(x.minus(alongLast(r, shape)));
            }
          }
          return List.of(all.getLast(), rows.getLast(), all.get(10), late(random, rows));
        });
  }

  private static Tensor late(Random random, List<Tensor> from) {
    return from.get(Math.max(0, from.size() - 1 - random.nextInt(6)));
  }

  @Test
  void generatedPrograms() {
    Map<String, HloModule> modules = new LinkedHashMap<>();
    Map<String, Partitioned> programs = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      HloModule module = random("random" + i, new Random(SEED + i));
      modules.put(module.name(), module);
      programs.put(module.name(), Compiled.replicated(module));
      programs.put(module.name() + "Apart", Compiled.replicated(apart(module)));
    }
    Compiled compiled =
        Compiled.of(List.of(Compiled.model("Generated", MeshShape.SINGLE, List.of(), programs)));
    try (Mesh mesh = Mesh.local("");
        Launcher launcher = compiled.launch("Generated", mesh)) {
      Random random = new Random(SEED);
      modules.forEach(
          (name, module) -> {
            String label = name + ", seed " + SEED;
            List<Literal> in = arguments(module, random);
            List<Literal> found = Compiled.run(launcher, name, in);
            assertWithMessage(label)
                .that(found)
                .isEqualTo(Compiled.run(launcher, name + "Apart", in));
            Values.assertClose(label, found, Evaluator.run(module, in), 1e-3);
          });
    }
  }
}
