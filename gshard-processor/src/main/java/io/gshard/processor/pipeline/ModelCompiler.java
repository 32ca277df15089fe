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

/**
 * Compiles traced models: configs and their programs at the same time, as far as there are cores.
 */
public final class ModelCompiler {
  private ModelCompiler() {}

  /** A source file to write. */
  public record Source(String qualifiedName, String text) {}

  /**
   * What a model became for one config.
   *
   * @param resources by path
   */
  public record Output(
      CompiledModel model, List<Source> sources, Map<String, String> resources, Summary summary) {}

  /** An output, or what went wrong. */
  public sealed interface Outcome {
    record Done(TracedModel traced, Output output) implements Outcome {}

    record Failed(TracedModel traced, RuntimeException cause) implements Outcome {}
  }

  /** What is said of itself in {@code -Agshard.debug}. */
  public static java.util.Set<String> passes() {
    return ProgramPipeline.PASSES;
  }

  /** The outcomes, in the order of the models. */
  public static List<Outcome> compile(List<TracedModel> models, String debug) {
    int threads = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<List<Future<ProgramPipeline.Result>>> programs = new ArrayList<>();
      for (TracedModel model : models) {
        List<Future<ProgramPipeline.Result>> own = new ArrayList<>();
        for (TracedProgram program : model.programs()) {
          own.add(
              executor.submit(() -> ProgramPipeline.run(program, model.config().targets(), debug)));
        }
        programs.add(own);
      }
      List<Future<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < models.size(); i++) {
        TracedModel model = models.get(i);
        // Queued behind all programs, so that it never waits for one that has no thread.
        List<Future<ProgramPipeline.Result>> own = programs.get(i);
        outcomes.add(executor.submit(() -> finish(model, own)));
      }
      List<Outcome> results = new ArrayList<>();
      for (Future<Outcome> outcome : outcomes) {
        results.add(outcome.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the compilation was interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
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
    Map<String, String> resources = new LinkedHashMap<>();
    for (ProgramPipeline.Result result : results) {
      result
          .texts()
          .forEach((end, text) -> resources.put(folder + result.program().name() + end, text));
    }
    double partition = results.stream().mapToDouble(ProgramPipeline.Result::partitionSeconds).sum();
    Summary summary = Summary.of(model, partition);
    resources.put(folder + "summary.json", summary.json(false));
    List<Source> sources = new ArrayList<>();
    if (traced.config().targets().contains(Backend.JAVA)) {
      for (JavaFile file : JavaBackend.write(model)) {
        sources.add(new Source(prefix + file.typeSpec().name(), file.toString()));
      }
    }
    return new Output(model, sources, resources, summary);
  }
}
