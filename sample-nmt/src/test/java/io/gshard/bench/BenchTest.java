package io.gshard.bench;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static java.util.stream.Collectors.toMap;

import io.gshard.nmt.ProcessorPath;
import io.gshard.nmt.train.Json;
import io.gshard.runtime.HostTensor;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The benchmarks run, in small; what they time is not looked at. */
class BenchTest {
  @BeforeAll
  static void processor() {
    ProcessorPath.set();
  }

  private static Map<String, Object> run(String command) throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      String[] arguments = ("--warm 0.01 --rounds 1 " + command).split(" ", 0);
      assertThat(Bench.commandLine().execute(arguments)).isEqualTo(0);
    } finally {
      System.setOut(before);
    }
    return Json.read(printed.toString(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gemm --shapes 5x7x9,2@3x4x5",
        "--clock cpu gemm --shapes 5x7x9",
        "elementwise --R 6 --C 10",
        "collectives --devices 4 --N 8",
        "mesh --devices 64",
        "dispatch --G 2 --S 8 --M 4 --E 4",
        "moe-layer --devices 2 --G 2 --S 8 --M 4 --H 6 --E 4",
        "scaling --shapes 5x7x9 --devices 2 --G 2 --S 8 --M 4 --H 6 --E 4"
      })
  void everyKindGivesFiguresForEachSubject(String command) throws IOException {
    Map<String, Object> answer = run(command);
    assertThat(answer.get("bench"))
        .isEqualTo(command.replaceFirst("^--clock cpu ", "").replaceFirst(" .*", ""));
    List<?> results = (List<?>) answer.get("results");
    assertThat(results).isNotEmpty();
    for (Object result : results) {
      Object median = ((Map<?, ?>) result).get("step_ms_median");
      assertWithMessage("%s", result).that(((Number) median).doubleValue()).isAtLeast(0);
    }
  }

  @Test
  void theLayerComputesTheSameOnEveryMesh() {
    String sizes = "G=4 S=32 M=8 H=12 E=4 C=16";
    List<String> names = List.of("inputsGradient", "gateGradient", "wiGradient", "woGradient");
    Map<String, Tensor> one = gradients(sizes, 1, names);
    for (int devices : new int[] {2, 4}) {
      Map<String, Tensor> split = gradients(sizes, devices, names);
      for (String name : names) {
        Literal expected = HostTensor.of(one.get(name)).literal();
        Literal found = HostTensor.of(split.get(name)).literal();
        for (long i = 0; i < expected.shape().elements(); i++) {
          assertWithMessage("%s of %s devices at %s", name, devices, i)
              .that(found.real(i))
              .isWithin(1e-7)
              .of(expected.real(i));
        }
      }
    }
  }

  private static Map<String, Tensor> gradients(String sizes, int devices, List<String> names) {
    try (BenchModel model = BenchModel.open("MoeLayer", sizes, "expert=" + devices)) {
      model.launcher().run("step", List.of());
      return names.stream().collect(toMap(n -> n, model.launcher()::parameter));
    }
  }
}
