package io.gshard.runtime;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Processes by mpirun: {@code mvn verify -Pmpi} takes the one on the path, {@code
 * -Dgshard.mpi.run=mpirun.mpich} another there, {@code -Dgshard.mpi.home=FOLDER} the one in
 * FOLDER/bin.
 */
@Tag("mpi")
class MpiMeshTest {
  private static final int SECONDS = 60;
  private static final String HOME = System.getProperty("gshard.mpi.home");

  /** Open MPI otherwise refuses to start more processes than cores, and for root any. */
  private static final Map<String, String> OPEN_MPI =
      Map.of(
          "OMPI_ALLOW_RUN_AS_ROOT", "1",
          "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1",
          "OMPI_MCA_rmaps_base_oversubscribe", "1",
          "PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe");

  @TempDir private Path folder;

  private record Ended(int status, String text, double seconds) {}

  private Ended run(int processes, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(mpirun(), "-n", Integer.toString(processes)));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC"));
    if (HOME != null) {
      command.add("-Dgshard.mpi.home=" + HOME);
    }
    command.addAll(options);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), MpiProgram.class.getName()));
    command.addAll(List.of(arguments));
    File output = folder.resolve("output").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
    builder.environment().putAll(OPEN_MPI);
    long start = System.nanoTime();
    Process process = builder.start();
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text =
        new String(Files.readAllBytes(output.toPath()), java.nio.charset.StandardCharsets.UTF_8);
    assertWithMessage("%s seconds were not enough: %s", SECONDS, text).that(ended).isTrue();
    return new Ended(process.exitValue(), text, (System.nanoTime() - start) / 1e9);
  }

  private static String mpirun() {
    return HOME == null
        ? System.getProperty("gshard.mpi.run", "mpirun")
        : Path.of(HOME, "bin", "mpirun").toString();
  }

  private static void assertWell(Ended ended) {
    assertWithMessage(ended.text).that(ended.status).isEqualTo(0);
  }

  @ParameterizedTest
  @CsvSource({"4, 1073741824", "3, 1073741824", "2, 100"})
  void collectivesAreThoseOfOneProcess(int processes, int chunk) throws Exception {
    Ended ended =
        run(
            processes,
            List.of("-Dgshard.mpi.chunk=" + chunk),
            "collectives",
            "data=2, expert=4",
            "a=3, b=2");
    assertWell(ended);
    for (int rank = 0; rank < processes; rank++) {
      assertThat(ended.text).contains("rank " + rank + " agrees on a=3, b=2");
    }
  }

  @Test
  void whatWasSavedGoesOnWithOtherProcessesAndDevices() throws Exception {
    String file = folder.resolve("counts.st").toString();
    assertWell(run(3, List.of(), "steps", "d=4", "2", file));
    Ended two = run(2, List.of(), "resume", "d=5", "1", file);
    assertWell(two);
    Ended one = run(1, List.of(), "resume", "d=5", "1", file);
    assertWell(one);
    String sums = two.text.lines().filter(line -> line.startsWith("sums")).toList().toString();
    assertThat(sums).startsWith("[sums [");
    // The one process goes on behind the two; counts grow by (0+1+2+3+4) * i + 5 a step, i = 0, 1.
    assertThat(one.text).doesNotContain(sums.substring(1, sums.length() - 1));
    Checkpoint saved = Checkpoint.open(Path.of(file));
    float[] counts = saved.tensor("counts").floats();
    assertThat(counts[0]).isEqualTo(4f);
    assertThat(counts[9]).isEqualTo(2 + 2 * (1 + 4) + 0f);
  }

  @ParameterizedTest
  @CsvSource({
    "die, 2, rank 2 is lost: its process ended",
    "die, 0, rank 0 is lost: its process ended",
    "stop, 1, rank 1 is lost: it has not been heard of for",
    "stop, 0, rank 0 is lost: it has not been heard of",
    "block, 2, rank 2 hangs: others have waited for it for",
    "throw, 1, rank 1 failed: io.gshard.runtime.DeviceException: device 1 failed in program 'step'",
    "throw, 0, rank 0 failed: io.gshard.runtime.DeviceException: device 0 failed in program 'step'",
    "leave, 0, rank 0 ended while others wait for it",
  })
  void aLostProcessEndsAll(String how, int rank, String reason) throws Exception {
    Ended ended = run(3, List.of("-Dgshard.mpi.timeout=3"), how, Integer.toString(rank), "d=4");
    assertWithMessage(ended.text).that(ended.status).isNotEqualTo(0);
    // MPICH's mpirun may end all at once when one is killed, before anybody can say which.
    boolean cut = how.equals("die") && ended.text.contains("EXIT STRING: Killed (signal 9)");
    if (!cut) {
      assertThat(ended.text).contains(reason);
    }
    assertWithMessage("seconds, with the start").that(ended.seconds).isLessThan(10.0);
  }

  @Test
  void moreProcessesThanDevices() throws Exception {
    Ended ended = run(3, List.of(), "steps", "d=2", "1", folder.resolve("x").toString());
    assertThat(ended.status).isNotEqualTo(0);
    assertThat(ended.text)
        .contains(
            "a mesh of 2 devices cannot be spread over 3 processes: start at most 2, or give a larger mesh");
  }
}
