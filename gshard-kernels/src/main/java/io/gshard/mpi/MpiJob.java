package io.gshard.mpi;

import io.gshard.collective.Transport;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The processes that mpirun started, this one among them. MPI starts once in a process, with the
 * first mesh, and ends with the process.
 */
public final class MpiJob implements Transport {
  private static MpiJob started;

  private final MpiLibrary library;
  private final int rank;
  private final int size;
  private final int machineRank;
  private final int machineSize;
  private final Watch watch;
  private final Channel everybody;

  private MpiJob(MpiLibrary library, Map<String, String> environment) {
    this.library = library;
    MpiLibraries.checkLauncher(library.abi(), library.toString(), environment);
    library.start();
    this.rank = library.rank(library.world());
    this.size = library.size(library.world());
    checkSize(library.toString(), size, MpiLibraries.started(environment));
    long machine = library.splitByMachine();
    this.machineRank = library.rank(machine);
    this.machineSize = library.size(machine);
    List<Integer> all = IntStream.range(0, size).boxed().toList();
    this.watch = new Watch(rank, size, WatchLimits.of(environment), library::abort);
    this.everybody = new MpiChannel(library, watch, library.world(), all, MpiChannel.CHUNK);
    watch.start(this::broadcast);
    Runtime.getRuntime().addShutdownHook(new Thread(this::end, "gshard-mpi-end"));
  }

  /**
   * The job of this process; MPI starts if it has not yet.
   *
   * @throws MpiException if there is no library, or it does not fit
   */
  public static synchronized MpiJob start() {
    if (started == null) {
      Map<String, String> environment = System.getenv();
      String said = System.getProperty("gshard.mpi.home", environment.get("GSHARD_MPI"));
      started =
          new MpiJob(MpiLibrary.load(MpiLibraries.candidates(said, environment)), environment);
    }
    return started;
  }

  /** Another MPI than the launcher's starts each process as a job of its own. */
  static void checkSize(String library, int size, int expected) {
    if (expected > 1 && size == 1) {
      throw new MpiException(
          "mpirun started %d processes, but by the library %s each is alone: set GSHARD_MPI to the library of that mpirun"
              .formatted(expected, library));
    }
  }

  public int rank() {
    return rank;
  }

  public int size() {
    return size;
  }

  /** This process's place among those on the same machine. */
  public int machineRank() {
    return machineRank;
  }

  /** How many of the processes are on this machine. */
  public int machineSize() {
    return machineSize;
  }

  public String library() {
    return library.toString();
  }

  /** A mesh opens: as long as one is open, the process may not end by itself. */
  public void enter() {
    watch.enter();
  }

  /** A mesh is closed. */
  public void leave() {
    watch.leave();
  }

  /** Ends the job everywhere: this process cannot go on in step with the others. */
  public void fail(String reason) {
    watch.fail(reason);
  }

  /** Rank 0's bytes, in all processes. */
  public byte[] broadcast(byte[] mine) {
    watch.step();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocate(ValueLayout.JAVA_LONG);
      length.set(ValueLayout.JAVA_LONG, 0, mine.length);
      fromFirst(length);
      MemorySegment data = arena.allocate(Math.max(1, length.get(ValueLayout.JAVA_LONG, 0)));
      if (rank == 0) {
        MemorySegment.copy(mine, 0, data, ValueLayout.JAVA_BYTE, 0, mine.length);
      }
      fromFirst(data);
      return data.asSlice(0, length.get(ValueLayout.JAVA_LONG, 0)).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private void fromFirst(MemorySegment data) {
    List<Message> sent = new ArrayList<>();
    for (int process = 1; rank == 0 && process < size; process++) {
      sent.add(new Message(process, data));
    }
    List<Message> received = rank == 0 ? List.of() : List.of(new Message(0, data));
    everybody.start(0, sent, received).await();
  }

  @Override
  public Channel open(List<Integer> processes) {
    long communicator = library.split(processes.getFirst());
    return new MpiChannel(
        library,
        watch,
        communicator,
        processes,
        Long.getLong("gshard.mpi.chunk", MpiChannel.CHUNK));
  }

  @Override
  public void step() {
    watch.step();
  }

  /** When the process ends: MPI ends if all processes end well. */
  private void end() {
    if (watch.end()) {
      library.end();
      watch.ended();
    }
  }
}
