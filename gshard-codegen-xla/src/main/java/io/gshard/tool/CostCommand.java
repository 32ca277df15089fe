package io.gshard.tool;

import io.gshard.cost.Bytes;
import io.gshard.cost.Traffic;
import io.gshard.cost.Work;
import io.gshard.hlo.HloModule;
import io.gshard.spmd.MemoryEstimate;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gshard-hlo cost}. */
@Command(
    name = "cost",
    description = {
      "Estimates what a device computes, moves, sends and holds.",
      "A module that is not partitioned is, for the figures."
    },
    mixinStandardHelpOptions = true)
final class CostCommand extends ToolCommand {
  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "For so many devices; num_partitions of the module if not given.")
  private Integer devices;

  @Override
  Answer answer(Document document) {
    HloModule module = document.module(optional(devices));
    HloModule local = Pipeline.partitioned(document, module);
    Work work = Work.of(local);
    Traffic traffic = Traffic.of(local);
    MemoryEstimate memory = MemoryEstimate.of(local);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("devices", local.mesh().devices());
    fields.put("mesh", local.mesh().toString());
    fields.put("flops_per_device", work.flops());
    if (!module.partitioned()) {
      fields.put("flops", Work.of(module).flops());
    }
    fields.put("bytes_accessed_per_device", work.bytes());
    Figures.add(fields, traffic);
    Figures.add(fields, memory);
    String text =
        "devices: %d%s\nflops of a device: %.4g%s\nbytes that its ops read and write: %s\n%s%s"
            .formatted(
                local.mesh().devices(),
                local.mesh().devices() == 1 ? "" : " (mesh '" + local.mesh() + "')",
                work.flops(),
                module.partitioned()
                    ? ""
                    : "; of the whole program %.4g".formatted(Work.of(module).flops()),
                Bytes.text(work.bytes()),
                Figures.text(traffic),
                Figures.text(memory));
    return new Answer(fields, text);
  }
}
