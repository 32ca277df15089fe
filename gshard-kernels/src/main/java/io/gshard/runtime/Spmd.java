package io.gshard.runtime;

import io.gshard.collective.Arenas;
import io.gshard.collective.Collectives;
import io.gshard.collective.Pending;
import io.gshard.collective.Ranks;
import io.gshard.collective.SharedMemory;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The hands of a program's driver: runs segments for every device of the process, and collectives
 * on the buffers of all of them. The driver is one thread; devices never run ahead of one another.
 *
 * <p>Offsets and dims are those of a device's shard, the same for all; axes are names of the mesh,
 * the first major.
 */
public final class Spmd {
  private final MeshShape mesh;
  private final Ranks ranks;
  private final Workers workers;
  private final Device[] devices;

  /** The first device of this process as segments that run once see it. */
  private final Device first;

  private final Collectives collectives;
  private final Map<Integer, Pending> underWay = new HashMap<>();
  private String program = "?";

  /** Makes the collectives among devices with these memories, and one that a process has once. */
  interface Wiring {
    Collectives connect(Arenas arenas, Arenas common);
  }

  /** All devices of a mesh, in this process. */
  Spmd(MeshShape mesh, Workers workers, Layout layout) {
    this(
        mesh,
        Ranks.single(mesh.devices()),
        workers,
        layout,
        (arenas, common) -> new SharedMemory(mesh, workers, arenas, common));
  }

  /** Those devices of a mesh that this process has. */
  Spmd(MeshShape mesh, Ranks ranks, Workers workers, Layout layout, Wiring wiring) {
    this.mesh = mesh;
    this.ranks = ranks;
    this.workers = workers;
    int count = mesh.devices();
    this.devices = new Device[count];
    Memory common = new Memory(layout.common());
    float[][] f32 = new float[count][];
    int[][] s32 = new int[count][];
    short[][] bf16 = new short[count][];
    byte[][] pred = new byte[count][];
    long[][] s64 = new long[count][];
    double[][] f64 = new double[count][];
    for (int worker = 0; worker < workers.size(); worker++) {
      for (int id = first(worker); id < first(worker + 1); id++) {
        Device alone = new Device(id, layout.each(), common, workers.scratch(worker));
        Device device = workers.crew(worker).map(alone::with).orElse(alone);
        devices[id] = device;
        f32[id] = device.f32;
        s32[id] = device.s32;
        bf16[id] = device.bf16;
        pred[id] = device.pred;
        s64[id] = device.s64;
        f64[id] = device.f64;
      }
    }
    Device lowest = devices[ranks.first()];
    this.first = workers.size() > 1 ? lowest.with(workers) : lowest;
    Arenas once =
        new Arenas(
            new float[][] {common.f32},
            new int[][] {common.s32},
            new short[][] {common.bf16},
            new byte[][] {common.pred},
            new long[][] {common.s64},
            new double[][] {common.f64});
    this.collectives = wiring.connect(new Arenas(f32, s32, bf16, pred, s64, f64), once);
  }

  /** The first device of a worker: each has a block of neighbours. */
  private int first(int worker) {
    int here = ranks.end() - ranks.first();
    return ranks.first() + (int) ((long) here * worker / workers.size());
  }

  public MeshShape mesh() {
    return mesh;
  }

  /** A device of this process. */
  public Device device(int id) {
    return devices[id];
  }

  /** The first device of this process: it stands for all where all are the same. */
  public Device first() {
    return first;
  }

  /** Brings the parts of a tensor together, in every process. */
  void gather(List<Collectives.Part> parts, Object whole) {
    workers.drive(() -> collectives.gather(parts, whole).await());
  }

  /**
   * Runs a whole program.
   *
   * @throws DeviceException if a device failed; the memory of all devices is then in an undefined
   *     state, but the mesh can go on with another program
   */
  public void run(Program next) {
    workers.drive(
        () -> {
          program = next.name();
          underWay.clear(); // of a program that failed
          for (int id = ranks.first(); id < ranks.end(); id++) {
            devices[id].begin();
          }
          next.run(this);
        });
  }

  /** Between programs: runs the host's part of a transfer, once or for every device. */
  void transfer(boolean once, Consumer<Device> part) {
    workers.drive(
        () -> {
          program = "transfer";
          if (once) {
            once(part);
          } else {
            each(part);
          }
        });
  }

  /**
   * Runs a segment once, on the first device: it writes what is the same on all.
   *
   * @throws DeviceException with the exception of the device if it failed
   */
  public void once(Consumer<Device> segment) {
    goOn();
    try {
      segment.accept(first);
    } catch (Throwable e) {
      throw new DeviceException(first.id, program, e);
    }
  }

  /**
   * Runs a segment for every device and returns when all are done.
   *
   * @throws DeviceException with the exception of the device that failed (the lowest, if several
   *     did)
   */
  public void each(Consumer<Device> segment) {
    goOn();
    AtomicReference<DeviceException> failure = new AtomicReference<>();
    workers.step(
        worker -> {
          int end = first(worker + 1);
          for (int id = first(worker); id < end; id++) {
            try {
              segment.accept(devices[id]);
            } catch (Throwable e) {
              DeviceException mine = new DeviceException(id, program, e);
              failure.accumulateAndGet(
                  mine, (old, now) -> old == null || now.device() < old.device() ? now : old);
              return;
            }
          }
        });
    if (failure.get() != null) {
      throw failure.get();
    }
  }

  /**
   * Begins a collective, under a number, and returns: between processes it is under way while the
   * segments that follow are run. They may write over its operand, but not touch its result.
   */
  public void start(int number, Function<Collectives, Pending> call) {
    Pending pending = call.apply(collectives);
    if (pending != Pending.NONE) {
      underWay.put(number, pending);
    }
  }

  /** Waits until the result of a collective that was started is there. */
  public void done(int number) {
    Pending pending = underWay.remove(number);
    if (pending != null) {
      pending.await();
    }
  }

  /** MPI moves data only when it is asked. */
  private void goOn() {
    for (Pending pending : underWay.values()) {
      boolean ignored = pending.isDone();
    }
  }

  /**
   * Folds count elements over the devices along the axes; all get the same bits. {@code in} may be
   * {@code out}.
   */
  public void allReduce(Combiner c, DType t, int in, int out, int count, List<String> axes) {
    collectives.allReduce(c, t, in, out, count, axes).await();
  }

  /** Folds count elements over all devices, to the memory that they share. */
  public void allReduceForAll(Combiner c, DType t, int in, int out, int count, List<String> axes) {
    collectives.allReduceForAll(c, t, in, out, count, axes).await();
  }

  /** Joins {@code [outer, part]} of all n devices, in the memory that they share. */
  public void allGatherForAll(DType t, int in, int out, int outer, int part, List<String> axes) {
    collectives.allGatherForAll(t, in, out, outer, part, axes).await();
  }

  /** Joins {@code [outer, part]} of the n devices along the axes to {@code [outer, n * part]}. */
  public void allGather(DType t, int in, int out, int outer, int part, List<String> axes) {
    collectives.allGather(t, in, out, outer, part, axes).await();
  }

  /**
   * Folds {@code [outer, n * part]} over the n devices along the axes; each keeps its {@code
   * [outer, part]}.
   */
  public void reduceScatter(
      Combiner c, DType t, int in, int out, int outer, int part, List<String> axes) {
    collectives.reduceScatter(c, t, in, out, outer, part, axes).await();
  }

  /**
   * Splits one dim of the local operand among the devices along the axes and joins what arrives
   * along another.
   */
  public void allToAll(
      DType t, int in, int out, int[] dims, int split, int concat, List<String> axes) {
    collectives.allToAll(t, in, out, dims, split, concat, axes).await();
  }

  /**
   * Along the axes, device i sends to device {@code targets[i]} (-1: nobody); who gets nothing has
   * zeros.
   */
  public void collectivePermute(
      DType t, int in, int out, int count, int[] targets, List<String> axes) {
    collectives.collectivePermute(t, in, out, count, targets, axes).await();
  }
}
