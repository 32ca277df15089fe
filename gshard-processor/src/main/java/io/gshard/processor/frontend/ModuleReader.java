package io.gshard.processor.frontend;

import io.gshard.mesh.Sharding;
import io.gshard.processor.ast.ClassDecl;
import io.gshard.processor.ast.ClassDecl.FieldDecl;
import io.gshard.processor.ast.Expr;
import io.gshard.processor.ast.Marks;
import io.gshard.processor.ast.Position;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.frontend.ModelVariables.Declared;
import io.gshard.processor.frontend.Values.Frame;
import io.gshard.processor.frontend.Values.ModuleValue;
import io.gshard.processor.frontend.Values.Parameter;
import io.gshard.processor.frontend.Values.Scope;
import io.gshard.processor.frontend.Values.StackValue;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a model's objects for a config: modules, stacks, constants, and the list of its parameters.
 */
final class ModuleReader {
  private static final String TENSOR = "io.gshard.tensor.Tensor";
  private static final int DEPTH_LIMIT = 30;

  private final Sources sources;
  private final Reporter reporter;
  private final ModelConfig config;
  private final Interpreter interpreter;
  private final Map<String, Declared> parameters = new LinkedHashMap<>();

  private ModuleReader(
      Sources sources, Reporter reporter, ModelConfig config, Interpreter interpreter) {
    this.sources = sources;
    this.reporter = reporter;
    this.config = config;
    this.interpreter = interpreter;
  }

  /**
   * @param interpreter for the initial values of fields
   */
  static ModelVariables read(
      ClassDecl model,
      Sources sources,
      Reporter reporter,
      ModelConfig config,
      Interpreter interpreter) {
    ModuleReader reader = new ModuleReader(sources, reporter, config, interpreter);
    ModuleValue value = reader.module(model, "", List.of(), Optional.empty());
    return new ModelVariables(value, reader.parameters);
  }

  private void error(Diagnostic diagnostic, Position at, String message) {
    reporter.error(diagnostic, at, message);
  }

  private ModuleValue module(
      ClassDecl type, String path, List<Long> stacks, Optional<Expr.New> creation) {
    ModuleValue module = new ModuleValue(type, path);
    fields(type, module, stacks);
    creation.ifPresent(
        c ->
            sources
                .method(type.name(), "<init>", c.constructor().parameterTypes())
                .ifPresent(
                    constructor -> {
                      List<Object> arguments = new ArrayList<>();
                      Frame frame = new Frame(null, new Scope(null), true);
                      c.arguments().forEach(a -> arguments.add(interpreter.evaluate(a, frame)));
                      interpreter.invoke(constructor, module, arguments, true, c.at());
                    }));
    return module;
  }

  private void fields(ClassDecl type, ModuleValue module, List<Long> stacks) {
    type.superclass().flatMap(sources::declaration).ifPresent(s -> fields(s, module, stacks));
    for (FieldDecl field : type.fields()) {
      if (!field.isStatic()) {
        String path = module.path().isEmpty() ? field.name() : module.path() + "." + field.name();
        module.fields().put(field.name(), value(field, path, module, stacks));
      }
    }
  }

  private Object value(FieldDecl field, String path, ModuleValue owner, List<Long> stacks) {
    if (field.type().equals(TENSOR)) {
      return parameter(field, path, stacks);
    }
    if (field.type().startsWith(TENSOR)) {
      error(
          Diagnostic.FIELD,
          field.at(),
          "'%s' is an array of tensors; expected one Tensor with a dim in front, or a @Stack of modules"
              .formatted(field.name()));
      return Values.Unknown.UNKNOWN;
    }
    if (!field.marks().isEmpty()) {
      error(
          Diagnostic.NOT_A_TENSOR,
          field.at(),
          "'%s' is annotated as a tensor but is a %s; leave the annotation out"
              .formatted(field.name(), field.type()));
    }
    if (field.type().equals("java.util.List") && field.module().isPresent()) {
      return stack(field, path, stacks);
    }
    if (field.stack().isPresent()) {
      error(
          Diagnostic.STACK,
          field.at(),
          "'%s' has @Stack but is a %s; expected a List of a @Module class"
              .formatted(field.name(), field.type()));
      return Values.Unknown.UNKNOWN;
    }
    if (field.module().isPresent()) {
      Optional<Expr.New> creation =
          field.initializer().filter(Expr.New.class::isInstance).map(Expr.New.class::cast);
      String type = creation.map(c -> c.constructor().owner()).orElse(field.module().get());
      return module(field, type, path, stacks, creation);
    }
    Frame frame = new Frame(owner, new Scope(null), true);
    return field.initializer().map(i -> interpreter.evaluate(i, frame)).orElse(null);
  }

  private Object module(
      FieldDecl field, String type, String path, List<Long> stacks, Optional<Expr.New> creation) {
    Optional<ClassDecl> declaration = sources.declaration(type);
    if (declaration.isEmpty()) {
      error(
          Diagnostic.MODULE_SOURCE,
          field.at(),
          "the source of the module %s is neither in this compilation nor in its jar (META-INF/gshard/sources); compile that jar with the GShard processor"
              .formatted(type));
      return Values.Unknown.UNKNOWN;
    }
    if (path.chars().filter(c -> c == '.').count() > DEPTH_LIMIT) {
      error(
          Diagnostic.FIELD,
          field.at(),
          "the module %s contains itself; expected modules that end".formatted(type));
      return Values.Unknown.UNKNOWN;
    }
    reporter.enter(field.at());
    try {
      return module(declaration.get(), path, stacks, creation);
    } finally {
      reporter.leave();
    }
  }

  private Object stack(FieldDecl field, String path, List<Long> stacks) {
    if (field.stack().isEmpty()) {
      error(
          Diagnostic.STACK,
          field.at(),
          "'%s' is a list of modules without @Stack; expected @Stack(\"N\") with the dim that says how many"
              .formatted(field.name()));
      return Values.Unknown.UNKNOWN;
    }
    try {
      long length = config.size(field.stack().get().strip());
      List<Long> inner = new ArrayList<>(stacks);
      inner.add(length);
      Object element = module(field, field.module().get(), path, inner, Optional.empty());
      return element instanceof ModuleValue module ? new StackValue(module, length) : element;
    } catch (ModelConfig.UnknownDim e) {
      error(Diagnostic.UNKNOWN_DIM, field.at(), e.getMessage());
      return Values.Unknown.UNKNOWN;
    }
  }

  private Object parameter(FieldDecl field, String path, List<Long> stacks) {
    if (field.initializer().isPresent()) {
      error(
          Diagnostic.FIELD,
          field.at(),
          "the parameter '%s' has an initial value in its declaration; expected none; use @Init"
              .formatted(field.name()));
    }
    if (field.marks().dims().isEmpty()) {
      error(
          Diagnostic.NO_DIMS,
          field.at(),
          "the parameter '%s' has no shape; expected @Dims(\"...\") with its dims"
              .formatted(field.name()));
      return Values.Unknown.UNKNOWN;
    }
    Marks.Named named = field.marks().dims().get();
    Shape single;
    try {
      single = new Shape(named.type().orElse(DType.F32), config.dims(named.text()));
    } catch (ModelConfig.UnknownDim e) {
      error(Diagnostic.UNKNOWN_DIM, named.at(), e.getMessage());
      return Values.Unknown.UNKNOWN;
    }
    List<Long> dims = new ArrayList<>(stacks);
    dims.addAll(single.dims());
    List<List<String>> axes = new ArrayList<>(Collections.nCopies(stacks.size(), List.of()));
    axes.addAll(sharding(field, single.rank()).dims());
    parameters.put(
        path,
        new Declared(
            path,
            single.withDims(dims),
            new Sharding(axes),
            stacks,
            field.init(),
            fan(field, named, single.rank())));
    return new Parameter(path);
  }

  private Sharding sharding(FieldDecl field, int rank) {
    if (field.marks().split().isPresent()) {
      Marks.Split split = field.marks().split().get();
      try {
        return Shardings.resolve(split, rank, config.mesh());
      } catch (Shardings.Mistake e) {
        error(e.diagnostic(), split.at(), e.getMessage());
      }
    }
    return Sharding.replicated(rank);
  }

  private int fan(FieldDecl field, Marks.Named named, int rank) {
    String name = field.init().map(ClassDecl.Start::fan).orElse("");
    if (name.isEmpty()) {
      return rank < 2 ? -1 : rank - 2;
    }
    int index = Arrays.asList(named.text().strip().split("[,\\s]+")).indexOf(name);
    if (index < 0) {
      error(
          Diagnostic.UNKNOWN_DIM,
          field.init().get().at(),
          "@Init names the dim '%s', which @Dims(\"%s\") has not; expected one of its dims"
              .formatted(name, named.text()));
    }
    return index;
  }
}
