package io.gshard.sharding;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.text.HloParser;
import org.junit.jupiter.api.Test;

/** Each value's sharding has a reason; open dims and ties are honoured. */
final class ExplanationTest {
  private static final String TEXT =
      """
      HloModule m, num_partitions=8
      ENTRY %e {
        %x = f32[8,16] parameter(0), sharding={devices=[2,1,4]<=[8] last_tile_dim_replicate}, metadata={source_file="m.py" source_line=3}
        %w = f32[16,32] parameter(1), sharding={devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}
        %b = f32[3] parameter(2)
        %t = f32[8,16] tanh(%x)
        %d = f32[8,32] dot(%t, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
        %n = f32[3] negate(%b)
        ROOT %r = (f32[8,32], f32[3]) tuple(%d, %n)
      }
      """;

  @Test
  void namesTheAnnotationAndTheWayFromIt() {
    PropagationResult result = Propagation.analyze(HloParser.parse(TEXT));
    assertThat(result.explain("%d").toString())
        .isEqualTo(
            """
            %d = dot is split [{d0}, {d1}]
              dim 0 over d0: %x (m.py:3:0) is annotated so, from there through %t = tanh, %d = dot
              dim 1 over d1: %w is annotated so, from there through %d = dot""");
    assertThat(result.explain("n").toString())
        .isEqualTo("%n = negate is whole on every device: nothing splits it");
    assertThat(assertThrows(IllegalArgumentException.class, () -> result.explain("none")))
        .hasMessageThat()
        .isEqualTo("m has no instruction named none");
  }

  @Test
  void openDimsAreRefinedAndClosedOnesKept() {
    String text =
        """
        HloModule m, num_partitions=8
        ENTRY %e {
          %x = f32[8,16] parameter(0), sharding={devices=[2,4]<=[8]}
          %y = f32[8,16] custom-call(%x), custom_call_target="Sharding", backend_config="unspecified_dims=[1]", sharding={replicated}
          ROOT %z = f32[8,16] tanh(%y)
        }
        """;
    PropagationResult result = Propagation.analyze(HloParser.parse(text));
    assertThat(result.module().entry().root().sharding().toString()).isEqualTo("[{}, {d1}]");
  }

  @Test
  void tiesSplitAlike() {
    String text =
        """
        HloModule m, num_partitions=8
        ENTRY %e {
          %x = f32[8,16] parameter(0), sharding={devices=[2,4]<=[8] shard_as 1}
          %y = f32[8,16] parameter(1)
          %z = f32[8,16] custom-call(%y), custom_call_target="Sharding", sharding={replicated shard_as 1}
          %u = f32[8,16] parameter(2), sharding={unknown}
          ROOT %r = (f32[8,16], f32[8,16], f32[8,16]) tuple(%x, %z, %u)
        }
        """;
    PropagationResult result = Propagation.analyze(HloParser.parse(text));
    assertThat(result.module().entry().root().shardings().toString())
        .isEqualTo("[[{d0}, {d1}], [{d0}, {d1}], [{}, {}]]");
  }
}
