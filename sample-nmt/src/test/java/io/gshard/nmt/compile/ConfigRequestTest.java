package io.gshard.nmt.compile;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.annotation.Backend;
import io.gshard.mesh.MeshShape;
import io.gshard.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigRequestTest {
  @TempDir Path folder;

  @Test
  void meshAndLayersAreReplaced() {
    ConfigRequest request =
        ConfigRequest.of(
            "Gshard600B",
            Optional.of(MeshShape.parse("expert=8")),
            OptionalInt.of(12),
            Set.of(Backend.XLA));
    assertThat(request.option()).startsWith("Nmt/Gshard600B: ");
    assertThat(request.option()).endsWith("; expert=8; XLA; rematerialize activations=f32");
    assertThat(request.withActivations(DType.BF16).option())
        .endsWith("rematerialize activations=bf16");
    assertThat(request.option()).containsMatch("\\bP=3\\b");
  }

  @Test
  void withoutThemItIsTheAnnotations() {
    ConfigRequest request =
        ConfigRequest.of("Gshard600B", Optional.empty(), OptionalInt.empty(), Set.of(Backend.XLA));
    assertThat(request.sizes()).isEqualTo(ConfigRequest.config("Gshard600B").sizes());
    assertThat(request.mesh().devices()).isEqualTo(2048);
  }

  @Test
  void copiedSourcesHaveNoConfigsAndTheSameLines() throws IOException {
    List<Path> copies = ModelSources.copyTo(folder);
    Path model = folder.resolve("Nmt.java");
    assertThat(copies).contains(model);
    List<String> lines = Files.readAllLines(model);
    assertThat(lines.stream().filter(line -> line.startsWith("@Config")).toList()).isEmpty();
    assertThat(lines).contains("@Model");
    assertThat(lines.indexOf("public class Nmt {")).isAtLeast(40);
  }
}
