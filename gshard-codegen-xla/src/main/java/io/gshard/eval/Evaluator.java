package io.gshard.eval;

import io.gshard.hlo.HloModule;
import io.gshard.tensor.Literal;
import java.util.List;

/**
 * Runs a global program on one device: slow, plain, and the judge of everything faster. Shardings
 * mean nothing here; custom-call "Sharding" gives its operand.
 *
 * <pre>{@code
 * List<Literal> results = Evaluator.run(module, List.of(x, w));
 * }</pre>
 *
 * <p>Each op rounds to its element type; sums (dot, reduce, cumulative, scatter, all-reduce) are
 * made in double and rounded once.
 */
public final class Evaluator {
  private Evaluator() {}

  /**
   * The leaves of the entry's root, in order.
   *
   * @param arguments one for each leaf of the entry's parameters
   * @throws IllegalArgumentException if the arguments do not fit, or for a collective or an unknown
   *     custom-call
   */
  public static List<Literal> run(HloModule module, List<Literal> arguments) {
    return Programs.run(Interpreter.single(), module, List.of(arguments)).getFirst();
  }
}
