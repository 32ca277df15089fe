package io.gshard.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** What rounds are timed by. */
enum Clock {
  WALL {
    @Override
    long nanos() {
      return System.nanoTime();
    }
  },

  /** What this thread used of its core: for one worker, where others use the machine too. */
  CPU {
    @Override
    long nanos() {
      return THREADS.getCurrentThreadCpuTime();
    }
  };

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  abstract long nanos();
}
