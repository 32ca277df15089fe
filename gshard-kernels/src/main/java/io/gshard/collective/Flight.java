package io.gshard.collective;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A collective between processes that is under way: one round of messages after the other. Each
 * round has a tag of its own, so that it may begin whenever this process comes to it, whatever else
 * is under way.
 */
final class Flight implements Pending {
  /** MPI has at least so many tags. */
  private static final int TAGS = 1 << 15;

  /** A collective has at most so many rounds. */
  private static final int ROUNDS = 2;

  private final Transport transport;
  private final Transport.Channel channel;
  private final Staging staging;
  private final Deque<Staging> idle;
  private final Deque<Round> rounds = new ArrayDeque<>();
  private int tag;
  private Pending messages = Pending.NONE;

  /**
   * A flight that is not yet under way.
   *
   * @param number of the collective; the same in all processes of the channel
   * @param idle takes the memory for messages in the end, and may have some now
   */
  Flight(Transport transport, Transport.Channel channel, int number, Deque<Staging> idle) {
    this.transport = transport;
    this.channel = channel;
    this.tag = Math.floorMod((long) number * ROUNDS, TAGS);
    this.staging = idle.isEmpty() ? new Staging() : idle.pop();
    this.idle = idle;
  }

  /** The memory for its messages. */
  Staging staging() {
    return staging;
  }

  Pending start(Round... all) {
    rounds.addAll(List.of(all));
    begin();
    return this;
  }

  private void begin() {
    if (rounds.isEmpty()) {
      staging.reset();
      idle.push(staging);
    } else {
      messages = rounds.getFirst().start(channel, tag++);
    }
  }

  private void next() {
    rounds.removeFirst().finish();
    begin();
  }

  @Override
  public boolean isDone() {
    while (!rounds.isEmpty() && messages.isDone()) {
      next();
    }
    return rounds.isEmpty();
  }

  @Override
  public void await() {
    transport.step();
    while (!rounds.isEmpty()) {
      messages.await();
      next();
    }
  }
}
