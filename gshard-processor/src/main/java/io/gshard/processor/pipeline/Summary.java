package io.gshard.processor.pipeline;

import io.gshard.processor.program.CompiledModel;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.processor.program.Variable;
import io.gshard.spmd.CommunicationReport.Collective;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A model and config in numbers.
 *
 * @param parameters the number of trained numbers
 * @param bytesPerDevice what the parameters and the optimizer's state take on a device
 */
public record Summary(
    CompiledModel model, long parameters, long bytesPerDevice, double partitionSeconds) {

  static Summary of(CompiledModel model, double partitionSeconds) {
    long parameters =
        model.variables().stream()
            .filter(Variable::parameter)
            .mapToLong(v -> v.shape().elements())
            .sum();
    long bytes =
        model.variables().stream()
            .mapToLong(v -> v.sharding().local(model.mesh(), v.shape()).bytes())
            .sum();
    return new Summary(model, parameters, bytes, partitionSeconds);
  }

  /** The partitioned programs' instructions together. */
  public int instructions() {
    return model.programs().stream().mapToInt(p -> p.partitioned().module().size()).sum();
  }

  /**
   * As JSON.
   *
   * @param timed with the time it took; without, the same input always gives the same text
   */
  public String json(boolean timed) {
    String programs =
        model.programs().stream().map(Summary::json).collect(Collectors.joining(",\n    "));
    return """
        {
          "model": "%s",
          "config": "%s",
          "launcher": "%s",
          "mesh": "%s",
          "devices": %d,
          "instructions": %d,
          "parameters": %d,
          "bytes_per_device": %d,
        %s  "programs": [
            %s
          ]
        }
        """
        .formatted(
            model.modelName(),
            model.config(),
            model.launcherName(),
            model.mesh(),
            model.mesh().devices(),
            instructions(),
            parameters,
            bytesPerDevice,
            timed ? "  \"partition_seconds\": %.6f,%n".formatted(partitionSeconds) : "",
            programs);
  }

  private static String json(CompiledProgram program) {
    List<Collective> collectives = program.partitioned().report().collectives();
    Map<String, Long> counts = new TreeMap<>();
    collectives.forEach(c -> counts.merge(c.kind(), 1L, Long::sum));
    String each =
        collectives.stream()
            .map(
                c ->
                    "{\"kind\": \"%s\", \"axes\": [%s], \"bytes_per_device\": %d, \"trip_count\": %d, \"requested\": %b, \"at\": \"%s\"}"
                        .formatted(
                            c.kind(),
                            c.axes().stream()
                                .map(a -> '"' + a + '"')
                                .collect(Collectors.joining(", ")),
                            c.bytesPerDevice(),
                            c.tripCount(),
                            c.requested(),
                            c.source()))
            .collect(Collectors.joining(",\n        "));
    String byKind =
        counts.entrySet().stream()
            .map(e -> "\"%s\": %d".formatted(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", "));
    return "{\"name\": \"%s\", \"instructions\": %d, \"collectives\": {%s}, \"communication\": [%s]}"
        .formatted(
            program.name(),
            program.partitioned().module().size(),
            byKind,
            each.isEmpty() ? "" : "\n        " + each);
  }
}
