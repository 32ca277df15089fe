package io.gshard.pjrt;

import java.lang.foreign.Arena;

/**
 * Memory of the host that a plugin reads, or uses in the place of a device's.
 *
 * @param unused when the plugin needs it no more
 */
record HostMemory(Arena arena, PjrtEvent unused) {

  /** Frees it if the plugin needs it no more; whether it did. */
  boolean freeIfUnused() {
    boolean ready = unused.isReady();
    if (ready) {
      free();
    }
    return ready;
  }

  /** Frees it when the plugin needs it no more. */
  void free() {
    try (arena) {
      unused.await();
    } catch (PjrtException e) {
      // A transfer that failed is told where the buffer is used.
    }
  }
}
