package io.gshard.passes;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.mesh.MeshShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes a program smaller without changing what it computes: drops what nothing uses (also results
 * and operands of loops), computes equal things once, folds scalar constants, and applies the
 * identities of {@link Algebra}. Parameters of the entry, shardings and source positions are kept.
 * {@code StopGradient} goes: autodiff has run.
 */
public final class Simplify {
  private static final int ROUNDS = 8;

  private final MeshShape mesh;
  private final Map<Computation, Computation> done = new IdentityHashMap<>();

  private Simplify(MeshShape mesh) {
    this.mesh = mesh;
  }

  /** The smaller module. */
  public static HloModule run(HloModule module) {
    HloModule current = module;
    for (int round = 0; round < ROUNDS; round++) {
      HloModule next = current.withEntry(new Simplify(module.mesh()).simplify(current.entry()));
      boolean settled = next.size() == current.size();
      current = next;
      if (settled) {
        break;
      }
    }
    return current;
  }

  private Computation simplify(Computation computation) {
    Computation simple = done.get(computation);
    if (simple == null) {
      simple = rewrite(computation);
      done.put(computation, simple);
    }
    return simple;
  }

  private Computation rewrite(Computation computation) {
    Set<Instruction> live = live(computation.root());
    Map<Instruction, Set<Integer>> used = usedElements(live);
    Rewriter rewriter = new Rewriter(new GraphBuilder(computation.name(), mesh));
    Emitter emitter = new Emitter(rewriter.target());
    Map<Instruction, List<Instruction>> loops = new IdentityHashMap<>();
    for (Instruction instruction : computation.instructions()) {
      if (instruction.op() instanceof HloOp.Parameter) {
        rewriter.parameter(instruction);
      } else if (live.contains(instruction)) {
        rewriter.target().at(instruction.source());
        if (instruction.op() instanceof HloOp.Scan scan && !instruction.isSharded()) {
          List<Instruction> operands = rewriter.get(instruction.operands());
          HloOp.Scan simple = (HloOp.Scan) Computation.calling(scan, this::simplify);
          List<Instruction> results =
              ScanTrim.apply(
                  emitter,
                  instruction.withOp(simple).withOperands(operands),
                  used.get(instruction));
          loops.put(instruction, results);
          if (!results.contains(null)) {
            rewriter.put(instruction, emitter.target().tuple(results));
          }
        } else {
          rewriter.put(instruction, image(instruction, rewriter, emitter, loops));
        }
      }
    }
    return rewriter.target().build(rewriter.get(computation.root()));
  }

  private Instruction image(
      Instruction instruction,
      Rewriter rewriter,
      Emitter emitter,
      Map<Instruction, List<Instruction>> loops) {
    if (instruction.op() instanceof HloOp.GetTupleElement g
        && loops.containsKey(instruction.operand(0))) {
      return loops.get(instruction.operand(0)).get(g.index());
    }
    Instruction moved = instruction.withOperands(rewriter.get(instruction.operands()));
    if (moved.op() instanceof HloOp op && !Computation.calledBy(moved).isEmpty()) {
      moved = moved.withOp(Computation.calling(op, this::simplify));
    }
    return emitter.emit(moved);
  }

  /** For each tuple the elements that are taken of it; all of them if it is used as a whole. */
  private static Map<Instruction, Set<Integer>> usedElements(Set<Instruction> live) {
    Map<Instruction, Set<Integer>> used = new IdentityHashMap<>();
    for (Instruction instruction : live) {
      if (instruction.op() instanceof HloOp.Scan) {
        used.computeIfAbsent(instruction, i -> new TreeSet<>());
      }
    }
    Set<Instruction> whole = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Instruction instruction : live) {
      for (Instruction operand : instruction.operands()) {
        if (used.containsKey(operand)) {
          if (instruction.op() instanceof HloOp.GetTupleElement g) {
            used.get(operand).add(g.index());
          } else {
            whole.add(operand);
          }
        }
      }
    }
    for (Instruction loop : used.keySet()) {
      // A loop that nothing takes elements of is alive as the root itself.
      if (whole.contains(loop) || used.get(loop).isEmpty()) {
        for (int i = 0; i < loop.type().leaves().size(); i++) {
          used.get(loop).add(i);
        }
      }
    }
    return used;
  }

  static Set<Instruction> live(Instruction... roots) {
    Set<Instruction> live = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Instruction> open = new ArrayList<>(List.of(roots));
    while (!open.isEmpty()) {
      Instruction next = open.removeLast();
      if (live.add(next)) {
        open.addAll(next.operands());
      }
    }
    return live;
  }
}
