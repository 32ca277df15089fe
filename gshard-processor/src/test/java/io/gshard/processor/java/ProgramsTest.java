package io.gshard.processor.java;

import static io.gshard.tensor.Ops.einsum;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.nn.Nn;
import io.gshard.nn.Top2;
import io.gshard.op.Op;
import io.gshard.passes.LowerScans;
import io.gshard.passes.Simplify;
import io.gshard.processor.program.CompiledModel;
import io.gshard.processor.program.Variable;
import io.gshard.runtime.HostTensor;
import io.gshard.runtime.Launcher;
import io.gshard.runtime.Mesh;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whole training steps on meshes of 1 to 8 devices, against the unpartitioned program in the
 * evaluator.
 */
class ProgramsTest {
  private static final long SEED = 7;

  /** A training step: parameters first; gives the loss, then the parameters' new values. */
  private record Step(
      List<Shape> variables, List<Shape> inputs, Function<List<Tensor>, List<Tensor>> body) {
    HloModule trace(MeshShape mesh) {
      List<Shape> all = new ArrayList<>(variables);
      all.addAll(inputs);
      HloModule module = Tracer.trace("step", mesh, all, body);
      List<HloModule.Alias> aliases = new ArrayList<>();
      for (int i = 0; i < variables.size(); i++) {
        aliases.add(new HloModule.Alias(i + 1, i));
      }
      return new HloModule("step", mesh, module.entry(), aliases, false);
    }
  }

  private static void check(Step step, List<String> meshes, double tolerance) {
    Random random = new Random(SEED);
    List<Literal> variables =
        new ArrayList<>(step.variables.stream().map(s -> Values.random(random, s)).toList());
    List<Literal> inputs = step.inputs.stream().map(s -> Values.random(random, s)).toList();
    List<Literal> expected = new ArrayList<>();
    HloModule single = LowerScans.run(Simplify.run(step.trace(MeshShape.SINGLE)));
    List<Literal> state = variables;
    List<Literal> losses = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      List<Literal> in = new ArrayList<>(state);
      in.addAll(inputs);
      expected = Evaluator.run(single, in);
      losses.add(expected.getFirst());
      state = expected.subList(1, expected.size());
    }

    List<CompiledModel> models = new ArrayList<>();
    for (String mesh : meshes) {
      HloModule global = LowerScans.run(Simplify.run(step.trace(MeshShape.parse(mesh))));
      Partitioned partitioned = Partitioner.run(Propagation.run(global));
      List<Variable> list = new ArrayList<>();
      for (int i = 0; i < variables.size(); i++) {
        list.add(
            new Variable(
                "w" + i, step.variables.get(i), partitioned.parameterShardings().get(i), true));
      }
      models.add(
          Compiled.model(
              "Model" + models.size(), MeshShape.parse(mesh), list, Map.of("step", partitioned)));
    }
    Compiled compiled = Compiled.of(models);
    for (int m = 0; m < meshes.size(); m++) {
      String label = "seed " + SEED + " on mesh '" + meshes.get(m) + "'";
      try (Mesh mesh = Mesh.local(meshes.get(m));
          Launcher launcher = compiled.launch("Model" + m, mesh)) {
        for (int i = 0; i < variables.size(); i++) {
          launcher.parameter("w" + i, HostTensor.of(variables.get(i)));
        }
        for (int i = 0; i < 2; i++) {
          Values.assertClose(
              label + " loss " + i,
              Compiled.run(launcher, "step", inputs),
              List.of(losses.get(i)),
              tolerance);
        }
        for (int i = 0; i < variables.size(); i++) {
          Values.assertClose(
              label + " w" + i,
              List.of(launcher.parameter("w" + i).literal()),
              List.of(state.get(i)),
              tolerance);
        }
      }
    }
  }

  /** Loss, then the variables moved against their gradients. */
  private static List<Tensor> descend(Tensor loss, List<Tensor> variables) {
    List<Tensor> gradients = Engine.current().gradients(loss, variables);
    List<Tensor> results = new ArrayList<>(List.of(loss));
    for (int i = 0; i < variables.size(); i++) {
      results.add(variables.get(i).minus(gradients.get(i).times(0.05)));
    }
    return results;
  }

  private static boolean has(String axis) {
    return ((Tracer) Engine.current()).builder().mesh().has(axis);
  }

  private static Tensor split(Tensor x, int dim, String axis) {
    return has(axis) ? Ops.split(x, dim, axis) : Ops.replicate(x);
  }

  /** Seven elements, so that parts are padded. */
  @Test
  void variablesOfEveryNumberType() {
    List<Shape> shapes =
        Stream.of(DType.values())
            .filter(type -> type.isFloating() || type.isInteger())
            .map(type -> Shape.of(type, 7))
            .toList();
    check(
        new Step(
            shapes,
            shapes,
            in -> {
              List<Tensor> results = new ArrayList<>();
              for (int i = 0; i < shapes.size(); i++) {
                results.add(split(in.get(i), 0, "data").plus(in.get(shapes.size() + i)));
              }
              Tensor sum = Ops.sum(Ops.convert(results.getFirst(), DType.F32), 0);
              results.addFirst(sum);
              return results;
            }),
        List.of("", "data=2", "data=4"),
        1e-2);
  }

  @Test
  void perceptron() {
    check(
        new Step(
            List.of(
                Shape.of(DType.F32, 6, 16), Shape.of(DType.F32, 16), Shape.of(DType.F32, 16, 4)),
            List.of(Shape.of(DType.F32, 12, 6), Shape.of(DType.F32, 12, 4)),
            in -> {
              Tensor wi = split(in.get(0), 1, "model");
              Tensor wo = split(in.get(2), 0, "model");
              Tensor x = split(in.get(3), 0, "data");
              Tensor hidden = Ops.tanh(einsum("BM,MH->BH", x, wi).plus(in.get(1)));
              Tensor y = Nn.softmax(einsum("BH,HO->BO", hidden, wo));
              Tensor loss = Ops.mean(Ops.square(y.minus(in.get(4))));
              return descend(loss, in.subList(0, 3));
            }),
        List.of("", "data=2", "data=2, model=2", "data=3", "model=4, data=2"),
        1e-4);
  }

  @Test
  void experts() {
    check(
        new Step(
            List.of(
                Shape.of(DType.F32, 6, 4),
                Shape.of(DType.F32, 4, 6, 8),
                Shape.of(DType.F32, 4, 8, 6)),
            List.of(Shape.of(DType.F32, 4, 8, 6)),
            in -> {
              Tensor x = split(in.get(3), 0, "expert");
              Tensor wi = split(in.get(1), 0, "expert");
              Tensor wo = split(in.get(2), 0, "expert");
              Tensor gates = Nn.softmax(einsum("GSM,ME->GSE", x, in.get(0)));
              Top2 route = Top2.route(gates, null, 4, null, Top2.Policy.ALL);
              Tensor to = split(einsum("GSEC,GSM->EGCM", route.dispatch(), x), 0, "expert");
              Tensor hidden = Ops.relu(einsum("EGCM,EMH->EGCH", to, wi));
              Tensor out = einsum("EGCH,EHM->GECM", hidden, wo);
              Tensor y = split(einsum("GSEC,GECM->GSM", route.combine(), out), 0, "expert");
              return descend(
                  Ops.mean(Ops.square(y.minus(x))).plus(route.auxLoss()), in.subList(0, 3));
            }),
        List.of("", "expert=2", "expert=4", "expert=3"),
        1e-4);
  }

  @Test
  void layersInALoop() {
    check(
        new Step(
            List.of(
                Shape.of(DType.F32, 3, 6, 8),
                Shape.of(DType.F32, 3, 8, 6),
                Shape.of(DType.F32, 3, 6)),
            List.of(Shape.of(DType.F32, 8, 6)),
            in -> {
              Tensor x = split(in.get(3), 0, "data");
              Tensor wi = split(in.get(0), 2, "model");
              List<Tensor> results =
                  scan(
                      List.of(x),
                      List.of(wi, in.get(1), in.get(2)),
                      (carries, slices) -> {
                        Tensor h = Nn.rmsNorm(carries.getFirst(), slices.get(2));
                        h = Ops.relu(einsum("BM,MH->BH", h, slices.get(0)));
                        return List.of(
                            carries
                                .getFirst()
                                .plus(einsum("BH,HM->BM", h, slices.get(1)).times(0.1)));
                      });
              return descend(Ops.mean(Ops.square(results.getFirst())), in.subList(0, 3));
            }),
        List.of("", "data=2", "data=2, model=2", "model=4"),
        1e-4);
  }

  /** A loop over stacked slices. */
  private static List<Tensor> scan(
      List<Tensor> carries,
      List<Tensor> slices,
      BiFunction<List<Tensor>, List<Tensor>, List<Tensor>> body) {
    Tracer tracer = (Tracer) Engine.current();
    Tracer inner = tracer.nested("layer");
    List<Tensor> carried = carries.stream().map(c -> inner.parameter("carry", c.shape())).toList();
    List<Tensor> sliced =
        slices.stream()
            .map(s -> s.shape().withDims(s.shape().dims().subList(1, s.rank())))
            .map(s -> inner.parameter("slice", s))
            .toList();
    List<Tensor> results = Engine.with(inner, () -> body.apply(carried, sliced));
    List<Tensor> operands = new ArrayList<>(carries);
    operands.addAll(slices);
    Computation computation = inner.build(results);
    operands.addAll(inner.captured());
    return tracer.applyTuple(
        new HloOp.Scan(
            computation, slices.getFirst().dim(0), carries.size(), slices.size(), false, false),
        Type.tuple(results.stream().map(Tensor::shape).toList()),
        operands);
  }

  /** Doubles x until its sum passes a limit, counting; the trip count is known to nobody. */
  private static HloModule search(MeshShape mesh, boolean shared) {
    Shape count = Shape.scalar(DType.S32);
    Shape x = Shape.of(DType.F32, 6);
    Type state = Type.tuple(List.of(count, x));
    Computation condition =
        region(
            "condition",
            mesh,
            state,
            (tracer, in) -> {
              Tensor sum = Ops.sum(in.get(1));
              if (shared) {
                sum =
                    Ops.apply(
                        new Op.AllReduce(io.gshard.op.Combiner.MAXIMUM, List.of("data")), sum);
              }
              return tracer.instruction(Ops.less(sum, Ops.constant(DType.F32, 100)));
            });
    Computation body =
        region(
            "body",
            mesh,
            state,
            (tracer, in) ->
                tracer
                    .builder()
                    .tuple(
                        List.of(
                            tracer.instruction(in.get(0).plus(1)),
                            tracer.instruction(
                                Ops.apply(new Op.Reverse(List.of(0)), in.get(1)).times(2)))));
    Tracer main = new Tracer("main", mesh, Tracer.Model.NONE);
    Tensor given = main.parameter("x", x);
    List<Tensor> results =
        Engine.with(
            main,
            () -> {
              Instruction start =
                  main.builder()
                      .tuple(
                          List.of(
                              main.instruction(Ops.constant(DType.S32, 0)),
                              main.instruction(given)));
              Instruction loop =
                  main.builder().add(new HloOp.While(condition, body, -1), state, List.of(start));
              Tensor trips = main.wrap(main.builder().element(loop, 0));
              Instruction chosen =
                  main.builder()
                      .add(
                          new HloOp.Conditional(
                              List.of(branch(mesh, 1), branch(mesh, 10), branch(mesh, 100))),
                          new Type.Array(x),
                          List.of(
                              main.instruction(trips),
                              main.instruction(given),
                              main.instruction(given),
                              main.instruction(given)));
              return List.of(
                  trips, main.wrap(main.builder().element(loop, 1)), main.wrap(chosen), given);
            });
    return new HloModule("search", mesh, main.build(results), List.of(), true);
  }

  private static Computation branch(MeshShape mesh, double factor) {
    Tracer tracer = new Tracer("times" + (int) factor, mesh, Tracer.Model.NONE);
    Tensor x = tracer.parameter("x", Shape.of(DType.F32, 6));
    Instruction root = Engine.with(tracer, () -> tracer.instruction(x.times(factor)));
    return tracer.builder().build(root);
  }

  private static Computation region(
      String name, MeshShape mesh, Type state, BiFunction<Tracer, List<Tensor>, Instruction> body) {
    Tracer tracer = new Tracer(name, mesh, Tracer.Model.NONE);
    Instruction parameter = tracer.builder().parameter("state", state);
    List<Tensor> leaves = new ArrayList<>();
    for (int i = 0; i < state.leaves().size(); i++) {
      leaves.add(tracer.wrap(tracer.builder().element(parameter, i)));
    }
    Instruction root = Engine.with(tracer, () -> body.apply(tracer, leaves));
    return tracer.builder().build(root);
  }

  @Test
  void searchesOfUnknownLength() {
    MeshShape two = MeshShape.parse("data=2");
    Compiled compiled =
        Compiled.of(
            List.of(
                Compiled.model(
                    "Alone",
                    two,
                    List.of(),
                    Map.of("search", Compiled.replicated(search(two, false)))),
                Compiled.model(
                    "Shared",
                    two,
                    List.of(),
                    Map.of("search", Compiled.replicated(search(two, true))))));
    try (Mesh mesh = Mesh.local(two)) {
      // Several trips, two, and none.
      for (double start : new double[] {0.1, 30, 90}) {
        List<Literal> in = List.of(Literal.ofReals(Shape.of(DType.F32, 6), start, 0, 1, 2, 3, 4));
        List<Literal> expected = Evaluator.run(search(MeshShape.SINGLE, false), in);
        for (String name : List.of("Alone", "Shared")) {
          try (Launcher launcher = compiled.launch(name, mesh)) {
            Values.assertClose(
                name + " from " + start, Compiled.run(launcher, "search", in), expected, 1e-5);
          }
        }
      }
    }
  }
}
