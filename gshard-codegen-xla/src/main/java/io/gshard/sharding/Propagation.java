package io.gshard.sharding;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Type;
import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides how every tensor of a program is split, from the few that the user has annotated (paper,
 * section 3.2). Annotations and entry parameters with a sharding stay as they are; all others start
 * whole and are only ever split further, along their ops' factors, in both directions, until
 * nothing changes.
 *
 * <p>What goes first: shardings spread by levels, and inside a level from the annotations outwards,
 * nearest first.
 *
 * <ol start="0">
 *   <li>elementwise ops, reshapes, transposes, calls and loops
 *   <li>dims that pass through the other ops; batch dims of products; reshapes whose parts are
 *       shifted ({@link ReshapeRuns})
 *   <li>free dims of products; from a broadcast to its operand
 *   <li>contracted and reduced dims, from one operand to another
 *   <li>against the flow through an annotation
 *   <li>from an operand to its broadcast
 * </ol>
 *
 * <p>Where two tensors of an op want different things the larger has its way. An axis is used once
 * in a tensor. The time taken does not depend on the number of devices.
 */
public final class Propagation {
  private final MeshShape mesh;
  private final Values values;
  private final List<Link> links = new ArrayList<>();

  private Propagation(HloModule module) {
    mesh = module.mesh();
    values = new Values(module);
    for (Computation computation : module.computations()) {
      computation.instructions().forEach(this::link);
    }
    values.tied().forEach(pair -> flow(pair.getLast().at, pair.getFirst(), pair.getLast()));
    for (int i = 0; i < links.size(); i++) {
      for (Values.Value value : links.get(i).values()) {
        value.links.add(i);
      }
    }
  }

  /** The module with a sharding for every leaf of every instruction. */
  public static HloModule run(HloModule module) {
    return analyze(module).module();
  }

  /**
   * The same, with the reason for each.
   *
   * @throws IllegalArgumentException if the module is partitioned already, or has scans
   */
  public static PropagationResult analyze(HloModule module) {
    if (module.partitioned()) {
      throw new IllegalArgumentException(module.name() + " is partitioned already");
    }
    Propagation propagation = new Propagation(module);
    for (int level = 0; level < Link.LEVELS; level++) {
      propagation.spread(level);
    }
    return propagation.annotated(module);
  }

  private void link(Instruction instruction) {
    boolean handsOn =
        values.follow(
            instruction,
            (operand, from, to) -> {
              if (!OpRules.isFree(operand)) {
                flow(instruction, from, to);
              }
            });
    if (handsOn) {
      return;
    }
    if (instruction.op() instanceof HloOp.Scan) {
      throw new IllegalArgumentException(
          instruction.name() + " is a scan: lower scans to while loops before propagation");
    }
    refuseTuples(instruction);
    if (instruction.type().leaves().stream().anyMatch(s -> !s.isScalar())
        || instruction.operands().stream().anyMatch(o -> !o.shape().isScalar())) {
      links.add(Link.of(instruction, values));
      if (instruction.op() instanceof Op.Reshape) {
        Link runs = Link.runs(instruction, values);
        if (runs != null) {
          links.add(runs);
        }
      }
    }
  }

  private static void refuseTuples(Instruction instruction) {
    for (Instruction operand : instruction.operands()) {
      if (operand.type() instanceof Type.Tuple) {
        throw new InvalidModuleException(
            "%s takes the tuple %s %s; only arrays can be split: give it the elements"
                .formatted(instruction, operand, operand.type()),
            instruction.source());
      }
    }
  }

  private void flow(Instruction at, Values.Value from, Values.Value to) {
    if (from != to && !from.shape.isScalar()) {
      links.add(Link.flow(at, from, to));
    }
  }

  private void spread(int level) {
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    boolean[] queued = new boolean[links.size()];
    for (int i = 0; i < links.size(); i++) {
      if (links.get(i).begins(level)
          && links.get(i).values().stream().anyMatch(v -> !v.sharding.isReplicated())) {
        queue.add(i);
        queued[i] = true;
      }
    }
    while (!queue.isEmpty()) {
      int next = queue.poll();
      queued[next] = false;
      for (Values.Value changed : apply(links.get(next), level)) {
        for (int link : changed.links) {
          if (!queued[link]) {
            queued[link] = true;
            queue.add(link);
          }
        }
      }
    }
  }

  /** Lets the values of a link split each other; gives those that changed. */
  private List<Values.Value> apply(Link link, int level) {
    OpRule rule = link.rule();
    List<List<List<Integer>>> tensors = rule.tensors();
    List<Values.Value> changed = new ArrayList<>();
    Assignment[] own = new Assignment[tensors.size()];
    for (int i = 0; i < own.length; i++) {
      own[i] = Assignment.of(mesh, rule, tensors.get(i), link.values().get(i).sharding);
    }
    for (int from : link.order()) {
      Values.Value source = link.values().get(from);
      if (source.sharding.isReplicated()) {
        continue;
      }
      for (int to : link.order()) {
        Values.Value target = link.values().get(to);
        if (to == from || target == source || isClosed(target) || own[from].equals(own[to])) {
          continue;
        }
        Sharding longer = extended(link, level, own, from, to);
        if (!longer.equals(target.sharding)) {
          for (String axis : longer.usedAxes()) {
            if (!target.sharding.usedAxes().contains(axis)) {
              target.causes.put(axis, new Values.Cause(link.at(), source));
            }
          }
          target.sharding = longer;
          own[to] = Assignment.of(mesh, rule, tensors.get(to), longer);
          changed.add(target);
        }
      }
    }
    return changed;
  }

  private static boolean isClosed(Values.Value value) {
    return value.fixed && value.open.isEmpty();
  }

  /** A tensor's sharding, with what another's adds to it. */
  private Sharding extended(Link link, int level, Assignment[] all, int from, int to) {
    OpRule rule = link.rule();
    List<List<Integer>> dims = rule.tensors().get(to);
    Sharding current = link.values().get(to).sharding;
    Assignment wish = all[from];
    Assignment own = all[to];
    boolean whole = current.isReplicated();
    Set<String> used = new HashSet<>(current.usedAxes());
    Values.Value target = link.values().get(to);
    for (int d = 0; d < dims.size(); d++) {
      if (target.fixed && !target.open.contains(d)) {
        continue;
      }
      for (int factor : dims.get(d)) {
        List<String> theirs = wish.axes(factor);
        List<String> mine = own.axes(factor);
        if (theirs.size() <= mine.size()
            || !theirs.subList(0, mine.size()).equals(mine)
            || link.level(factor, from, to) > level
            || !Collections.disjoint(used, theirs.subList(mine.size(), theirs.size()))
            || !Collections.disjoint(target.manual, theirs)
            || !Collections.disjoint(target.spent, theirs.subList(mine.size(), theirs.size()))) {
          continue;
        }
        Assignment tried = own.with(factor, theirs);
        List<String> axes = tried.dimAxes(mesh, rule, dims.get(d));
        if (axes != null
            && axes.size() > current.axes(d).size()
            && link.allows(
                mesh, from, link.values().get(from).sharding, to, current.with(d, axes))) {
          own = tried;
          current = current.with(d, axes);
          used.addAll(theirs);
        }
      }
    }
    // An explicit order of devices goes along through ops that can work in it.
    DeviceOrder order = link.values().get(from).sharding.order();
    return whole && order != null && link.isPlain() ? current.ordered(order) : current;
  }

  private PropagationResult annotated(HloModule module) {
    Map<String, Instruction> named = new HashMap<>();
    for (Computation computation : module.computations()) {
      computation.instructions().forEach(i -> named.put(i.name(), i));
    }
    return new PropagationResult(
        module.withShardings(i -> values.of(i).stream().map(Values.Value::said).toList()),
        name ->
            Optional.ofNullable(named.get(name))
                .map(i -> new Explanation(i, values.of(i).stream().map(this::split).toList())));
  }

  private Explanation.Leaf split(Values.Value value) {
    List<Explanation.Chain> chains = new ArrayList<>();
    for (int dim = 0; dim < value.sharding.rank(); dim++) {
      for (String axis : value.sharding.axes(dim)) {
        List<Instruction> through = new ArrayList<>();
        Values.Value at = value;
        for (Values.Cause cause = at.causes.get(axis); cause != null; cause = at.causes.get(axis)) {
          through.addFirst(cause.through());
          at = cause.from();
        }
        Instruction annotated = at.annotated == null ? at.at : at.annotated;
        chains.add(new Explanation.Chain(dim, axis, annotated, through));
      }
    }
    return new Explanation.Leaf(value.sharding, value.annotated, chains);
  }
}
