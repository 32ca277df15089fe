package io.gshard.processor;

import io.gshard.processor.check.Diagnostic;
import io.gshard.processor.pipeline.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.annotation.processing.ProcessingEnvironment;

/** The file of {@code -Agshard.report}. */
final class Report {
  private final List<Summary> summaries = new ArrayList<>();
  private long nanos;

  void add(Summary summary) {
    summaries.add(summary);
  }

  /** Adds to the time that the processor has taken. */
  void took(long moreNanos) {
    nanos += moreNanos;
  }

  void write(ProcessingEnvironment environment) {
    String file = Option.REPORT.in(environment.getOptions());
    if (file.isEmpty()) {
      return;
    }
    String json =
        "{\n\"processor_seconds\": %.6f,\n\"configs\": [\n%s]\n}\n"
            .formatted(
                nanos / 1e9,
                summaries.stream().map(s -> s.json(true)).collect(Collectors.joining(",\n")));
    try {
      Files.writeString(Path.of(file), json);
    } catch (IOException | InvalidPathException e) {
      environment
          .getMessager()
          .printError(
              Diagnostic.OPTION.text(
                  "-A%s=%s cannot be written: %s; expected a file in a folder that exists"
                      .formatted(Option.REPORT.key(), file, e)));
    }
  }
}
