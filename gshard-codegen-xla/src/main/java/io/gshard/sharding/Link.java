package io.gshard.sharding;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An op, or a flow edge, as propagation sees it: a rule over values, and from which level on
 * shardings go through it.
 *
 * @param isPlain whether it works in any explicit order of devices
 * @param isOfRuns whether it is a reshape by its runs of elements ({@link ReshapeRuns})
 * @param order the values from the largest to the smallest: the order in which they have their way
 */
record Link(
    Instruction at,
    OpRule rule,
    List<Values.Value> values,
    int operands,
    boolean isPlain,
    boolean isOfRuns,
    List<Integer> order,
    int[] factorLevels,
    int forward,
    int backward) {

  /** The levels in order of what they mean; see {@link Propagation}. */
  static final int ELEMENTWISE = 0;

  static final int PASS = 1;
  static final int FREE = 2;
  static final int REDUCED = 3;
  static final int UP_ANNOTATION = 4;
  static final int BROADCAST = 5;
  static final int LEVELS = 6;

  /** A value that flows on unchanged. */
  static Link flow(Instruction at, Values.Value from, Values.Value to) {
    OpRule rule = OpRules.identity(from.shape);
    return new Link(
        at,
        rule,
        List.of(from, to),
        1,
        true,
        false,
        List.of(0, 1),
        new int[rule.factors().size()],
        0,
        0);
  }

  static Link of(Instruction at, Values all) {
    OpRule rule = OpRules.of(at);
    List<Values.Value> values = new ArrayList<>();
    at.operands().forEach(o -> values.add(all.operand(o)));
    values.addAll(all.of(at));
    List<Integer> order =
        IntStream.range(0, values.size())
            .boxed()
            .sorted(Comparator.comparingLong(i -> -values.get(i).shape.bytes()))
            .toList();
    int[] levels = new int[rule.factors().size()];
    for (int f = 0; f < levels.length; f++) {
      levels[f] = level(at, rule, f);
    }
    int forward = at.op() instanceof Op.Broadcast ? BROADCAST : ELEMENTWISE;
    int backward =
        at.op() instanceof Op.Broadcast
            ? FREE
            : OpRules.isAnnotation(at) ? UP_ANNOTATION : ELEMENTWISE;
    boolean plain = OpRules.isPlain(at.op()) || OpRules.isAnnotation(at);
    return new Link(
        at, rule, values, at.operands().size(), plain, false, order, levels, forward, backward);
  }

  /** A reshape whose parts may not line up, as runs of elements; null if they always do. */
  static Link runs(Instruction at, Values all) {
    OpRule rule = ReshapeRuns.rule(at.operand(0).shape(), at.shape());
    if (rule == null) {
      return null;
    }
    int[] levels = new int[rule.factors().size()];
    Arrays.fill(levels, PASS);
    List<Values.Value> values = List.of(all.operand(at.operand(0)), all.of(at).getFirst());
    return new Link(at, rule, values, 1, false, true, List.of(0, 1), levels, 0, 0);
  }

  /** Whether the op, with two of its tensors split so, is one that this link stands for. */
  boolean allows(MeshShape mesh, int from, Sharding source, int to, Sharding target) {
    return !isOfRuns
        || ReshapeRuns.areNear(mesh, values.get(from).shape, source, values.get(to).shape, target);
  }

  private static int level(Instruction at, OpRule rule, int factor) {
    if (rule.factors().get(factor).kind() == OpRule.Kind.REDUCTION) {
      return REDUCED;
    }
    return switch (at.op()) {
      case Op.Dot d ->
          rule.tensors().stream().allMatch(t -> t.stream().anyMatch(fs -> fs.contains(factor)))
              ? PASS
              : FREE;
      case Op.Reduce r -> PASS;
      case Op.Concatenate c -> PASS;
      case Op.Gather g -> PASS;
      case Op.Scatter s -> PASS;
      case Op.Slice s -> PASS;
      case Op.Pad p -> PASS;
      case Op.Cumulative c -> PASS;
      case ArrayOp.ReduceWindow r -> PASS;
      case ArrayOp.SelectAndScatter c -> PASS;
      case ArrayOp.Convolution c ->
          rule.tensors().stream().allMatch(t -> t.stream().anyMatch(fs -> fs.contains(factor)))
                  || rule.factors().get(factor).kind() == OpRule.Kind.PERMUTATION
              ? PASS
              : FREE;
      case HloOp.ReduceRegion r -> PASS;
      case HloOp.Sort s -> PASS;
      default -> ELEMENTWISE;
    };
  }

  /** From which level on a factor's split goes from one tensor to another. */
  int level(int factor, int from, int to) {
    if (rule.factors().get(factor).kind() == OpRule.Kind.PERMUTATION
        && !comparable(factor, from, to)) {
      return LEVELS;
    }
    boolean up = from >= operands && to < operands;
    boolean down = from < operands && to >= operands;
    return Math.max(factorLevels[factor], down ? forward : up ? backward : 0);
  }

  /**
   * Whether a split of a dim that the op moves along is worth the same split of the other tensor: a
   * part of one that is much smaller would be empty on most devices.
   */
  private boolean comparable(int factor, int from, int to) {
    if (at.op() instanceof Op.Concatenate || at.op() instanceof ArrayOp.SelectAndScatter) {
      return true;
    }
    long a = size(factor, from);
    long b = size(factor, to);
    return a <= 2 * b && b <= 2 * a;
  }

  /** The size of the dim that a factor is in a tensor. */
  private long size(int factor, int tensor) {
    List<List<Integer>> dims = rule.tensors().get(tensor);
    for (int d = 0; d < dims.size(); d++) {
      if (dims.get(d).contains(factor)) {
        return values.get(tensor).shape.dim(d);
      }
    }
    return 1;
  }

  /** Whether something goes through at this level that did not before. */
  boolean begins(int level) {
    return level == ELEMENTWISE
        || forward == level
        || backward == level
        || IntStream.of(factorLevels).anyMatch(l -> l == level);
  }
}
