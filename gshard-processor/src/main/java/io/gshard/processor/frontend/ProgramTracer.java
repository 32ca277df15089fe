package io.gshard.processor.frontend;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.Sharding;
import io.gshard.processor.ast.Marks;
import io.gshard.processor.ast.MethodDecl;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.frontend.Values.RecordValue;
import io.gshard.processor.program.CompiledProgram.Argument;
import io.gshard.processor.program.ResultType;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.TracedTensor;
import io.gshard.trace.Tracer;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Traces one program for one config, from its arguments to its results and the variables' new
 * values.
 */
final class ProgramTracer {
  private final Sources sources;
  private final Natives natives;
  private final Reporter reporter;
  private final ModelConfig config;
  private final ModelVariables model;

  ProgramTracer(
      Sources sources,
      Natives natives,
      Reporter reporter,
      ModelConfig config,
      ModelVariables model) {
    this.sources = sources;
    this.natives = natives;
    this.reporter = reporter;
    this.config = config;
    this.model = model;
  }

  /** A program with the state that it brings along. */
  record Traced(TracedProgram program, List<Minimizer.State> states) {}

  /** The program; empty after a mistake, which has been reported. */
  Optional<Traced> trace(MethodDecl method) {
    int errors = reporter.errors();
    String name = method.ref().name();
    if (method.manual().isPresent()) {
      reporter.error(
          Diagnostic.MANUAL,
          method.manual().get().at(),
          "the program %s is manual; expected a program that calls a manual method, since its arguments are whole"
              .formatted(name));
      return Optional.empty();
    }
    Session session = new Session(reporter, config, name, model);
    Tracer tracer = session.tracer();
    Map<String, Sharding> shardings = new LinkedHashMap<>();
    List<Object> arguments = new ArrayList<>();
    for (MethodDecl.Parameter parameter : method.parameters()) {
      arguments.add(argument(parameter, tracer, shardings));
    }
    // Arguments are split where they come in, so the marks have been dealt with.
    MethodDecl body =
        new MethodDecl(
            method.ref(),
            method.parameters().stream()
                .map(p -> new MethodDecl.Parameter(p.name(), p.type(), Marks.NONE, p.at()))
                .toList(),
            method.result(),
            method.manual(),
            method.body(),
            method.at());
    Interpreter interpreter = new Interpreter(sources, natives, reporter, session);
    Object result =
        Engine.with(
            tracer, () -> interpreter.invoke(body, model.model(), arguments, false, method.at()));
    if (reporter.errors() > errors) {
      return Optional.empty();
    }
    Optional<ResultType> type = resultType(result, method);
    if (type.isEmpty() || Values.isUnknown(result)) {
      return Optional.empty();
    }
    return Optional.of(
        finish(name, session, method, arguments, shardings, type.get(), leaves(result)));
  }

  private Object argument(
      MethodDecl.Parameter parameter, Tracer tracer, Map<String, Sharding> shardings) {
    if (!parameter.type().equals(Tensor.class.getName())) {
      reporter.error(
          Diagnostic.PROGRAM_SIGNATURE,
          parameter.at(),
          "the argument '%s' of a program has type %s; expected Tensor; what is constant belongs to the config or a field"
              .formatted(parameter.name(), parameter.type()));
      return Values.Unknown.UNKNOWN;
    }
    if (parameter.marks().dims().isEmpty()) {
      reporter.error(
          Diagnostic.NO_DIMS,
          parameter.at(),
          "the argument '%s' of a program has no shape; expected @Dims(\"...\") with its dims"
              .formatted(parameter.name()));
      return Values.Unknown.UNKNOWN;
    }
    Marks.Named dims = parameter.marks().dims().get();
    Shape shape;
    try {
      shape = new Shape(dims.type().orElse(DType.F32), config.dims(dims.text()));
    } catch (ModelConfig.UnknownDim e) {
      reporter.error(Diagnostic.UNKNOWN_DIM, dims.at(), e.getMessage());
      return Values.Unknown.UNKNOWN;
    }
    tracer.builder().at(parameter.at().source());
    if (parameter.marks().split().isPresent()) {
      Marks.Split split = parameter.marks().split().get();
      try {
        shardings.put(parameter.name(), Shardings.resolve(split, shape.rank(), config.mesh()));
      } catch (Shardings.Mistake e) {
        reporter.error(e.diagnostic(), split.at(), e.getMessage());
      }
    }
    return tracer.parameter(parameter.name(), shape);
  }

  private Optional<ResultType> resultType(Object result, MethodDecl method) {
    boolean tensors = leaves(result) != null;
    if (result == null) {
      return Optional.of(new ResultType.Nothing());
    }
    if (result instanceof Tensor) {
      return Optional.of(new ResultType.OneTensor());
    }
    if (result instanceof RecordValue value
        && tensors
        && value.components().values().stream().allMatch(Tensor.class::isInstance)) {
      return Optional.of(
          new ResultType.TensorRecord(
              value.type().name().replace('$', '.'), List.copyOf(value.components().keySet())));
    }
    if (result instanceof Record value
        && tensors
        && !(result instanceof RecordValue)
        && Arrays.stream(value.getClass().getRecordComponents())
            .allMatch(c -> c.getType() == Tensor.class)) {
      return Optional.of(
          new ResultType.TensorRecord(
              value.getClass().getCanonicalName(),
              Arrays.stream(value.getClass().getRecordComponents())
                  .map(RecordComponent::getName)
                  .toList()));
    }
    if (!Values.isUnknown(result)) {
      reporter.error(
          Diagnostic.PROGRAM_SIGNATURE,
          method.at(),
          "the program %s gives back something else than tensors; expected void, a Tensor or a record of Tensors"
              .formatted(method.ref().name()));
    }
    return Optional.empty();
  }

  private static List<Tensor> leaves(Object result) {
    try {
      return result == null ? List.of() : Structure.flatten(result);
    } catch (Structure.NotTensors e) {
      return null;
    }
  }

  private Traced finish(
      String name,
      Session session,
      MethodDecl method,
      List<Object> arguments,
      Map<String, Sharding> shardings,
      ResultType type,
      List<Tensor> results) {
    Tracer tracer = session.tracer();
    tracer.builder().at(method.at().source());
    Map<String, Tensor> updated = session.updated();
    List<Tensor> outputs = new ArrayList<>(results);
    outputs.addAll(updated.values());
    Computation traced = tracer.build(outputs);
    Set<Instruction> used = new HashSet<>();
    traced.instructions().forEach(i -> used.addAll(i.operands()));

    Map<Instruction, Sharding> entry = new LinkedHashMap<>();
    List<String> variables = new ArrayList<>();
    Map<String, Sharding> all = new LinkedHashMap<>();
    model.parameters().values().forEach(p -> all.put(p.path(), p.sharding()));
    session.minimizer().states().forEach(s -> all.put(s.path(), s.sharding()));
    all.forEach(
        (path, sharding) -> {
          Instruction parameter = ((TracedTensor) session.original(path)).instruction();
          if (used.contains(parameter) || updated.containsKey(path)) {
            variables.add(path);
            entry.put(parameter, sharding);
          }
        });
    for (int i = 0; i < arguments.size(); i++) {
      entry.put(
          ((TracedTensor) arguments.get(i)).instruction(),
          shardings.get(method.parameters().get(i).name()));
    }
    List<HloModule.Alias> aliases = new ArrayList<>();
    int output = results.size();
    for (String path : updated.keySet()) {
      aliases.add(new HloModule.Alias(output++, variables.indexOf(path)));
    }
    HloModule module =
        new HloModule(name, config.mesh(), renumbered(traced, entry, config), aliases, false);
    List<Argument> named = method.parameters().stream().map(p -> new Argument(p.name())).toList();
    return new Traced(
        new TracedProgram(name, variables, named, type, module), session.minimizer().states());
  }

  /** The computation with these parameters only, in this order, split as said. */
  private static Computation renumbered(
      Computation traced, Map<Instruction, Sharding> entry, ModelConfig config) {
    Map<Instruction, Instruction> replaced = new HashMap<>();
    GraphBuilder builder = new GraphBuilder(traced.name(), config.mesh());
    int index = 0;
    for (Map.Entry<Instruction, Sharding> parameter : entry.entrySet()) {
      Instruction old = parameter.getKey();
      Instruction renumbered =
          Instruction.of(
              old.name(), new HloOp.Parameter(index++), old.type(), List.of(), old.source());
      replaced.put(
          old,
          builder.add(
              parameter.getValue() == null
                  ? renumbered
                  : renumbered.withSharding(parameter.getValue())));
    }
    for (Instruction instruction : traced.instructions()) {
      if (!(instruction.op() instanceof HloOp.Parameter)) {
        replaced.put(
            instruction,
            builder.add(
                instruction.withOperands(
                    instruction.operands().stream().map(replaced::get).toList())));
      }
    }
    return builder.build(replaced.get(traced.root()));
  }
}
