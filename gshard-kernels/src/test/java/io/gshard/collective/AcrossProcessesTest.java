package io.gshard.collective;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several processes leave in their devices' memories what one process leaves. */
class AcrossProcessesTest {
  private interface Run {
    void run(CollectiveCase part, Transport transport);
  }

  private static void check(CollectiveCase alone, int processes, String what, Run run)
      throws Exception {
    MeshShape mesh = alone.mesh();
    List<CollectiveCase> parts = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(processes)) {
      List<Future<?>> running = new ArrayList<>();
      for (ThreadTransport transport : ThreadTransport.job(processes)) {
        CollectiveCase part =
            new CollectiveCase(mesh, new Ranks(mesh.devices(), processes, transport.rank()));
        parts.add(part);
        running.add(pool.submit(() -> run.run(part, transport)));
      }
      for (Future<?> process : running) {
        process.get();
      }
    }
    for (CollectiveCase part : parts) {
      assertWithMessage("mesh %s, %s processes, %s", mesh, processes, what)
          .that(part.differences(alone))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'expert=4', 2",
    "'expert=4', 4",
    "'data=2, expert=4', 2",
    "'data=2, expert=4', 4",
    "'data=2, expert=4', 3",
    "'data=2, expert=4; devices=0 2 4 6 1 3 5 7', 4",
    "'a=3, b=2', 3",
    "'a=3, b=2', 1",
    "'a=2, b=3, c=2', 5",
  })
  void leavesWhatOneProcessLeaves(String meshText, int processes) throws Exception {
    MeshShape mesh = MeshShape.parse(meshText);
    for (List<String> axes : CollectiveCase.axes(mesh)) {
      CollectiveCase alone = new CollectiveCase(mesh, Ranks.single(mesh.devices()));
      alone.runAlone(axes);
      check(alone, processes, "axes " + axes, (part, transport) -> part.run(transport, axes));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'expert=4', 2",
    "'data=2, expert=4', 4",
    "'data=2, expert=4', 3",
    "'a=3, b=2', 1",
    "'a=2, b=3, c=2', 5",
  })
  void collectivesThatAreUnderWayTogetherLeaveTheSame(String meshText, int processes)
      throws Exception {
    MeshShape mesh = MeshShape.parse(meshText);
    for (List<String> axes : CollectiveCase.axes(mesh)) {
      for (long seed = 0; seed < 4; seed++) {
        long order = seed;
        CollectiveCase alone = new CollectiveCase(mesh, Ranks.single(mesh.devices()));
        alone.runTogetherAlone(axes, order);
        check(
            alone,
            processes,
            "axes %s, seed %d".formatted(axes, order),
            (part, transport) -> part.runTogether(transport, axes, order));
      }
    }
  }

  @Test
  void devicesAreSplitInBlocks() {
    for (int devices = 1; devices < 20; devices++) {
      for (int processes = 1; processes <= devices; processes++) {
        for (int device = 0; device < devices; device++) {
          int owner = new Ranks(devices, processes, 0).owner(device);
          assertThat(new Ranks(devices, processes, owner).isHere(device)).isTrue();
        }
      }
    }
    assertThat(assertThrows(IllegalArgumentException.class, () -> new Ranks(2, 4, 0)))
        .hasMessageThat()
        .isEqualTo(
            "a mesh of 2 devices cannot be spread over 4 processes: start at most 2, or give a larger mesh");
  }

  @Test
  void processesThatGroupsBindTogetherAreACircle() {
    MeshShape mesh = MeshShape.parse("data=2, expert=4");
    Ranks ranks = new Ranks(8, 4, 1);
    assertThat(Circle.of(mesh, ranks, List.of("expert")).processes()).containsExactly(0, 1);
    assertThat(Circle.of(mesh, ranks, List.of("data")).processes()).containsExactly(1, 3);
    assertThat(Circle.of(mesh, ranks, List.of("data", "expert")).processes())
        .containsExactly(0, 1, 2, 3)
        .inOrder();
    assertThat(Circle.of(mesh, new Ranks(8, 2, 1), List.of("expert")).isLocal()).isTrue();
    assertThat(Circle.of(mesh, ranks, List.of("data")).groups()).hasSize(2);
  }
}
