package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.stablehlo.StableHloPrinter;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
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

  @Option(names = "--stablehlo", description = "As StableHLO instead of HLO.")
  private boolean stablehlo;

  @Override
  Answer answer(Document document) {
    HloModule module = document.module(OptionalInt.empty());
    String text =
        document.during(
            "printing",
            () -> stablehlo ? StableHloPrinter.print(module) : HloPrinter.print(module));
    return module(text, output, Map.of("form", stablehlo ? "stablehlo" : "hlo"), "", "");
  }
}
