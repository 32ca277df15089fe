package io.gshard.tool;

import io.gshard.cost.Bytes;
import io.gshard.cost.LargeValue;
import io.gshard.cost.Traffic;
import io.gshard.cost.Work;
import io.gshard.hlo.HloModule;
import io.gshard.stablehlo.StableHloPrinter;
import io.gshard.xla.CompiledProgram;
import io.gshard.xla.Xla;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gshard-hlo compile}. */
@Command(
    name = "compile",
    description = {
      "Compiles a module with XLA's TPU compiler, for a machine that need not be there.",
      "IN.hlo may be the name of a launcher's class instead, such as com.example.MlpTiny.",
      "A module that is not partitioned is, first. One that needs more memory than a core has is an error that names its largest values."
    },
    mixinStandardHelpOptions = true)
final class CompileCommand extends ToolCommand {
  @Option(
      names = "--topology",
      required = true,
      paramLabel = "NAME",
      description = "The machine as XLA names it: v3:2x2 has 8 cores, v3:32x32 2,048.")
  private String topology;

  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "For so many devices; num_partitions of the module if not given.")
  private Integer devices;

  @Option(
      names = "--program",
      paramLabel = "NAME",
      defaultValue = "trainStep",
      description = "Of a launcher's class, the program; trainStep if not given.")
  private String program;

  @Option(
      names = "--classes",
      paramLabel = "PATH",
      description = "Where the launcher's class lies, a folder or a jar, if not in the sample.")
  private Path classes;

  @Override
  Document read(Path input) {
    String name = input.toString();
    return Files.exists(input) || !LauncherPrograms.isClassName(name)
        ? super.read(input)
        : LauncherPrograms.read(name, program, classes);
  }

  @Override
  Answer answer(Document document) {
    HloModule module = document.module(optional(devices));
    long start = System.nanoTime();
    HloModule local = Pipeline.partitioned(document, module);
    OptionalDouble partitioning =
        module.partitioned() ? OptionalDouble.empty() : OptionalDouble.of(Figures.seconds(start));
    int count = local.mesh().devices();
    String text = document.during("printing", () -> StableHloPrinter.print(local));
    Xla.Outcome outcome =
        document.during("compiling", () -> Xla.find().compile(text, count, topology));
    return switch (outcome) {
      case Xla.Outcome.TooLarge large -> throw document.error(tooLarge(local, large), null);
      case Xla.Outcome.Fits fits -> answer(local, fits, partitioning);
    };
  }

  private String tooLarge(HloModule local, Xla.Outcome.TooLarge large) {
    return "it does not fit on %s: %s; its largest values are %s"
        .formatted(
            topology,
            large.reason().lines().findFirst().orElse("").strip(),
            LargeValue.phrase(local));
  }

  private Answer answer(HloModule local, Xla.Outcome.Fits fits, OptionalDouble partitioning) {
    CompiledProgram compiled = fits.program();
    Work work = Work.of(local);
    Traffic traffic = Traffic.of(local);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("topology", topology);
    fields.put("devices", local.mesh().devices());
    fields.put("mesh", local.mesh().toString());
    fields.put("fits", true);
    if (partitioning.isPresent()) {
      fields.put("partition_seconds", partitioning.getAsDouble());
    }
    fields.put("compile_seconds", Math.round(fits.seconds() * 1e3) / 1e3);
    fields.put("argument_bytes", compiled.argumentBytes());
    fields.put("output_bytes", compiled.outputBytes());
    fields.put("temp_bytes", compiled.tempBytes());
    fields.put("alias_bytes", compiled.aliasBytes());
    fields.put("code_bytes", compiled.codeBytes());
    fields.put("total_bytes", compiled.totalBytes());
    fields.put("flops_per_device", work.flops());
    Figures.add(fields, traffic);
    fields.put("compiler_properties", compiled.properties());
    String text =
        String.format(
            Locale.ROOT,
            """
            compiled for %s, %d devices (mesh '%s'), in %.1f s
            memory of a core: %s (arguments %s, results %s of which %s in place of arguments, temporaries %s, program %s)
            flops of a core: %.4g
            %s""",
            topology,
            local.mesh().devices(),
            local.mesh(),
            fits.seconds(),
            Bytes.text(compiled.totalBytes()),
            Bytes.text(compiled.argumentBytes()),
            Bytes.text(compiled.outputBytes()),
            Bytes.text(compiled.aliasBytes()),
            Bytes.text(compiled.tempBytes()),
            Bytes.text(compiled.codeBytes()),
            work.flops(),
            Figures.text(traffic));
    return new Answer(fields, text);
  }
}
