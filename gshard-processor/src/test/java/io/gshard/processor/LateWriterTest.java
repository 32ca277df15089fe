package io.gshard.processor;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LateWriterTest {
  @TempDir Path folder;

  @Test
  void whatIsSlowIsWrittenWhenTheCompilationEnds() throws IOException {
    String text = "x".repeat(100_000);

    List<String> messages =
        compile(
            () -> {
              try {
                Thread.sleep(50);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return text;
            });

    assertThat(messages).isEmpty();
    assertThat(Files.readString(folder.resolve("text"))).isEqualTo(text);
  }

  @Test
  void aFaultOfAPrinterFailsTheCompilation() throws IOException {
    List<String> messages =
        compile(
            () -> {
              throw new IllegalStateException("no such op");
            });

    assertThat(messages).hasSize(1);
    assertThat(messages.getFirst()).contains("no such op");
    assertThat(messages.getFirst()).contains("this is a fault of the compiler");
  }

  @Test
  void aFullDiskIsNamed() throws IOException {
    List<String> messages =
        compile(
            () -> {
              throw new UncheckedIOException(new IOException("No space left on device"));
            });

    assertThat(messages).hasSize(1);
    assertThat(messages.getFirst())
        .contains("cannot be written: No space left on device; is there room on the disk?");
  }

  /** The errors of a compilation that writes a text late; it fails if there are any. */
  private List<String> compile(Supplier<String> text) throws IOException {
    Path source = Files.writeString(folder.resolve("Empty.java"), "final class Empty {}\n");
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    boolean succeeded;
    try (var files = javac.getStandardFileManager(diagnostics, null, null)) {
      JavaCompiler.CompilationTask task =
          javac.getTask(
              null,
              files,
              diagnostics,
              List.of("-d", folder.toString()),
              null,
              files.getJavaFileObjects(source));
      task.setProcessors(List.of(new Late(text)));
      succeeded = task.call();
    }
    List<String> errors =
        diagnostics.getDiagnostics().stream()
            .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
            .map(d -> d.getMessage(null))
            .toList();
    assertThat(succeeded).isEqualTo(errors.isEmpty());
    return errors;
  }

  @SupportedAnnotationTypes("*")
  private static final class Late extends AbstractProcessor {
    private final Supplier<String> text;

    Late(Supplier<String> text) {
      this.text = text;
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      if (round.processingOver()) {
        return false;
      }
      LateWriter late = new LateWriter(processingEnv);
      try {
        late.add(
            processingEnv
                .getFiler()
                .createResource(StandardLocation.CLASS_OUTPUT, "", "text")
                .openWriter(),
            text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      late.start();
      return false;
    }
  }
}
