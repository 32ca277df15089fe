package io.gshard.tool;

import io.gshard.cost.Traffic;
import io.gshard.eval.Shards;
import io.gshard.hlo.Boundary;
import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gshard-hlo run}. */
@Command(
    name = "run",
    description = {
      "Runs a module on whole arrays.",
      "A module that `partition` wrote runs on its devices. Any other runs on one device, or, with --devices, is partitioned first and runs on N."
    },
    mixinStandardHelpOptions = true)
final class RunCommand extends ToolCommand {
  private static final int SHOWN = 16;

  @Option(names = "--devices", paramLabel = "N", description = "Partition for so many devices.")
  private Integer devices;

  @Option(
      names = "--inputs",
      paramLabel = "IN.npz",
      description = "The arguments arg0, arg1, ...; random ones if not given.")
  private Path inputs;

  @Option(
      names = "--outputs",
      paramLabel = "OUT.npz",
      description = "Where the results result0, result1, ... go.")
  private Path outputs;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = "reference",
      description =
          "What runs it: reference (the default), kernels, as generated Java, or pjrt, XLA on this machine's processor.")
  private String engine;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Of the random arguments.")
  private long seed;

  @Override
  Answer answer(Document document) {
    Engine chosen = Engines.named(engine);
    long start = System.nanoTime();
    HloModule program = program(document);
    double compiling = Figures.seconds(start);
    Boundary boundary =
        program
            .boundary()
            .orElseThrow(
                () ->
                    document.error(
                        "the module has collectives, but does not say how its parameters and results lie on the devices; run what `partition` wrote",
                        null));
    List<Literal> arguments =
        inputs == null
            ? Arguments.random(boundary.parameterShapes(), seed)
            : Arguments.read(inputs, boundary.parameterShapes());
    start = System.nanoTime();
    MeshShape mesh = program.mesh();
    List<List<Literal>> parts =
        document.during("cutting the arguments", () -> cut(arguments, boundary, mesh));
    List<List<Literal>> held;
    double loading;
    double running;
    start = System.nanoTime();
    try (Engine.Loaded loaded =
        document.during("the engine " + engine, () -> chosen.load(program))) {
      loading = Figures.seconds(start);
      start = System.nanoTime();
      held = document.during("running", () -> loaded.run(parts));
      running = Figures.seconds(start);
    }
    List<Shards.Joined> joined =
        document.during("joining the results", () -> join(held, boundary, mesh));
    List<Literal> results = joined.stream().map(Shards.Joined::value).toList();
    if (outputs != null) {
      Arguments.write(outputs, results);
    }
    return report(program, arguments, joined, new double[] {compiling, loading, running});
  }

  /** Partitioned, or whole for one device; with its boundary where it is known. */
  private HloModule program(Document document) {
    OptionalInt asked = optional(devices);
    boolean one = asked.equals(OptionalInt.of(1));
    HloModule module = document.module(one ? OptionalInt.empty() : asked);
    if (module.partitioned()) {
      if (one && module.mesh().devices() != 1) {
        throw document.error(
            "the module is partitioned for %d devices, --devices is 1"
                .formatted(module.mesh().devices()),
            null);
      }
      return module;
    }
    if (asked.isPresent() && !one) {
      return Pipeline.partitioned(document, module);
    }
    HloModule whole = Pipeline.whole(module);
    List<Shape> in = whole.entry().parameters().stream().flatMap(p -> p.type().stream()).toList();
    List<Shape> out = whole.entry().root().type().leaves();
    return whole.withBoundary(Boundary.whole(in, out));
  }

  private static List<List<Literal>> cut(
      List<Literal> arguments, Boundary boundary, MeshShape mesh) {
    List<List<Literal>> parts = new ArrayList<>();
    for (int device = 0; device < mesh.devices(); device++) {
      parts.add(new ArrayList<>());
    }
    for (int i = 0; i < arguments.size(); i++) {
      List<Literal> shards =
          Shards.split(arguments.get(i), boundary.parameterShardings().get(i), mesh);
      for (int device = 0; device < shards.size(); device++) {
        parts.get(device).add(shards.get(device));
      }
    }
    return parts;
  }

  private static List<Shards.Joined> join(
      List<List<Literal>> held, Boundary boundary, MeshShape mesh) {
    List<Shards.Joined> results = new ArrayList<>();
    for (int i = 0; i < boundary.resultShapes().size(); i++) {
      int leaf = i;
      results.add(
          Shards.joinFirst(
              held.stream().map(r -> r.get(leaf)).toList(),
              boundary.resultShardings().get(i),
              mesh,
              boundary.resultShapes().get(i)));
    }
    return results;
  }

  private Answer report(
      HloModule program, List<Literal> arguments, List<Shards.Joined> joined, double[] seconds) {
    long differing = joined.stream().mapToLong(Shards.Joined::differing).sum();
    double difference = 0;
    List<Map<String, Object>> results = new ArrayList<>();
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < joined.size(); i++) {
      Shape shape = joined.get(i).value().shape();
      difference = Math.max(difference, joined.get(i).difference());
      results.add(
          Map.of("name", "result" + i, "type", shape.type().hloName(), "shape", shape.dims()));
      shown.append("result%d: %s\n".formatted(i, value(joined.get(i).value())));
    }
    Traffic traffic = Traffic.of(program);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("engine", engine);
    fields.put("devices", program.mesh().devices());
    fields.put("mesh", program.mesh().toString());
    if (inputs == null) {
      fields.put("seed", seed);
    }
    fields.put("arguments", arguments.size());
    fields.put("results", results);
    Map<String, Object> agreement = new LinkedHashMap<>();
    agreement.put("bit_equal", differing == 0);
    agreement.put("differing_elements", differing);
    agreement.put("max_difference", Figures.number(difference));
    fields.put("agreement", agreement);
    Figures.add(fields, traffic);
    fields.put("partition_seconds", seconds[0]);
    fields.put("load_seconds", seconds[1]);
    fields.put("run_seconds", seconds[2]);
    if (outputs != null) {
      fields.put("outputs", outputs.toString());
    }
    StringBuilder text = new StringBuilder();
    if (inputs == null && !arguments.isEmpty()) {
      text.append("arguments: ").append(Arguments.RANDOM.formatted(seed)).append('\n');
    }
    text.append(shown);
    int count = program.mesh().devices();
    if (count > 1) {
      text.append(
          differing == 0
              ? "copies on different devices are equal, bit by bit\n"
              : "copies on different devices differ in %d elements, by up to %s\n"
                  .formatted(differing, difference));
      text.append(Figures.text(traffic));
    }
    text.append(
        "ran on %d device%s with the engine %s in %.3f s\n"
            .formatted(count, count == 1 ? "" : "s", engine, seconds[2]));
    return new Answer(fields, text.toString());
  }

  /** An array in a line; a large one by its shape alone. */
  private static String value(Literal literal) {
    return literal.shape().elements() <= SHOWN ? literal.toString() : literal.shape().toString();
  }
}
