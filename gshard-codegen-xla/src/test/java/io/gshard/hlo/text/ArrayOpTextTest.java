package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Verifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ops that only HLO text brings are read, verified, and printed so that they read the same. */
class ArrayOpTextTest {
  private static final String HELPERS =
      """
      %sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }
      %larger { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = pred[] compare(%a, %b), direction=GE }
      %odd { %a = f32[] parameter(0) %b = f32[] parameter(1) %m = f32[] multiply(%a, %b) ROOT %r = f32[] add(%a, %m) }
      %pair { %a = f32[] parameter(0) %b = s32[] parameter(1) %c = f32[] parameter(2) %d = s32[] parameter(3)
        %x = f32[] maximum(%a, %c) %y = s32[] minimum(%b, %d) ROOT %t = (f32[], s32[]) tuple(%x, %y) }
      """;

  static List<String> bodies() {
    return List.of(
        "%x = f32[2,7,8,3] parameter(0) %w = f32[3,3,3,4] parameter(1) ROOT %y = f32[2,4,8,4] convolution(%x, %w), window={size=3x3 stride=2x1 pad=1_1x1_1}, dim_labels=b01f_01io->b01f",
        "%x = f32[4,6,9] parameter(0) %w = f32[9,2,3] parameter(1) ROOT %y = f32[4,9,15] convolution(%x, %w), window={size=3 pad=2_-2 lhs_dilate=2 rhs_dilate=1 rhs_reversal=1}, dim_labels=bf0_oi0->bf0, feature_group_count=3",
        "%x = f32[4,6] parameter(0) %w = f32[6,2] parameter(1) ROOT %y = f32[2,2] convolution(%x, %w), dim_labels=bf_io->bf, batch_group_count=2",
        "%x = f32[7,8] parameter(0) %i = f32[] constant(0) ROOT %y = f32[3,8] reduce-window(%x, %i), window={size=2x1 stride=2x1}, to_apply=%sum",
        "%x = f32[7] parameter(0) %k = s32[7] iota(), iota_dimension=0 %i = f32[] constant(-inf) %j = s32[] constant(9) ROOT %y = (f32[5], s32[5]) reduce-window(%x, %k, %i, %j), window={size=3}, to_apply=%pair",
        "%x = f32[6] parameter(0) %s = f32[3] parameter(1) %i = f32[] constant(0) ROOT %y = f32[6] select-and-scatter(%x, %s, %i), window={size=2 stride=2}, select=%larger, scatter=%sum",
        "%x = f32[5] parameter(0) %k = s32[2] parameter(1) %u = f32[2] parameter(2) ROOT %y = f32[5] scatter(%x, %k, %u), update_window_dims={}, inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=%odd",
        "%x = f32[5] parameter(0) %z = s32[5] parameter(1) %k = s32[2] parameter(2) %u = f32[2] parameter(3) %v = s32[2] parameter(4) ROOT %y = (f32[5], s32[5]) scatter(%x, %z, %k, %u, %v), update_window_dims={}, inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=%pair",
        "%x = f32[2,5] parameter(0) %z = f32[2,5] parameter(1) ROOT %y = f32[2,5] map(%x, %z), dimensions={0,1}, to_apply=%odd",
        "%x = f32[2,5] parameter(0) ROOT %y = (f32[2,3], s32[2,3]) topk(%x), k=3, largest=true",
        "%x = c64[2,8] parameter(0) ROOT %y = c64[2,8] fft(%x), fft_type=IFFT, fft_length={8}",
        "%x = f32[2,8] parameter(0) ROOT %y = c64[2,5] fft(%x), fft_type=RFFT, fft_length={8}",
        "%x = c64[2,5] parameter(0) ROOT %y = f32[2,8] fft(%x), fft_type=IRFFT, fft_length={8}",
        "%x = f32[2,3,3] parameter(0) ROOT %y = f32[2,3,3] cholesky(%x), lower=true",
        "%x = f32[2,3,3] parameter(0) %b = f32[2,3,4] parameter(1) ROOT %y = f32[2,3,4] triangular-solve(%x, %b), left_side=true, lower=true, transpose_a=ADJOINT",
        "%a = f32[] constant(0) %b = f32[] constant(1) ROOT %y = f32[4,2] rng(%a, %b), distribution=rng_uniform",
        "%s = u64[2] parameter(0) ROOT %y = (u64[2], u32[3,4]) rng-bit-generator(%s), algorithm=rng_three_fry",
        "%x = f32[4] parameter(0) ROOT %y = f32[4] reduce-precision(%x), exponent_bits=5, mantissa_bits=10",
        "%x = f32[4] parameter(0) %z = f32[4] parameter(1) %c = c64[4] complex(%x, %z) %r = f32[4] real(%c) %i = f32[4] imag(%c) ROOT %y = f32[4] add(%r, %i)");
  }

  /** The bodies as modules, each with a name of its own. */
  static List<HloModule> modules() {
    List<HloModule> modules = new ArrayList<>();
    for (String body : bodies()) {
      String name = "arrays" + modules.size();
      modules.add(
          HloParser.parse(
              "HloModule " + name + "\n" + HELPERS + "ENTRY %main {\n" + body + "\n}\n"));
    }
    return modules;
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void roundTrips(String body) {
    HloModule module =
        HloParser.parse("HloModule m\n" + HELPERS + "ENTRY %main {\n" + body + "\n}\n");
    Verifier.verify(module);
    String printed = HloPrinter.print(module);
    HloModule again = HloParser.parse(printed);
    Verifier.verify(again);
    assertThat(HloPrinter.print(again)).isEqualTo(printed);
    assertThat(again.entry().root().op().getClass())
        .isEqualTo(module.entry().root().op().getClass());
    assertThat(again.entry().root().type()).isEqualTo(module.entry().root().type());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(f32[4], f32[2,2]) all-reduce(%x, %z), replica_groups={{0,1}}, to_apply=%sum",
        "(f32[8], f32[4,2]) all-gather(%x, %z), replica_groups={{0,1}}, dimensions={0}",
        "(f32[2], f32[1,2]) reduce-scatter(%x, %z), replica_groups={{0,1}}, dimensions={0}, to_apply=%sum",
        "(f32[4], f32[2,2]) collective-permute(%x, %z), source_target_pairs={{0,1},{1,0}}"
      })
  void mergedCollectivesRoundTrip(String line) {
    HloModule module =
        HloParser.parse(
            "HloModule m, num_partitions=2\n"
                + HELPERS
                + "ENTRY %main {\n%x = f32[4] parameter(0)\n%z = f32[2,2] parameter(1)\nROOT %y = "
                + line
                + "\n}\n");
    Verifier.verify(module);
    String printed = HloPrinter.print(module);
    assertThat(HloPrinter.print(HloParser.parse(printed))).isEqualTo(printed);
    assertThat(printed).contains(line.substring(0, line.indexOf(',')));
  }
}
