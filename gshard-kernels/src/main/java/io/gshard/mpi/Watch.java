package io.gshard.mpi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/**
 * Ends the job everywhere when a process dies or hangs. Every process gives rank 0 signs of life
 * over a socket of its own, beside MPI, which itself waits for ever; rank 0 judges them, says what
 * is wrong, and ends all.
 */
final class Watch {
  private static final int FAILED = 1;
  private static final long LAST_WORDS_MILLIS = 500;
  private static final Runnable NOTHING = () -> {};

  private final int rank;
  private final int size;
  private final WatchLimits limits;
  private final IntConsumer abort;

  /** Ready beforehand, as is all else that the last words take: a launcher may leave no time. */
  private final String signature;

  private final AtomicLong steps = new AtomicLong();
  private final AtomicInteger meshes = new AtomicInteger();
  private final AtomicBoolean ending = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile Thread driver;
  private volatile long waitingSince;
  private volatile boolean leaving;
  private volatile String failure = "";
  private volatile long heard = System.nanoTime();
  private long blockedSince;
  private Post post;

  /** Where this process's signs of life go. */
  interface Post {
    void give(Beat beat) throws IOException;
  }

  /**
   * A watch that does not look yet.
   *
   * @param abort ends all processes by MPI
   */
  Watch(int rank, int size, WatchLimits limits, IntConsumer abort) {
    this.rank = rank;
    this.size = size;
    this.limits = limits;
    this.abort = abort;
    this.signature = "; the job ends, rank " + rank + " says so";
  }

  /**
   * Connects all processes with rank 0.
   *
   * @param broadcast brings rank 0's bytes to all
   */
  void start(UnaryOperator<byte[]> broadcast) {
    if (size == 1) {
      return;
    }
    if (rank == 0) {
      WatchServer server = WatchServer.open(size, limits, this::close, done::countDown);
      byte[] ignored = broadcast.apply(server.address().encode());
      server.accept();
      post = server::own;
    } else {
      WatchAddress address = WatchAddress.decode(broadcast.apply(new byte[0]));
      var socket = address.connect(rank, limits);
      try {
        OutputStream out = socket.getOutputStream();
        post =
            beat -> {
              out.write((beat.line() + "\n").getBytes(StandardCharsets.UTF_8));
              out.flush();
            };
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        daemon("gshard-mpi-listen", () -> listen(in));
      } catch (IOException e) {
        throw new MpiException("rank %d cannot speak to rank 0: %s".formatted(rank, e), e);
      }
    }
    daemon("gshard-mpi-beat", this::beat);
  }

  static void daemon(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  // --- what the driver says

  void step() {
    driver = Thread.currentThread();
    steps.incrementAndGet();
  }

  void waiting(boolean now) {
    waitingSince = now ? System.nanoTime() : 0;
  }

  void enter() {
    meshes.incrementAndGet();
  }

  void leave() {
    meshes.decrementAndGet();
  }

  void fail(String reason) {
    failure = reason.isEmpty() ? "without a reason" : reason;
    if (size > 1) {
      giveNow();
    }
  }

  /**
   * The process ends: waits until its meshes are closed.
   *
   * @return whether they are, so that MPI can end, which waits for the others
   */
  boolean end() {
    try {
      long patience = System.nanoTime() + limits.timeout().toNanos();
      for (long before = -1; meshes.get() > 0 && System.nanoTime() < patience; ) {
        // A program that stops on a signal may still write its last checkpoint.
        if (steps.get() != before) {
          before = steps.get();
          patience = System.nanoTime() + limits.timeout().toNanos() / 5;
        }
        Thread.sleep(10);
      }
      if (!failure.isEmpty()) {
        // Rank 0 has yet to tell the user and to end all, this process too.
        Thread.sleep(limits.timeout().dividedBy(5));
        return false;
      }
      if (meshes.get() > 0) {
        return false;
      }
      leaving = true;
      if (size > 1) {
        giveNow();
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** MPI has ended here, so all others are about to end; rank 0 goes last. */
  void ended() {
    if (size == 1) {
      return;
    }
    if (rank != 0) {
      done.countDown();
      return;
    }
    try {
      boolean ignored = done.await(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- signs of life

  private Beat now() {
    long time = System.nanoTime();
    long since = waitingSince;
    Thread thread = driver;
    boolean busy =
        !leaving && (thread == null || since != 0 || thread.getState() == Thread.State.RUNNABLE);
    if (busy) {
      blockedSince = time;
    }
    return new Beat(
        steps.get(),
        since == 0 ? 0 : Math.max(1, (time - since) / 1_000_000),
        (time - blockedSince) / 1_000_000,
        leaving,
        failure);
  }

  private synchronized void giveNow() {
    try {
      post.give(now());
    } catch (IOException e) {
      // Rank 0 is gone; the listener hears of it too.
    }
  }

  private void beat() {
    blockedSince = System.nanoTime();
    while (done.getCount() > 0) {
      giveNow();
      if (rank != 0 && System.nanoTime() - heard > limits.orphaned().toNanos()) {
        close("rank 0 is lost: it has not been heard of", NOTHING);
      }
      sleep(limits.beat().toMillis());
    }
  }

  private void listen(BufferedReader in) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        heard = System.nanoTime();
        if (line.equals(WatchServer.DONE)) {
          done.countDown();
          return;
        }
        if (line.equals(WatchServer.END)) {
          halt();
        }
      }
    } catch (IOException e) {
      // As when the connection ends.
    }
    if (done.getCount() > 0) {
      close("rank 0 is lost: its process ended, or mpirun ended it after another", NOTHING);
    }
  }

  // --- the end of all

  /**
   * Tells the user and ends this process, now: its driver waits in MPI and can do nothing.
   *
   * @param others what is done before all are ended
   */
  private void close(String reason, Runnable others) {
    if (ending.compareAndSet(false, true)) {
      System.err.println("gshard: ".concat(reason).concat(signature));
      System.err.flush();
      others.run();
      // A launcher may drop what is on its way to the user when MPI ends all.
      sleep(LAST_WORDS_MILLIS / 2);
      daemon("gshard-mpi-abort", () -> abort.accept(FAILED));
      halt();
    }
  }

  private static void halt() {
    sleep(LAST_WORDS_MILLIS);
    Runtime.getRuntime().halt(FAILED);
  }

  static void sleep(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
