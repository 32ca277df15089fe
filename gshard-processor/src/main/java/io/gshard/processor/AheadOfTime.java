package io.gshard.processor;

import io.gshard.cost.Bytes;
import io.gshard.cost.LargeValue;
import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.check.Reporter;
import io.gshard.processor.frontend.ModelConfig;
import io.gshard.processor.program.CompiledModel;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.stablehlo.StableHloPrinter;
import io.gshard.xla.Xla;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Supplier;
import javax.lang.model.element.TypeElement;

/**
 * The option {@code gshard.aot}: a model's programs are compiled for a TPU topology as part of the
 * build, if a config has as many devices. What does not compile or fit is an error at the model.
 */
final class AheadOfTime {
  private final String topology;
  private final Reporter reporter;
  private final TypeElement model;
  private final Supplier<Xla> xla;

  /** The topology's; empty until it has been asked for, or if it cannot be told. */
  private OptionalInt devices = OptionalInt.empty();

  private boolean asked;
  private boolean compiled;
  private final List<String> others = new ArrayList<>();

  /**
   * @param topology empty if nothing is to be compiled
   */
  AheadOfTime(String topology, Reporter reporter, TypeElement model, Supplier<Xla> xla) {
    this.topology = topology.strip();
    this.reporter = reporter;
    this.model = model;
    this.xla = xla;
  }

  /** Compiles the programs of a config, if it is for the topology. */
  void compile(ModelConfig config, CompiledModel programs) {
    if (topology.isEmpty() || !ask()) {
      return;
    }
    if (programs.mesh().devices() != devices.getAsInt()) {
      others.add("%s has %d".formatted(config.name(), programs.mesh().devices()));
      return;
    }
    compiled = true;
    for (CompiledProgram program : programs.programs()) {
      try {
        compile(config, program);
      } catch (RuntimeException e) {
        error(
            "config %s: %s does not compile for %s: %s"
                .formatted(config.name(), program.name(), topology, e.getMessage()));
      }
    }
  }

  private void compile(ModelConfig config, CompiledProgram program) {
    String text = StableHloPrinter.print(program.partitioned().module());
    switch (xla.get().compile(text, devices.getAsInt(), topology)) {
      case Xla.Outcome.Fits fits ->
          reporter.note(
              model,
              String.format(
                  Locale.ROOT,
                  "config %s: %s compiled for %s in %.1f s, %s of memory on each device",
                  config.name(),
                  program.name(),
                  topology,
                  fits.seconds(),
                  Bytes.text(fits.program().totalBytes())));
      case Xla.Outcome.TooLarge large ->
          error(
              "config %s: %s does not fit on %s: %s; its largest values are %s; split or shrink them, or let the config rematerialize"
                  .formatted(
                      config.name(),
                      program.name(),
                      topology,
                      large.reason().lines().findFirst().orElse("").strip(),
                      LargeValue.phrase(program.partitioned().module())));
    }
  }

  /** Whether the topology is known; what is wrong with it is said once. */
  private boolean ask() {
    if (!asked) {
      asked = true;
      try {
        devices = OptionalInt.of(xla.get().devices(topology));
      } catch (RuntimeException e) {
        error("-A%s=%s: %s".formatted(Option.AOT.key(), topology, e.getMessage()));
      }
    }
    return devices.isPresent();
  }

  /** Says so if no config was for the topology. */
  void end() {
    if (devices.isPresent() && !compiled) {
      reporter.warning(
          Diagnostic.AHEAD_OF_TIME,
          model,
          "-A%s=%s has %d devices, and no config of the model has as many: %s; give a topology of as many"
              .formatted(
                  Option.AOT.key(), topology, devices.getAsInt(), String.join(", ", others)));
    }
  }

  private void error(String message) {
    reporter.error(Diagnostic.AHEAD_OF_TIME, model, message);
  }
}
