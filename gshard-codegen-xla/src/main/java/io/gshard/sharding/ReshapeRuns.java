package io.gshard.sharding;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A reshape as runs of elements: where the first dim of a group of dims that it splits or merges is
 * split, a device holds one run of the group's elements, in row-major order, on both sides.
 */
public final class ReshapeRuns {
  /**
   * Dims that make the same elements before and after; those of size 1 may be split by nothing.
   *
   * @param begin the first of them
   * @param end behind the last
   */
  public record Side(int begin, int end) {
    /** The axes that split the first dim that has elements to split; null if others are split. */
    public List<String> axes(MeshShape mesh, Shape shape, Sharding sharding) {
      List<String> axes = List.of();
      boolean first = true;
      for (int d = begin; d < end; d++) {
        if (mesh.size(sharding.axes(d)) > 1) {
          if (!first) {
            return null;
          }
          axes = sharding.axes(d);
        }
        first &= shape.dim(d) == 1 && mesh.size(sharding.axes(d)) == 1;
      }
      return axes;
    }

    /** How many elements of the group a device holds. */
    public long run(MeshShape mesh, Shape shape, Sharding sharding) {
      return elements(sharding.local(mesh, shape));
    }

    public long elements(Shape shape) {
      long elements = 1;
      for (int d = begin; d < end; d++) {
        elements *= shape.dim(d);
      }
      return elements;
    }

    /** The first dim with more than one element; {@code end} if there is none. */
    private int first(Shape shape) {
      int d = begin;
      while (d < end && shape.dim(d) == 1) {
        d++;
      }
      return d;
    }
  }

  /** Dims of the operand and the dims of the result that hold their elements. */
  public record Group(Side from, Side to) {}

  private ReshapeRuns() {}

  /** The smallest runs of dims with as many elements on both sides; both shapes have elements. */
  public static List<Group> groups(Shape from, Shape to) {
    List<Group> groups = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < from.rank() && j < to.rank()) {
      int firstFrom = i;
      int firstTo = j;
      long x = from.dim(i++);
      long y = to.dim(j++);
      while (x != y) {
        if (x < y) {
          x *= from.dim(i++);
        } else {
          y *= to.dim(j++);
        }
      }
      boolean last = i == from.rank() || j == to.rank();
      groups.add(
          new Group(
              new Side(firstFrom, last ? from.rank() : i),
              new Side(firstTo, last ? to.rank() : j)));
      i = last ? from.rank() : i;
      j = last ? to.rank() : j;
    }
    return groups;
  }

  /**
   * The rule by which a split of a group's first dim is one of the other side's, wherever parts
   * begin; null if no group's first dims differ.
   */
  static OpRule rule(Shape from, Shape to) {
    if (from.elements() == 0) {
      return null;
    }
    RuleBuilder rule = new RuleBuilder(List.of(from), List.of(to));
    boolean any = false;
    for (Group group : groups(from, to)) {
      int d = group.from().first(from);
      int e = group.to().first(to);
      if (d < group.from().end() && e < group.to().end() && from.dim(d) != to.dim(e)) {
        int f = rule.pass(Math.min(from.dim(d), to.dim(e)));
        rule.operand(0, d, f).result(e, f);
        any = true;
      }
    }
    return any ? rule.build() : null;
  }

  /**
   * Whether the runs of a reshape so split lie so near each other that devices need no more than
   * some of their neighbours' elements.
   */
  static boolean areNear(
      MeshShape mesh, Shape from, Sharding splitFrom, Shape to, Sharding splitTo) {
    for (Group group : groups(from, to)) {
      List<String> axes = group.from().axes(mesh, from, splitFrom);
      if (axes == null || !axes.equals(group.to().axes(mesh, to, splitTo))) {
        return false;
      }
      long held = group.from().run(mesh, from, splitFrom);
      long wanted = group.to().run(mesh, to, splitTo);
      long users = Math.ceilDiv(group.to().elements(to), wanted);
      if ((users - 1) * Math.abs(held - wanted) >= Math.min(held, wanted)) {
        return false;
      }
    }
    return true;
  }
}
