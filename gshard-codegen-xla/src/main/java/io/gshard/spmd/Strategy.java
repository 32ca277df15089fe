package io.gshard.spmd;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.sharding.Assignment;
import io.gshard.sharding.OpRule;
import io.gshard.sharding.OpRules;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Chooses how an op is computed: which mesh axes split which of its factors. Candidates are what
 * the operands and the results are split by, in several orders of precedence; the cheapest counts,
 * by the bytes that operands, partial results and results must be sent, and a little by the work
 * that each device does.
 */
final class Strategy {
  /** Multiplications in the time of sending one byte. */
  private static final double FLOPS_PER_BYTE = 400;

  /** Bytes of memory moved in the time of sending one. */
  private static final double MEMORY_PER_BYTE = 40;

  private final MeshShape mesh;
  private final ReshardPlanner planner;
  private final Cost costs;
  private final Demands demands;
  private final OwnAxes own;

  Strategy(MeshShape mesh, ReshardPlanner planner, OwnAxes own) {
    this.mesh = mesh;
    this.own = own;
    this.planner = planner;
    this.costs = new Cost(mesh);
    this.demands = new Demands(mesh, costs);
  }

  Assignment choose(Instruction op, OpRule rule) {
    List<Assignment> wishes = wishes(op, rule);
    if (wishes.size() == 1 && moved(op, rule, wishes).isEmpty()) {
      return wishes.getFirst().fitted(mesh, rule);
    }
    Assignment best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Assignment candidate : candidates(op, rule, wishes)) {
      double cost = cost(op, rule, candidate);
      if (cost < least) {
        least = cost;
        best = candidate;
      }
    }
    return best;
  }

  /** What the tensors are split by, those of the largest first. */
  private List<Assignment> wishes(Instruction op, OpRule rule) {
    List<Shape> shapes = new ArrayList<>(op.operands().stream().map(Instruction::shape).toList());
    List<Sharding> shardings =
        new ArrayList<>(op.operands().stream().map(Instruction::sharding).toList());
    shapes.addAll(op.type().leaves());
    shardings.addAll(op.shardings());
    return IntStream.range(0, shapes.size())
        .boxed()
        .filter(i -> i >= op.operands().size() || !OpRules.isFree(op.operand(i)))
        .sorted(Comparator.comparingLong(i -> -shapes.get(i).bytes()))
        .map(i -> Assignment.of(mesh, rule, rule.tensors().get(i), shardings.get(i)))
        .map(a -> usable(a, op))
        .distinct()
        .toList();
  }

  /** Without the axes that are manual at the op: its operands differ along them. */
  private Assignment usable(Assignment wish, Instruction op) {
    Assignment usable = wish;
    for (String axis : own.at(op)) {
      usable = usable.without(axis);
    }
    return usable;
  }

  private Set<Assignment> candidates(Instruction op, OpRule rule, List<Assignment> wishes) {
    Set<Assignment> found = new LinkedHashSet<>();
    for (Assignment first : wishes) {
      Assignment all = first;
      for (Assignment second : wishes) {
        Assignment two = first.and(second);
        found.add(two.fitted(mesh, rule));
        all = all.and(second);
      }
      found.add(all.fitted(mesh, rule));
      found.add(first.fitted(mesh, rule));
    }
    for (Assignment whole : List.copyOf(found)) {
      for (String axis : whole.used().stream().sorted().toList()) {
        found.add(whole.without(axis).fitted(mesh, rule));
      }
    }
    found.add(Assignment.none(rule));
    found.addAll(moved(op, rule, wishes));
    return found;
  }

  /**
   * Where a tensor is split along a dim that the op must see whole, the same axes on another of its
   * dims: an all-to-all instead of gathering.
   */
  private List<Assignment> moved(Instruction op, OpRule rule, List<Assignment> wishes) {
    List<Assignment> found = new ArrayList<>();
    for (int o = 0; o < op.operands().size(); o++) {
      List<List<Integer>> dims = rule.operands().get(o);
      Sharding sharding = op.operand(o).sharding();
      for (int d = 0; d < dims.size(); d++) {
        List<String> axes = sharding.axes(d);
        boolean whole = dims.get(d).stream().noneMatch(f -> rule.factors().get(f).isSplittable());
        if (axes.isEmpty() || !whole || !Collections.disjoint(axes, own.at(op))) {
          continue;
        }
        for (List<Integer> other : dims) {
          int factor = other.getFirst();
          if (other.size() == 1
              && rule.factors().get(factor).kind() == OpRule.Kind.PASS_THROUGH
              && rule.factors().get(factor).size() >= mesh.size(axes)) {
            for (Assignment wish : wishes) {
              found.add(wish.also(factor, axes).fitted(mesh, rule));
            }
          }
        }
      }
    }
    return found;
  }

  private double cost(Instruction op, OpRule rule, Assignment candidate) {
    double cost = 0;
    for (int i = 0; i < op.operands().size(); i++) {
      Instruction operand = op.operand(i);
      Sharding needed = candidate.sharding(mesh, rule, rule.operands().get(i));
      if (!OpRules.isFree(operand)) {
        cost += planner.plan(operand.shape(), operand.sharding(), needed).cost();
      }
      cost += costs.bytes(operand.shape(), needed) / MEMORY_PER_BYTE;
    }
    List<String> partial = partialAxes(rule, candidate);
    for (int i = 0; i < op.type().leaves().size(); i++) {
      Shape global = op.type().leaves().get(i);
      Sharding computed = candidate.sharding(mesh, rule, rule.results().get(i));
      cost += costs.bytes(global, computed) / MEMORY_PER_BYTE;
      Folding folding = Folding.of(mesh, global, computed, partial, op.shardings().get(i));
      cost += costs.of(global, folding);
      cost += planner.plan(global, folding.sharding(), op.shardings().get(i)).cost();
    }
    if (NeighbourOps.needed(mesh, op.op(), rule, candidate)) {
      List<Sharding> needed =
          rule.operands().stream().map(dims -> candidate.sharding(mesh, rule, dims)).toList();
      Sharding computed = candidate.sharding(mesh, rule, rule.results().getFirst());
      cost += demands.cost(op, needed, computed);
    }
    if (op.op() instanceof Op.Dot || op.op() instanceof ArrayOp.Convolution) {
      double flops = 2;
      for (int f = 0; f < rule.factors().size(); f++) {
        flops *= Math.max(1, rule.factors().get(f).size() / costs.parts(candidate.axes(f)));
      }
      cost += flops / FLOPS_PER_BYTE;
    }
    return cost;
  }

  /** The axes over which an op computed so has partial results, in the order of its factors. */
  static List<String> partialAxes(OpRule rule, Assignment assignment) {
    List<String> axes = new ArrayList<>();
    for (int f = 0; f < rule.factors().size(); f++) {
      if (rule.factors().get(f).kind() == OpRule.Kind.REDUCTION) {
        axes.addAll(assignment.axes(f));
      }
    }
    return axes;
  }
}
