package io.gshard.collective;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

  private BlockingQueue<MemorySegment> queue(int from, int to, int tag) {
    return queues.computeIfAbsent(List.of(from, to, tag), key -> new LinkedBlockingQueue<>());
  }

  @Override
  public Channel open(List<Integer> processes) {
    return (tag, sent, received) -> {
      for (Message message : sent) {
        MemorySegment copy = Arena.ofAuto().allocate(message.bytes().byteSize());
        queue(rank, message.process(), tag).add(copy.copyFrom(message.bytes()));
      }
      return new Expected(tag, new ArrayDeque<>(received));
    };
  }

  @Override
  public void step() {
    // Nobody watches threads.
  }

  /** Messages that have not been received yet. */
  private final class Expected implements Pending {
    private final int tag;
    private final Deque<Message> left;

    Expected(int tag, Deque<Message> left) {
      this.tag = tag;
      this.left = left;
    }

    @Override
    public boolean isDone() {
      while (!left.isEmpty() && !queue(left.peek().process(), rank, tag).isEmpty()) {
        take(left.pop());
      }
      return left.isEmpty();
    }

    @Override
    public void await() {
      while (!left.isEmpty()) {
        take(left.pop());
      }
    }

    private void take(Message message) {
      try {
        MemorySegment found = queue(message.process(), rank, tag).poll(10, TimeUnit.SECONDS);
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
}
