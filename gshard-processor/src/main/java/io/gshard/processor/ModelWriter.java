package io.gshard.processor;

import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Source;
import io.gshard.passes.fusion.UnsupportedInstruction;
import io.gshard.processor.ast.Position;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.check.Suggestion;
import io.gshard.processor.frontend.FrontEnd;
import io.gshard.processor.frontend.TracedModel;
import io.gshard.processor.pipeline.ModelCompiler;
import io.gshard.processor.pipeline.ModelCompiler.Outcome;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.spmd.CommunicationReport.Collective;
import io.gshard.xla.Xla;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.TypeElement;
import javax.tools.StandardLocation;

/** Writes what a model's programs are compiled to, and warns of what they send. */
final class ModelWriter {
  /** Resharding; sums over devices belong to the computation itself. */
  private static final Set<String> RESHARDING =
      Set.of("all-gather", "all-to-all", "collective-permute");

  private final ProcessingEnvironment environment;
  private final Reporter reporter;
  private final FrontEnd frontEnd;
  private final Report report;
  private final LateWriter late;
  private final Supplier<Xla> xla;

  /**
   * @param late is given what javac does not read
   * @param xla gives what compiles ahead of time, when it is first needed
   */
  ModelWriter(
      ProcessingEnvironment environment,
      Reporter reporter,
      FrontEnd frontEnd,
      Report report,
      LateWriter late,
      Supplier<Xla> xla) {
    this.environment = environment;
    this.reporter = reporter;
    this.frontEnd = frontEnd;
    this.report = report;
    this.late = late;
    this.xla = xla;
  }

  void write(TypeElement model, ModelCompiler compiler) {
    Map<String, String> options = environment.getOptions();
    String debug = Option.DEBUG.in(options);
    if (!debug.isEmpty() && !ModelCompiler.passes().contains(debug)) {
      reporter.error(
          Diagnostic.OPTION,
          model,
          "-A%s=%s%s; expected one of %s"
              .formatted(
                  Option.DEBUG.key(),
                  debug,
                  Suggestion.hint(debug, ModelCompiler.passes()),
                  ModelCompiler.passes().stream().sorted().toList()));
      return;
    }
    List<Costly> costly = new ArrayList<>();
    AheadOfTime ahead = new AheadOfTime(Option.AOT.in(options), reporter, model, xla);
    compiler.forEach(
        outcome -> {
          switch (outcome) {
            case Outcome.Done(TracedModel source, ModelCompiler.Output output) -> {
              report.add(output.summary());
              write(model, output);
              ahead.compile(source.config(), output.model());
              for (CompiledProgram program : output.model().programs()) {
                for (Collective collective : program.partitioned().report().collectives()) {
                  costly.add(new Costly(source.config().name(), collective));
                }
              }
            }
            case Outcome.Failed(TracedModel source, RuntimeException cause) ->
                fail(model, source, cause);
          }
        });
    warn(model, costly);
    ahead.end();
  }

  /** A collective of a config. */
  private record Costly(String config, Collective collective) {
    long bytes() {
      return collective.bytesPerDevice() * Math.max(1, collective.tripCount());
    }

    Asked asked() {
      return new Asked(config, collective.kind(), collective.axes(), collective.bytesPerDevice());
    }
  }

  /** What a requested exchange and its mirror image have in common. */
  private record Asked(String config, String kind, List<String> axes, long bytes) {}

  private void fail(TypeElement model, TracedModel source, RuntimeException cause) {
    String config = "config %s: ".formatted(source.config().name());
    Throwable reason = cause.getCause() == null ? cause : cause.getCause();
    switch (reason) {
      case UnsupportedInstruction e ->
          error(Diagnostic.BACKEND, model, e.source(), config + e.getMessage());
      case InvalidModuleException e ->
          error(Diagnostic.FAULT, model, e.source(), config + Fault.text(cause));
      default -> error(Diagnostic.FAULT, model, Source.NONE, config + Fault.text(cause));
    }
  }

  private void error(Diagnostic diagnostic, TypeElement model, Source source, String message) {
    Optional<Position> position = frontEnd.position(source);
    if (position.isPresent()) {
      reporter.error(diagnostic, position.get(), message);
    } else {
      reporter.error(diagnostic, model, message);
    }
  }

  private void warn(TypeElement model, List<Costly> all) {
    String text = Option.WARN_BYTES.in(environment.getOptions());
    if (!text.matches("[0-9]{1,18}")) {
      reporter.error(
          Diagnostic.OPTION,
          model,
          "-A%s=%s; expected a number of bytes".formatted(Option.WARN_BYTES.key(), text));
      return;
    }
    long threshold = Long.parseLong(text);
    // The gradient of a requested exchange is its mirror image, of the same size.
    Set<Asked> asked =
        all.stream()
            .filter(c -> c.collective().requested())
            .map(Costly::asked)
            .collect(Collectors.toSet());
    all.stream()
        .filter(c -> RESHARDING.contains(c.collective().kind()) && !c.collective().requested())
        .filter(c -> !asked.contains(c.asked()))
        .filter(c -> c.bytes() > threshold)
        .sorted(Comparator.comparingLong(Costly::bytes).reversed())
        .forEach(this::warn);
  }

  private void warn(Costly costly) {
    Collective collective = costly.collective();
    String message =
        String.format(
            Locale.ROOT,
            "%s over %s of %,d bytes per device%s in config %s, which no annotation asks for: %s; split its operands alike, or ask for it with an annotation here",
            collective.kind(),
            collective.axes(),
            collective.bytesPerDevice(),
            collective.tripCount() > 1 ? " (" + collective.tripCount() + " times)" : "",
            costly.config(),
            collective.reason());
    frontEnd
        .position(collective.source())
        .ifPresent(at -> reporter.warning(Diagnostic.COSTLY_COLLECTIVE, at, message));
  }

  private void write(TypeElement model, ModelCompiler.Output output) {
    try {
      for (ModelCompiler.Source source : output.sources()) {
        try (Writer writer =
            environment.getFiler().createSourceFile(source.qualifiedName(), model).openWriter()) {
          writer.write(source.text());
        }
      }
      for (Map.Entry<String, Supplier<String>> resource : output.resources().entrySet()) {
        Writer writer =
            environment
                .getFiler()
                .createResource(StandardLocation.CLASS_OUTPUT, "", resource.getKey(), model)
                .openWriter();
        late.add(writer, resource.getValue());
      }
    } catch (IOException e) {
      reporter.error(
          Diagnostic.BACKEND,
          model,
          "what was compiled cannot be written: %s; is there a class of that name already?"
              .formatted(e.getMessage()));
    }
  }
}
