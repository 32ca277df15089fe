package io.gshard.mpi;

import io.gshard.collective.Pending;
import io.gshard.collective.Transport;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Messages over a communicator of its own; a large one goes in chunks, which MPI keeps in order.
 */
final class MpiChannel implements Transport.Channel {
  /** MPI counts in ints. */
  static final long CHUNK = 1L << 30;

  private static final int SPINS = 200;
  private static final int YIELDS = 2_000;
  private static final long NAP_NANOS = 20_000;

  private final MpiLibrary library;
  private final Watch watch;
  private final long communicator;
  private final List<Integer> processes;
  private final long chunk;
  private final Deque<MemorySegment> free = new ArrayDeque<>();

  /**
   * A channel.
   *
   * @param processes of the communicator, by its ranks
   */
  MpiChannel(
      MpiLibrary library, Watch watch, long communicator, List<Integer> processes, long chunk) {
    this.library = library;
    this.watch = watch;
    this.communicator = communicator;
    this.processes = processes;
    this.chunk = chunk;
  }

  /** How many messages of at most a chunk make up one of so many bytes. */
  static int chunks(long bytes, long chunk) {
    return Math.toIntExact(Math.ceilDiv(bytes, chunk));
  }

  @Override
  public Pending start(int tag, List<Transport.Message> sent, List<Transport.Message> received) {
    int count = count(sent) + count(received);
    if (count == 0) {
      return Pending.NONE;
    }
    long width = library.requestBytes();
    MemorySegment memory = take(8 + count * width);
    MemorySegment requests = memory.asSlice(8, count * width);
    long at = 0;
    for (Transport.Message message : received) {
      int from = Collections.binarySearch(processes, message.process());
      for (long b = 0; b < message.bytes().byteSize(); b += chunk, at += width) {
        library.receive(piece(message, b), from, tag, communicator, requests.asSlice(at));
      }
    }
    for (Transport.Message message : sent) {
      int to = Collections.binarySearch(processes, message.process());
      for (long b = 0; b < message.bytes().byteSize(); b += chunk, at += width) {
        library.send(piece(message, b), to, tag, communicator, requests.asSlice(at));
      }
    }
    return new Requests(count, memory, requests);
  }

  /** Messages that MPI has been told of. */
  private final class Requests implements Pending {
    private final int count;
    private final MemorySegment memory;
    private final MemorySegment requests;
    private boolean met;

    Requests(int count, MemorySegment memory, MemorySegment requests) {
      this.count = count;
      this.memory = memory;
      this.requests = requests;
    }

    @Override
    public boolean isDone() {
      if (!met && library.test(count, requests, memory)) {
        met = true;
        free.push(memory);
      }
      return met;
    }

    @Override
    public void await() {
      MpiChannel.this.await(this);
    }
  }

  private int count(List<Transport.Message> messages) {
    return messages.stream().mapToInt(m -> chunks(m.bytes().byteSize(), chunk)).sum();
  }

  private MemorySegment piece(Transport.Message message, long at) {
    return message.bytes().asSlice(at, Math.min(chunk, message.bytes().byteSize() - at));
  }

  private MemorySegment take(long bytes) {
    MemorySegment memory = free.poll();
    return memory != null && memory.byteSize() >= bytes
        ? memory
        : Arena.ofAuto().allocate(2 * bytes, ValueLayout.JAVA_LONG.byteSize());
  }

  /** Asks MPI again and again: it moves data only when it is asked. */
  @SuppressWarnings("ThreadPriorityCheck") // gives the core to another process for a moment
  private void await(Requests requests) {
    boolean waiting = false;
    for (int turn = 0; !requests.isDone(); turn++) {
      if (turn < SPINS) {
        Thread.onSpinWait();
      } else if (turn < YIELDS) {
        Thread.yield();
      } else {
        if (!waiting) {
          waiting = true;
          watch.waiting(true);
        }
        LockSupport.parkNanos(NAP_NANOS);
      }
    }
    if (waiting) {
      watch.waiting(false);
    }
  }
}
