package io.gshard.processor.pipeline;

import com.palantir.javapoet.JavaFile;
import io.gshard.annotation.Backend;
import io.gshard.processor.frontend.TracedModel;
import io.gshard.processor.frontend.TracedProgram;
import io.gshard.processor.java.JavaBackend;
import io.gshard.processor.program.CompiledModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Compiles traced models: configs and their programs at the same time, as far as there are cores,
 * and while the next ones are being traced.
 */
public final class ModelCompiler implements AutoCloseable {
  private final String debug;
  private final ExecutorService executor =
      Executors.newFixedThreadPool(
          Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4),
          task -> Thread.ofPlatform().daemon().unstarted(task));
  private final List<Future<Outcome>> outcomes = new ArrayList<>();

  /**
   * @param debug one of {@link #passes}, or empty
   */
  public ModelCompiler(String debug) {
    this.debug = debug;
  }

  /** A source file to write. */
  public record Source(String qualifiedName, String text) {}

  /**
   * What a model became for one config.
   *
   * @param resources by path; each is printed when it is asked for, on any thread
   */
  public record Output(
      CompiledModel model,
      List<Source> sources,
      Map<String, Supplier<String>> resources,
      Summary summary) {}

  /** An output, or what went wrong. */
  public sealed interface Outcome {
    record Done(TracedModel traced, Output output) implements Outcome {}

    record Failed(TracedModel traced, RuntimeException cause) implements Outcome {}
  }

  /** What is said of itself in {@code -Agshard.debug}. */
  public static java.util.Set<String> passes() {
    return ProgramPipeline.PASSES;
  }

  /** Begins to compile a model, in the background. */
  public void add(TracedModel model) {
    List<Future<ProgramPipeline.Result>> own = new ArrayList<>();
    for (TracedProgram program : model.programs()) {
      own.add(executor.submit(() -> ProgramPipeline.run(program, model.config().targets(), debug)));
    }
    // Queued behind its programs, so that it never waits for one that has no thread.
    outcomes.add(executor.submit(() -> finish(model, own)));
  }

  /**
   * Gives the outcomes in the order of the models, each as soon as it and those before are done.
   */
  public void forEach(Consumer<Outcome> consumer) {
    try {
      for (Future<Outcome> outcome : outcomes) {
        consumer.accept(outcome.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the compilation was interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Drops what has not been compiled yet. */
  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static Outcome finish(TracedModel traced, List<Future<ProgramPipeline.Result>> programs)
      throws InterruptedException {
    try {
      List<ProgramPipeline.Result> results = new ArrayList<>();
      for (Future<ProgramPipeline.Result> program : programs) {
        results.add(program.get());
      }
      return new Outcome.Done(traced, output(traced, results));
    } catch (ExecutionException e) {
      return new Outcome.Failed(
          traced,
          e.getCause() instanceof RuntimeException cause
              ? cause
              : new IllegalStateException(e.getCause()));
    } catch (RuntimeException e) {
      return new Outcome.Failed(traced, e);
    }
  }

  private static Output output(TracedModel traced, List<ProgramPipeline.Result> results) {
    CompiledModel model =
        new CompiledModel(
            traced.packageName(),
            traced.launcherName(),
            traced.qualifiedName(),
            traced.config().name(),
            traced.config().mesh(),
            traced.variables(),
            results.stream().map(ProgramPipeline.Result::program).toList());
    String prefix = traced.packageName().isEmpty() ? "" : traced.packageName() + ".";
    String folder = "META-INF/gshard/" + prefix + traced.launcherName() + "/";
    Map<String, Supplier<String>> resources = new LinkedHashMap<>();
    for (ProgramPipeline.Result result : results) {
      result
          .texts()
          .forEach((end, text) -> resources.put(folder + result.program().name() + end, text));
    }
    double partition = results.stream().mapToDouble(ProgramPipeline.Result::partitionSeconds).sum();
    Summary summary = Summary.of(model, partition);
    resources.put(folder + "summary.json", () -> summary.json(false));
    List<Source> sources = new ArrayList<>();
    if (traced.config().targets().contains(Backend.JAVA)) {
      for (JavaFile file : JavaBackend.write(model)) {
        sources.add(new Source(prefix + file.typeSpec().name(), file.toString()));
      }
    }
    return new Output(model, sources, resources, summary);
  }
}
