package io.gshard.kernels;

import static com.google.common.truth.Truth.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of kernels, in JVMs of their own because it is made once per process. */
class ProvidersTest {

  /** Prints which kernels it got, and a sum by them. */
  public static void main(String[] arguments) {
    float[] out = new float[20];
    Vec.add(new float[20], 0, 1.5f, out, 0, 20);
    System.out.println("vector=" + Providers.VECTOR + " " + out[19]);
    System.out.println("tiles=" + Providers.TILES.getClass().getSimpleName());
  }

  private static String run(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ProvidersTest.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void withoutTheModuleTheScalarTwinRuns() throws Exception {
    String output = run();
    assertThat(output).contains("vector=false 1.5");
    List<String> warnings = output.lines().filter(line -> line.contains("WARN")).toList();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).contains("--add-modules jdk.incubator.vector");
  }

  @Test
  void withTheModuleVectorsRun() throws Exception {
    assertThat(run("--add-modules=jdk.incubator.vector")).contains("vector=true 1.5");
  }

  @Test
  void vectorsRunWithoutTheModuleThatGivesDirectives() throws Exception {
    assertThat(
            run(
                "--add-modules=jdk.incubator.vector",
                "--limit-modules=java.base,jdk.incubator.vector"))
        .contains("vector=true 1.5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"256", "512"})
  void thePropertyNamesTheTiles(String width) throws Exception {
    assertThat(run("--add-modules=jdk.incubator.vector", "-Dgshard.tiles=" + width))
        .contains("tiles=Tiles" + width);
  }

  @Test
  void otherTilesAreRefused() throws Exception {
    assertThat(run("--add-modules=jdk.incubator.vector", "-Dgshard.tiles=1024"))
        .contains("gshard.tiles is 1024; expected 256 or 512");
  }

  @Test
  void thePropertyForcesTheScalarTwin() throws Exception {
    assertThat(run("--add-modules=jdk.incubator.vector", "-Dgshard.kernels=scalar"))
        .contains("vector=false 1.5");
  }
}
