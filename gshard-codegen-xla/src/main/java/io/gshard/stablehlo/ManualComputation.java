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
 * @param outer the mesh axes that are manual where it stands: those of the regions around it
 * @param entries custom-calls that give parts of wholes
 * @param captured values from outside that the region uses as they are
 * @param body what the region computes, in order, with regions in it
 * @param exits custom-calls that make wholes of parts
 */
record ManualComputation(
    Set<String> outer,
    List<Instruction> entries,
    List<Instruction> captured,
    List<Stage> body,
    List<Instruction> exits) {

  /**
   * Some instructions, and then a region that needs them.
   *
   * @param region null after the last ones
   */
  record Stage(List<Instruction> instructions, ManualComputation region) {}

  /** Why a module's manual regions cannot be said so; empty if they can. */
  static String obstacle(HloModule module) {
    for (Computation computation : module.computations()) {
      Set<Instruction> ends = new HashSet<>();
      collect(stages(computation, module.mesh()), ends);
      for (Instruction i : computation.instructions()) {
        boolean leaves = ManualRegions.leaves(i);
        if (ManualRegions.enters(i) || leaves) {
          boolean found = ends.contains(i);
          if (!found || !(leaves ? i : i.operand(0)).isSharded()) {
            return "%s at %s: %s"
                .formatted(
                    i,
                    i.source(),
                    found
                        ? "no sharding says how its whole is cut"
                        : "its region begins or ends in another computation");
          }
        }
      }
    }
    return "";
  }

  private static void collect(List<Stage> stages, Set<Instruction> ends) {
    for (Stage stage : stages) {
      if (stage.region() != null) {
        ends.addAll(stage.region().entries());
        ends.addAll(stage.region().exits());
        collect(stage.region().body(), ends);
      }
    }
  }

  /** A computation's instructions in an order in which each region is one op. */
  static List<Stage> stages(Computation computation, MeshShape mesh) {
    if (computation.instructions().stream().noneMatch(ManualRegions::leaves)) {
      return List.of(new Stage(computation.instructions(), null));
    }
    return stages(computation.instructions(), depths(computation), 0, Set.of(), mesh);
  }

  /**
   * In how many regions each instruction stands, its operand's end not counted: a beginning stands
   * in the region that it begins, an end outside the one that it ends.
   */
  private static Map<Instruction, Integer> depths(Computation computation) {
    Map<Instruction, Integer> depths = new IdentityHashMap<>();
    for (Instruction i : computation.instructions()) {
      int inside = i.operands().stream().mapToInt(depths::get).max().orElse(0);
      if (ManualRegions.enters(i)) {
        inside++;
      } else if (ManualRegions.leaves(i)) {
        inside--;
      } else if (i.op() instanceof Op.PartitionId) {
        inside = 1;
      }
      depths.put(i, inside);
    }
    return depths;
  }

  /** Of instructions in {@code depth} regions, and of the regions among them. */
  private static List<Stage> stages(
      List<Instruction> instructions,
      Map<Instruction, Integer> depths,
      int depth,
      Set<String> outer,
      MeshShape mesh) {
    // How many regions lie one after the other before a value.
    Map<Instruction, Integer> levels = new IdentityHashMap<>();
    TreeMap<Integer, List<Instruction>> plain = new TreeMap<>();
    TreeMap<Integer, List<Instruction>> exits = new TreeMap<>();
    for (Instruction i : instructions) {
      int level = i.operands().stream().mapToInt(o -> levels.getOrDefault(o, 0)).max().orElse(0);
      boolean ends = ManualRegions.leaves(i) && depths.get(i) == depth;
      levels.put(i, ends ? level + 1 : level);
      if (ends) {
        exits.computeIfAbsent(level, l -> new ArrayList<>()).add(i);
      } else if (depths.get(i) <= depth) {
        plain.computeIfAbsent(level, l -> new ArrayList<>()).add(i);
      }
    }
    List<Stage> stages = new ArrayList<>();
    int last = Math.max(last(plain), last(exits));
    for (int level = 0; level <= last; level++) {
      List<Instruction> ends = exits.get(level);
      stages.add(
          new Stage(
              plain.getOrDefault(level, List.of()),
              ends == null ? null : of(instructions, depths, depth, outer, mesh, ends)));
    }
    return stages;
  }

  private static int last(TreeMap<Integer, List<Instruction>> levels) {
    return levels.isEmpty() ? 0 : levels.lastKey();
  }

  private static ManualComputation of(
      List<Instruction> instructions,
      Map<Instruction, Integer> depths,
      int depth,
      Set<String> outer,
      MeshShape mesh,
      List<Instruction> exits) {
    Set<Instruction> found = new HashSet<>();
    Set<Instruction> captured = new LinkedHashSet<>();
    List<Instruction> open = new ArrayList<>();
    exits.forEach(exit -> open.addAll(exit.operands()));
    while (!open.isEmpty()) {
      Instruction next = open.removeLast();
      if (depths.get(next) <= depth) {
        captured.add(next);
      } else if (found.add(next) && !begins(next, depths, depth)) {
        open.addAll(next.operands());
      }
    }
    List<Instruction> ordered = instructions.stream().filter(found::contains).toList();
    List<Instruction> entries = ordered.stream().filter(i -> begins(i, depths, depth)).toList();
    List<Instruction> body = ordered.stream().filter(i -> !begins(i, depths, depth)).toList();
    Set<String> inner = new HashSet<>(outer);
    inner.addAll(axes(entries, outer, mesh));
    return new ManualComputation(
        outer, entries, List.copyOf(captured), stages(body, depths, depth + 1, inner, mesh), exits);
  }

  private static boolean begins(Instruction i, Map<Instruction, Integer> depths, int depth) {
    return ManualRegions.enters(i) && depths.get(i) == depth + 1;
  }

  /** The axes that are manual in it and not around it, in the mesh's order. */
  List<String> axes(MeshShape mesh) {
    return axes(entries, outer, mesh);
  }

  private static List<String> axes(List<Instruction> entries, Set<String> outer, MeshShape mesh) {
    Set<String> said = new HashSet<>();
    for (Instruction entry : entries) {
      said.addAll(entry.isSharded() ? entry.sharding().details().manual() : List.of());
    }
    return mesh.axes().stream()
        .map(MeshAxis::name)
        .filter(axis -> !outer.contains(axis) && (said.isEmpty() || said.contains(axis)))
        .toList();
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
    return mesh.size(axes) * mesh.size(List.copyOf(outer)) == mesh.devices()
        ? cut
        : cut.with(
            ShardingDetails.NONE
                .withOrder(cut.order())
                .withOpen(IntStream.range(0, cut.rank()).boxed().toList()));
  }
}
