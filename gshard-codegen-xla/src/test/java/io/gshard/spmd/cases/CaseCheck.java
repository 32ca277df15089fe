package io.gshard.spmd.cases;

import io.gshard.eval.Evaluator;
import io.gshard.eval.Shards;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.mesh.MeshShape;
import io.gshard.passes.HoistCollectives;
import io.gshard.passes.MergeCollectives;
import io.gshard.passes.OverlapCollectives;
import io.gshard.passes.Simplify;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.spmd.WindowedDots;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tool.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The judgement: a partitioned module, run on all devices, equals the module run on one. */
final class CaseCheck {
  private CaseCheck() {}

  /** The module as it was read and as it was partitioned, and the form of that which was run. */
  record Outcome(
      HloModule global,
      HloModule decided,
      Partitioned partitioned,
      HloModule program,
      List<Literal> results) {}

  /** What runs the partitioned programs, such as {@code -Dcases.engine=pjrt}. */
  private static final Engine ENGINE =
      ServiceLoader.load(Engine.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(e -> e.name().equals(System.getProperty("cases.engine", "reference")))
          .findFirst()
          .orElseThrow();

  /** Throws an error with all about the case where it does not hold. */
  static Outcome check(Case it) {
    String step = "parsing";
    String local = "";
    try {
      HloModule module = HloParser.parse(it.text());
      step = "the reference evaluator";
      List<Literal> expected = Evaluator.run(module, it.arguments());
      // Every other case goes through the simplifier too, as the command line does.
      step = "propagation";
      HloModule decided = Propagation.run(it.seed() % 2 == 0 ? Simplify.run(module) : module);
      step = "the partitioner";
      Partitioned partitioned = Partitioner.run(decided);
      local = "\npartitioned:\n" + partitioned.module().entry().instructions();
      step = "verifying the partitioned module";
      Verifier.verify(partitioned.module());
      step = "reading its text";
      HloModule read = HloParser.parse(HloPrinter.print(partitioned.module()));
      step = "running the partitioned module";
      // Every third as its text says, every third after the passes of the command line, with all
      // products in windows that can be.
      Partitioned hoisted = HoistCollectives.run(partitioned, HoistCollectives.LIMIT);
      HloModule program =
          switch ((int) (it.seed() % 3)) {
            case 0 -> read;
            case 1 ->
                OverlapCollectives.run(MergeCollectives.run(WindowedDots.run(hoisted.module(), 1)));
            default -> partitioned.module();
          };
      List<Literal> found = run(partitioned, program, it.arguments());
      step = "comparing";
      for (int i = 0; i < expected.size(); i++) {
        if (it.judged().get(i)) {
          same("result " + i, expected.get(i), found.get(i));
        }
      }
      return new Outcome(module, decided, partitioned, program, expected);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("%s: %s%n%s%s".formatted(step, e, it.label(), local), e);
    }
  }

  /** Cuts the arguments, with junk for padding; runs on all devices; joins the results. */
  private static List<Literal> run(
      Partitioned partitioned, HloModule program, List<Literal> arguments) {
    try (Engine.Loaded loaded = ENGINE.load(program)) {
      return join(partitioned, loaded.run(cut(partitioned, arguments)));
    }
  }

  /** The whole results of what the devices hold. */
  static List<Literal> join(Partitioned partitioned, List<List<Literal>> results) {
    MeshShape mesh = partitioned.module().mesh();
    List<Literal> joined = new ArrayList<>();
    for (int leaf = 0; leaf < partitioned.resultShapes().size(); leaf++) {
      int at = leaf;
      joined.add(
          Shards.join(
              results.stream().map(r -> r.get(at)).toList(),
              partitioned.resultShardings().get(leaf),
              mesh,
              partitioned.resultShapes().get(leaf)));
    }
    return joined;
  }

  /** For each device its shards of the arguments. */
  static List<List<Literal>> cut(Partitioned partitioned, List<Literal> arguments) {
    MeshShape mesh = partitioned.module().mesh();
    List<List<Literal>> perDevice = new ArrayList<>();
    for (int d = 0; d < mesh.devices(); d++) {
      perDevice.add(new ArrayList<>());
    }
    for (int i = 0; i < arguments.size(); i++) {
      List<Literal> shards =
          Shards.split(arguments.get(i), partitioned.parameterShardings().get(i), mesh);
      for (int d = 0; d < mesh.devices(); d++) {
        perDevice.get(d).add(shards.get(d));
      }
    }
    return perDevice;
  }

  static void same(String what, Literal expected, Literal found) {
    if (!expected.shape().equals(found.shape())) {
      throw new AssertionError(
          "%s is %s, expected %s".formatted(what, found.shape(), expected.shape()));
    }
    double scale = 1;
    for (long i = 0; i < expected.shape().elements(); i++) {
      double size = Math.max(Math.abs(expected.real(i)), Math.abs(expected.imaginary(i)));
      scale = Double.isFinite(size) ? Math.max(scale, size) : scale;
    }
    double tolerance = tolerance(expected.shape().type()) * scale;
    for (long i = 0; i < expected.shape().elements(); i++) {
      boolean holds =
          tolerance == 0
              ? expected.integer(i) == found.integer(i)
              : near(expected.real(i), found.real(i), tolerance)
                  && near(expected.imaginary(i), found.imaginary(i), tolerance);
      if (!holds) {
        throw new AssertionError(
            "%s, element %d: %s, expected %s%nexpected %s%nfound    %s"
                .formatted(what, i, found.text(i), expected.text(i), expected, found));
      }
    }
  }

  private static boolean near(double expected, double found, double tolerance) {
    return Double.compare(expected, found) == 0 || Math.abs(expected - found) <= tolerance;
  }

  /** Relative to the greatest element; sums are made in another order on several devices. */
  private static double tolerance(DType type) {
    return switch (type) {
      case F64, C128 -> 1e-12;
      case F32, C64 -> 1e-5;
      case F16 -> 4e-3;
      case BF16 -> 3e-2;
      default -> 0;
    };
  }
}
