package io.gshard.collective;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Processes that are threads of this one: a message waits in a queue until it is received. */
record ThreadTransport(int rank, Map<List<Integer>, BlockingQueue<MemorySegment>> queues)
    implements Transport {

  static List<ThreadTransport> job(int processes) {
    Map<List<Integer>, BlockingQueue<MemorySegment>> queues = new ConcurrentHashMap<>();
    List<ThreadTransport> job = new ArrayList<>();
    for (int rank = 0; rank < processes; rank++) {
      job.add(new ThreadTransport(rank, queues));
    }
    return job;
  }

  private BlockingQueue<MemorySegment> queue(int from, int to) {
    return queues.computeIfAbsent(List.of(from, to), pair -> new LinkedBlockingQueue<>());
  }

  @Override
  public Channel open(List<Integer> processes) {
    return (sent, received) -> {
      for (Message message : sent) {
        MemorySegment copy = Arena.ofAuto().allocate(message.bytes().byteSize());
        queue(rank, message.process()).add(copy.copyFrom(message.bytes()));
      }
      return () -> received.forEach(this::take);
    };
  }

  @Override
  public void step() {
    // Nobody watches threads.
  }

  private void take(Message message) {
    try {
      MemorySegment found = queue(message.process(), rank).poll(10, TimeUnit.SECONDS);
      if (found == null || found.byteSize() != message.bytes().byteSize()) {
        throw new IllegalStateException(
            "process %d waits for %d bytes of process %d, found %s"
                .formatted(rank, message.bytes().byteSize(), message.process(), found));
      }
      message.bytes().copyFrom(found);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
