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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a loop body and its gradient, written in one graph, are cut in two: what the forward loop
 * has to stack for the backward one. Not stacked, but passed or computed again: slices and
 * constants of the loop, what depends on constants alone, and what is cheap to make of smaller or
 * equal things (broadcasts, reshapes, widening, ...).
 */
final class Residuals {
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
  private final List<Instruction> stacked = new ArrayList<>();
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

  private void need(Instruction instruction) {
    if (backward.contains(instruction)
        || stacked.contains(instruction)
        || seeds.contains(instruction)) {
      return;
    }
    if (fromSeeds.contains(instruction)) {
      compute(instruction);
    } else if (instruction.op() instanceof HloOp.Parameter p) {
      if (p.index() < op.carries()) {
        stacked.add(instruction);
      } else if (p.index() < op.carries() + op.slices()) {
        usedSlices.add(p.index());
      } else {
        usedConstants.add(p.index());
      }
    } else if (fromConstants.contains(instruction) || cheap(instruction)) {
      compute(instruction);
    } else {
      stacked.add(instruction);
    }
  }

  private void compute(Instruction instruction) {
    backward.add(instruction);
    instruction.operands().forEach(this::need);
  }

  private boolean cheap(Instruction instruction) {
    return switch (instruction.op()) {
      case Op.Broadcast b -> true;
      case Op.Reshape r -> true;
      case Op.Convert c ->
          added(instruction) || instruction.operand(0).shape().type().bits() <= c.type().bits();
      case HloOp.CustomCall c -> c.target().equals("Sharding");
      // What the rules compute of forward values, such as 1 - y*y, is not worth a stack of its own.
      case Op.Unary u -> added(instruction);
      case Op.Binary b -> added(instruction);
      case Op.Compare c -> added(instruction);
      case Op.Select s -> added(instruction);
      default -> false;
    };
  }

  private boolean added(Instruction instruction) {
    return !original.contains(instruction.name());
  }

  /** What the forward loop stacks. */
  List<Instruction> stacked() {
    return stacked;
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
