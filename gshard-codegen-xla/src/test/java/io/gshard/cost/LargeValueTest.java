package io.gshard.cost;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.hlo.text.HloParser;
import org.junit.jupiter.api.Test;

final class LargeValueTest {
  @Test
  void theLargestFirstAndThoseAlikeOnce() {
    assertThat(
            LargeValue.of(
                    HloParser.parse(
                        """
                        HloModule m
                        body { s = (f32[8], f32[512]) parameter(0)
                          a = f32[8] get-tuple-element(s), index=0
                          b = f32[512] get-tuple-element(s), index=1
                          c = f32[512] negate(b), metadata={source_file="Net.java" source_line=7}
                          ROOT t = (f32[8], f32[512]) tuple(a, c) }
                        condition { s = (f32[8], f32[512]) parameter(0)
                          ROOT f = pred[] constant(false) }
                        ENTRY e { x = f32[8] parameter(0)
                          y = f32[512] parameter(1)
                          z = f32[512] parameter(2)
                          v = f32[1024] parameter(3)
                          u = f32[512] add(y, z)
                          i = (f32[8], f32[512]) tuple(x, u)
                          ROOT w = (f32[8], f32[512]) while(i), condition=condition, body=body }
                        """),
                    4)
                .stream()
                .map(LargeValue::toString)
                .toList())
        .containsExactly(
            "f32[1024] %v, 4.0 KiB",
            "f32[512] %y and 1 like it, 2.0 KiB each",
            "f32[512] %u, 2.0 KiB",
            "f32[512] %c at Net.java:7, 2.0 KiB")
        .inOrder();
  }
}
