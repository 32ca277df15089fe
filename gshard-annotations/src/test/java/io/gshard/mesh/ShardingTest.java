package io.gshard.mesh;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShardingTest {
  private static final MeshShape MESH = MeshShape.parse("data=2, model=4");

  @Test
  void localShapesAreRoundedUp() {
    Sharding sharding = new Sharding(List.of(List.of("model"), List.of(), List.of("data")));
    // 10 in 4 parts is 3, the last part short; 5 in 2 is 3.
    assertThat(sharding.local(MESH, Shape.of(DType.F32, 10, 16, 5)))
        .isEqualTo(Shape.of(DType.F32, 3, 16, 3));
    assertThat(sharding.parts(MESH, 0)).isEqualTo(4);
    assertThat(sharding.usedAxes()).containsExactly("model", "data").inOrder();
    assertThat(sharding.toString()).isEqualTo("[{model}, {}, {data}]");
  }

  @Test
  void severalAxesSplitOneDim() {
    Sharding sharding = Sharding.replicated(1).with(0, List.of("data", "model"));
    assertThat(sharding.local(MESH, Shape.of(DType.F32, 17))).isEqualTo(Shape.of(DType.F32, 3));
  }

  @Test
  void anAxisSplitsOneDimOnce() {
    assertThat(
            assertThrows(
                IllegalArgumentException.class,
                () -> new Sharding(List.of(List.of("data"), List.of("data")))))
        .hasMessageThat()
        .isEqualTo("mesh axis data is used twice: it can split one dim, once");
  }
}
