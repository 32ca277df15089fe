package io.gshard.passes;

import io.gshard.cost.Traffic;
import io.gshard.cost.Work;
import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.spmd.MemoryEstimate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Orders a partitioned program so that devices compute while collectives are under way: a
 * collective moves up to where its operands are ready, what uses its result moves down behind what
 * does not, until about as long is computed as the collective takes. Only the order changes; {@link
 * io.gshard.hlo.text.HloPrinter} writes such a collective as a start and a done.
 *
 * <p>Instructions move within a window, so that few values live longer.
 */
public final class OverlapCollectives {
  /** How far ahead of the first instruction that is not placed yet others may be taken. */
  private static final int WINDOW = 64;

  /** Operations that a device does while it sends a byte, on the paper's machine (TPU v3). */
  private static final double FLOPS_PER_BYTE = 500;

  /** Bytes that ops read and write while a device sends one, on the same machine. */
  private static final double ACCESSES_PER_BYTE = 6;

  /** By how much the peak memory may grow. */
  private static final double GROWTH = 1.05;

  private final MeshShape mesh;
  private final Map<Computation, Computation> done = new IdentityHashMap<>();

  private OverlapCollectives(MeshShape mesh) {
    this.mesh = mesh;
  }

  /**
   * The program in an order in which more overlaps; as it was if that would take more memory.
   *
   * @throws IllegalArgumentException if the module is not partitioned
   */
  public static HloModule run(HloModule partitioned) {
    if (!partitioned.partitioned()) {
      throw new IllegalArgumentException(partitioned.name() + " is not partitioned yet");
    }
    HloModule ordered =
        partitioned.withEntry(
            new OverlapCollectives(partitioned.mesh()).order(partitioned.entry()));
    double before = MemoryEstimate.of(partitioned).peakBytes();
    return MemoryEstimate.of(ordered).peakBytes() > before * GROWTH ? partitioned : ordered;
  }

  private Computation order(Computation computation) {
    Computation known = done.get(computation);
    if (known == null) {
      known = rebuilt(computation);
      done.put(computation, known);
    }
    return known;
  }

  /** The computation, and those that it calls, in their new order. */
  private Computation rebuilt(Computation computation) {
    Map<Instruction, Instruction> images = new IdentityHashMap<>();
    List<Instruction> instructions = new ArrayList<>();
    for (Instruction old : new Schedule(computation).order()) {
      Instruction image = old.withOperands(old.operands().stream().map(images::get).toList());
      if (image.op() instanceof HloOp op && !Computation.calledBy(image).isEmpty()) {
        image = image.withOp(Computation.calling(op, this::order));
      }
      images.put(old, image);
      instructions.add(image);
    }
    return new Computation(computation.name(), instructions, images.get(computation.root()));
  }

  private static Optional<Op.Collective> collective(Instruction instruction) {
    return switch (instruction.op()) {
      case Op.Collective c -> Optional.of(c);
      case ArrayOp.Merged(Op.Collective c) -> Optional.of(c);
      default -> Optional.empty();
    };
  }

  /** The new order of one computation. */
  private final class Schedule {
    private final List<Instruction> waiting;
    private final Set<Instruction> placed = new HashSet<>();
    private final List<Instruction> order = new ArrayList<>();

    /** Of each collective under way the bytes that nothing has been computed for yet. */
    private final Map<Instruction, Double> underWay = new LinkedHashMap<>();

    Schedule(Computation computation) {
      this.waiting = new ArrayList<>(computation.instructions());
    }

    List<Instruction> order() {
      if (waiting.stream().noneMatch(i -> collective(i).isPresent())) {
        return waiting;
      }
      waiting.stream().filter(i -> i.op() instanceof HloOp.Parameter).forEach(this::place);
      waiting.removeAll(placed);
      // The window is kept apart, as taking from the front of a long list takes long.
      List<Instruction> window = new ArrayList<>();
      int next = 0;
      while (next < waiting.size() || !window.isEmpty()) {
        while (window.size() < WINDOW && next < waiting.size()) {
          window.add(waiting.get(next++));
        }
        place(window.remove(choose(window)));
      }
      return order;
    }

    /** A collective that is ready; else what need not wait for one; else what stands first. */
    private int choose(List<Instruction> window) {
      int first = -1;
      for (int i = 0; i < window.size(); i++) {
        Instruction candidate = window.get(i);
        if (!placed.containsAll(candidate.operands())) {
          continue;
        }
        boolean free = candidate.operands().stream().noneMatch(underWay::containsKey);
        if (free && collective(candidate).isPresent()) {
          return i;
        }
        if (free && first < 0) {
          first = i;
        }
      }
      // The first that is not placed yet has all its operands.
      return Math.max(first, 0);
    }

    private void place(Instruction instruction) {
      instruction.operands().forEach(underWay::remove);
      placed.add(instruction);
      order.add(instruction);
      Optional<Op.Collective> started = collective(instruction);
      if (started.isPresent()) {
        underWay.put(instruction, sent(started.get(), instruction));
        return;
      }
      Work work = Work.of(instruction);
      double covered = Math.max(work.flops() / FLOPS_PER_BYTE, work.bytes() / ACCESSES_PER_BYTE);
      underWay.replaceAll((c, bytes) -> bytes - covered);
      underWay.values().removeIf(bytes -> bytes <= 0);
    }

    private double sent(Op.Collective op, Instruction instruction) {
      return instruction.operands().stream()
          .mapToDouble(o -> Traffic.sent(op, o.shape().bytes(), mesh.size(op.axes())))
          .sum();
    }
  }
}
