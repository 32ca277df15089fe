package io.gshard.processor.frontend;

import com.sun.source.util.Trees;
import io.gshard.annotation.Program;
import io.gshard.hlo.Source;
import io.gshard.processor.ast.ClassDecl;
import io.gshard.processor.ast.MethodDecl;
import io.gshard.processor.ast.Position;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.program.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/** From a model class to its programs as graphs, for each of its configs. */
public final class FrontEnd {
  private final Reporter reporter;
  private final SourceTask task;
  private final Sources sources;
  private final Natives natives = new Natives();
  private final String configOption;
  private final Map<Source, Position> positions = new HashMap<>();

  /**
   * @param configOption the value of {@code -Agshard.config}
   */
  public FrontEnd(
      ProcessingEnvironment environment, Trees trees, Reporter reporter, String configOption) {
    this.reporter = reporter;
    this.configOption = configOption;
    task =
        new SourceTask(
            trees, environment.getElementUtils(), environment.getTypeUtils(), false, positions);
    sources = new Sources(task, new LibrarySources(environment, positions)::find, reporter);
  }

  /**
   * Gives the model's programs for each config that has no mistake, as soon as they are traced;
   * mistakes are reported.
   *
   * @return false if something does not resolve yet, and nothing given counts: javac reports it, or
   *     a later round knows it
   */
  public boolean trace(TypeElement model, Consumer<TracedModel> consumer) {
    if (!isRight(model)) {
      return true;
    }
    List<ModelConfig> configs = new ConfigReader(reporter).read(model, configOption);
    List<MethodDecl> programs = programs(model);
    ClassDecl declaration = sources.declaration(task.binaryName(model)).orElseThrow();
    if (sources.sawUnresolved()) {
      return false;
    }
    for (ModelConfig config : configs) {
      reporter.config(configs.size() > 1 ? config.name() : "");
      trace(model, declaration, programs, config).ifPresent(consumer);
      reporter.config("");
    }
    return !sources.sawUnresolved();
  }

  /** Where a source position is in the trees of this compilation or of a library. */
  public Optional<Position> position(Source source) {
    return Optional.ofNullable(positions.get(source));
  }

  private boolean isRight(TypeElement model) {
    String wrong =
        model.getNestingKind() != NestingKind.TOP_LEVEL
            ? "is nested"
            : model.getModifiers().contains(Modifier.ABSTRACT) || model.getKind().isInterface()
                ? "is abstract"
                : !model.getTypeParameters().isEmpty() ? "is generic" : "";
    if (!wrong.isEmpty()) {
      reporter.error(
          Diagnostic.MODEL_CLASS,
          model,
          "the model %s %s; expected a top-level class that is neither abstract nor generic"
              .formatted(model.getSimpleName(), wrong));
      return false;
    }
    boolean constructible =
        ElementFilter.constructorsIn(model.getEnclosedElements()).stream()
            .anyMatch(c -> c.getParameters().isEmpty());
    if (!constructible) {
      reporter.error(
          Diagnostic.MODEL_CLASS,
          model,
          "the model %s has no constructor without parameters; expected one, since sizes come from its configs"
              .formatted(model.getSimpleName()));
    }
    return constructible;
  }

  private List<MethodDecl> programs(TypeElement model) {
    List<MethodDecl> programs = new ArrayList<>();
    boolean any = false;
    for (ExecutableElement method : ElementFilter.methodsIn(model.getEnclosedElements())) {
      if (method.getAnnotation(Program.class) != null) {
        any = true;
        if (method.getModifiers().contains(Modifier.STATIC)
            || method.getModifiers().contains(Modifier.ABSTRACT)
            || task.trees().getTree(method) == null) {
          reporter.error(
              Diagnostic.PROGRAM_SIGNATURE,
              method,
              "the program %s is static or has no body; expected a method of the model's object"
                  .formatted(method.getSimpleName()));
        } else if (method.getSimpleName().contentEquals(InitTracer.NAME)) {
          reporter.error(
              Diagnostic.PROGRAM_SIGNATURE,
              method,
              "a program is named 'init', which is the one that sets the parameters' first values; expected another name; say how parameters start with @Init");
        } else if (programs.stream()
            .anyMatch(p -> p.ref().name().contentEquals(method.getSimpleName()))) {
          reporter.error(
              Diagnostic.PROGRAM_SIGNATURE,
              method,
              "two programs are named '%s'; expected names that differ"
                  .formatted(method.getSimpleName()));
        } else {
          var reference = task.reference(method);
          sources
              .method(reference.owner(), reference.name(), reference.parameterTypes())
              .ifPresent(programs::add);
        }
      }
    }
    if (!any) {
      reporter.error(
          Diagnostic.NO_PROGRAM,
          model,
          "the model %s has no program; expected a method with @Program"
              .formatted(model.getSimpleName()));
    }
    return programs;
  }

  private Optional<TracedModel> trace(
      TypeElement model, ClassDecl declaration, List<MethodDecl> methods, ModelConfig config) {
    int errors = reporter.errors();
    Session reading =
        new Session(
            reporter,
            config,
            "fields",
            new ModelVariables(new Values.ModuleValue(declaration, ""), Map.of()));
    ModelVariables variables =
        io.gshard.tensor.Engine.with(
            reading.tracer(),
            () ->
                ModuleReader.read(
                    declaration,
                    sources,
                    reporter,
                    config,
                    new Interpreter(sources, natives, reporter, reading)));
    ProgramTracer tracer = new ProgramTracer(sources, natives, reporter, config, variables);
    List<TracedProgram> programs = new ArrayList<>();
    Map<String, Variable> all = new LinkedHashMap<>();
    variables
        .parameters()
        .values()
        .forEach(p -> all.put(p.path(), new Variable(p.path(), p.shape(), p.sharding(), true)));
    for (MethodDecl method : methods) {
      Optional<ProgramTracer.Traced> traced = tracer.trace(method);
      if (traced.isPresent()) {
        programs.add(traced.get().program());
        traced
            .get()
            .states()
            .forEach(
                s ->
                    all.putIfAbsent(
                        s.path(), new Variable(s.path(), s.shape(), s.sharding(), false)));
      }
    }
    if (reporter.errors() > errors) {
      return Optional.empty();
    }
    programs.add(
        InitTracer.trace(config, variables, List.copyOf(all.values()), declaration.at().source()));
    return Optional.of(
        new TracedModel(
            task.elements().getPackageOf(model).getQualifiedName().toString(),
            model.getSimpleName().toString(),
            config,
            List.copyOf(all.values()),
            programs));
  }
}
