package io.gshard.sharding;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * For each factor of an op the mesh axes that split it, major first. An axis splits one factor at
 * most: then each device computes one block of the op's space.
 */
public record Assignment(List<List<String>> axes) {

  public Assignment {
    axes = List.copyOf(axes);
  }

  public static Assignment none(OpRule rule) {
    return new Assignment(Collections.nCopies(rule.factors().size(), List.of()));
  }

  public List<String> axes(int factor) {
    return axes.get(factor);
  }

  /** The axes in use. */
  public Set<String> used() {
    Set<String> used = new HashSet<>();
    axes.forEach(used::addAll);
    return used;
  }

  /** What a tensor's sharding says of the op's factors; axes that fit no factor are left out. */
  public static Assignment of(
      MeshShape mesh, OpRule rule, List<List<Integer>> dims, Sharding sharding) {
    List<List<String>> axes =
        new ArrayList<>(Collections.nCopies(rule.factors().size(), List.of()));
    for (int d = 0; d < dims.size(); d++) {
      List<Integer> factors = dims.get(d);
      int at = 0;
      int parts = 1;
      for (String axis : sharding.axes(d)) {
        while (at < factors.size() - 1 && parts == rule.factors().get(factors.get(at)).size()) {
          at++;
          parts = 1;
        }
        parts *= mesh.size(axis);
        int factor = factors.get(at);
        if (!rule.factors().get(factor).isSplittable() || !linesUp(rule, factors, at, parts)) {
          break;
        }
        List<String> longer = new ArrayList<>(axes.get(factor));
        longer.add(axis);
        axes.set(factor, longer);
      }
    }
    return new Assignment(axes);
  }

  /**
   * How a tensor of the op is split, or null if one of its dims cannot be split so (a minor factor
   * without the major ones before it, or shards that do not line up).
   */
  public Sharding sharding(MeshShape mesh, OpRule rule, List<List<Integer>> dims) {
    List<List<String>> result = new ArrayList<>();
    for (List<Integer> factors : dims) {
      List<String> dim = dimAxes(mesh, rule, factors);
      if (dim == null) {
        return null;
      }
      result.add(dim);
    }
    return new Sharding(result);
  }

  /** The axes that split one dim, or null where it cannot be split so. */
  List<String> dimAxes(MeshShape mesh, OpRule rule, List<Integer> factors) {
    if (misfit(mesh, rule, factors) >= 0) {
      return null;
    }
    if (factors.size() == 1) {
      return axes.get(factors.getFirst());
    }
    List<String> joined = new ArrayList<>();
    factors.forEach(f -> joined.addAll(axes.get(f)));
    return joined;
  }

  /** This with other axes for one factor. */
  Assignment with(int factor, List<String> other) {
    List<List<String>> changed = new ArrayList<>(axes);
    changed.set(factor, other);
    return new Assignment(changed);
  }

  /** This with some axes, where they are not in use, on one more factor. */
  public Assignment also(int factor, List<String> more) {
    Set<String> used = used();
    List<String> longer = new ArrayList<>(axes.get(factor));
    more.stream().filter(axis -> !used.contains(axis)).forEach(longer::add);
    return with(factor, longer);
  }

  /** The first factor of a dim that cannot be split as assigned, or -1. */
  int misfit(MeshShape mesh, OpRule rule, List<Integer> factors) {
    boolean open = true;
    for (int at = 0; at < factors.size(); at++) {
      int factor = factors.get(at);
      int parts = mesh.size(axes.get(factor));
      if (!axes.get(factor).isEmpty() && (!open || !linesUp(rule, factors, at, parts))) {
        return factor;
      }
      open &= parts == rule.factors().get(factor).size();
    }
    return -1;
  }

  /** Without what does not fit some tensor of the op. */
  public Assignment fitted(MeshShape mesh, OpRule rule) {
    List<List<String>> fitted = new ArrayList<>(axes);
    boolean changed = true;
    while (changed) {
      changed = false;
      Assignment current = new Assignment(fitted);
      for (List<List<Integer>> dims : rule.tensors()) {
        for (List<Integer> factors : dims) {
          int misfit = factors.size() == 1 ? -1 : current.misfit(mesh, rule, factors);
          if (misfit >= 0 && !fitted.get(misfit).isEmpty()) {
            fitted.set(misfit, List.of());
            changed = true;
          }
        }
      }
    }
    return new Assignment(fitted);
  }

  /**
   * This, and of the other what does not conflict: a factor's axes may be extended, by axes that
   * split no other factor.
   */
  public Assignment and(Assignment other) {
    Set<String> used = used();
    List<List<String>> joined = new ArrayList<>(axes);
    for (int f = 0; f < joined.size(); f++) {
      List<String> mine = axes.get(f);
      List<String> theirs = other.axes.get(f);
      if (theirs.size() > mine.size() && theirs.subList(0, mine.size()).equals(mine)) {
        List<String> more = theirs.subList(mine.size(), theirs.size());
        if (Collections.disjoint(used, more)) {
          used.addAll(more);
          joined.set(f, theirs);
        }
      }
    }
    return new Assignment(joined);
  }

  /** This without an axis, and without those minor to it in its factor. */
  public Assignment without(String axis) {
    return new Assignment(
        axes.stream().map(a -> a.contains(axis) ? a.subList(0, a.indexOf(axis)) : a).toList());
  }

  /**
   * Whether a split of the factor in the middle of a dim gives the shards that a split of the dim
   * gives: with {@code parts} of a factor of n, ceil(n/parts) times what lies below it must be the
   * dim's ceil(size/parts).
   */
  private static boolean linesUp(OpRule rule, List<Integer> factors, int at, int parts) {
    if (factors.size() == 1) {
      return true;
    }
    long size = rule.factors().get(factors.get(at)).size();
    if (size % parts == 0) {
      return true;
    }
    long below = 1;
    for (int i = at + 1; i < factors.size(); i++) {
      below *= rule.factors().get(factors.get(i)).size();
    }
    long above = 1;
    for (int i = 0; i < at; i++) {
      above *= rule.factors().get(factors.get(i)).size();
    }
    return Math.ceilDiv(above * size * below, above * parts)
            == Math.ceilDiv(size, (long) parts) * below
        && above == 1;
  }
}
