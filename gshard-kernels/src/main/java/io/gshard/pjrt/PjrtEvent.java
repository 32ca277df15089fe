package io.gshard.pjrt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The end of something that a plugin does meanwhile. It is gone once it was waited for. */
final class PjrtEvent {
  private final PjrtClient client;
  private final MemorySegment handle;

  /**
   * @param handle null (address 0) for what has ended already
   */
  PjrtEvent(PjrtClient client, MemorySegment handle) {
    this.client = client;
    this.handle = handle;
    if (handle.address() != 0) {
      client.counts().eventMade();
    }
  }

  /** Whether {@link #await} would return at once. */
  boolean isReady() {
    if (handle.address() == 0) {
      return true;
    }
    try (Arena arena = Arena.ofConfined()) {
      Struct asked = new Struct(arena, 2).set(0, handle);
      client.api().call(PjrtFunction.EVENT_IS_READY, asked);
      return asked.flag(1);
    }
  }

  /**
   * Waits for the end; to be called once.
   *
   * @throws PjrtException if it failed
   */
  void await() {
    if (handle.address() == 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      client.api().call(PjrtFunction.EVENT_AWAIT, new Struct(arena, 1).set(0, handle));
    } finally {
      client.api().destroy(PjrtFunction.EVENT_DESTROY, handle);
      client.counts().eventGone();
    }
  }

  /**
   * Waits for all.
   *
   * @throws PjrtException the first failure, when all have ended
   */
  static void await(List<PjrtEvent> events) {
    PjrtException failure = null;
    for (PjrtEvent event : events) {
      try {
        event.await();
      } catch (PjrtException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
