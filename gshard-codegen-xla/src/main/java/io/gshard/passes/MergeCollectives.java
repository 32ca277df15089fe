package io.gshard.passes;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Joins collectives of a partitioned program that do the same over the same axes and do not wait
 * for one another: one message where there were several. Those on one operand become one
 * collective.
 *
 * <p>What is joined stands on the same step of the longest chain of such collectives, so that no
 * circle can arise; a message is no larger than a limit, as its parts must all be ready before it
 * is sent.
 */
public final class MergeCollectives {
  /** The most bytes of operands that are sent together. */
  private static final long LIMIT = 32L << 20;

  private final Map<Computation, Computation> done = new IdentityHashMap<>();

  private MergeCollectives() {}

  /** What may be joined: the same op on elements of the same type. */
  private record Kind(Op.Collective op, DType type) {
    static Kind of(Instruction instruction) {
      // StableHLO's permute takes one operand; an all-to-all's result is put together by others.
      return instruction.op() instanceof Op.Collective c
              && !(c instanceof Op.AllToAll || c instanceof Op.CollectivePermute)
          ? new Kind(c, instruction.operand(0).shape().type())
          : null;
    }
  }

  /**
   * The program with fewer collectives.
   *
   * @throws IllegalArgumentException if the module is not partitioned
   */
  public static HloModule run(HloModule partitioned) {
    if (!partitioned.partitioned()) {
      throw new IllegalArgumentException(partitioned.name() + " is not partitioned yet");
    }
    return partitioned.withEntry(new MergeCollectives().merge(partitioned.entry()));
  }

  private Computation merge(Computation computation) {
    Computation known = done.get(computation);
    if (known == null) {
      Computation merged = called(computation);
      Set<Kind> kinds = new HashSet<>();
      List<Kind> several = new ArrayList<>();
      for (Instruction instruction : merged.instructions()) {
        Kind kind = Kind.of(instruction);
        if (kind != null && !kinds.add(kind) && !several.contains(kind)) {
          several.add(kind);
        }
      }
      for (Kind kind : several) {
        merged = new Joiner(merged, kind).join();
      }
      known = merged;
      done.put(computation, known);
    }
    return known;
  }

  /** The computation with those that it calls merged. */
  private Computation called(Computation computation) {
    Map<Instruction, Instruction> images = new IdentityHashMap<>();
    List<Instruction> instructions = new ArrayList<>();
    for (Instruction old : computation.instructions()) {
      Instruction image = old.withOperands(old.operands().stream().map(images::get).toList());
      if (image.op() instanceof HloOp op && !Computation.calledBy(image).isEmpty()) {
        image = image.withOp(Computation.calling(op, this::merge));
      }
      images.put(old, image);
      instructions.add(image);
    }
    return new Computation(computation.name(), instructions, images.get(computation.root()));
  }

  /** Joins the collectives of one kind in one computation. */
  private static final class Joiner {
    private final Computation computation;
    private final Kind kind;
    private final Map<Instruction, List<Instruction>> groups = new IdentityHashMap<>();
    private final Map<Instruction, Instruction> images = new IdentityHashMap<>();
    private final List<Instruction> order = new ArrayList<>();

    Joiner(Computation computation, Kind kind) {
      this.computation = computation;
      this.kind = kind;
    }

    Computation join() {
      group();
      for (Instruction instruction : computation.instructions()) {
        emit(instruction);
      }
      return new Computation(computation.name(), order, images.get(computation.root()));
    }

    /** By how many collectives of the kind lie before each. */
    private void group() {
      Map<Instruction, Integer> steps = new IdentityHashMap<>();
      Map<Integer, List<Instruction>> open = new LinkedHashMap<>();
      Map<Integer, Long> bytes = new LinkedHashMap<>();
      for (Instruction instruction : computation.instructions()) {
        int step = 0;
        for (Instruction operand : instruction.operands()) {
          boolean member = kind.equals(Kind.of(operand));
          step = Math.max(step, steps.get(operand) + (member ? 1 : 0));
        }
        steps.put(instruction, step);
        if (kind.equals(Kind.of(instruction))) {
          long size = instruction.operand(0).shape().bytes();
          if (bytes.getOrDefault(step, 0L) + size > LIMIT) {
            open.remove(step);
            bytes.remove(step);
          }
          List<Instruction> group = open.computeIfAbsent(step, s -> new ArrayList<>());
          group.add(instruction);
          bytes.merge(step, size, Long::sum);
          groups.put(instruction, group);
        }
      }
    }

    /** Emits an instruction after all that it, or what it is joined with, needs. */
    private void emit(Instruction wanted) {
      Deque<Instruction> open = new ArrayDeque<>(List.of(wanted));
      while (!open.isEmpty()) {
        Instruction next = open.peek();
        if (images.containsKey(next)) {
          open.pop();
          continue;
        }
        List<Instruction> group = groups.getOrDefault(next, List.of(next));
        List<Instruction> missing =
            group.stream()
                .flatMap(member -> member.operands().stream())
                .filter(operand -> !images.containsKey(operand))
                .toList();
        if (missing.isEmpty()) {
          open.pop();
          place(group);
        } else {
          missing.forEach(open::push);
        }
      }
    }

    private void place(List<Instruction> group) {
      Map<Instruction, List<Instruction>> byOperand = new LinkedHashMap<>();
      for (Instruction member : group) {
        Instruction operand = member.operands().isEmpty() ? member : member.operand(0);
        byOperand.computeIfAbsent(operand, o -> new ArrayList<>()).add(member);
      }
      if (byOperand.size() == 1 || !(group.getFirst().op() instanceof Op.Collective)) {
        Instruction first = group.getFirst();
        Instruction image =
            add(first.withOperands(first.operands().stream().map(images::get).toList()));
        group.forEach(member -> images.put(member, image));
        return;
      }
      List<Instruction> firsts = byOperand.values().stream().map(List::getFirst).toList();
      List<Shape> shapes = firsts.stream().map(Instruction::shape).toList();
      Instruction merged =
          add(
              Instruction.of(
                  firsts.getFirst().name() + ".merged",
                  new ArrayOp.Merged(kind.op()),
                  Type.tuple(shapes),
                  firsts.stream().map(i -> images.get(i.operand(0))).toList(),
                  firsts.getFirst().source()));
      int index = 0;
      for (List<Instruction> same : byOperand.values()) {
        Instruction one = same.getFirst();
        Instruction element =
            add(
                Instruction.of(
                    one.name(),
                    new HloOp.GetTupleElement(index++),
                    one.type(),
                    List.of(merged),
                    Source.NONE));
        same.forEach(member -> images.put(member, element));
      }
    }

    private Instruction add(Instruction instruction) {
      order.add(instruction);
      return instruction;
    }
  }
}
