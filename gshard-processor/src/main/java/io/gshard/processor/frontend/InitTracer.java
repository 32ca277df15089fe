package io.gshard.processor.frontend;

import io.gshard.annotation.Init;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.nn.Initializer;
import io.gshard.processor.ast.ClassDecl;
import io.gshard.processor.frontend.ModelVariables.Declared;
import io.gshard.processor.program.CompiledProgram.Argument;
import io.gshard.processor.program.ResultType;
import io.gshard.processor.program.Variable;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;

/**
 * The program "init", which every model gets: parameters start as their fields say, optimizer state
 * at zero.
 */
final class InitTracer {
  static final String NAME = "init";

  private InitTracer() {}

  static TracedProgram trace(
      ModelConfig config, ModelVariables model, List<Variable> variables, Source at) {
    Tracer tracer = new Tracer(NAME, config.mesh(), Tracer.Model.NONE);
    tracer.builder().at(at);
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      tracer
          .builder()
          .add(
              parameter(variable.path(), i, variable.shape(), at)
                  .withSharding(variable.sharding()));
    }
    Tensor seed =
        tracer.wrap(
            tracer.builder().add(parameter("seed", variables.size(), Shape.scalar(DType.S32), at)));
    List<Tensor> values = new ArrayList<>();
    List<HloModule.Alias> aliases = new ArrayList<>();
    Engine.with(
        tracer,
        () -> {
          for (Variable variable : variables) {
            aliases.add(new HloModule.Alias(values.size(), values.size()));
            values.add(
                variable.parameter()
                    ? first(model.parameters().get(variable.path()), seed)
                    : Ops.zeros(variable.shape()));
          }
          return null;
        });
    return new TracedProgram(
        NAME,
        variables.stream().map(Variable::path).toList(),
        List.of(new Argument("seed")),
        new ResultType.Nothing(),
        new HloModule(NAME, config.mesh(), tracer.build(values), aliases, false));
  }

  private static Instruction parameter(String name, int index, Shape shape, Source at) {
    return Instruction.of(name, new HloOp.Parameter(index), new Type.Array(shape), List.of(), at);
  }

  private static Tensor first(Declared parameter, Tensor seed) {
    Shape single = parameter.single();
    boolean named = parameter.start().map(s -> !s.fan().isEmpty()).orElse(false);
    Init.Kind kind = parameter.start().map(ClassDecl.Start::kind).orElse(null);
    return Initializer.initialize(
        parameter.path(),
        single,
        parameter.stacks(),
        kind,
        parameter.start().map(ClassDecl.Start::scale).orElse(1.0),
        named ? single.dim(parameter.fan()) : 0,
        seed);
  }
}
