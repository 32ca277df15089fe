package io.gshard.nmt.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets Ctrl-C wait for the step at hand and its checkpoint. */
final class StopSignal implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stopAndWait, "nmt-stop");
  private volatile boolean stopped;

  StopSignal() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  boolean stopped() {
    return stopped;
  }

  /** Asks the loop to end behind its step. */
  void stop() {
    stopped = true;
  }

  private void stopAndWait() {
    stop();
    try {
      boolean ignored = finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    finished.countDown();
    if (!stopped) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
