package io.gshard.mpi;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Rank 0's part of the watch: hears everybody and judges. */
final class WatchServer {
  /** Said to all when the job has to end. */
  static final String END = "end";

  /** Said to all when all end well. */
  static final String DONE = "done";

  private static final String ALIVE = "alive";

  private final ServerSocket server;
  private final String token;
  private final WatchLimits limits;
  private final Closing close;
  private final Runnable done;
  private final Socket[] sockets;
  private final Beat[] beats;
  private final long[] heard;
  private final boolean[] gone;
  private final CountDownLatch joined;
  private final Verdict verdict;
  private final Runnable end = () -> tell(END);

  /** Ends this process: tells the user the reason first, then others. */
  interface Closing {
    void close(String reason, Runnable others);
  }

  private WatchServer(
      ServerSocket server, int size, WatchLimits limits, Closing close, Runnable done) {
    this.server = server;
    this.token = HexFormat.of().formatHex(new SecureRandom().generateSeed(12));
    this.limits = limits;
    this.verdict = new Verdict(limits);
    this.close = close;
    this.done = done;
    this.sockets = new Socket[size];
    this.beats = new Beat[size];
    this.heard = new long[size];
    this.gone = new boolean[size];
    this.joined = new CountDownLatch(size - 1);
  }

  static WatchServer open(int size, WatchLimits limits, Closing close, Runnable done) {
    try {
      return new WatchServer(new ServerSocket(0, size), size, limits, close, done);
    } catch (IOException e) {
      throw new MpiException("rank 0 cannot listen for the other processes: " + e.getMessage(), e);
    }
  }

  WatchAddress address() {
    return WatchAddress.here(token, server.getLocalPort());
  }

  /**
   * Waits until all processes have connected, then watches them.
   *
   * @throws MpiException if some do not in time
   */
  void accept() {
    Arrays.fill(beats, Beat.FIRST);
    Arrays.fill(heard, System.nanoTime());
    Watch.daemon("gshard-mpi-accept", this::greetAll);
    try (server) {
      if (!joined.await(limits.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new MpiException(
            "ranks %s did not connect to rank 0 at port %d within %s s: the processes' machines must be able to connect"
                .formatted(missing(), server.getLocalPort(), limits.timeout().toMillis() / 1e3));
      }
    } catch (IOException e) {
      throw new MpiException("rank 0 cannot stop listening: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MpiException("rank 0 was interrupted while the other processes connected", e);
    }
    Watch.daemon("gshard-mpi-judge", this::judge);
  }

  private synchronized List<Integer> missing() {
    return IntStream.range(1, sockets.length).filter(r -> sockets[r] == null).boxed().toList();
  }

  /** Each in a thread of its own: a stranger that says nothing holds nobody up. */
  private void greetAll() {
    while (true) {
      try {
        Socket socket = server.accept();
        Watch.daemon("gshard-mpi-hear", () -> greet(socket));
      } catch (IOException e) {
        return; // All are here, or the time is over.
      }
    }
  }

  private void greet(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(Math.toIntExact(limits.timeout().toMillis()));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String[] words = String.valueOf(in.readLine()).split(" ");
      if (words.length == 2 && words[0].equals(token)) {
        int rank = Integer.parseInt(words[1]);
        socket.setSoTimeout(0);
        say(socket, token);
        synchronized (this) {
          sockets[rank] = socket;
          heard[rank] = System.nanoTime();
        }
        joined.countDown();
        hear(rank, in);
        return;
      }
    } catch (IOException e) {
      // A process of this job tries another address.
    }
    WatchAddress.closeQuietly(socket);
  }

  private static void say(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private void hear(int rank, BufferedReader in) {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        heard(rank, Beat.parse(line));
      }
    } catch (IOException e) {
      // As when the connection ends.
    }
    synchronized (this) {
      gone[rank] = true;
    }
    // At once, by this thread: launchers kill all when one dies.
    judge(known());
  }

  private synchronized void heard(int rank, Beat beat) {
    beats[rank] = beat;
    heard[rank] = System.nanoTime();
    if (beat.leaving() || !beat.failure().isEmpty()) {
      notifyAll();
    }
  }

  /** Rank 0's own sign of life. */
  void own(Beat beat) {
    heard(0, beat);
  }

  private void judge() {
    // Made once for nothing, so that all it takes is loaded when there is no time to lose.
    String ready = verdict.of(List.of(new Verdict.Known(Beat.FIRST, 0, true))).orElseThrow();
    while (!ready.isEmpty()) {
      List<Verdict.Known> known = known();
      if (known.stream().allMatch(k -> k.beat().leaving())) {
        tell(DONE);
        done.run();
        return;
      }
      judge(known);
      tell(ALIVE);
      pause();
    }
  }

  /** Ends the job if it cannot go on. */
  private void judge(List<Verdict.Known> known) {
    Optional<String> reason = verdict.of(known);
    if (reason.isPresent()) {
      close.close(reason.get(), end);
    }
  }

  /** Until there is news, or a moment. */
  private synchronized void pause() {
    try {
      wait(limits.beat().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<Verdict.Known> known() {
    List<Verdict.Known> known = new ArrayList<>();
    long now = System.nanoTime();
    for (int rank = 0; rank < beats.length; rank++) {
      known.add(new Verdict.Known(beats[rank], (now - heard[rank]) / 1_000_000, gone[rank]));
    }
    return known;
  }

  private void tell(String line) {
    for (int rank = 1; rank < sockets.length; rank++) {
      try {
        say(sockets[rank], line);
      } catch (IOException e) {
        // Its end is noticed where it is heard.
        continue;
      }
    }
  }
}
