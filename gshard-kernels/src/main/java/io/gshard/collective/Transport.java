package io.gshard.collective;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Brings bytes from process to process. */
public interface Transport {

  /** A process's part in an exchange: memory outside the heap, and who gets it or sends it. */
  record Message(int process, MemorySegment bytes) {}

  /** Processes that exchange messages, apart from all others. */
  interface Channel {
    /**
     * Sends and receives; of those with the same tag the n-th message that one process sends
     * another is the n-th that the other receives. The memory stays the exchange's until it is
     * over.
     *
     * @param tag from 0 to 32,767
     */
    Pending start(int tag, List<Message> sent, List<Message> received);
  }

  /**
   * A channel for the processes of a list, which is ascending and holds this one. All processes of
   * the job open channels at the same time, each with a list of its own: any two lists are equal or
   * have nobody in common.
   */
  Channel open(List<Integer> processes);

  /**
   * Called before each collective begins and before each is awaited, in all processes: those with
   * fewer steps are behind.
   */
  void step();
}
