package io.gshard.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command line for HLO files, {@code bin/gshard-hlo}. */
@Command(
    name = "gshard-hlo",
    description = "Partitions HLO modules over devices, runs them, and looks into them.",
    mixinStandardHelpOptions = true,
    version = "0.1.0-SNAPSHOT",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Bad input is one line on standard error, FILE:LINE:COLUMN: REASON, and exit status 2.",
      "Examples: docs/HLO-TOOL.md"
    })
public final class HloTool {
  private static final int BAD_INPUT = 2;
  private static final int FAULT = 1;

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  private HloTool(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    int status = run(System.in, out, System.err, arguments);
    out.flush();
    System.exit(status);
  }

  /**
   * Runs a command line and returns the exit status: 0, 2 for bad input, 1 for a fault of the tool.
   */
  static int run(InputStream in, PrintStream out, PrintStream err, String... arguments) {
    return new HloTool(in, out, err).run(arguments);
  }

  private int run(String... arguments) {
    CommandLine line = commands();
    line.addSubcommand(new BatchCommand());
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setExecutionStrategy(this::execute);
    line.setParameterExceptionHandler(
        (e, args) -> {
          err.println(
              e.getMessage().lines().findFirst().orElse("")
                  + "; `gshard-hlo --help` lists commands, `gshard-hlo COMMAND --help` options");
          return BAD_INPUT;
        });
    return line.execute(arguments);
  }

  /** The commands on one file. */
  private static CommandLine commands() {
    CommandLine line = new CommandLine(new HloTool(null, null, null));
    line.addSubcommand(new PartitionCommand());
    line.addSubcommand(new RunCommand());
    line.addSubcommand(new VerifyCommand());
    line.addSubcommand(new PropagateCommand());
    line.addSubcommand(new PrintCommand());
    line.addSubcommand(new CostCommand());
    line.addSubcommand(new CompileCommand());
    // A file may have any name.
    line.setExpandAtFiles(false);
    return line;
  }

  private int execute(CommandLine.ParseResult parsed) {
    if (CommandLine.printHelpIfRequested(parsed)) {
      return 0;
    }
    if (parsed.subcommand() == null) {
      err.println("no command is given; `gshard-hlo --help` lists them");
      return BAD_INPUT;
    }
    try {
      switch (parsed.subcommand().commandSpec().userObject()) {
        case ToolCommand command -> answer(command);
        case BatchCommand batch -> batch(batch.list);
        default -> throw new IllegalStateException("no command: " + parsed.subcommand());
      }
      return 0;
    } catch (ToolException e) {
      err.println(e.getMessage());
      return BAD_INPUT;
    } catch (ToolFault e) {
      err.println(e.getMessage());
      return FAULT;
    } catch (OutOfMemoryError e) {
      err.println(
          "out of memory: Java has %d MiB here".formatted(Runtime.getRuntime().maxMemory() >> 20));
      return BAD_INPUT;
    }
  }

  private void answer(ToolCommand command) {
    Answer answer = command.answer();
    answer.warnings().forEach(w -> err.println("warning: " + w));
    out.print(command.json() ? Json.pretty(answer.fields()) + "\n" : answer.text());
  }

  private void batch(Path list) {
    boolean stdin = list.toString().equals("-");
    try (BufferedReader lines =
        new BufferedReader(
            stdin
                ? new InputStreamReader(in, StandardCharsets.UTF_8)
                : new StringReader(ToolFiles.text(list)))) {
      new Batch(commands(), out).run(lines);
    } catch (IOException e) {
      throw new ToolException("%s cannot be read: %s".formatted(list, e.getMessage()), e);
    }
  }

  /** {@code gshard-hlo batch}; it needs the tool's streams, and so has no code of its own. */
  @Command(
      name = "batch",
      description = {
        "Runs many calls in one JVM.",
        "Each line of the list is one, a JSON object such as",
        "  {\"command\": \"run\", \"input\": \"a.hlo\", \"devices\": 8, \"inputs\": \"a.npz\", \"outputs\": \"b.npz\"}",
        "The fields are the commands' options. Prints for each, in their order, what the command prints with --json, or {\"error\": REASON}."
      },
      mixinStandardHelpOptions = true)
  private static final class BatchCommand {
    @Parameters(
        index = "0",
        paramLabel = "LIST.jsonl",
        description = "The calls; - for standard input.")
    private Path list;
  }
}
