package io.gshard.nmt.cli;

import io.gshard.mesh.MeshShape;
import io.gshard.nmt.UserError;
import io.gshard.nmt.train.Checkpointed;
import io.gshard.nmt.train.TranslatorFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bin/nmt translate}. */
@Command(
    name = "translate",
    description = "Translates lines into English with a trained model.",
    mixinStandardHelpOptions = true)
public final class TranslateCommand implements Runnable {
  private final Supplier<TranslatorFactory> factory;
  private final InputStream in;
  private final PrintStream out;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "Lines in UTF-8; standard input if not given.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = {"--from", "--out"},
      defaultValue = "out/nmt",
      description = "The folder of a training run; ${DEFAULT-VALUE}.")
  private Path folder;

  @Option(names = "--mesh", converter = MeshConverter.class, description = "As for train.")
  private Optional<MeshShape> mesh = Optional.empty();

  public TranslateCommand(Supplier<TranslatorFactory> factory, InputStream in, PrintStream out) {
    this.factory = factory;
    this.in = in;
    this.out = out;
  }

  @Override
  public void run() {
    Optional<List<String>> lines = file.map(TranslateCommand::read);
    try (Checkpointed model = Checkpointed.open(folder, factory.get(), mesh)) {
      if (lines.isPresent()) {
        model.translate(lines.get()).forEach(out::println);
      } else {
        interactive(model);
      }
    }
  }

  private static List<String> read(Path path) {
    try {
      return Files.readAllLines(path);
    } catch (IOException e) {
      throw new UserError("cannot read " + path + "; give a text file in UTF-8", e);
    }
  }

  private void interactive(Checkpointed model) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        out.println(model.translate(List.of(line)).getFirst());
        out.flush();
      }
    } catch (IOException e) {
      throw new UserError("cannot read standard input; give a FILE", e);
    }
  }
}
