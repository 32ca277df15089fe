package io.gshard.stablehlo;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.mesh.ShardingDetails;
import io.gshard.op.Op;
import io.gshard.sharding.ManualRegions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A manual region as Shardy has it: one op, whose region works on the devices' parts, where HLO has
 * custom-calls at its ends. What two regions one after the other share is in both.
 *
 * @param entries custom-calls that give parts of wholes
 * @param captured values from outside that the region uses as they are
 * @param body what the region computes, in order
 * @param exits custom-calls that make wholes of parts
 */
record ManualComputation(
    List<Instruction> entries,
    List<Instruction> captured,
    List<Instruction> body,
    List<Instruction> exits) {

  /**
   * Some instructions, and then regions that need them.
   *
   * @param region null after the last ones
   */
  record Stage(List<Instruction> instructions, ManualComputation region) {}

  /** Why a module's manual regions cannot be said so; empty if they can. */
  static String obstacle(HloModule module) {
    for (Computation computation : module.computations()) {
      Set<Instruction> manual = manual(computation);
      Set<Instruction> within = new HashSet<>();
      for (Stage stage : stages(computation)) {
        if (stage.region() != null) {
          within.addAll(stage.region().entries());
        }
      }
      for (Instruction i : computation.instructions()) {
        boolean ends = ManualRegions.leaves(i);
        if (ManualRegions.enters(i) || ends) {
          boolean nested =
              ends
                  ? i.isSharded() && !i.sharding().details().manual().isEmpty()
                  : manual.contains(i.operand(0)) || !within.contains(i);
          if (nested || !(ends ? i : i.operand(0)).isSharded()) {
            return "%s at %s: %s"
                .formatted(
                    i,
                    i.source(),
                    nested
                        ? "it stands in another manual region, or its region ends in another computation"
                        : "no sharding says how its whole is cut");
          }
        }
      }
    }
    return "";
  }

  /** A computation's instructions in an order in which each region is one op. */
  static List<Stage> stages(Computation computation) {
    if (computation.instructions().stream().noneMatch(ManualRegions::leaves)) {
      return List.of(new Stage(computation.instructions(), null));
    }
    Set<Instruction> manual = manual(computation);
    // How many regions lie one after the other before a value.
    Map<Instruction, Integer> levels = new IdentityHashMap<>();
    TreeMap<Integer, List<Instruction>> plain = new TreeMap<>();
    TreeMap<Integer, List<Instruction>> exits = new TreeMap<>();
    for (Instruction i : computation.instructions()) {
      int level = i.operands().stream().mapToInt(levels::get).max().orElse(0);
      boolean leaves = ManualRegions.leaves(i);
      levels.put(i, leaves ? level + 1 : level);
      if (leaves) {
        exits.computeIfAbsent(level, l -> new ArrayList<>()).add(i);
      } else if (!manual.contains(i)) {
        plain.computeIfAbsent(level, l -> new ArrayList<>()).add(i);
      }
    }
    List<Stage> stages = new ArrayList<>();
    for (int level = 0; level <= Math.max(plain.lastKey(), exits.lastKey()); level++) {
      List<Instruction> ends = exits.get(level);
      stages.add(
          new Stage(
              plain.getOrDefault(level, List.of()),
              ends == null ? null : of(computation, manual, ends)));
    }
    return stages;
  }

  private static ManualComputation of(
      Computation computation, Set<Instruction> manual, List<Instruction> exits) {
    Set<Instruction> found = new HashSet<>();
    Set<Instruction> captured = new LinkedHashSet<>();
    List<Instruction> open = new ArrayList<>();
    exits.forEach(exit -> open.addAll(exit.operands()));
    while (!open.isEmpty()) {
      Instruction next = open.removeLast();
      if (!manual.contains(next)) {
        captured.add(next);
      } else if (found.add(next) && !ManualRegions.enters(next)) {
        open.addAll(next.operands());
      }
    }
    List<Instruction> ordered =
        computation.instructions().stream().filter(found::contains).toList();
    return new ManualComputation(
        ordered.stream().filter(ManualRegions::enters).toList(),
        List.copyOf(captured),
        ordered.stream().filter(i -> !ManualRegions.enters(i)).toList(),
        exits);
  }

  /** What a device has of its own: from a region's beginning on, or by where it stands. */
  private static Set<Instruction> manual(Computation computation) {
    Set<Instruction> manual = new HashSet<>();
    for (Instruction i : computation.instructions()) {
      boolean begins = ManualRegions.enters(i) || i.op() instanceof Op.PartitionId;
      if (begins || !ManualRegions.leaves(i) && i.operands().stream().anyMatch(manual::contains)) {
        manual.add(i);
      }
    }
    return manual;
  }

  /** The axes that are manual in it, in the mesh's order. */
  List<String> axes(MeshShape mesh) {
    Set<String> said = new HashSet<>();
    for (Instruction entry : entries) {
      said.addAll(entry.isSharded() ? entry.sharding().details().manual() : List.of());
    }
    List<String> all = mesh.axes().stream().map(MeshAxis::name).toList();
    return said.isEmpty() ? all : all.stream().filter(said::contains).toList();
  }

  /** How its operands are cut: entries' wholes, then what is captured. */
  List<Sharding> in(MeshShape mesh) {
    List<Sharding> shardings = new ArrayList<>();
    entries.forEach(entry -> shardings.add(cut(entry.operand(0).sharding(), mesh)));
    for (Instruction value : captured) {
      value.type().leaves().forEach(s -> shardings.add(cut(Sharding.replicated(s.rank()), mesh)));
    }
    return shardings;
  }

  /** How its results are put together. */
  List<Sharding> out(MeshShape mesh) {
    return exits.stream().map(exit -> cut(exit.sharding(), mesh)).toList();
  }

  /** Along the other axes it is as it may be. */
  private Sharding cut(Sharding whole, MeshShape mesh) {
    List<String> axes = axes(mesh);
    Sharding cut = ManualRegions.cut(whole, Set.copyOf(axes));
    return mesh.size(axes) == mesh.devices()
        ? cut
        : cut.with(
            ShardingDetails.NONE
                .withOrder(cut.order())
                .withOpen(IntStream.range(0, cut.rank()).boxed().toList()));
  }
}
