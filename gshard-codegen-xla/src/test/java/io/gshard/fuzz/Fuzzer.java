package io.gshard.fuzz;

import io.gshard.spmd.cases.CaseTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Gives parser, verifier, propagation, partitioner and printers texts that nobody wrote: generated
 * modules, and these and XLA's own dumps with changes made at random. Only the documented refusals
 * may come of it, and soon.
 *
 * <p>{@code Fuzzer SECONDS [FIRST_SEED]} runs for that long and prints each kind of failure once
 * with its seed and its text; {@code Fuzzer seed N} does one seed.
 */
final class Fuzzer {
  private static final long TIMEOUT_MILLIS = 10_000;
  private static final int MOST_FAILURES = 30;

  private final List<String> corpus;
  private final Map<Pipeline.End, Integer> ends = new EnumMap<>(Pipeline.End.class);
  private final Map<String, String> failures = new LinkedHashMap<>();
  private volatile String current;
  private volatile long currentSeed;
  private volatile long started;
  private volatile long next;

  Fuzzer() throws IOException {
    corpus = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".hlo")).sorted().toList()) {
        corpus.add(Files.readString(file));
      }
    }
    for (int seed = 0; seed < 150; seed++) {
      corpus.add(CaseTexts.of(seed));
    }
  }

  /** The text of a seed: every eighth one is a generated case as it is. */
  String text(long seed) {
    return seed % 8 == 0
        ? CaseTexts.of(seed)
        : new Mutator(new Random(seed * 0x9e3779b97f4a7c15L), corpus).next();
  }

  Map<String, String> failures() {
    return failures;
  }

  String summary() {
    return "seeds up to %d: %s, %d kinds of failures".formatted(next, ends, failures.size());
  }

  /** Runs seeds one after another until the time is up, a text hangs, or too much fails. */
  void run(long firstSeed, long millis) throws InterruptedException {
    long end = System.currentTimeMillis() + millis;
    next = firstSeed;
    // Deep recursion has to show: the stack is a common size.
    Thread worker = new Thread(null, () -> work(end), "fuzzer", 1 << 20);
    worker.setDaemon(true);
    worker.start();
    while (worker.isAlive()) {
      worker.join(50);
      long since = started;
      if (since > 0 && System.currentTimeMillis() - since > TIMEOUT_MILLIS) {
        Throwable where = new Throwable();
        where.setStackTrace(worker.getStackTrace());
        fail(currentSeed, current, "no answer in %d ms".formatted(TIMEOUT_MILLIS), where);
        return;
      }
    }
  }

  private void work(long end) {
    while (System.currentTimeMillis() < end && failures.size() < MOST_FAILURES) {
      one(next++);
    }
  }

  /** One seed's text through all of it. */
  void one(long seed) {
    String text = text(seed);
    current = text;
    currentSeed = seed;
    started = System.currentTimeMillis();
    try {
      ends.merge(Pipeline.run(text), 1, Integer::sum);
    } catch (RuntimeException
        | AssertionError
        | StackOverflowError
        | OutOfMemoryError
        | ExceptionInInitializerError e) {
      fail(seed, text, e.toString(), e);
    }
    started = 0;
  }

  private void fail(long seed, String text, String what, Throwable e) {
    StringBuilder stack = new StringBuilder();
    String key = e.getClass().getSimpleName();
    int lines = 0;
    for (StackTraceElement frame : e.getStackTrace()) {
      if (frame.getClassName().startsWith("io.gshard") && lines < 3) {
        key += " " + frame.getFileName() + ":" + frame.getLineNumber();
      }
      if (lines++ < 12) {
        stack.append("    at ").append(frame).append('\n');
      }
    }
    failures.putIfAbsent(
        key, "seed %d: %s%n%s--- text%n%s%n--- end".formatted(seed, what, stack, text));
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    Fuzzer fuzzer = new Fuzzer();
    if (args.length == 2 && args[0].equals("seed")) {
      fuzzer.one(Long.parseLong(args[1]));
    } else {
      long first = args.length > 1 ? Long.parseLong(args[1]) : 0;
      fuzzer.run(first, 1000 * Long.parseLong(args[0]));
    }
    fuzzer.failures().values().forEach(System.out::println);
    System.out.println(fuzzer.summary());
    System.exit(fuzzer.failures().isEmpty() ? 0 : 1);
  }
}
