package io.gshard.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static com.google.testing.compile.Compiler.javac;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import io.gshard.processor.check.Diagnostic;
import io.gshard.tensor.Shape;
import io.gshard.xla.CompiledProgram;
import io.gshard.xla.Xla;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every message has a source that causes it, {@code errors/GSxxxx.java}, which marks the mistaken
 * lines, and a page in docs/errors.
 */
class ErrorsTest {
  private static final Path SOURCES = Path.of("src/test/resources/errors");
  private static final Path PAGES = Path.of("../docs/errors");
  private static final Pattern MARK = Pattern.compile("// (ERROR|WARNING) (GS[0-9]{4})");
  private static final Pattern CODE = Pattern.compile("^\\[(GS[0-9]{4})\\]");

  @ParameterizedTest
  @EnumSource(Diagnostic.class)
  void isReportedWhereItIsMarked(Diagnostic diagnostic) throws IOException {
    String text = Files.readString(SOURCES.resolve(diagnostic.code() + ".java"));
    List<String> expected = new ArrayList<>();
    String[] lines = text.split("\n");
    for (int i = 0; i < lines.length; i++) {
      Matcher mark = MARK.matcher(lines[i]);
      if (mark.find()) {
        expected.add("%s %s line %d".formatted(mark.group(1), mark.group(2), i + 1));
      }
    }
    assertThat(expected).isNotEmpty();

    List<String> found = new ArrayList<>();
    for (var message : compile(diagnostic, text).diagnostics()) {
      Matcher code = CODE.matcher(message.getMessage(null));
      if (code.find()) {
        found.add(
            "%s %s line %d"
                .formatted(
                    message.getKind().name().replace("MANDATORY_", ""),
                    code.group(1),
                    message.getLineNumber()));
      } else if (message.getKind() == javax.tools.Diagnostic.Kind.ERROR) {
        found.add(message.toString());
      }
    }
    assertThat(found).containsExactlyElementsIn(expected);
  }

  private static Compilation compile(Diagnostic diagnostic, String text) {
    List<String> options = new ArrayList<>();
    text.lines()
        .filter(l -> l.startsWith("// OPTION "))
        .forEach(l -> options.add(l.substring("// OPTION ".length())));
    return javac()
        .withProcessors(processor(diagnostic))
        .withOptions(options)
        .compile(JavaFileObjects.forSourceString("errors." + diagnostic.code(), text));
  }

  private static Processor processor(Diagnostic diagnostic) {
    return switch (diagnostic) {
      case NO_TREES -> new Foreign();
      case FAULT ->
          new GShardProcessor(
              model -> {
                throw new IllegalStateException("a part that fails");
              },
              Xla::find);
      case AHEAD_OF_TIME -> new GShardProcessor(model -> {}, () -> new SmallMachine(true));
      default -> new GShardProcessor();
    };
  }

  /** Eight devices that are too small, or large enough. */
  private record SmallMachine(boolean tooSmall) implements Xla {
    @Override
    public int devices(String topology) {
      if (!topology.equals("v3:2x2")) {
        throw new IllegalArgumentException("no such topology");
      }
      return 8;
    }

    @Override
    public Outcome compile(String stablehlo, int devices, String topology) {
      assertThat(stablehlo).contains("mhlo.num_partitions = " + devices);
      return tooSmall
          ? new Outcome.TooLarge(1, "it used 17.0G of 16.0G")
          : new Outcome.Fits(2, new CompiledProgram(1 << 20, 0, 0, 0, 0, Map.of()));
    }

    @Override
    public Executable load(String stablehlo, int devices, List<Shape> results) {
      throw new IllegalStateException("nothing is to be run");
    }
  }

  private static Compilation ahead(String topology, String mesh, boolean tooSmall) {
    return javac()
        .withProcessors(new GShardProcessor(model -> {}, () -> new SmallMachine(tooSmall)))
        .withOptions("-Agshard.aot=" + topology)
        .compile(
            JavaFileObjects.forSourceString(
                "Net",
                """
                import io.gshard.annotation.*;
                import io.gshard.tensor.Tensor;
                @Model
                @Config(name = "Tiny", sizes = "B=8 M=4", mesh = "%s")
                public class Net {
                  @Program
                  Tensor forward(@Dims("B M") Tensor x) {
                    return x.plus(x);
                  }
                }
                """
                    .formatted(mesh)));
  }

  @Test
  void whatFitsIsTold() {
    Compilation compilation = ahead("v3:2x2", "data=8", false);
    assertThat(compilation.errors()).isEmpty();
    assertThat(compilation.notes().stream().map(n -> n.getMessage(null)).toList())
        .contains(
            "config Tiny: forward compiled for v3:2x2 in 2.0 s, 1.0 MiB of memory on each device");
  }

  @Test
  void whatCannotBeCompiledForIsTold() {
    assertThat(ahead("v9:1", "data=8", false).errors().getFirst().getMessage(null))
        .isEqualTo("[GS0503] -Agshard.aot=v9:1: no such topology");
    assertThat(ahead("v3:2x2", "data=4", false).warnings().getFirst().getMessage(null))
        .isEqualTo(
            "[GS0503] -Agshard.aot=v3:2x2 has 8 devices, and no config of the model has as many: Tiny has 4; give a topology of as many");
  }

  @Test
  void faultSaysWhereAndThatItIsToBeReported() throws IOException {
    String text = Files.readString(SOURCES.resolve(Diagnostic.FAULT.code() + ".java"));
    assertThat(compile(Diagnostic.FAULT, text).errors().getFirst().getMessage(null))
        .matches(
            "\\[GS0502] a part that fails \\(ErrorsTest\\.java:[0-9]+\\); this is a fault of the compiler, please report it with this source");
  }

  @Test
  void codesPagesAndSourcesMatch() throws IOException {
    List<String> codes = Arrays.stream(Diagnostic.values()).map(Diagnostic::code).toList();
    assertThat(codes).containsNoDuplicates();
    assertThat(names(SOURCES, ".java")).containsExactlyElementsIn(codes);
    assertThat(names(PAGES, ".md")).containsExactlyElementsIn(codes);
  }

  @Test
  void indexListsEveryPageByItsTitle() throws IOException {
    List<String> lines = new ArrayList<>(List.of("# Messages of the processor", ""));
    for (Diagnostic diagnostic : Diagnostic.values()) {
      String code = diagnostic.code();
      String heading = Files.readAllLines(PAGES.resolve(code + ".md")).getFirst();
      lines.add(heading.replaceFirst("^# " + code, "- [%s](%s.md)".formatted(code, code)));
    }
    assertThat(Files.readAllLines(PAGES.resolve("README.md")))
        .containsExactlyElementsIn(lines)
        .inOrder();
  }

  private static List<String> names(Path folder, String end) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(p -> p.getFileName().toString())
          .filter(n -> n.startsWith("GS") && n.endsWith(end))
          .map(n -> n.substring(0, n.length() - end.length()))
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Diagnostic.class)
  void pageSaysWhatItMeansAndHowToMendIt(Diagnostic diagnostic) throws IOException {
    String page = Files.readString(PAGES.resolve(diagnostic.code() + ".md"));
    assertThat(page).startsWith("# " + diagnostic.code() + ": ");
    assertThat(page).contains("## Example");
    assertThat(page).contains("## Fix");
    assertWithMessage("the example marks the line")
        .that(page)
        .containsMatch("// (ERROR|WARNING) " + diagnostic.code());
  }

  @ParameterizedTest
  @EnumSource(Diagnostic.class)
  void pageShowsTheSourceAndTheMessage(Diagnostic diagnostic) throws IOException {
    String code = diagnostic.code();
    String page = Files.readString(PAGES.resolve(code + ".md"));
    String source = Files.readString(SOURCES.resolve(code + ".java"));
    assertThat(lines(block(page, "## Example\n\n```java\n")))
        .containsExactlyElementsIn(
            lines(source.replace("class " + code, "class Net")).stream()
                .filter(line -> !line.startsWith("package ") && !line.startsWith("import "))
                .toList())
        .inOrder();
    String message =
        compile(diagnostic, source).diagnostics().stream()
            .map(d -> d.getMessage(null))
            .filter(text -> text.startsWith("[" + code + "]"))
            .findFirst()
            .orElseThrow();
    assertThat(block(page, "## Message\n\n```text\n")).isEqualTo(shown(code, message) + "\n");
  }

  /** As it is for a class named Net, compiled by ecj where the compiler is not javac. */
  private static String shown(String code, String message) {
    String text = message.substring(code.length() + 2);
    return "["
        + code
        + "]"
        + text.replace("errors." + code, "Net")
            .replace(code, "Net")
            .replaceAll("\\$Proxy[0-9]+", "BatchProcessingEnvImpl")
            .replaceAll("ErrorsTest[.]java:[0-9]+", "Simplify.java:120");
  }

  private static String block(String page, String opening) {
    assertThat(page).contains(opening);
    int start = page.indexOf(opening) + opening.length();
    return page.substring(start, page.indexOf("```", start));
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  /** The processor under a compiler whose environment is not javac's, as ecj's is not. */
  private static final class Foreign extends AbstractProcessor {
    private final GShardProcessor processor = new GShardProcessor();

    @Override
    public synchronized void init(ProcessingEnvironment environment) {
      super.init(environment);
      processor.init(
          (ProcessingEnvironment)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {ProcessingEnvironment.class},
                  (proxy, method, arguments) -> method.invoke(environment, arguments)));
    }

    @Override
    public java.util.Set<String> getSupportedAnnotationTypes() {
      return processor.getSupportedAnnotationTypes();
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(
        java.util.Set<? extends TypeElement> annotations, RoundEnvironment round) {
      return processor.process(annotations, round);
    }
  }
}
