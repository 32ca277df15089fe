package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.hlo.text.ShardingText;
import io.gshard.sharding.Propagation;
import io.gshard.sharding.PropagationResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    Map<String, Instruction> named = new LinkedHashMap<>();
    result
        .module()
        .computations()
        .forEach(c -> c.instructions().forEach(i -> named.put(i.name(), i)));
    if (!named.containsKey(name)) {
      throw document.error("there is no instruction '%s'".formatted(name), null);
    }
    List<Map<String, Object>> steps = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    Set<String> seen = new LinkedHashSet<>();
    for (String at = name; at != null && seen.add(at); ) {
      Instruction instruction = named.get(at);
      String origin = result.origins().get(instruction);
      String sharding =
          ShardingText.print(instruction.shardings(), instruction.type(), result.module().mesh());
      steps.add(Map.of("name", at, "sharding", sharding, "why", origin));
      text.append("%%%s has %s: %s\n".formatted(at, sharding, origin));
      String next = origin.replaceFirst("^from %", "");
      at = named.containsKey(next) ? next : null;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("sharding", steps.getFirst().get("sharding"));
    fields.put("why", steps);
    return new Answer(fields, text.toString());
  }
}
