package io.gshard.autodiff;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a loop body and its gradient, written in one graph, are cut in two: what the forward loop
 * has to stack for the backward one. Not stacked, but passed or computed again: slices and
 * constants of the loop, what depends on constants alone, and what is cheap to make of smaller or
 * equal things (broadcasts, reshapes, widening, ...). A loop that rematerializes stacks its carries
 * alone; the backward loop computes all the rest again.
 */
final class Residuals {
  /**
   * How many light ops may be repeated for one value; keeps long integer hashes from being run
   * twice.
   */
  private static final int LONGEST_CHAIN = 16;

  private final Computation joint;
  private final HloOp.Scan op;
  private final int results;

  /** The forward body's parameters, then the seeds: the cotangents of its results. */
  private final List<Instruction> parameters;

  private final List<Instruction> seeds;

  /** What the body itself computes; the rest was added by the gradient rules. */
  private final Set<String> original = new HashSet<>();

  private final Set<Instruction> fromSeeds = identitySet();
  private final Set<Instruction> fromConstants = identitySet();

  private final Set<Instruction> backward = identitySet();
  private final Set<Instruction> wanted = identitySet();
  private final Set<Instruction> repeated = identitySet();
  private final Set<Instruction> reached = identitySet();
  private final Set<Instruction> stacked = new LinkedHashSet<>();
  private final Set<Integer> usedSlices = new TreeSet<>();
  private final Set<Integer> usedConstants = new TreeSet<>();

  private Residuals(Computation joint, HloOp.Scan op, int count, int forwardSize, int results) {
    this.joint = joint;
    this.op = op;
    this.results = results;
    List<Instruction> all = joint.parameters();
    this.parameters = all.subList(0, count);
    this.seeds = all.subList(count, all.size());
    joint.instructions().stream().limit(forwardSize).forEach(i -> original.add(i.name()));
  }

  /**
   * Cuts.
   *
   * @param joint parameters: the body's, then seeds; root: the body's results, then the gradients
   * @param forwardSize how many of its instructions are the body's own
   */
  static Residuals of(
      Computation joint, HloOp.Scan op, int parameters, int seeds, int forwardSize, int results) {
    Residuals residuals = new Residuals(joint, op, parameters, forwardSize, results);
    if (residuals.seeds.size() != seeds) {
      throw new IllegalStateException("a gradient rule captured a value from outside of " + joint);
    }
    residuals.classify();
    residuals.gradients().forEach(residuals::need);
    residuals.choose();
    return residuals;
  }

  private void classify() {
    fromSeeds.addAll(seeds);
    int firstConstant = op.carries() + op.slices();
    fromConstants.addAll(parameters.subList(firstConstant, parameters.size()));
    for (Instruction instruction : joint.instructions()) {
      if (instruction.op() instanceof HloOp.Parameter) {
        continue;
      }
      if (instruction.operands().stream().anyMatch(fromSeeds::contains)) {
        fromSeeds.add(instruction);
      }
      if (fromConstants.containsAll(instruction.operands())) {
        fromConstants.add(instruction);
      }
    }
  }

  /** Follows the gradients back to the forward values that they use. */
  private void need(Instruction instruction) {
    if (backward.contains(instruction) || seeds.contains(instruction)) {
      return;
    }
    if (fromSeeds.contains(instruction) || isFree(instruction) || isAdded(instruction)) {
      if (!passed(instruction)) {
        backward.add(instruction);
        instruction.operands().forEach(this::need);
      }
    } else {
      wanted.add(instruction);
    }
  }

  /** Slices and constants are passed to the backward loop as they are. */
  private boolean passed(Instruction instruction) {
    if (!(instruction.op() instanceof HloOp.Parameter p) || p.index() < op.carries()) {
      return false;
    }
    (p.index() < op.carries() + op.slices() ? usedSlices : usedConstants).add(p.index());
    return true;
  }

  /** Has no part in the state of an iteration, or is another view of something. */
  private boolean isFree(Instruction instruction) {
    if (fromConstants.contains(instruction)) {
      return true;
    }
    return switch (instruction.op()) {
      case HloOp.Parameter p -> p.index() >= op.carries();
      case Op.Broadcast b -> true;
      case Op.Reshape r -> true;
      case Op.StopGradient g -> true;
      // To split something again may take a collective, so the split value is what is kept.
      case HloOp.CustomCall c -> c.target().equals("Sharding") && isFree(instruction.operand(0));
      default -> false;
    };
  }

  /** What the rules compute of forward values, such as 1 - y*y, is not worth a stack of its own. */
  private boolean isAdded(Instruction instruction) {
    return !original.contains(instruction.name()) && isLight(instruction);
  }

  private static boolean isLight(Instruction instruction) {
    return switch (instruction.op()) {
      case Op.Unary u ->
          switch (u.kind()) {
            case ABS, NEGATE, SIGN, NOT, FLOOR, CEIL, IS_FINITE -> true;
            default -> false;
          };
      case Op.Binary b -> b.kind() != Op.BinaryKind.POWER && b.kind() != Op.BinaryKind.ATAN2;
      case Op.Compare c -> true;
      case Op.Select s -> true;
      case Op.Convert c -> true;
      default -> false;
    };
  }

  /**
   * Decides which of the wanted values are stacked. What is heavy to compute is; a light one only
   * if that takes less memory than what else would have to be stacked to compute it again.
   */
  private void choose() {
    if (op.rematerialize()) {
      wanted.forEach(this::stackCarries);
    } else {
      weigh();
    }
    wanted.forEach(this::compute);
  }

  /** Stacks the carries that a value is computed from. */
  private void stackCarries(Instruction instruction) {
    if (!passed(instruction) && reached.add(instruction)) {
      if (instruction.op() instanceof HloOp.Parameter) {
        stacked.add(instruction);
      }
      instruction.operands().forEach(this::stackCarries);
    }
  }

  private void weigh() {
    for (Instruction instruction : joint.instructions()) {
      if (wanted.contains(instruction) && !isLight(instruction)) {
        stacked.add(instruction);
      }
    }
    for (Instruction instruction : joint.instructions()) {
      if (wanted.contains(instruction) && isLight(instruction)) {
        Set<Instruction> missing = identitySet();
        explore(instruction, missing, identitySet());
        long bytes = missing.stream().mapToLong(i -> i.shape().bytes()).sum();
        if (bytes < instruction.shape().bytes()) {
          // In the order of the program, so that the result is the same every time.
          joint.instructions().stream().filter(missing::contains).forEach(stacked::add);
          repeated.add(instruction);
        } else {
          stacked.add(instruction);
        }
      }
    }
  }

  private void explore(Instruction instruction, Set<Instruction> missing, Set<Instruction> chain) {
    chain.add(instruction);
    for (Instruction operand : instruction.operands()) {
      boolean there =
          stacked.contains(operand)
              || repeated.contains(operand)
              || missing.contains(operand)
              || chain.contains(operand)
              || operand.op() instanceof HloOp.Parameter p && p.index() >= op.carries()
              || fromConstants.contains(operand);
      if (!there) {
        if (isFree(operand) || isLight(operand) && chain.size() < LONGEST_CHAIN) {
          explore(operand, missing, chain);
        } else {
          missing.add(operand);
        }
      }
    }
  }

  /** Adds to the backward body what computes a value of what is there. */
  private void compute(Instruction instruction) {
    if (stacked.contains(instruction) || backward.contains(instruction) || passed(instruction)) {
      return;
    }
    backward.add(instruction);
    instruction.operands().forEach(this::compute);
  }

  /** What the forward loop stacks. */
  List<Instruction> stacked() {
    return List.copyOf(stacked);
  }

  /** The numbers of the body's sliced parameters that the gradient uses. */
  List<Integer> slices() {
    return List.copyOf(usedSlices);
  }

  /** The numbers of the body's constant parameters that the gradient uses. */
  List<Integer> constants() {
    return List.copyOf(usedConstants);
  }

  Instruction parameter(int index) {
    return parameters.get(index);
  }

  List<Instruction> seeds() {
    return seeds;
  }

  List<Instruction> gradients() {
    return joint.root().operands().subList(results, joint.root().operands().size());
  }

  /** The body with the stacked values as further results. */
  Computation forwardBody(String name, MeshShape mesh) {
    GraphBuilder body = new GraphBuilder(name, mesh);
    Rewriter rewriter = new Rewriter(body);
    parameters.forEach(rewriter::parameter);
    List<Instruction> wanted = new ArrayList<>(joint.root().operands().subList(0, results));
    wanted.addAll(stacked);
    Set<Instruction> used = identitySet();
    wanted.forEach(i -> reach(i, used));
    for (Instruction instruction : joint.instructions()) {
      if (used.contains(instruction) && !rewriter.has(instruction)) {
        rewriter.copy(instruction);
      }
    }
    return body.build(body.tuple(rewriter.get(wanted)));
  }

  private static void reach(Instruction instruction, Set<Instruction> used) {
    if (used.add(instruction)) {
      instruction.operands().forEach(i -> reach(i, used));
    }
  }

  /**
   * Copies what the backward body computes; its parameters and the stacked values have images
   * already.
   */
  void copyBackward(Rewriter rewriter) {
    for (Instruction instruction : joint.instructions()) {
      if (backward.contains(instruction)) {
        rewriter.copy(instruction);
      }
    }
  }

  private static Set<Instruction> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }
}
