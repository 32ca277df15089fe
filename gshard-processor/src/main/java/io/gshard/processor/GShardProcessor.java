package io.gshard.processor;

import com.google.auto.service.AutoService;
import com.sun.source.util.Trees;
import io.gshard.annotation.Model;
import io.gshard.annotation.Module;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.frontend.FrontEnd;
import io.gshard.processor.frontend.TracedModel;
import io.gshard.processor.pipeline.ModelCompiler;
import io.gshard.xla.Xla;
import java.lang.annotation.Annotation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/**
 * Compiles the {@link Model}s of a compilation: checks them, and writes their launchers and their
 * HLO.
 */
@AutoService(Processor.class)
public final class GShardProcessor extends AbstractProcessor {
  private final Consumer<TracedModel> listener;
  private final Supplier<Xla> xla;
  private final Set<String> pending = new LinkedHashSet<>();
  private final Report report = new Report();
  private Optional<Trees> trees = Optional.empty();

  public GShardProcessor() {
    this(traced -> {}, Xla::find);
  }

  /**
   * @param listener is shown each model for each config before it is partitioned
   * @param xla gives what compiles ahead of time, when it is first needed
   */
  GShardProcessor(Consumer<TracedModel> listener, Supplier<Xla> xla) {
    this.listener = listener;
    this.xla = xla;
  }

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return Set.of("io.gshard.annotation.*");
  }

  @Override
  public Set<String> getSupportedOptions() {
    return Option.keys();
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latestSupported();
  }

  @Override
  public synchronized void init(ProcessingEnvironment environment) {
    super.init(environment);
    try {
      trees = Optional.of(Trees.instance(Unwrap.environment(environment)));
    } catch (IllegalArgumentException | NoClassDefFoundError e) {
      trees = Optional.empty();
    }
  }

  @Override
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    for (Element model : round.getElementsAnnotatedWith(Model.class)) {
      if (model instanceof TypeElement type) {
        pending.add(type.getQualifiedName().toString());
      }
    }
    if (round.processingOver()) {
      report.write(processingEnv);
      return false;
    }
    if (trees.isPresent()) {
      SourceCopier copier = new SourceCopier(processingEnv, trees.get());
      for (Class<? extends Annotation> kind : List.of(Model.class, Module.class)) {
        for (Element element : round.getElementsAnnotatedWith(kind)) {
          if (element instanceof TypeElement type) {
            copier.copy(type);
          }
        }
      }
    }
    for (String name : List.copyOf(pending)) {
      TypeElement model = processingEnv.getElementUtils().getTypeElement(name);
      if (trees.isEmpty()) {
        processingEnv
            .getMessager()
            .printError(
                Diagnostic.NO_TREES.text(
                    "GShard reads method bodies and needs javac for that; this compiler (%s) does not offer them; compile %s with javac"
                        .formatted(processingEnv.getClass().getSimpleName(), name)),
                model);
        pending.remove(name);
      } else if (compile(model, trees.get())) {
        pending.remove(name);
      }
    }
    return false;
  }

  /** Whether the model is done with; if not, it is tried again in the next round. */
  private boolean compile(TypeElement model, Trees with) {
    long start = System.nanoTime();
    Map<String, String> options = processingEnv.getOptions();
    Reporter reporter = new Reporter(processingEnv.getMessager(), with);
    LateWriter late = new LateWriter(processingEnv);
    FrontEnd frontEnd = new FrontEnd(processingEnv, with, reporter, Option.CONFIG.in(options));
    try (ModelCompiler compiler = new ModelCompiler(Option.DEBUG.in(options))) {
      boolean resolved =
          frontEnd.trace(
              model,
              traced -> {
                listener.accept(traced);
                compiler.add(traced);
              });
      if (resolved) {
        new ModelWriter(processingEnv, reporter, frontEnd, report, late, xla)
            .write(model, compiler);
      }
      return resolved;
    } catch (RuntimeException e) {
      if (Fault.isJavacs(e)) {
        throw e;
      }
      reporter.error(Diagnostic.FAULT, model, Fault.text(e));
      return true;
    } finally {
      late.start();
      report.took(System.nanoTime() - start);
    }
  }
}
