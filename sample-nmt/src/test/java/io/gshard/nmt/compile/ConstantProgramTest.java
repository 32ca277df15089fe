package io.gshard.nmt.compile;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.annotation.Backend;
import io.gshard.mesh.MeshShape;
import io.gshard.nmt.ProcessorPath;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The program's size depends neither on the number of devices nor on the number of layers. */
final class ConstantProgramTest {

  @BeforeAll
  static void processor() {
    ProcessorPath.set();
  }

  @Test
  void eightDevicesAndTwoThousandHaveTheSameProgram() {
    Map<String, Object> few = figures("Gshard600B", "expert=8", OptionalInt.empty());
    Map<String, Object> many = figures("Gshard600B", "expert=2048", OptionalInt.empty());
    assertThat(many.get("instructions")).isEqualTo(few.get("instructions"));
    assertThat(many.get("collectives")).isEqualTo(few.get("collectives"));
    assertThat(((Number) many.get("parameters")).longValue()).isGreaterThan(600_000_000_000L);
  }

  @Test
  void twelveLayersAndThirtySixHaveTheSameProgram() {
    Map<String, Object> shallow = figures("Gshard37B", "expert=128", OptionalInt.of(12));
    Map<String, Object> deep = figures("Gshard37B", "expert=128", OptionalInt.of(36));
    assertThat(deep.get("instructions")).isEqualTo(shallow.get("instructions"));
    assertThat(((Number) deep.get("parameters")).longValue())
        .isGreaterThan(2 * ((Number) shallow.get("parameters")).longValue());
  }

  /** Tokens go to their experts and back, gradients too: nothing is sent again. */
  @Test
  void aLayerOfExpertsHasTwoAllToAllsForwardAndTwoBackward() {
    for (int layers : new int[] {4, 8}) {
      Map<?, ?> collectives =
          (Map<?, ?>) figures("Demo", "expert=8", OptionalInt.of(layers)).get("collectives");
      // Encoder and decoder; in loops if they have more than one pair of layers.
      assertWithMessage("%s layers", layers)
          .that(((Number) collectives.get("all-to-all")).intValue())
          .isEqualTo(2 * (2 + 2));
    }
  }

  private static Map<String, Object> figures(String config, String mesh, OptionalInt layers) {
    ConfigRequest request =
        ConfigRequest.of(config, Optional.of(MeshShape.parse(mesh)), layers, Set.of(Backend.XLA));
    try (CompiledConfig compiled = ConfigCompiler.compile(request)) {
      return compiled.figures("trainStep");
    }
  }
}
