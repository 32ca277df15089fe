package io.gshard.mesh;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MeshShapeTest {
  private static final MeshShape MESH = MeshShape.parse("a=2, b=3, c=4");

  @Test
  void devicesAreNumberedRowMajor() {
    assertThat(MESH.devices()).isEqualTo(24);
    assertThat(MESH.stride("a")).isEqualTo(12);
    assertThat(MESH.stride("c")).isEqualTo(1);
    for (int a = 0; a < 2; a++) {
      for (int b = 0; b < 3; b++) {
        for (int c = 0; c < 4; c++) {
          int device = (a * 3 + b) * 4 + c;
          assertThat(MESH.coordinate(device, "b")).isEqualTo(b);
          assertThat(MESH.coordinate(device, List.of("c", "a"))).isEqualTo(c * 2 + a);
        }
      }
    }
  }

  @Test
  void groupsPartTheDevicesAndAreInTheAxesOrder() {
    for (List<String> axes : List.of(List.of("b"), List.of("c", "a"), List.of("a", "b", "c"))) {
      Set<Integer> seen = new HashSet<>();
      for (List<Integer> group : MESH.groups(axes)) {
        assertThat(group).hasSize(MESH.size(axes));
        for (int i = 0; i < group.size(); i++) {
          assertThat(MESH.coordinate(group.get(i), axes)).isEqualTo(i);
          assertThat(seen.add(group.get(i))).isTrue();
        }
      }
      assertThat(seen).hasSize(24);
    }
  }

  @Test
  void anEmptyTextIsOneDevice() {
    assertThat(MeshShape.parse(" ")).isEqualTo(MeshShape.SINGLE);
    assertThat(MeshShape.SINGLE.devices()).isEqualTo(1);
  }

  @Test
  void badTextsAreRefused() {
    refused("data", "mesh 'data': expected axes as name=size, such as \"data=2, expert=4\"");
    refused("a=0", "mesh axis a=0: the size must be 1 or more");
    refused("a=2, a=3", "mesh axis a is named twice");
    refused("1a=2", "mesh axis '1a': a name has letters, digits and _, no digit first");
  }

  private static void refused(String text, String message) {
    assertThat(assertThrows(IllegalArgumentException.class, () -> MeshShape.parse(text)))
        .hasMessageThat()
        .isEqualTo(message);
  }
}
