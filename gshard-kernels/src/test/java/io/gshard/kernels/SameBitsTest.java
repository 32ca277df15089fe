package io.gshard.kernels;

import static com.google.common.truth.Truth.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a kernel computes does not depend on whether HotSpot has compiled it. */
class SameBitsTest {
  private static final int N = 1_000;

  private interface Function {
    void run(float[] x, float[] out);
  }

  private static final Map<String, Function> FUNCTIONS =
      new TreeMap<>(
          Map.of(
              "exponential", (x, out) -> Vec.exponential(x, 0, out, 0, N),
              "exponentialMinusOne", (x, out) -> Vec.exponentialMinusOne(x, 0, out, 0, N),
              "log", (x, out) -> Vec.log(x, 0, out, 0, N),
              "logPlusOne", (x, out) -> Vec.logPlusOne(x, 0, out, 0, N),
              "sine", (x, out) -> Vec.sine(x, 0, out, 0, N),
              "cosine", (x, out) -> Vec.cosine(x, 0, out, 0, N),
              "tanh", (x, out) -> Vec.tanh(x, 0, out, 0, N),
              "logistic", (x, out) -> Vec.logistic(x, 0, out, 0, N),
              "erf", (x, out) -> Vec.erf(x, 0, out, 0, N),
              "power", (x, out) -> Vec.power(x, 0, 1.7f, out, 0, N)));

  /** A line for each function: its name and a number made of all the bits of its results. */
  static String bits(int times) {
    Random random = new Random(3);
    float[] x = new float[N];
    for (int i = 0; i < N; i++) {
      x[i] = (float) (10 * random.nextGaussian());
    }
    StringBuilder text = new StringBuilder();
    FUNCTIONS.forEach(
        (name, function) -> {
          float[] out = new float[N];
          for (int i = 0; i < times; i++) {
            function.run(x, out);
          }
          text.append(name).append(' ').append(Arrays.hashCode(out)).append('\n');
        });
    return text.toString();
  }

  /** Prints the bits of first calls. */
  public static void main(String[] arguments) {
    System.out.print(bits(1));
  }

  @Test
  void interpretedAndCompiled() throws Exception {
    List<String> command =
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xint",
            "--add-modules=jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            SameBitsTest.class.getName());
    Process process = new ProcessBuilder(command).start();
    String interpreted =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(0);
    assertThat(bits(20_000)).isEqualTo(interpreted);
  }
}
