package io.gshard.runtime;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.mesh.Sharding;
import io.gshard.pjrt.PjrtPlugins;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Variables go to a plugin's buffers and come back, in parts that are padded. */
@Tag("pjrt")
final class PjrtVariablesTest {
  private static final class Holder extends Launcher {
    Holder(Mesh mesh, Shape shape) {
      super(
          "Holder",
          mesh,
          mesh.shape(),
          new Layout(
              List.of(new Binding("w", shape, new Sharding(List.of(List.of("d"))), 0)),
              List.of(),
              Layout.Sizes.NONE,
              Layout.Sizes.NONE),
          List.of());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"C64", "C128"})
  void comeBackAsTheyWent(DType type) {
    Shape shape = Shape.of(type, 5);
    Literal values =
        type.isFloating()
            ? Literal.ofReals(shape, 0.1, -2.5, Double.NaN, Double.POSITIVE_INFINITY, -0.0)
            : Literal.ofIntegers(shape, 0, 1, -1, Long.MAX_VALUE, 1L << (type.bits() - 1));
    try (Mesh mesh = Mesh.pjrt(PjrtPlugins.find("cpu"), "d=2");
        Launcher launcher = new Holder(mesh, shape)) {
      launcher.parameter("w", HostTensor.of(values));
      assertThat(launcher.parameter("w").literal()).isEqualTo(values);
    }
  }
}
