package io.gshard.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import io.gshard.hlo.HloModule;
import io.gshard.processor.frontend.TracedModel;
import io.gshard.processor.frontend.TracedProgram;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.xla.Xla;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Model classes become graphs inside javac. */
class TraceTest {
  private final List<TracedModel> models = new ArrayList<>();

  private Compilation compile(String body) {
    String source =
        """
        package example;
        import static io.gshard.tensor.Ops.*;
        import io.gshard.annotation.*;
        import io.gshard.annotation.Module;
        import io.gshard.nn.*;
        import io.gshard.tensor.*;
        import java.util.List;

        """
            + body;
    return javac()
        .withProcessors(new GShardProcessor(models::add, Xla::find))
        .compile(JavaFileObjects.forSourceString("example.Net", source));
  }

  private Compilation compileWithOption(String config) {
    return javac()
        .withProcessors(new GShardProcessor(models::add, Xla::find))
        .withOptions("-Agshard.config=" + config)
        .compile(
            JavaFileObjects.forSourceLines(
                "example.Net",
                "package example;",
                "import static io.gshard.tensor.Ops.*;",
                "import io.gshard.annotation.*;",
                "import io.gshard.tensor.*;",
                "@Model",
                "public class Net {",
                "  @Program Tensor forward(@Dims(\"B M\") Tensor x) {",
                "    return convert(x, activations()).times(2);",
                "  }",
                "}"));
  }

  @Test
  void activationsAreOfTheConfigsType() {
    assertThat(compileWithOption("Half: B=4 M=2; ; ; activations=bf16 | Full: B=4 M=2"))
        .succeeded();
    assertThat(
            models.stream()
                .map(m -> m.programs().getFirst().module().entry().root().type().leaves()))
        .containsExactly(List.of(Shape.of(DType.BF16, 4, 2)), List.of(Shape.of(DType.F32, 4, 2)))
        .inOrder();
  }

  @Test
  void wordsOfAnOptionThatAreNotKnown() {
    assertThat(compileWithOption("Tiny: B=4 M=2; ; ; rematerialise"))
        .hadErrorContaining(
            "-Agshard.config: found 'Tiny: B=4 M=2; ; ; rematerialise'; expected \"Name: sizes; mesh; targets; rematerialize activations=bf16\", the last ones as far as wanted");
    assertThat(compileWithOption("Tiny: B=4 M=2; ; ; activations=f64"))
        .hadErrorContaining("config Tiny: activations are f64; expected f32 or bf16");
  }

  @Test
  void oneMatmul() {
    Compilation compilation =
        compile(
            """
            @Model
            @Config(name = "Tiny", sizes = "B=8 M=4 H=6", mesh = "data=2")
            public class Net {
              @Split(dim = 1) @Dims("M H") Tensor w;
              @Program @Dims("B H") Tensor forward(@Split(dim = 0) @Dims("B M") Tensor x) {
                return einsum("BM,MH->BH", x, w);
              }
            }
            """);
    assertThat(compilation).succeeded();
    assertThat(models).hasSize(1);
    TracedProgram program = models.getFirst().programs().getFirst();
    assertThat(program.variables()).containsExactly("w");
    HloModule module = program.module();
    assertThat(module.entry().parameters().stream().map(p -> p.shape().toString()))
        .containsExactly("f32[4,6]", "f32[8,4]")
        .inOrder();
    assertThat(module.entry().parameters().get(0).sharding().toString()).isEqualTo("[{}, {data}]");
    assertThat(module.entry().parameters().get(1).sharding().toString()).isEqualTo("[{data}, {}]");
    assertThat(module.entry().root().operand(0).source().toString())
        .isEqualTo("example/Net.java:14:12");
  }

  @Test
  void configsOnRequestAreReadAndLeftOut() {
    String source =
        """
        @Model
        @Config(name = "Tiny", sizes = "B=8 M=4", mesh = "data=2")
        @Config(name = "Large", sizes = "B=8 M=%s", mesh = "data=8", onRequest = true)
        public class Net {
          @Program Tensor forward(@Split(dim = 0) @Dims("B M") Tensor x) {
            return x.plus(x);
          }
        }
        """;
    assertThat(compile(source.formatted("4096"))).succeeded();
    assertThat(models.stream().map(TracedModel::launcherName)).containsExactly("NetTiny");
    assertThat(compile(source.formatted("many"))).hadErrorContaining("[GS0104]");
  }

  @Test
  void optionsAddConfigsAndDumpAPass() {
    Compilation compilation =
        javac()
            .withProcessors(new GShardProcessor(models::add, Xla::find))
            .withOptions(
                "-Agshard.config=Net/Big: B=16 M=4; data=4; xla | Other/No: B=1",
                "-Agshard.debug=trace")
            .compile(
                JavaFileObjects.forSourceLines(
                    "example.Net",
                    "package example;",
                    "import io.gshard.annotation.*;",
                    "import io.gshard.tensor.*;",
                    "@Model",
                    "public class Net {",
                    "  @Program Tensor forward(@Split(dim = 0) @Dims(\"B M\") Tensor x) {",
                    "    return x.times(2);",
                    "  }",
                    "}"));
    assertThat(compilation).succeededWithoutWarnings();
    assertThat(models.stream().map(TracedModel::launcherName)).containsExactly("NetBig");
    List<String> files =
        compilation.generatedFiles().stream().map(f -> f.toUri().getPath()).toList();
    assertThat(files)
        .containsAtLeast(
            "/CLASS_OUTPUT/META-INF/gshard/example.NetBig/forward.hlo",
            "/CLASS_OUTPUT/META-INF/gshard/example.NetBig/forward.global.hlo",
            "/CLASS_OUTPUT/META-INF/gshard/example.NetBig/forward.global.mlir",
            "/CLASS_OUTPUT/META-INF/gshard/example.NetBig/forward.mlir",
            "/CLASS_OUTPUT/META-INF/gshard/example.NetBig/forward.trace.hlo",
            "/CLASS_OUTPUT/META-INF/gshard/example.NetBig/summary.json");
    assertThat(files).doesNotContain("/SOURCE_OUTPUT/example/NetBig.java");
  }
}
