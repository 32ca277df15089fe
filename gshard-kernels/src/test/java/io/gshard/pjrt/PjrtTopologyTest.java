package io.gshard.pjrt;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.abort;

import io.gshard.xla.CompiledProgram;
import io.gshard.xla.Xla;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With the TPU compiler: {@code mvn verify -Ppjrt} after {@code bin/gshard-pjrt install tpu}. */
@Tag("pjrt")
final class PjrtTopologyTest {
  private static final Xla XLA = new PjrtXla();

  @BeforeAll
  static void thereIsACompiler() {
    try {
      PjrtPlugins.find("tpu");
    } catch (PjrtException e) {
      abort(e.getMessage());
    }
  }

  /** A sum over all devices of as many elements each. */
  private static String sum(int devices, long elements) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < devices; i++) {
      all.append(i == 0 ? "" : ", ").append(i);
    }
    return """
        module @m attributes {mhlo.num_partitions = %1$d : i32, mhlo.num_replicas = 1 : i32} {
          func.func public @main(%%x: tensor<%2$dxf32> {mhlo.sharding = "{manual}"}) -> (tensor<%2$dxf32> {mhlo.sharding = "{manual}"}) {
            %%y = "stablehlo.all_reduce"(%%x) <{replica_groups = dense<[[%3$s]]> : tensor<1x%1$dxi64>, channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>, use_global_device_ids}> ({
            ^bb0(%%a: tensor<f32>, %%b: tensor<f32>):
              %%c = "stablehlo.add"(%%a, %%b) : (tensor<f32>, tensor<f32>) -> tensor<f32>
              "stablehlo.return"(%%c) : (tensor<f32>) -> ()
            }) {mhlo.sharding = "{manual}"} : (tensor<%2$dxf32>) -> tensor<%2$dxf32>
            "func.return"(%%y) : (tensor<%2$dxf32>) -> ()
          }
        }
        """
        .formatted(devices, elements, all);
  }

  @Test
  void compilesForAWholePodThatIsNotThere() {
    assertThat(XLA.devices("v3:32x32")).isEqualTo(2048);
    Xla.Outcome outcome = XLA.compile(sum(2048, 1 << 20), 2048, "v3:32x32");
    assertThat(outcome).isInstanceOf(Xla.Outcome.Fits.class);
    CompiledProgram program = ((Xla.Outcome.Fits) outcome).program();
    assertThat(program.argumentBytes()).isEqualTo(4L << 20);
    assertThat(program.outputBytes()).isEqualTo(4L << 20);
    assertThat(program.totalBytes()).isAtLeast(8L << 20);
  }

  @Test
  void whatDoesNotFitIsSaidToBeTooLarge() {
    // A v3 core has 16 GiB: 12 of the argument and 12 of the result are too many.
    Xla.Outcome outcome = XLA.compile(sum(8, 3L << 30), 8, "v3:2x2");
    assertThat(outcome).isInstanceOf(Xla.Outcome.TooLarge.class);
    assertThat(((Xla.Outcome.TooLarge) outcome).reason()).contains("memory");
  }

  @Test
  void aMachineThatDoesNotExistIsNamed() {
    assertThat(assertThrows(PjrtException.class, () -> XLA.devices("v9:2x2")))
        .hasMessageThat()
        .startsWith("the plugin knows no machine 'v9:2x2': expected one such as v3:2x2");
    assertThat(assertThrows(PjrtException.class, () -> XLA.compile(sum(4, 8), 4, "v3:2x2")))
        .hasMessageThat()
        .isEqualTo(
            "the topology v3:2x2 has 8 devices, the program is for 4: give the topology of as many");
  }
}
