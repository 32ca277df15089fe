package io.gshard.tool;

import io.gshard.cost.Overlap;
import io.gshard.cost.Traffic;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.spmd.MemoryEstimate;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gshard-hlo partition}. */
@Command(
    name = "partition",
    description = {
      "Makes of a module with shardings the program of each of its devices.",
      "Without -o the partitioned module goes to standard output, the summary before it as comments."
    },
    mixinStandardHelpOptions = true)
final class PartitionCommand extends ToolCommand {
  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "For so many devices; num_partitions of the module if not given.")
  private Integer devices;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.hlo",
      description = "Where the partitioned module goes.")
  private Path output;

  @Option(
      names = "--windowed-bytes",
      paramLabel = "BYTES",
      description = {
        "Operands of products that would be gathered to so many bytes, and partial results of so",
        "many that are reduce-scattered, go round in parts instead;",
        "268435456 if not given."
      })
  private long windowedBytes = Pipeline.WINDOWED_BYTES;

  @Override
  Answer answer(Document document) {
    HloModule module = document.module(optional(devices));
    if (module.partitioned()) {
      throw document.error("the module is partitioned already", null);
    }
    long start = System.nanoTime();
    HloModule local = Pipeline.partitioned(document, module, windowedBytes);
    double seconds = Figures.seconds(start);
    String text = document.during("printing", () -> HloPrinter.print(local));
    Traffic traffic = Traffic.of(local);
    MemoryEstimate memory = MemoryEstimate.of(local);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("devices", local.mesh().devices());
    fields.put("mesh", local.mesh().toString());
    fields.put("instructions", local.size());
    Figures.add(fields, traffic);
    long overlapping = Overlap.count(local);
    fields.put("overlapping_collectives", overlapping);
    Figures.add(fields, memory);
    fields.put("partition_seconds", seconds);
    String summary =
        "partitioned for %d devices%s in %.3f s: %d instructions, before %d\n%s%d of them overlap what is computed\n%s"
            .formatted(
                local.mesh().devices(),
                local.mesh().devices() == 1 ? "" : " (mesh '" + local.mesh() + "')",
                seconds,
                local.size(),
                module.size(),
                Figures.text(traffic),
                overlapping,
                Figures.text(memory));
    return module(text, output, fields, summary, "// ");
  }
}
