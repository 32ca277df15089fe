package io.gshard.nmt.cli;

import io.gshard.nmt.UserError;
import io.gshard.nmt.corpus.Corpus;
import io.gshard.nmt.corpus.Pair;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/nmt corpus}. */
@Command(
    name = "corpus",
    description = "Writes the text that training sees: train.tsv and test.tsv.",
    mixinStandardHelpOptions = true)
public final class CorpusCommand implements Runnable {
  private final PrintStream out;

  @Option(names = "--out", required = true, description = "The folder to write to.")
  private Path folder;

  @Option(names = "--languages", description = "Codes such as de,sw,th; all if not given.")
  private Optional<String> languages = Optional.empty();

  @Option(names = "--seed", defaultValue = "1", description = "${DEFAULT-VALUE} if not given.")
  private long seed;

  public CorpusCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public void run() {
    for (String name : List.of("train.tsv", "test.tsv")) {
      if (Files.exists(folder.resolve(name))) {
        throw new UserError(folder.resolve(name) + " exists; give another --out");
      }
    }
    Corpus corpus =
        languages
            .map(TrainCommand::codes)
            .map(codes -> Corpus.generate(codes, seed))
            .orElseGet(() -> Corpus.generate(seed));
    try {
      Files.createDirectories(folder);
      write("train.tsv", corpus.train());
      write("test.tsv", corpus.test());
    } catch (IOException e) {
      throw new UserError("cannot write to the folder " + folder + "; give another --out", e);
    }
    out.printf(
        "%d languages, %d pairs to train on and %d held out, in %s%n",
        corpus.languages().size(), corpus.train().size(), corpus.test().size(), folder);
  }

  private void write(String name, List<Pair> pairs) throws IOException {
    Files.write(folder.resolve(name), pairs.stream().map(Pair::tsv).toList());
  }
}
