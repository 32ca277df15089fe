package io.gshard.eval;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.eval.Literals.counting;
import static io.gshard.eval.Literals.f32;
import static io.gshard.eval.Literals.s32;
import static io.gshard.eval.Literals.shaped;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShardsTest {
  private static final MeshShape MESH = MeshShape.parse("a=2, b=3");

  @Test
  void unevenDimsArePaddedWithJunk() {
    Sharding sharding = Sharding.split(1, 0, "b");
    assertThat(Shards.split(f32(1, 2, 3, 4), sharding, MeshShape.parse("b=3")))
        .containsExactly(f32(1, 2), f32(3, 4), f32(Double.NaN, Double.NaN))
        .inOrder();
    assertThat(Shards.split(s32(1, 2, 3, 4), sharding, MeshShape.parse("b=3"), -7).getLast())
        .isEqualTo(s32(-7, -7));
  }

  @Test
  void severalAxesSplitOneDimFirstMajor() {
    Sharding sharding = new Sharding(List.of(List.of("b", "a")));
    // Device (a, b) holds part b * 2 + a.
    assertThat(Shards.split(s32(0, 1, 2, 3, 4, 5), sharding, MESH))
        .containsExactly(s32(0), s32(2), s32(4), s32(1), s32(3), s32(5))
        .inOrder();
  }

  @Test
  void joinUndoesSplit() {
    Literal x = counting(DType.F32, 3, 5);
    for (Sharding sharding :
        List.of(
            Sharding.replicated(2),
            Sharding.split(2, 0, "a"),
            Sharding.split(2, 1, "b"),
            new Sharding(List.of(List.of("a"), List.of("b"))),
            new Sharding(List.of(List.of(), List.of("b", "a"))))) {
      List<Literal> shards = Shards.split(x, sharding, MESH);
      assertThat(Shards.join(shards, sharding, MESH, x.shape())).isEqualTo(x);
    }
  }

  @Test
  void replicasMustAgree() {
    Sharding sharding = Sharding.split(2, 1, "b");
    MeshShape mesh = MeshShape.parse("a=2, b=1");
    var error =
        assertThrows(
            IllegalStateException.class,
            () ->
                Shards.join(
                    List.of(shaped(f32(1, 2), 1, 2), shaped(f32(1, 3), 1, 2)),
                    sharding,
                    mesh,
                    Shape.of(DType.F32, 1, 2)));
    assertThat(error)
        .hasMessageThat()
        .isEqualTo(
            "devices 0 and 1 hold different values of element [0, 1] of f32[1,2] by [{}, {b}]:"
                + " 2.0 and 3.0");
  }

  @Test
  void shapesAreChecked() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Shards.join(
                    List.of(s32(1, 2), s32(3)),
                    Sharding.split(1, 0, "a"),
                    MeshShape.parse("a=2"),
                    Shape.of(DType.S32, 3)));
    assertThat(error)
        .hasMessageThat()
        .isEqualTo("device 1 holds s32[1]; a shard of s32[3] by [{a}] is s32[2]");
  }
}
