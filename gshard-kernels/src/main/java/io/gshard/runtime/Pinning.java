package io.gshard.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Ties threads to cores on Linux by sched_setaffinity: some kernels wake a thread on its waker's
 * core and leave it there, which makes two workers no faster than one. Where it does not work
 * (other systems, no native access, a cpuset without that core) nothing happens. {@code
 * -Dgshard.pin=false} switches it off.
 */
final class Pinning {
  private Pinning() {}

  private static final int MASK_BYTES = 128;

  /** A thread's allowed cores before it was pinned. */
  interface Mask {
    void restore();
  }

  static final Mask NONE = () -> {};

  private record Calls(MethodHandle get, MethodHandle set) {}

  private static final Calls CALLS = link();

  private static Calls link() {
    boolean wanted = !"false".equals(System.getProperty("gshard.pin"));
    if (!wanted || !System.getProperty("os.name").equals("Linux")) {
      return null;
    }
    try {
      Linker linker = Linker.nativeLinker();
      FunctionDescriptor type =
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS);
      return new Calls(
          linker.downcallHandle(
              linker.defaultLookup().find("sched_getaffinity").orElseThrow(), type),
          linker.downcallHandle(
              linker.defaultLookup().find("sched_setaffinity").orElseThrow(), type));
    } catch (RuntimeException | LinkageError e) {
      return null; // pinning is an optimisation: without it all works, slower
    }
  }

  /** Ties the calling thread to the n-th of the cores it may use (modulo their number). */
  static Mask pin(int n) {
    if (CALLS == null) {
      return NONE;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES);
      if ((int) CALLS.get.invokeExact(0, (long) MASK_BYTES, mask) < 0) {
        return NONE;
      }
      byte[] before = mask.toArray(ValueLayout.JAVA_BYTE);
      int core = nth(before, n);
      if (core < 0) {
        return NONE;
      }
      byte[] one = new byte[MASK_BYTES];
      one[core / 8] = (byte) (1 << core % 8);
      return set(arena, one) ? () -> restore(before) : NONE;
    } catch (Throwable e) {
      return NONE;
    }
  }

  private static int nth(byte[] mask, int n) {
    int allowed = 0;
    for (byte bits : mask) {
      allowed += Integer.bitCount(bits & 0xff);
    }
    if (allowed < 2) {
      return -1;
    }
    int left = n % allowed;
    for (int core = 0; core < 8 * mask.length; core++) {
      if ((mask[core / 8] >> core % 8 & 1) == 1 && left-- == 0) {
        return core;
      }
    }
    return -1;
  }

  private static void restore(byte[] mask) {
    try (Arena arena = Arena.ofConfined()) {
      set(arena, mask);
    } catch (Throwable e) {
      // stays pinned: slower for the host's other work, never wrong
    }
  }

  private static boolean set(Arena arena, byte[] bits) throws Throwable {
    MemorySegment mask = arena.allocate(MASK_BYTES);
    MemorySegment.copy(bits, 0, mask, ValueLayout.JAVA_BYTE, 0, MASK_BYTES);
    return (int) CALLS.set.invokeExact(0, (long) MASK_BYTES, mask) == 0;
  }
}
