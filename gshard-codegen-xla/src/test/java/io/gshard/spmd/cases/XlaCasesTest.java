package io.gshard.spmd.cases;

import static com.google.common.truth.Truth.assertWithMessage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * XLA runs the generated cases, whole and as our partitioner has cut them, and agrees with the
 * reference evaluator. {@code mvn test -Pxla -Dxla.python=venv/bin/python -Dcases=2500}.
 */
@Tag("xla")
class XlaCasesTest {
  @Test
  void xlaAgrees() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of("target/xla-cases").toAbsolutePath());
    Path cases = folder.resolve("cases.jsonl");
    long first = Long.getLong("cases.first", 0);
    CasesExport.write(first, Long.getLong("cases", 324), cases, "");
    Process process =
        new ProcessBuilder(
                System.getProperty("xla.python", "python3"),
                "../docs/peers/xla_cases.py",
                cases.toString(),
                "--table",
                folder.resolve("table.md").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Files.writeString(folder.resolve("output.txt"), output);
    assertWithMessage("seeds from %s\n%s", first, output).that(process.waitFor()).isEqualTo(0);
  }
}
