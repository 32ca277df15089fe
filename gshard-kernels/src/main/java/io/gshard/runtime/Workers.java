package io.gshard.runtime;

import io.gshard.collective.Team;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads that run segments: worker 0 is whoever drives the program, the others are daemons
 * that spin for a short while after each step and then park, so that an idle mesh costs nothing.
 *
 * <p>Each is pinned to a core while it works where the system lets us ({@link Pinning}).
 */
final class Workers implements Team, AutoCloseable {
  /**
   * About 50 microseconds: longer than a driver's pause between two steps, shorter than a host's
   * pause.
   */
  private static final int SPINS = 2_000;

  private final int count;

  /** The core of each worker. */
  private final int firstCore;

  private final int coresEach;

  /** Who helps each worker, itself the first; empty where nobody does. */
  private final Workers[] crews;

  private final Thread[] threads;
  private final Scratch[] scratch;
  private final ReentrantLock driving = new ReentrantLock();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicIntegerArray parked;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile int epoch;
  private volatile Thread waitingDriver;
  private volatile boolean closed;
  private Task task;

  /** A worker's share of a step. */
  interface Task {
    void run(int worker);
  }

  private Workers(int count, int firstCore, int coresEach, Workers[] crews) {
    this.count = count;
    this.firstCore = firstCore;
    this.coresEach = coresEach;
    this.crews = crews;
    this.threads = new Thread[count];
    this.scratch = new Scratch[count];
    this.parked = new AtomicIntegerArray(count);
    for (int i = 0; i < count; i++) {
      scratch[i] = new Scratch();
    }
    for (int i = 1; i < count; i++) {
      int worker = i;
      threads[i] = new Thread(() -> work(worker), "gshard-worker-" + i);
      threads[i].setDaemon(true);
      threads[i].start();
    }
  }

  /** One for each core, of which some help others where devices are fewer. */
  static Workers of(int devices, int cores) {
    return of(devices, cores, 0);
  }

  /** On the cores that follow a first one, of those that the process may use. */
  static Workers of(int devices, int cores, int firstCore) {
    int count = Math.max(1, Math.min(devices, cores));
    int each = Math.max(1, cores / count);
    Workers[] crews = new Workers[each > 1 ? count : 0];
    for (int i = 0; i < crews.length; i++) {
      crews[i] = new Workers(each, firstCore + i * each, 1, new Workers[0]);
    }
    return new Workers(count, firstCore, each, crews);
  }

  /** A worker and those that help it with large kernels, where somebody does. */
  Optional<Workers> crew(int worker) {
    return crews.length == 0 ? Optional.empty() : Optional.of(crews[worker]);
  }

  @Override
  public int size() {
    return count;
  }

  Scratch scratch(int worker) {
    return scratch[worker];
  }

  /** Runs a whole program, with this thread as worker 0; only one at a time. */
  void drive(Runnable program) {
    if (driving.isHeldByCurrentThread()) {
      throw new IllegalStateException("a program is running on this mesh: it cannot start another");
    }
    driving.lock();
    try {
      checkOpen();
      Pinning.Mask before = count * coresEach > 1 ? Pinning.pin(firstCore) : Pinning.NONE;
      try {
        program.run();
      } finally {
        before.restore();
      }
    } finally {
      driving.unlock();
    }
  }

  /**
   * Runs the task on every worker and returns, or throws what one of them threw, when all are done.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the driver writes the epoch
  void step(Task next) {
    if (count == 1) {
      next.run(0);
      return;
    }
    checkOpen();
    failure.set(null);
    task = next;
    unfinished.set(count - 1);
    epoch = epoch + 1; // publishes the task
    for (int i = 1; i < count; i++) {
      if (parked.get(i) == 1) {
        LockSupport.unpark(threads[i]);
      }
    }
    share(0);
    await();
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private void share(int worker) {
    try {
      task.run(worker);
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  @Override
  public void run(Share share) {
    step(worker -> share.run(worker, count));
  }

  @SuppressWarnings("ThreadPriorityCheck") // yields for a moment, then parks: never relied on
  private void await() {
    for (int spins = 0; unfinished.get() != 0; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else if (spins < SPINS + 100) {
        Thread.yield();
      } else {
        waitingDriver = Thread.currentThread();
        if (unfinished.get() != 0) {
          LockSupport.parkNanos(this, 1_000_000);
        }
        waitingDriver = null;
      }
    }
  }

  private void work(int worker) {
    Pinning.pin(firstCore + worker * coresEach);
    int seen = 0;
    while (true) {
      for (int spins = 0; epoch == seen && !closed; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          park(worker, seen);
        }
      }
      if (closed) {
        return;
      }
      seen++;
      share(worker);
      if (unfinished.decrementAndGet() == 0) {
        Thread driver = waitingDriver;
        if (driver != null) {
          LockSupport.unpark(driver);
        }
      }
    }
  }

  private void park(int worker, int seen) {
    parked.set(worker, 1);
    if (epoch == seen && !closed) {
      LockSupport.park(this);
    }
    parked.set(worker, 0);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the mesh is closed");
    }
  }

  @Override
  public void close() {
    driving.lock();
    try {
      closed = true;
      for (int i = 1; i < count; i++) {
        LockSupport.unpark(threads[i]);
      }
      for (Workers crew : crews) {
        crew.close();
      }
    } finally {
      driving.unlock();
    }
  }
}
