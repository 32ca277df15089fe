package io.gshard.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The same work in JAX on XLA, in a process of its own: docs/peers/xla_cpu.py. It waits for the
 * name of a subject and answers with the seconds of a call.
 */
final class Peer implements AutoCloseable {
  /**
   * XLA's two ways to make CPU code; neither is always faster. The second is the default without
   * its fusions by YNNPACK.
   */
  static final List<String> MODES = List.of("as_shipped", "eigen");

  private final String mode;
  private final Process process;
  private final BufferedReader answers;
  private final Writer questions;

  private Peer(String mode, Process process) {
    this.mode = mode;
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * Starts it and waits until all is compiled there.
   *
   * @param kind which benchmark
   * @param options its sizes
   */
  static Peer start(String mode, Clock clock, String kind, Map<String, String> options) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("gshard.python", "python3"));
    command.add(System.getProperty("gshard.peer"));
    command.addAll(List.of("--mode", mode, "--clock", clock.name().toLowerCase(Locale.ROOT), kind));
    options.forEach((name, value) -> command.addAll(List.of("--" + name, value)));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      Peer peer = new Peer(mode, process);
      peer.read();
      return peer;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + String.join(" ", command), e);
    }
  }

  long pid() {
    return process.pid();
  }

  String mode() {
    return mode;
  }

  /** Seconds of a call, over one round. */
  double round(String subject) {
    try {
      questions.write(subject + "\n");
      questions.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Double.parseDouble(read());
  }

  private String read() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException(
            "the peer ended: it needs Python with jax; name its interpreter in GSHARD_PYTHON");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
