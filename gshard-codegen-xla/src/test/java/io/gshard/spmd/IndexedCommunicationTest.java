package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.hlo.text.HloParser;
import io.gshard.sharding.Propagation;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ops with computed places, selections and factorisations send, in their best form. */
class IndexedCommunicationTest {
  private static final String HELPERS =
      """
      HloModule m, num_partitions=4
      %sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }
      %less { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = pred[] compare(%a, %b), direction=LT }
      %best { %v = f32[] parameter(0) %i = s32[] parameter(1) %w = f32[] parameter(2) %j = s32[] parameter(3)
        %g = pred[] compare(%v, %w), direction=GE %x = f32[] select(%g, %v, %w) %y = s32[] select(%g, %i, %j)
        ROOT %t = (f32[], s32[]) tuple(%x, %y) }
      """;
  private static final String ROWS = "sharding={devices=[4,1]<=[4]}";
  private static final String COLUMNS = "sharding={devices=[1,4]<=[4]}";
  private static final String WHOLE = "sharding={replicated}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          embedding with a split vocabulary | %x = f32[100,8] parameter(0), ROWS %i = s32[5] parameter(1), WHOLE ROOT %y = f32[5,8] gather(%x, %i), offset_dims={1}, collapsed_slice_dims={0}, start_index_map={0}, index_vector_dim=1, slice_sizes={1,8}, WHOLE | all-reduce 240
          windows of a split dim | %x = f32[100,8] parameter(0), ROWS %i = s32[5] parameter(1), WHOLE ROOT %y = f32[5,3,8] gather(%x, %i), offset_dims={1,2}, collapsed_slice_dims={}, start_index_map={0}, index_vector_dim=1, slice_sizes={3,8}, WHOLE | all-reduce 720
          its gradient | %x = f32[100,8] parameter(0), ROWS %i = s32[5] parameter(1), WHOLE %u = f32[5,8] parameter(2), WHOLE ROOT %y = f32[100,8] scatter(%x, %i, %u), update_window_dims={1}, inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=%sum, ROWS |
          a row of a split dim | %x = f32[100,8] parameter(0), ROWS %i = s32[] parameter(1) %z = s32[] constant(0) ROOT %y = f32[1,8] dynamic-slice(%x, %i, %z), dynamic_slice_sizes={1,8}, WHOLE | all-reduce 48
          rows written into a split dim | %x = f32[100,8] parameter(0), ROWS %u = f32[3,8] parameter(1), WHOLE %i = s32[] parameter(2) %z = s32[] constant(0) ROOT %y = f32[100,8] dynamic-update-slice(%x, %u, %i, %z), ROWS |
          sorted along the split dim | %x = f32[4,100] parameter(0), COLUMNS ROOT %y = f32[4,100] sort(%x), dimensions={1}, to_apply=%less, COLUMNS | all-to-all 300, all-to-all 300
          sorted along another dim | %x = f32[4,100] parameter(0), ROWS ROOT %y = f32[4,100] sort(%x), dimensions={1}, to_apply=%less, ROWS |
          the first three of a split dim | %x = f32[4,100] parameter(0), COLUMNS ROOT %y = (f32[4,3], s32[4,3]) topk(%x), k=3, largest=true | all-gather 144, all-gather 144
          the place of the largest | %x = f32[4,100] parameter(0), COLUMNS %k = s32[4,100] iota(), iota_dimension=1 %n = f32[] constant(-inf) %z = s32[] constant(0) ROOT %y = (f32[4], s32[4]) reduce(%x, %k, %n, %z), dimensions={1}, to_apply=%best | all-gather 48, all-gather 48
          right-hand sides | %a = f32[8,8] parameter(0), WHOLE %b = f32[8,100] parameter(1), COLUMNS ROOT %y = f32[8,100] triangular-solve(%a, %b), left_side=true, lower=true, COLUMNS |
          """)
  void sends(String what, String body, String expected) {
    String text = body.replace("ROWS", ROWS).replace("COLUMNS", COLUMNS).replace("WHOLE", WHOLE);
    Partitioned partitioned =
        Partitioner.run(
            Propagation.run(HloParser.parse(HELPERS + "ENTRY %main {\n" + text + "\n}\n")));
    List<String> sent =
        partitioned.report().collectives().stream()
            .map(c -> c.kind() + " " + c.bytesPerDevice())
            .toList();
    assertThat(String.join(", ", sent)).isEqualTo(expected == null ? "" : expected);
  }
}
