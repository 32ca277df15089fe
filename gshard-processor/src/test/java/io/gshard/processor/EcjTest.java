package io.gshard.processor;

import static com.google.common.truth.Truth.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jdt.core.compiler.batch.BatchCompiler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compiler of Eclipse and of VS Code, which shows no method bodies to processors. */
class EcjTest {
  @Test
  void saysInOneSentenceThatJavacIsNeeded(@TempDir Path folder) throws Exception {
    Path source = folder.resolve("Net.java");
    Files.writeString(
        source,
        """
        import io.gshard.annotation.*;
        import io.gshard.tensor.Tensor;

        @Model
        @Config(name = "Tiny", sizes = "M=4")
        public class Net {
          @Program
          @Dims("M")
          Tensor twice(@Dims("M") Tensor x) {
            return x.times(2);
          }
        }
        """);
    String classPath = System.getProperty("java.class.path");
    StringWriter out = new StringWriter();
    StringWriter errors = new StringWriter();

    List<String> arguments =
        List.of(
            "--release",
            "25",
            "-cp",
            classPath,
            "-processorpath",
            classPath,
            "-processor",
            GShardProcessor.class.getName(),
            "-d",
            folder.toString(),
            source.toString());
    boolean compiled =
        BatchCompiler.compile(
            arguments.toArray(String[]::new), new PrintWriter(out), new PrintWriter(errors), null);

    assertThat(compiled).isFalse();
    assertThat(errors.toString())
        .containsMatch(
            "\\[GS0001\\] GShard reads method bodies and needs javac for that; this compiler"
                + " \\([A-Za-z]+\\) does not offer them; compile Net with javac");
    assertThat(errors.toString()).contains("1 problem (1 error)");
  }
}
