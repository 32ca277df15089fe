package io.gshard.nmt.cli;

import io.gshard.annotation.Backend;
import io.gshard.mesh.MeshShape;
import io.gshard.nmt.UserError;
import io.gshard.nmt.compile.CompiledConfig;
import io.gshard.nmt.compile.ConfigCompiler;
import io.gshard.nmt.compile.ConfigRequest;
import io.gshard.nmt.train.Json;
import io.gshard.tensor.DType;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/nmt compile}. */
@Command(
    name = "compile",
    description = "Partitions the training step for a mesh and writes it as HLO and StableHLO.",
    mixinStandardHelpOptions = true)
public final class CompileCommand implements Runnable {
  private static final String PROGRAM = "trainStep";
  private static final List<String> SUFFIXES =
      List.of(".hlo", ".global.hlo", ".mlir", ".global.mlir");
  private final PrintStream out;

  @Option(names = "--config", required = true, description = "The config, such as Gshard600B.")
  private String config;

  @Option(
      names = "--mesh",
      converter = MeshConverter.class,
      description = "The mesh, such as expert=2048; the config's own if not given.")
  private Optional<MeshShape> mesh = Optional.empty();

  @Option(names = "--layers", description = "Layers in all, a multiple of 4.")
  private Optional<Integer> layers = Optional.empty();

  @Option(
      names = "--activations",
      converter = ActivationsConverter.class,
      description = "f32 or bf16; the config's own if not given.")
  private Optional<DType> activations = Optional.empty();

  @Option(names = "--out", required = true, description = "The folder to write to.")
  private Path folder;

  @Option(names = "--json", description = "Print the figures as JSON.")
  private boolean json;

  public CompileCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public void run() {
    ConfigRequest request =
        ConfigRequest.of(
            config,
            mesh,
            layers.map(OptionalInt::of).orElse(OptionalInt.empty()),
            Set.of(Backend.XLA));
    for (String suffix : SUFFIXES) {
      if (Files.exists(folder.resolve(config + suffix))) {
        throw new UserError(folder.resolve(config + suffix) + " exists; give another --out");
      }
    }
    ConfigRequest typed = activations.map(request::withActivations).orElse(request);
    try (CompiledConfig compiled = ConfigCompiler.compile(typed)) {
      Map<String, Object> figures = compiled.figures(PROGRAM);
      write(compiled);
      if (json) {
        out.print(Json.write(figures));
      } else {
        figures.forEach((name, value) -> out.println(name + ": " + value));
      }
    }
  }

  private void write(CompiledConfig compiled) {
    try {
      Files.createDirectories(folder);
      for (String suffix : SUFFIXES) {
        Files.copy(compiled.text(PROGRAM, suffix), folder.resolve(config + suffix));
      }
    } catch (IOException e) {
      throw new UserError("cannot write to the folder " + folder + "; give another --out", e);
    }
  }
}
