package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloParser;
import io.gshard.sharding.Propagation;
import io.gshard.tensor.Literal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What ops that need their neighbours send, and that it is nothing else. */
final class HaloBytesTest {

  /** The collectives, each as {@code kind bytes}. */
  private static List<String> sent(String parameters, String root, int devices) {
    HloModule module = module(parameters, root, devices);
    List<Literal> arguments = Checks.values(new Random(1), module, 9);
    return Checks.agrees(module, arguments, root).report().collectives().stream()
        .map(c -> c.kind() + " " + c.bytesPerDevice())
        .toList();
  }

  private static HloModule module(String parameters, String root, int devices) {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=%d

            add {
              a = f32[] parameter(0)
              b = f32[] parameter(1)
              ROOT r = f32[] add(a, b)
            }

            ge {
              a = f32[] parameter(0)
              b = f32[] parameter(1)
              ROOT r = pred[] compare(a, b), direction=GE
            }

            ENTRY main {
              %s
              zero = f32[] constant(0)
              ROOT r = %s
            }
            """
                .formatted(devices, parameters, root));
    return Propagation.run(module);
  }

  private static String split(String shape, String tiles) {
    return shape + " parameter(0), sharding={devices=" + tiles + "}";
  }

  @Test
  void aConvolutionOfThreeSendsOneElementEachWay() {
    assertThat(
            sent(
                "x = "
                    + split("f32[2,16,8]", "[1,4,1]<=[4]")
                    + "\n  k = f32[3,8,8] parameter(1), sharding={replicated}",
                "f32[2,16,8] convolution(x, k), window={size=3 pad=1_1}, dim_labels=b0f_0io->b0f, sharding={devices=[1,4,1]<=[4]}",
                4))
        // 2 batches of 8 features.
        .containsExactly("collective-permute 64", "collective-permute 64");
  }

  @Test
  void aStridedConvolutionThatFitsItsStrideSendsNothing() {
    assertThat(
            sent(
                "x = "
                    + split("f32[2,16,8]", "[1,4,1]<=[4]")
                    + "\n  k = f32[2,8,8] parameter(1), sharding={replicated}",
                "f32[2,8,8] convolution(x, k), window={size=2 stride=2}, dim_labels=b0f_0io->b0f, sharding={devices=[1,4,1]<=[4]}",
                4))
        .isEmpty();
  }

  @Test
  void anInputGradientSendsOneElement() {
    // The gradient of a convolution of 3 with stride 2.
    assertThat(
            sent(
                "x = "
                    + split("f32[2,8,8]", "[1,4,1]<=[4]")
                    + "\n  k = f32[3,8,8] parameter(1), sharding={replicated}",
                "f32[2,16,8] convolution(x, k), window={size=3 pad=1_2 lhs_dilate=2 rhs_reversal=1}, dim_labels=b0f_0io->b0f, sharding={devices=[1,4,1]<=[4]}",
                4))
        .containsExactly("collective-permute 64");
  }

  @Test
  void aKernelGradientSendsItsHaloAndFoldsTheKernel() {
    assertThat(
            sent(
                "x = "
                    + split("f32[2,64,4]", "[1,4,1]<=[4]")
                    + "\n  g = f32[2,64,4] parameter(1), sharding={devices=[1,4,1]<=[4]}",
                "f32[4,3,4] convolution(x, g), window={size=64 pad=1_1}, dim_labels=f0b_i0o->b0f, sharding={replicated}",
                4))
        .containsExactly("collective-permute 32", "collective-permute 32", "all-reduce 288");
  }

  @Test
  void groupsAndBatchesStayWhereTheyAre() {
    // Grouped by features, split by batch and by features: nothing is sent (openxla/xla#47945).
    for (String tiles : List.of("[4,1,1]<=[4]", "[1,1,4]<=[4]", "[2,1,2]<=[4]")) {
      String kernel = tiles.startsWith("[4") ? "{replicated}" : "{devices=[1,1,4]<=[4]}";
      if (tiles.startsWith("[2")) {
        kernel = "{devices=[1,1,2,2]<=[2,2]T(1,0) last_tile_dim_replicate}";
      }
      assertThat(
              sent(
                  "x = "
                      + split("f32[8,16,8]", tiles)
                      + "\n  k = f32[3,1,8] parameter(1), sharding="
                      + kernel,
                  "f32[8,16,8] convolution(x, k), window={size=3 pad=1_1}, dim_labels=b0f_0io->b0f, feature_group_count=8, sharding={devices="
                      + tiles
                      + "}",
                  4))
          .isEmpty();
    }
  }

  @Test
  void contractedFeaturesAreFolded() {
    assertThat(
            sent(
                "x = "
                    + split("f32[1,4,64]", "[1,1,4]<=[4]")
                    + "\n  k = f32[3,64,64] parameter(1), sharding={devices=[1,4,1]<=[4]}",
                "f32[1,4,64] convolution(x, k), window={size=3 pad=1_1}, dim_labels=b0f_0io->b0f, sharding={replicated}",
                4))
        .containsExactly("all-reduce 1536");
  }

  @Test
  void aSliceSendsWhatItShiftsBy() {
    assertThat(
            sent(
                "x = " + split("f32[32]", "[4]<=[4]"),
                "f32[31] slice(x), slice={[1:32]}, sharding={devices=[4]<=[4]}",
                4))
        .containsExactly("collective-permute 4");
  }

  @Test
  void theFirstHalfOfADimIsSentWhereItIsNeeded() {
    assertThat(
            sent(
                "x = " + split("f32[64]", "[8]<=[8]"),
                "f32[32] slice(x), slice={[0:32]}, sharding={devices=[8]<=[8]}",
                8))
        .containsExactly("collective-permute 32", "collective-permute 32");
  }

  @Test
  void aShortSliceIsCutBeforeItIsSpread() {
    assertThat(
            sent(
                "x = " + split("f32[64]", "[8]<=[8]"),
                "f32[1] slice(x), slice={[50:51]}, sharding={replicated}",
                8))
        .containsExactly("collective-permute 4", "all-gather 28");
  }

  @Test
  void paddingBehindSendsWhatTheGrowingPartsPush() {
    assertThat(
            sent(
                "x = " + split("f32[32]", "[4]<=[4]"),
                "f32[36] pad(x, zero), padding=0_4, sharding={devices=[4]<=[4]}",
                4))
        .containsExactly("collective-permute 12");
  }

  @Test
  void interiorPaddingIsPutInWhereTheElementsAre() {
    assertThat(
            sent(
                "x = " + split("f32[32]", "[4]<=[4]"),
                "f32[64] pad(x, zero), padding=0_1_1, sharding={devices=[4]<=[4]}",
                4))
        .isEmpty();
  }

  @Test
  void aReversalSwapsParts() {
    assertThat(
            sent(
                "x = " + split("f32[32]", "[4]<=[4]"),
                "f32[32] reverse(x), dimensions={0}, sharding={devices=[4]<=[4]}",
                4))
        .containsExactly("collective-permute 32");
  }

  @Test
  void aRunningSumGathersOneTotalOfEach() {
    assertThat(
            sent(
                "x = " + split("f32[32]", "[4]<=[4]"),
                "f32[32] reduce-window(x, zero), window={size=32 pad=31_0}, to_apply=add, sharding={devices=[4]<=[4]}",
                4))
        .containsExactly("all-gather 12");
  }

  @Test
  void overlappingPoolsAreComputedOnBothSides() {
    // Windows of 3 with stride 2 over parts of 8: one element of x from each side, one window.
    assertThat(
            sent(
                "x = "
                    + split("f32[32]", "[4]<=[4]")
                    + "\n  y = f32[16] parameter(1), sharding={devices=[4]<=[4]}",
                "f32[32] select-and-scatter(x, y, zero), window={size=3 stride=2 pad=0_1}, select=ge, scatter=add, sharding={devices=[4]<=[4]}",
                4))
        .containsExactly("collective-permute 8", "collective-permute 4", "collective-permute 4");
  }

  @Test
  void aReshapeWhosePartsDoNotLineUpShiftsThem() {
    // Parts of 3 rows of 4, against parts of 10 elements.
    assertThat(
            sent(
                "x = " + split("f32[10,4]", "[4,1]<=[4]"),
                "f32[40] reshape(x), sharding={devices=[4]<=[4]}",
                4))
        .containsExactly("collective-permute 24");
  }

  @Test
  void manyDevicesMakeNoLargerProgram() {
    String x = "x = f32[16777216] parameter(0), sharding={devices=[%1$d]<=[%1$d]}";
    String y =
        "f32[16777216] reduce-window(x, zero), window={size=3 pad=1_1}, to_apply=add, sharding={devices=[%1$d]<=[%1$d]}";
    int few =
        Partitioner.run(module(x.formatted(8), y.formatted(8), 8))
            .module()
            .entry()
            .instructions()
            .size();
    Partitioned many = Partitioner.run(module(x.formatted(65536), y.formatted(65536), 65536));
    assertThat(many.module().entry().instructions()).hasSize(few);
    assertThat(many.report().collectives()).hasSize(2);
  }
}
