package io.gshard.processor.java;

import static com.google.common.truth.Truth.assertThat;

import com.palantir.javapoet.JavaFile;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Source;
import io.gshard.mesh.MeshShape;
import io.gshard.processor.program.CompiledModel;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.processor.program.ResultType;
import io.gshard.processor.program.Variable;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The generated source of a small program, to be read; {@code -Dgolden=update} writes it anew. */
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/MlpTiny.java.txt");

  private static CompiledModel model() {
    MeshShape mesh = MeshShape.parse("model=4");
    Tracer tracer = new Tracer("forward", mesh, Tracer.Model.NONE);
    Tensor wi = tracer.parameter("wi", Shape.of(DType.F32, 64, 256));
    Tensor wo = tracer.parameter("wo", Shape.of(DType.F32, 256, 64));
    Tensor x = tracer.parameter("x", Shape.of(DType.F32, 32, 64));
    HloModule module =
        Engine.with(
            tracer,
            () -> {
              Tensor left = Ops.split(wi, 1);
              Tensor right = Ops.split(wo, 0);
              tracer.builder().at(new Source("demo/Mlp.java", 12, 5));
              Tensor hidden = Ops.tanh(Ops.einsum("BM,MH->BH", x, left));
              tracer.builder().at(new Source("demo/Mlp.java", 13, 5));
              Tensor sum = Ops.einsum("BH,HM->BM", hidden, right).plus(x);
              Tensor powers = Ops.exp(sum.minus(Ops.expandDim(Ops.max(sum, 1), 1)));
              Tensor y = powers.over(Ops.expandDim(Ops.sum(powers, 1), 1));
              return new HloModule("forward", mesh, tracer.build(List.of(y)));
            });
    Partitioned partitioned = Partitioner.run(Propagation.run(module));
    return new CompiledModel(
        "demo",
        "MlpTiny",
        "demo.Mlp",
        "Tiny",
        mesh,
        List.of(
            new Variable("wi", wi.shape(), partitioned.parameterShardings().get(0), true),
            new Variable("wo", wo.shape(), partitioned.parameterShardings().get(1), true)),
        List.of(
            new CompiledProgram(
                "forward",
                List.of("wi", "wo"),
                List.of(new CompiledProgram.Argument("x")),
                new ResultType.OneTensor(),
                partitioned)));
  }

  private static String source() {
    return JavaBackend.write(model()).stream()
        .map(JavaFile::toString)
        .collect(Collectors.joining("\n"));
  }

  @Test
  void smallProgram() throws IOException {
    String source = source();
    assertThat(source()).isEqualTo(source);
    if ("update".equals(System.getProperty("golden"))) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, source);
    }
    assertThat(source).isEqualTo(Files.readString(GOLDEN));
  }
}
