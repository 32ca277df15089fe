package io.gshard.processor.pipeline;

import io.gshard.annotation.Backend;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.passes.FuseScans;
import io.gshard.passes.HoistCollectives;
import io.gshard.passes.LowerScans;
import io.gshard.passes.Simplify;
import io.gshard.passes.fusion.UnsupportedInstruction;
import io.gshard.processor.frontend.TracedProgram;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.stablehlo.StableHloPrinter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Takes one program through the compiler's passes. What is traced and what is partitioned is
 * verified; what is between, which takes a while, under {@code -Agshard.debug}. It touches nothing
 * of javac's, and so runs on any thread.
 */
final class ProgramPipeline {
  /** The passes whose results {@code -Agshard.debug} writes. */
  static final Set<String> PASSES = Set.of("trace", "simplify", "lower-scans", "propagate");

  /**
   * A compiled program.
   *
   * @param texts the resources, by the end of their names, such as {@code .hlo}; each is printed
   *     when it is asked for, which takes a while and touches nothing of javac's
   * @param partitionSeconds the time of propagation and partitioning
   */
  record Result(
      CompiledProgram program, Map<String, Supplier<String>> texts, double partitionSeconds) {}

  /** A pass that failed. */
  static final class Failure extends RuntimeException {
    Failure(String pass, String program, RuntimeException cause) {
      super(
          cause instanceof UnsupportedInstruction
              ? cause.getMessage()
              : "the pass '%s' failed on the program %s: %s".formatted(pass, program, cause),
          cause);
    }
  }

  private final TracedProgram program;
  private final String debug;
  private final Map<String, Supplier<String>> texts = new LinkedHashMap<>();

  private ProgramPipeline(TracedProgram program, String debug) {
    this.program = program;
    this.debug = debug;
  }

  /**
   * @throws Failure if a pass fails
   */
  static Result run(TracedProgram program, Set<Backend> targets, String debug) {
    return new ProgramPipeline(program, debug).run(targets);
  }

  private Result run(Set<Backend> targets) {
    HloModule traced = pass("trace", program.module(), UnaryOperator.identity());
    HloModule simple = pass("simplify", traced, ProgramPipeline::simplify);
    HloModule lowered = pass("lower-scans", simple, module -> Simplify.run(LowerScans.run(module)));
    long start = System.nanoTime();
    HloModule annotated = pass("propagate", lowered, Propagation::run);
    Partitioned partitioned;
    double seconds;
    try {
      partitioned = HoistCollectives.run(Partitioner.run(annotated), HoistCollectives.LIMIT);
      seconds = (System.nanoTime() - start) / 1e9;
      Verifier.verify(partitioned.module());
    } catch (RuntimeException e) {
      throw new Failure("partition", program.name(), e);
    }
    if (targets.contains(Backend.XLA)) {
      text(".global.hlo", annotated, HloPrinter::print);
      text(
          ".global.mlir",
          annotated,
          StableHloPrinter.hasShardyForm(annotated)
              ? StableHloPrinter::printShardy
              : StableHloPrinter::print);
      text(".hlo", partitioned.module(), HloPrinter::print);
      text(".mlir", partitioned.module(), StableHloPrinter::print);
    }
    return new Result(
        new CompiledProgram(
            program.name(),
            program.variables(),
            program.arguments(),
            program.result(),
            partitioned),
        texts,
        seconds);
  }

  /** Fused loops leave behind what only the two of them needed. */
  private static HloModule simplify(HloModule module) {
    HloModule simple = Simplify.run(module);
    HloModule fused = FuseScans.run(simple);
    return fused == simple ? simple : Simplify.run(fused);
  }

  private void text(String end, HloModule module, Function<HloModule, String> printer) {
    texts.put(
        end,
        () -> {
          try {
            return printer.apply(module);
          } catch (RuntimeException e) {
            throw new Failure("print", program.name(), e);
          }
        });
  }

  private HloModule pass(String name, HloModule module, UnaryOperator<HloModule> pass) {
    try {
      HloModule result = pass.apply(module);
      if (name.equals("trace") || !debug.isEmpty()) {
        Verifier.verify(result);
      }
      if (debug.equals(name)) {
        String text = printed(result);
        texts.put("." + name + ".hlo", () -> text);
      }
      return result;
    } catch (RuntimeException e) {
      throw new Failure(name, program.name(), e);
    }
  }

  /** HLO has no scans: where they are not lowered yet, they are for the text. */
  private static String printed(HloModule module) {
    try {
      return HloPrinter.print(LowerScans.run(module));
    } catch (IllegalArgumentException e) {
      return "// " + e.getMessage() + "\n";
    }
  }
}
