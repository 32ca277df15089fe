package io.gshard.pjrt;

import java.util.concurrent.atomic.AtomicLong;

/** How many native objects of a client are alive; all must be gone when it is closed. */
final class Counts {
  private final AtomicLong buffers = new AtomicLong();
  private final AtomicLong events = new AtomicLong();
  private final AtomicLong eventsEver = new AtomicLong();
  private final AtomicLong programs = new AtomicLong();

  void bufferMade() {
    buffers.incrementAndGet();
  }

  void bufferGone() {
    buffers.decrementAndGet();
  }

  void eventMade() {
    events.incrementAndGet();
    eventsEver.incrementAndGet();
  }

  void eventGone() {
    events.decrementAndGet();
  }

  void programMade() {
    programs.incrementAndGet();
  }

  void programGone() {
    programs.decrementAndGet();
  }

  long programs() {
    return programs.get();
  }

  long buffers() {
    return buffers.get();
  }

  long events() {
    return events.get();
  }

  /** How many there were since the client was made. */
  long eventsEver() {
    return eventsEver.get();
  }
}
