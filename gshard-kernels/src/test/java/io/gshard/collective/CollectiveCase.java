package io.gshard.collective;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Memories with drawn values, the same for all processes, and calls of all collectives on them.
 *
 * @param arenas with nothing in the places of other processes' devices
 */
public record CollectiveCase(MeshShape mesh, Ranks ranks, Arenas arenas, Arenas common) {
  private static final DType[] TYPES = {DType.F32, DType.S32, DType.U32, DType.BF16, DType.PRED};
  private static final int ELEMENTS = 24_000;
  private static final int OUT = 12_000;

  /** Runs the shares one after the other, the last worker first: any order must do. */
  static final Team TEAM =
      new Team() {
        @Override
        public int size() {
          return 2;
        }

        @Override
        public void run(Share share) {
          share.run(1, 2);
          share.run(0, 2);
        }
      };

  public CollectiveCase(MeshShape mesh, Ranks ranks) {
    this(mesh, ranks, drawn(ranks.devices(), ranks), drawn(1, Ranks.single(1)));
  }

  private static Arenas drawn(int devices, Ranks ranks) {
    Arenas arenas =
        new Arenas(
            new float[devices][],
            new int[devices][],
            new short[devices][],
            new byte[devices][],
            new long[devices][],
            new double[devices][]);
    for (int d = ranks.first(); d < ranks.end(); d++) {
      Random random = new Random(7 + d);
      arenas.f32()[d] = new float[ELEMENTS];
      arenas.s32()[d] = new int[ELEMENTS];
      arenas.bf16()[d] = new short[ELEMENTS];
      arenas.pred()[d] = new byte[ELEMENTS];
      for (int i = 0; i < OUT; i++) {
        // Whole numbers, so that the order of a sum makes no difference.
        int value = random.nextInt(64) - 32;
        arenas.f32()[d][i] = value;
        arenas.s32()[d][i] = value;
        arenas.bf16()[d][i] = (short) (Float.floatToRawIntBits(value) >>> 16);
        arenas.pred()[d][i] = (byte) (value & 1);
      }
    }
    return arenas;
  }

  /** Axes to run over: each alone, and all together in both orders. */
  public static List<List<String>> axes(MeshShape mesh) {
    List<String> names = mesh.axes().stream().map(MeshAxis::name).toList();
    List<List<String>> all = new ArrayList<>();
    names.forEach(name -> all.add(List.of(name)));
    if (names.size() > 1) {
      all.add(names);
      all.add(names.reversed());
    }
    return all;
  }

  /** Runs all collectives in this process's part. */
  public void run(Transport transport, List<String> axes) {
    run(new AcrossProcesses(mesh, ranks, TEAM, arenas, common, transport), axes);
  }

  /** Runs all collectives in one process. */
  public void runAlone(List<String> axes) {
    run(new SharedMemory(mesh, TEAM, arenas, common), axes);
  }

  void run(Collectives c, List<String> axes) {
    int size = mesh.size(axes);
    int[] ring = new int[size];
    for (int i = 0; i < size; i++) {
      ring[i] = i - 1;
    }
    for (DType type : TYPES) {
      Combiner sum = type == DType.PRED ? Combiner.OR : Combiner.ADD;
      Combiner most = type == DType.PRED ? Combiner.AND : Combiner.MAXIMUM;
      for (int count : new int[] {1, 1500, 9_001}) {
        c.allReduce(sum, type, 3, OUT, count, axes).await();
        c.allReduce(most, type, 5, 5, count, axes).await();
      }
      c.reduceScatter(sum, type, 2, OUT + 9_001, 3, 7, axes).await();
      c.allGather(type, 1, OUT + 9_100, 3, 5, axes).await();
      c.allToAll(type, 0, OUT + 9_400, new int[] {2, size, 3}, 1, 2, axes).await();
      c.allToAll(type, 0, OUT + 9_600, new int[] {size * 2, 4}, 0, 1, axes).await();
      c.collectivePermute(type, 4, OUT + 9_800, 33, ring, axes).await();
      if (size == mesh.devices()) {
        c.allReduceForAll(sum, type, 9, 100, 50, axes).await();
        c.allReduceForAll(sum, type, 9, 200, 7_000, axes).await();
        c.allGatherForAll(type, 11, 8_000, 2, 3, axes).await();
      }
    }
  }

  /** Runs collectives that are under way together, in this process's part. */
  public void runTogether(Transport transport, List<String> axes, long seed) {
    runTogether(new AcrossProcesses(mesh, ranks, TEAM, arenas, common, transport), axes, seed);
  }

  /** Runs the same collectives in one process. */
  public void runTogetherAlone(List<String> axes, long seed) {
    runTogether(new SharedMemory(mesh, TEAM, arenas, common), axes, seed);
  }

  /**
   * Begins collectives with results of their own, writes over their operands, and awaits them in an
   * order that is drawn, the same in all processes.
   */
  private void runTogether(Collectives c, List<String> axes, long seed) {
    int size = mesh.size(axes);
    int[] ring = new int[size];
    for (int i = 0; i < size; i++) {
      ring[i] = (i + 1) % size;
    }
    Random random = new Random(seed);
    for (DType type : TYPES) {
      Combiner sum = type == DType.PRED ? Combiner.OR : Combiner.ADD;
      List<Pending> underWay = new ArrayList<>();
      underWay.add(c.allReduce(sum, type, 3, OUT, 5_001, axes));
      underWay.add(c.allReduce(sum, type, 7, OUT + 5_001, 700, axes));
      underWay.add(c.reduceScatter(sum, type, 2, OUT + 6_000, 3, 7, axes));
      underWay.add(c.allGather(type, 1, OUT + 6_100, 3, 5, axes));
      underWay.add(c.allToAll(type, 0, OUT + 6_600, new int[] {2, size, 3}, 1, 2, axes));
      underWay.add(c.collectivePermute(type, 4, OUT + 6_800, 33, ring, axes));
      if (size == mesh.devices()) {
        underWay.add(c.allReduceForAll(sum, type, 9, 200, 7_000, axes));
        underWay.add(c.allGatherForAll(type, 11, 8_000, 2, 3, axes));
      }
      for (int d = ranks.first(); d < ranks.end(); d++) {
        SharedMemory.clear(arenas.of(type, d), 0, OUT);
      }
      Collections.shuffle(underWay, random);
      for (Pending pending : underWay) {
        // Others may go on meanwhile, or not.
        boolean ignored = underWay.get(random.nextInt(underWay.size())).isDone();
        pending.await();
      }
    }
  }

  /** Where this process's devices have something else than those of another case. */
  public List<String> differences(CollectiveCase expected) {
    List<String> found = new ArrayList<>();
    for (DType type : TYPES) {
      for (int d = ranks.first(); d < ranks.end(); d++) {
        compare("device " + d, arenas.of(type, d), expected.arenas.of(type, d), type, found);
      }
      compare("common", common.of(type, 0), expected.common.of(type, 0), type, found);
    }
    return found;
  }

  private static void compare(
      String what, Object found, Object expected, DType type, List<String> differences) {
    long at = Block.segment(found).mismatch(Block.segment(expected));
    if (at >= 0) {
      differences.add("%s, %s, byte %d".formatted(what, type, at));
    }
  }
}
