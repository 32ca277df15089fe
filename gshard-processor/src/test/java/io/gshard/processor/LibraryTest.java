package io.gshard.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import io.gshard.processor.frontend.TracedModel;
import io.gshard.xla.Xla;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules of a library that was compiled before. */
class LibraryTest {
  private static final JavaFileObject MODULE =
      JavaFileObjects.forSourceString(
          "lib.Dense",
          """
          package lib;
          import static io.gshard.tensor.Ops.einsum;
          import io.gshard.annotation.Dims;
          import io.gshard.annotation.Module;
          import io.gshard.tensor.Tensor;

          @Module
          public class Dense {
            @Dims("M M") Tensor w;
            public Tensor apply(Tensor x) {
              return Helper.twice(einsum("BM,MN->BN", x, w));
            }
          }
          """);
  private static final JavaFileObject HELPER =
      JavaFileObjects.forSourceString(
          "lib.Helper",
          """
          package lib;
          import io.gshard.tensor.Tensor;

          final class Helper {
            static Tensor twice(Tensor x) {
              return x.times(2);
            }
          }
          """);

  @TempDir Path folder;
  private final List<TracedModel> models = new ArrayList<>();

  private Compilation compile(String dims) throws IOException {
    Compilation library = javac().withProcessors(new GShardProcessor()).compile(MODULE, HELPER);
    assertThat(library).succeeded();
    for (JavaFileObject file : library.generatedFiles()) {
      String name = file.toUri().getPath().replaceFirst("^/(CLASS|SOURCE)_OUTPUT/", "");
      Path target = folder.resolve(name);
      Files.createDirectories(target.getParent());
      try (InputStream in = file.openInputStream()) {
        Files.write(target, in.readAllBytes());
      }
    }
    List<File> path =
        new ArrayList<>(
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(File::new)
                .toList());
    path.add(folder.toFile());
    return javac()
        .withProcessors(new GShardProcessor(models::add, Xla::find))
        .withClasspath(path)
        .compile(
            JavaFileObjects.forSourceLines(
                "example.Net",
                "package example;",
                "import io.gshard.annotation.*;",
                "import io.gshard.tensor.Tensor;",
                "import lib.Dense;",
                "@Model",
                "@Config(name = \"Tiny\", sizes = \"B=8 M=4 H=6\", mesh = \"data=2\")",
                "public class Net {",
                "  final Dense dense = new Dense();",
                "  @Program Tensor forward(@Dims(\"" + dims + "\") Tensor x) {",
                "    return dense.apply(x);",
                "  }",
                "}"));
  }

  @Test
  void isCompiledWithTheModelThatUsesIt() throws IOException {
    assertThat(compile("B M")).succeeded();
    assertThat(models.getFirst().programs().getFirst().variables()).containsExactly("dense.w");
    try (Stream<Path> sources = Files.list(folder.resolve("META-INF/gshard/sources"))) {
      assertThat(sources.map(p -> p.getFileName().toString()))
          .containsExactly("lib.Dense.java", "lib.Helper.java");
    }
  }

  @Test
  void itsMistakesAreReportedWhereItIsCalled() throws IOException {
    Compilation compilation = compile("B H");
    assertThat(compilation)
        .hadErrorContaining("M is 6 in the first and 4 in the second")
        .inFile(compilation.sourceFiles().getFirst())
        .onLine(10);
    assertThat(compilation).hadErrorContaining("(in the library's source at lib/Dense.java:11:");
  }
}
