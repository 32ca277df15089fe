package io.gshard.cost;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one device of a partitioned program sends: its collectives by kind and mesh axes. Of a
 * conditional all branches count; a loop whose number of turns is not known counts as one turn.
 *
 * @param exact whether all loops' numbers of turns are known
 */
public record Traffic(List<Entry> entries, boolean exact) {

  /**
   * The collectives of one kind along the same axes.
   *
   * @param kind HLO's name, such as {@code all-to-all}
   * @param count how many the program has
   * @param runs how often they run, all together
   * @param bytes what one device sends in all these runs
   */
  public record Entry(String kind, List<String> axes, long count, long runs, long bytes) {
    private Entry plus(Entry other) {
      return new Entry(kind, axes, count + other.count, runs + other.runs, bytes + other.bytes);
    }
  }

  public Traffic {
    entries = List.copyOf(entries);
  }

  public static Traffic of(HloModule partitioned) {
    Counter counter = new Counter(partitioned.mesh());
    counter.add(partitioned.entry(), 1);
    return new Traffic(List.copyOf(counter.entries()), counter.exact);
  }

  public long count() {
    return entries.stream().mapToLong(Entry::count).sum();
  }

  /** What one device sends. */
  public long bytes() {
    return entries.stream().mapToLong(Entry::bytes).sum();
  }

  private static final class Counter {
    private final MeshShape mesh;
    private final Map<String, Entry> found = new TreeMap<>();
    private boolean exact = true;

    Counter(MeshShape mesh) {
      this.mesh = mesh;
    }

    Collection<Entry> entries() {
      return found.values();
    }

    void add(Computation computation, long times) {
      for (Instruction instruction : computation.instructions()) {
        switch (instruction.op()) {
          case Op.Collective c -> add(c, instruction, times);
          case ArrayOp.Merged(Op.Collective c) -> add(c, instruction, times);
          case HloOp.While w -> {
            exact &= w.tripCount() >= 0 || !communicates(w);
            long turns = Math.max(w.tripCount(), w.tripCount() < 0 ? 1 : 0);
            add(w.condition(), times * (turns + 1));
            add(w.body(), times * turns);
          }
          default -> Computation.calledBy(instruction).forEach(c -> add(c, times));
        }
      }
    }

    private static boolean communicates(HloOp.While loop) {
      return List.of(loop.condition(), loop.body()).stream()
          .flatMap(c -> c.closure().stream())
          .flatMap(c -> c.instructions().stream())
          .anyMatch(i -> i.op() instanceof Op.Collective || i.op() instanceof ArrayOp.Merged);
    }

    private void add(Op.Collective op, Instruction at, long times) {
      double bytes = 0;
      for (Instruction operand : at.operands()) {
        bytes += sent(op, operand.shape().bytes(), mesh.size(op.axes()));
      }
      Entry entry =
          new Entry(ShapeInference.name(op), op.axes(), 1, times, Math.round(bytes * times));
      found.merge(entry.kind() + " " + entry.axes(), entry, Entry::plus);
    }
  }

  /**
   * What a device sends in a ring.
   *
   * @param bytes of the operand on a device
   * @param parts how many devices take part
   */
  public static double sent(Op.Collective op, double bytes, int parts) {
    return switch (op) {
      case Op.AllReduce r -> 2 * bytes * (parts - 1) / parts;
      case Op.AllGather g -> bytes * (parts - 1);
      case Op.ReduceScatter s -> bytes * (parts - 1) / parts;
      case Op.AllToAll a -> bytes * (parts - 1) / parts;
      case Op.CollectivePermute p -> bytes;
    };
  }
}
