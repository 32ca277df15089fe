package io.gshard.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What rounds are timed by. */
enum Clock {
  WALL {
    @Override
    long nanos() {
      return System.nanoTime();
    }
  },

  /** What the process used of its cores: for one thread, where others use the machine too. */
  CPU {
    @Override
    long nanos() {
      return SYSTEM.getProcessCpuTime();
    }
  };

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  abstract long nanos();
}
