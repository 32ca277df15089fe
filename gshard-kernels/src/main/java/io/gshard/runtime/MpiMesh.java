package io.gshard.runtime;

import io.gshard.collective.AcrossProcesses;
import io.gshard.collective.Ranks;
import io.gshard.mesh.MeshShape;
import io.gshard.mpi.MpiJob;
import java.nio.ByteBuffer;

/**
 * Devices of all processes that mpirun started, each process with a block of neighbours. Inside a
 * process they are worked as on a {@link LocalMesh}.
 */
public final class MpiMesh implements Mesh {
  private final MeshShape shape;
  private final MpiJob job;
  private final Ranks ranks;
  private final Workers workers;

  /**
   * @throws io.gshard.mpi.MpiException if there is no library of MPI, or it does not fit
   * @throws IllegalArgumentException if there are more processes than devices
   */
  public MpiMesh(MeshShape shape) {
    this.shape = shape;
    this.job = MpiJob.start();
    this.ranks = new Ranks(shape.devices(), job.size(), job.rank());
    Cores cores =
        Cores.of(
            Runtime.getRuntime().availableProcessors(),
            Cores.ofMachine(),
            job.machineRank(),
            job.machineSize());
    int here = ranks.end() - ranks.first();
    this.workers = Workers.of(here, cores.count(), cores.first());
    job.enter();
  }

  /** The cores that a process uses. */
  record Cores(int first, int count) {
    /**
     * @param available to this process
     * @param machine all there are
     * @param rank of this process among those on the machine
     */
    static Cores of(int available, int machine, int rank, int processes) {
      if (available * processes <= machine) {
        return new Cores(0, available); // mpirun gave each its own
      }
      int count = Math.max(1, available / processes);
      return new Cores(rank * count, count);
    }

    static int ofMachine() {
      try (var lines = java.nio.file.Files.lines(java.nio.file.Path.of("/proc/cpuinfo"))) {
        return (int) lines.filter(line -> line.startsWith("processor")).count();
      } catch (java.io.IOException | java.io.UncheckedIOException e) {
        return 0;
      }
    }
  }

  @Override
  public MeshShape shape() {
    return shape;
  }

  @Override
  public int rank() {
    return ranks.rank();
  }

  @Override
  public double[] fromFirst(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES);
    bytes.asDoubleBuffer().put(values);
    double[] first = new double[values.length];
    ByteBuffer.wrap(job.broadcast(bytes.array())).asDoubleBuffer().get(first);
    return first;
  }

  @Override
  public Session open(Class<?> launcher, Layout layout) {
    Spmd spmd =
        new Spmd(
            shape,
            ranks,
            workers,
            layout,
            (arenas, common) -> new AcrossProcesses(shape, ranks, workers, arenas, common, job));
    return new MpiSession(new LocalSession(spmd), job);
  }

  @Override
  public void close() {
    workers.close();
    job.leave();
  }

  @Override
  public String toString() {
    return "mesh '%s' over %d processes of %s".formatted(shape, ranks.processes(), job.library());
  }
}
