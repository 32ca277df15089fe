package io.gshard.fuzz;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.hlo.text.HloSyntaxException;
import io.gshard.passes.Simplify;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.stablehlo.StableHloPrinter;

/** What a text goes through, and what it may end with. */
final class Pipeline {
  private static final int LONGEST = 400_000;

  /** How far a text came. */
  enum End {
    NOT_READ,
    INVALID,
    READ,
    PARTITIONED
  }

  private Pipeline() {}

  /** Anything but a documented refusal is thrown. */
  static End run(String text) {
    HloModule module;
    try {
      module = HloParser.parse(text);
    } catch (HloSyntaxException e) {
      if (e.line() < 1 || e.column() < 1 || e.reason() == null || e.reason().isBlank()) {
        throw new AssertionError("a refusal that says nothing: " + e, e);
      }
      return End.NOT_READ;
    }
    try {
      Verifier.verify(module);
    } catch (InvalidModuleException e) {
      return End.INVALID;
    }
    survivesText(module, true);
    if (module.partitioned()) {
      stableHlo(module);
      return End.READ;
    }
    HloModule decided;
    Partitioned partitioned;
    try {
      decided = Propagation.run(text.length() % 2 == 0 ? Simplify.run(module) : module);
      partitioned = Partitioner.run(decided);
    } catch (InvalidModuleException e) {
      // A manual region whose parts do not fit the whole.
      return End.INVALID;
    }
    Verifier.verify(decided);
    stableHlo(decided);
    Verifier.verify(partitioned.module());
    survivesText(partitioned.module(), false);
    stableHlo(partitioned.module());
    return End.PARTITIONED;
  }

  /**
   * Printed, read and printed again it is the same.
   *
   * @param wasRead whether it was read from a text; what passes make may become simpler the first
   *     time, as a fold with an op of its own for it
   */
  private static void survivesText(HloModule module, boolean wasRead) {
    String printed = HloPrinter.print(module);
    if (printed.length() > LONGEST) {
      return;
    }
    String twice = again(printed);
    if (!wasRead) {
      printed = twice;
      twice = again(printed);
    }
    if (!twice.equals(printed)) {
      throw new AssertionError("printed:\n" + printed + "\nread and printed again:\n" + twice);
    }
  }

  private static String again(String printed) {
    try {
      HloModule module = HloParser.parse(printed);
      Verifier.verify(module);
      return HloPrinter.print(module);
    } catch (HloSyntaxException | InvalidModuleException e) {
      throw new AssertionError("printed, it cannot be read: " + e + "\n" + printed, e);
    }
  }

  /** Ops that StableHLO has no words for are refused by name. */
  private static void stableHlo(HloModule module) {
    try {
      StableHloPrinter.print(module);
    } catch (IllegalArgumentException e) {
      if (e.getMessage() == null || !e.getMessage().contains("cannot print")) {
        throw e;
      }
    }
  }
}
