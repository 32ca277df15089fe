package io.gshard.collective;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several processes leave in their devices' memories what one process leaves. */
class AcrossProcessesTest {
  private static final DType[] TYPES = {DType.F32, DType.S32, DType.U32, DType.BF16, DType.PRED};
  private static final int ELEMENTS = 24_000;
  private static final int OUT = 12_000;

  private record Alone() implements Team {
    @Override
    public int size() {
      return 2;
    }

    @Override
    public void run(Share share) {
      share.run(1, 2);
      share.run(0, 2);
    }
  }

  private static Arenas arenas(int devices, long seed) {
    Arenas arenas =
        new Arenas(
            new float[devices][ELEMENTS],
            new int[devices][ELEMENTS],
            new short[devices][ELEMENTS],
            new byte[devices][ELEMENTS]);
    Random random = new Random(seed);
    for (int d = 0; d < devices; d++) {
      for (int i = 0; i < OUT; i++) {
        int value = random.nextInt(64) - 32;
        arenas.f32()[d][i] = value;
        arenas.s32()[d][i] = value;
        arenas.bf16()[d][i] = (short) (Float.floatToRawIntBits(value) >>> 16);
        arenas.pred()[d][i] = (byte) (value & 1);
      }
    }
    return arenas;
  }

  /** What a process has: all memories, but nothing in other processes' places. */
  private static Arenas here(Arenas all, Ranks ranks) {
    int n = ranks.devices();
    Arenas here = new Arenas(new float[n][], new int[n][], new short[n][], new byte[n][]);
    for (int d = ranks.first(); d < ranks.end(); d++) {
      here.f32()[d] = all.f32()[d];
      here.s32()[d] = all.s32()[d];
      here.bf16()[d] = all.bf16()[d];
      here.pred()[d] = all.pred()[d];
    }
    return here;
  }

  private static void check(
      String meshText, int processes, String what, Consumer<Collectives> calls) throws Exception {
    MeshShape mesh = MeshShape.parse(meshText);
    Arenas one = arenas(mesh.devices(), 7);
    Arenas oneCommon = arenas(1, 8);
    calls.accept(new SharedMemory(mesh, new Alone(), one, oneCommon));
    Arenas many = arenas(mesh.devices(), 7);
    List<Arenas> commons = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(processes)) {
      List<Future<?>> running = new ArrayList<>();
      for (ThreadTransport transport : ThreadTransport.job(processes)) {
        Ranks ranks = new Ranks(mesh.devices(), processes, transport.rank());
        Arenas common = arenas(1, 8);
        commons.add(common);
        Collectives mine =
            new AcrossProcesses(mesh, ranks, new Alone(), here(many, ranks), common, transport);
        running.add(pool.submit(() -> calls.accept(mine)));
      }
      for (Future<?> process : running) {
        process.get();
      }
    }
    String subject = what + " on " + meshText + " in " + processes + " processes";
    for (int d = 0; d < mesh.devices(); d++) {
      same(subject + ", device " + d, many, one, d);
    }
    for (Arenas common : commons) {
      same(subject + ", common", common, oneCommon, 0);
    }
  }

  private static void same(String subject, Arenas found, Arenas expected, int d) {
    for (DType type : TYPES) {
      assertWithMessage("%s, %s", subject, type)
          .that(Block.segment(found.of(type, d)).mismatch(Block.segment(expected.of(type, d))))
          .isEqualTo(-1);
    }
  }

  private static List<List<String>> axes(MeshShape mesh) {
    List<String> names = mesh.axes().stream().map(a -> a.name()).toList();
    List<List<String>> all = new ArrayList<>();
    names.forEach(name -> all.add(List.of(name)));
    if (names.size() > 1) {
      all.add(names);
      all.add(names.reversed());
    }
    return all;
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
    for (List<String> axes : axes(mesh)) {
      int size = mesh.size(axes);
      boolean all = size == mesh.devices();
      int[] ring = new int[size];
      for (int i = 0; i < size; i++) {
        ring[i] = i == 0 ? -1 : i - 1;
      }
      check(
          meshText,
          processes,
          "all collectives over " + axes,
          c -> {
            for (DType type : TYPES) {
              Combiner sum = type == DType.PRED ? Combiner.OR : Combiner.ADD;
              Combiner max = type == DType.PRED ? Combiner.AND : Combiner.MAXIMUM;
              for (int count : new int[] {1, 1500, 9_001}) {
                c.allReduce(sum, type, 3, OUT, count, axes);
                c.allReduce(max, type, 5, 5, count, axes);
              }
              c.reduceScatter(sum, type, 2, OUT + 9_001, 3, 7, axes);
              c.allGather(type, 1, OUT + 9_100, 3, 5, axes);
              c.allToAll(type, 0, OUT + 9_400, new int[] {2, size, 3}, 1, 2, axes);
              c.allToAll(type, 0, OUT + 9_600, new int[] {size * 2, 4}, 0, 1, axes);
              c.collectivePermute(type, 4, OUT + 9_800, 33, ring, axes);
              if (all) {
                c.allReduceForAll(sum, type, 9, 100, 50, axes);
                c.allReduceForAll(sum, type, 9, 200, 7_000, axes);
                c.allGatherForAll(type, 11, 8_000, 2, 3, axes);
              }
            }
          });
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
