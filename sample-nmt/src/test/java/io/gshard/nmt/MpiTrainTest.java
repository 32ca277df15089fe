package io.gshard.nmt;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.nmt.train.Json;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trains in several processes and in one: {@code mvn verify -Pmpi} takes the mpirun on the path,
 * {@code -Dgshard.mpi.run=mpirun.mpich} another there, {@code -Dgshard.mpi.home=FOLDER} the one in
 * FOLDER/bin.
 */
@Tag("mpi")
class MpiTrainTest {
  private static final int SECONDS = 240;
  private static final String HOME = System.getProperty("gshard.mpi.home");

  /** Open MPI otherwise refuses to start more processes than cores, and for root any. */
  private static final Map<String, String> OPEN_MPI =
      Map.of(
          "OMPI_ALLOW_RUN_AS_ROOT", "1",
          "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1",
          "OMPI_MCA_rmaps_base_oversubscribe", "1",
          "PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe");

  @TempDir private Path folder;

  private record Ended(int status, String text) {}

  private static List<String> mpirun(int processes) {
    String command =
        HOME == null
            ? System.getProperty("gshard.mpi.run", "mpirun")
            : Path.of(HOME, "bin", "mpirun").toString();
    return List.of(command, "-n", Integer.toString(processes));
  }

  private Process start(List<String> launcher, Path out, String... more) throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Dgshard.mpi.timeout=5"));
    if (HOME != null) {
      command.add("-Dgshard.mpi.home=" + HOME);
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Nmt.class.getName(),
            "train",
            "--out",
            out.toString()));
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(out).toFile());
    builder.environment().putAll(OPEN_MPI);
    return builder.start();
  }

  private static Path log(Path out) {
    return out.resolveSibling(out.getFileName() + ".log");
  }

  private static Ended end(Process process, Path out) throws IOException, InterruptedException {
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = new String(Files.readAllBytes(log(out)), StandardCharsets.UTF_8);
    assertWithMessage("%s seconds were not enough: %s", SECONDS, text).that(ended).isTrue();
    return new Ended(process.exitValue(), text);
  }

  private void train(List<String> launcher, Path out, String... more)
      throws IOException, InterruptedException {
    Ended ended = end(start(launcher, out, more), out);
    assertWithMessage(ended.text).that(ended.status).isEqualTo(0);
    assertWithMessage("one process speaks")
        .that(ended.text.split("has the checkpoint", -1))
        .hasLength(2);
  }

  private static List<?> losses(Path out) throws IOException {
    return (List<?>) Json.read(Files.readString(out.resolve("summary.json"))).get("losses");
  }

  private static void assertSame(Path found, Path expected, int steps) throws IOException {
    List<?> mine = losses(found);
    List<?> others = losses(expected);
    assertThat(mine).hasSize(steps);
    assertThat(others).hasSize(steps);
    for (int i = 0; i < steps; i++) {
      double loss = ((Number) others.get(i)).doubleValue();
      assertWithMessage("step %s", i)
          .that(((Number) mine.get(i)).doubleValue())
          .isWithin(1e-4 * loss)
          .of(loss);
    }
  }

  @Test
  void severalProcessesTrainAsOneDoesAndGoOnWithOthers() throws Exception {
    Path one = folder.resolve("one");
    Path four = folder.resolve("four");
    train(List.of(), one, "--languages", "sw,de", "--steps", "20");
    train(mpirun(4), four, "--languages", "sw,de", "--steps", "20", "--backend", "mpi");
    // A power of two of processes folds in the same order as one: the same bits.
    assertThat(losses(four)).isEqualTo(losses(one));
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (Stream<Path> files = Files.list(four)) {
      for (Path file : files.toList()) {
        Path ignored = Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    train(List.of(), copy, "--resume", "--steps", "4");
    train(mpirun(3), four, "--resume", "--steps", "4", "--backend", "mpi");
    assertSame(four, copy, 24);
  }

  @Test
  void aKilledProcessLeavesTheLastCheckpoint() throws Exception {
    Path run = folder.resolve("run");
    train(mpirun(2), run, "--languages", "sw,de", "--steps", "3", "--backend", "mpi");
    byte[] before = Files.readAllBytes(run.resolve("model-3.safetensors"));
    Process job = start(mpirun(2), run, "--resume", "--steps", "100000", "--backend", "mpi");
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.readString(log(run), StandardCharsets.ISO_8859_1).contains("step 4")) {
      assertWithMessage("no step in time").that(System.nanoTime()).isLessThan(limit);
      Thread.sleep(100);
    }
    List<ProcessHandle> ranks =
        job.descendants()
            .filter(p -> p.info().command().orElse("").endsWith(File.separator + "java"))
            .toList();
    assertThat(ranks).hasSize(2);
    assertThat(ranks.getLast().destroyForcibly()).isTrue();
    long killed = System.nanoTime();
    Ended ended = end(job, run);
    assertThat((System.nanoTime() - killed) / 1e9).isLessThan(10.0);
    assertThat(ended.status).isNotEqualTo(0);
    // MPICH's mpirun may end all at once when one is killed, before anybody can say which.
    if (!ended.text.contains("EXIT STRING: Killed (signal 9)")) {
      assertThat(ended.text).containsMatch("gshard: rank [01] is lost: its process ended");
    }
    assertThat(Files.readAllBytes(run.resolve("model-3.safetensors"))).isEqualTo(before);
    train(List.of(), run, "--resume", "--steps", "2");
    assertThat(losses(run)).hasSize(5);
  }
}
