package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.hlo.text.ShardingText;
import io.gshard.sharding.Explanation;
import io.gshard.sharding.Propagation;
import io.gshard.sharding.PropagationResult;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gshard-hlo propagate}. */
@Command(
    name = "propagate",
    description = "Decides a sharding for every value, and writes the module with them.",
    mixinStandardHelpOptions = true)
final class PropagateCommand extends ToolCommand {
  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "For so many devices; num_partitions of the module if not given.")
  private Integer devices;

  @Option(
      names = "--explain",
      paramLabel = "NAME",
      description = "Print why this instruction has its sharding, instead of the module.")
  private String explain;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.hlo",
      description = "Where the module goes; standard output if not given.")
  private Path output;

  @Override
  Answer answer(Document document) {
    HloModule module = document.module(optional(devices));
    PropagationResult result = document.during("propagation", () -> Propagation.analyze(module));
    if (explain != null) {
      return explained(document, result, explain.replaceFirst("^%", ""));
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("devices", module.mesh().devices());
    fields.put("mesh", module.mesh().toString());
    String text = document.during("printing", () -> HloPrinter.print(result.module()));
    return module(text, output, fields, "", "");
  }

  private static Answer explained(Document document, PropagationResult result, String name) {
    Explanation explanation;
    try {
      explanation = result.explain(name);
    } catch (IllegalArgumentException e) {
      throw document.error("there is no instruction '%s'".formatted(name), null);
    }
    Instruction instruction =
        result.module().computations().stream()
            .flatMap(c -> c.instructions().stream())
            .filter(i -> i.name().equals(name))
            .reduce((first, last) -> last)
            .orElseThrow();
    String sharding =
        ShardingText.print(instruction.shardings(), instruction.type(), result.module().mesh());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("sharding", sharding);
    fields.put("why", explanation.toString().lines().map(String::strip).toList());
    return new Answer(fields, "%%%s has %s\n%s\n".formatted(name, sharding, explanation));
  }
}
