package io.gshard.nmt;

import io.gshard.nmt.cli.CompileCommand;
import io.gshard.nmt.cli.CorpusCommand;
import io.gshard.nmt.cli.LanguagesCommand;
import io.gshard.nmt.cli.TrainCommand;
import io.gshard.nmt.cli.TranslateCommand;
import io.gshard.nmt.train.TranslatorFactory;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the translation sample, {@code bin/nmt}. */
@Command(
    name = "nmt",
    description =
        "The GShard paper's translation system in small: a hundred languages into English.",
    mixinStandardHelpOptions = true,
    version = "0.1.0-SNAPSHOT",
    synopsisSubcommandLabel = "COMMAND")
public final class Nmt {
  private static final int BAD_INPUT = 2;

  private Nmt() {}

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.exit(run(Nmt::factory, System.in, out, System.err, arguments));
  }

  /** Runs a command line and returns the exit status: 0, 1 for a failure, 2 for bad input. */
  static int run(
      Supplier<TranslatorFactory> factory,
      InputStream in,
      PrintStream out,
      PrintStream err,
      String... arguments) {
    CommandLine line = new CommandLine(new Nmt());
    line.addSubcommand(new TrainCommand(factory, out));
    line.addSubcommand(new CorpusCommand(out));
    line.addSubcommand(new LanguagesCommand(out));
    line.addSubcommand(new CompileCommand(out));
    line.addSubcommand(new TranslateCommand(factory, in, out));
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setExecutionStrategy(
        parsed -> {
          if (CommandLine.printHelpIfRequested(parsed)) {
            return 0;
          }
          if (parsed.subcommand() == null) {
            err.println("no command is given; `bin/nmt --help` lists them");
            return BAD_INPUT;
          }
          return new CommandLine.RunLast().execute(parsed);
        });
    line.setParameterExceptionHandler(
        (e, args) -> {
          err.println(e.getMessage() + "; `bin/nmt --help` lists commands and options");
          return BAD_INPUT;
        });
    line.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          if (e instanceof UserError) {
            err.println(e.getMessage());
            return BAD_INPUT;
          }
          throw e;
        });
    return line.execute(arguments);
  }

  private static TranslatorFactory factory() {
    return ServiceLoader.load(TranslatorFactory.class)
        .findFirst()
        .orElseThrow(
            () -> new UserError("no translation model is on the class path; start with bin/nmt"));
  }
}
