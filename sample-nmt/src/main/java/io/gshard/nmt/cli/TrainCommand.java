package io.gshard.nmt.cli;

import io.gshard.mesh.MeshShape;
import io.gshard.nmt.UserError;
import io.gshard.nmt.train.Devices;
import io.gshard.nmt.train.Train;
import io.gshard.nmt.train.TrainOptions;
import io.gshard.nmt.train.TranslatorFactory;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/nmt train}. */
@Command(
    name = "train",
    description = "Trains a translation model, shows how it does, and leaves a checkpoint.",
    mixinStandardHelpOptions = true)
public final class TrainCommand implements Runnable {
  private final Supplier<TranslatorFactory> factory;
  private final PrintStream out;

  @Option(names = "--minutes", description = "How long to train; 6.5 if not given.")
  private Optional<Double> minutes = Optional.empty();

  @Option(names = "--steps", description = "Train so many steps and skip the evaluation.")
  private Optional<Integer> steps = Optional.empty();

  @Option(names = "--languages", description = "Codes such as de,sw,th; all if not given.")
  private Optional<String> languages = Optional.empty();

  @Option(names = "--config", description = "The model's config; Demo if not given.")
  private Optional<String> config = Optional.empty();

  @Option(
      names = "--mesh",
      converter = MeshConverter.class,
      description = "The mesh, such as expert=4; the config's own if not given.")
  private Optional<MeshShape> mesh = Optional.empty();

  @Option(
      names = "--backend",
      converter = DevicesConverter.class,
      description =
          "What the mesh is made of: local (this process), pjrt (XLA) or mpi (the processes that mpirun started); local.")
  private Devices devices = Devices.LOCAL;

  @Option(names = "--seed", description = "Of text, parameters and order; 1 if not given.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--out",
      defaultValue = "out/nmt",
      description = "The run's folder; ${DEFAULT-VALUE}.")
  private Path folder;

  @Option(names = "--resume", description = "Go on with the run in the folder.")
  private boolean resume;

  @Option(
      names = "--eval-lines",
      defaultValue = "2400",
      description = "Held-out lines to translate in the end; ${DEFAULT-VALUE}.")
  private int evaluationLines;

  public TrainCommand(Supplier<TranslatorFactory> factory, PrintStream out) {
    this.factory = factory;
    this.out = out;
  }

  @Override
  public void run() {
    positive("--minutes", minutes.orElse(1.0));
    positive("--steps", steps.orElse(1));
    positive("--eval-lines", evaluationLines);
    TrainOptions options =
        new TrainOptions(
            config,
            mesh,
            devices,
            languages.filter(text -> !text.equals("all")).map(TrainCommand::codes),
            seed,
            folder,
            resume,
            minutes.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
            steps.map(OptionalInt::of).orElse(OptionalInt.empty()),
            evaluationLines);
    new Train(options, factory.get(), out).run();
  }

  private static void positive(String option, Number value) {
    if (!(value.doubleValue() > 0)) {
      throw new UserError(option + " is " + value + "; give a number above 0");
    }
  }

  /** Sorted, without duplicates, as a corpus has them. */
  static List<String> codes(String text) {
    List<String> codes =
        Arrays.stream(text.split("[,\\s]+")).filter(c -> !c.isEmpty()).distinct().sorted().toList();
    if (codes.isEmpty()) {
      throw new UserError("--languages names no language; `bin/nmt languages` lists all");
    }
    return codes;
  }
}
