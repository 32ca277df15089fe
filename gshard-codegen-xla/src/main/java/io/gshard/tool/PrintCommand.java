package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.stablehlo.StableHloPrinter;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gshard-hlo print}. */
@Command(
    name = "print",
    description = "Writes a module in its canonical form.",
    mixinStandardHelpOptions = true)
final class PrintCommand extends ToolCommand {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "Where to; standard output if not given.")
  private Path output;

  /** What a module is written as; HLO if nothing is asked for. */
  private static final class Form {
    @Option(names = "--stablehlo", description = "As StableHLO instead of HLO.")
    private boolean stablehlo;

    @Option(
        names = "--shardy",
        description = "As StableHLO with its shardings in Shardy's form (sdy.sharding).")
    private boolean shardy;

    String name() {
      return shardy ? "shardy" : stablehlo ? "stablehlo" : "hlo";
    }

    String text(HloModule module) {
      return shardy
          ? StableHloPrinter.printShardy(module)
          : stablehlo ? StableHloPrinter.print(module) : HloPrinter.print(module);
    }
  }

  @ArgGroup private Form form = new Form();

  @Override
  Answer answer(Document document) {
    HloModule module = document.module(OptionalInt.empty());
    String text = document.during("printing", () -> form.text(module));
    return module(text, output, Map.of("form", form.name()), "", "");
  }
}
