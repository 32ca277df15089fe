package io.gshard.nmt.train;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;

/** Tells how training goes: one line, rewritten, at a terminal; else a line now and then. */
final class Progress {
  private static final double TERMINAL_SECONDS = 0.25;
  private static final double LOG_SECONDS = 10;
  private static final double SMOOTHING = 0.05;

  private final PrintStream out;
  private final boolean terminal;
  private double last = Double.NEGATIVE_INFINITY;
  private double loss = Double.NaN;

  Progress(PrintStream out) {
    this(out, terminal());
  }

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @SuppressWarnings("SystemConsoleNull") // null again since JDK 25, where output is redirected
  private static boolean terminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** A step is done; {@code left} says what remains, such as "2:05 left". */
  void step(int step, StepResult result, double tokensPerSecond, double seconds, String left) {
    loss = Double.isNaN(loss) ? result.loss() : loss + SMOOTHING * (result.loss() - loss);
    if (seconds - last < (terminal ? TERMINAL_SECONDS : LOG_SECONDS)) {
      return;
    }
    last = seconds;
    String line =
        String.format(
            Locale.ROOT,
            "step %d  loss %.3f  %,.0f tokens/s  expert load %.2f of even, %.1f %% dropped  %s",
            step,
            loss,
            tokensPerSecond,
            result.imbalance(),
            100 * result.dropped(),
            left);
    if (terminal) {
      out.print("\r" + line + "\u001B[K");
      out.flush();
    } else {
      out.println(line);
    }
  }

  /** Ends the rewritten line. */
  void done() {
    if (terminal) {
      out.println();
    }
  }
}
