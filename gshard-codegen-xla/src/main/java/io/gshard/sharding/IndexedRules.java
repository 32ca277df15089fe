package io.gshard.sharding;

import io.gshard.op.Op;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The rules of gather and scatter. */
final class IndexedRules {
  private IndexedRules() {}

  /**
   * Batch dims of the indices pass, tied to the operand's where they are batching dims; a dim of
   * the operand that is taken whole passes; of one that is looked up in each part gives a part of
   * every window.
   */
  static void gather(RuleBuilder rule, Op.Gather g, List<Shape> operands, Shape result) {
    Shape x = operands.get(0);
    Shape indices = operands.get(1);
    List<Integer> batch = without(result.rank(), g.offsetDims());
    List<Integer> indexDims = without(indices.rank(), List.of(g.indexVectorDim()));
    for (int n = 0; n < indexDims.size(); n++) {
      int f = rule.pass(indices.dim(indexDims.get(n)));
      rule.operand(1, indexDims.get(n), f).result(batch.get(n), f);
      int tied = g.indicesBatchingDims().indexOf(indexDims.get(n));
      if (tied >= 0) {
        rule.operand(0, g.operandBatchingDims().get(tied), f);
      }
    }
    List<Integer> gone = new ArrayList<>(g.collapsedSliceDims());
    gone.addAll(g.operandBatchingDims());
    List<Integer> window = without(x.rank(), gone);
    for (int n = 0; n < window.size(); n++) {
      int dim = window.get(n);
      if (g.sliceSizes().get(dim) == x.dim(dim)) {
        int f = rule.pass(x.dim(dim));
        rule.operand(0, dim, f).result(g.offsetDims().get(n), f);
      }
    }
    for (int dim : g.startIndexMap()) {
      if (g.sliceSizes().get(dim) > 0 && g.sliceSizes().get(dim) < x.dim(dim)) {
        rule.operand(0, dim, rule.factor(x.dim(dim), OpRule.Kind.REDUCTION));
      }
    }
  }

  /** A window's elements come from the devices that have them: each has a part of every one. */
  static void dynamicSlice(RuleBuilder rule, Op.DynamicSlice s, Shape x) {
    for (int d = 0; d < x.rank(); d++) {
      boolean whole = s.sizes().get(d) == x.dim(d);
      int f = rule.factor(x.dim(d), whole ? OpRule.Kind.PASS_THROUGH : OpRule.Kind.REDUCTION);
      rule.operand(0, d, f);
      if (whole) {
        rule.result(d, f);
      }
    }
  }

  /** Every device writes what of the window lies in its part. */
  static void dynamicUpdateSlice(RuleBuilder rule, Shape x, Shape update) {
    for (int d = 0; d < x.rank(); d++) {
      int f = rule.pass(x.dim(d));
      rule.operand(0, d, f).result(d, f);
      if (update.dim(d) == x.dim(d)) {
        rule.operand(1, d, f);
      }
    }
  }

  /**
   * As gather, seen from the other side: index dims that are not batching dims are reduced over, as
   * each part of the updates gives a part of every sum. Where updates are put, not folded, their
   * order matters and they must be whole.
   */
  static void scatter(RuleBuilder rule, Op.Scatter s, boolean folds, List<Shape> operands) {
    int n = (operands.size() - 1) / 2;
    Shape x = operands.getFirst();
    Shape indices = operands.get(n);
    Shape updates = operands.get(n + 1);
    List<Integer> batch = without(updates.rank(), s.updateWindowDims());
    List<Integer> indexDims = without(indices.rank(), List.of(s.indexVectorDim()));
    for (int i = 0; i < indexDims.size(); i++) {
      int dim = indexDims.get(i);
      int tied = s.indicesBatchingDims().indexOf(dim);
      OpRule.Kind kind =
          tied >= 0
              ? OpRule.Kind.PASS_THROUGH
              : folds ? OpRule.Kind.REDUCTION : OpRule.Kind.NEED_REPLICATION;
      int f = rule.factor(indices.dim(dim), kind);
      rule.operand(n, dim, f);
      for (int k = 0; k < n; k++) {
        rule.operand(n + 1 + k, batch.get(i), f);
        if (tied >= 0) {
          int there = s.operandBatchingDims().get(tied);
          rule.operand(k, there, f).result(k, there, f);
        }
      }
    }
    List<Integer> gone = new ArrayList<>(s.insertedWindowDims());
    gone.addAll(s.operandBatchingDims());
    List<Integer> window = without(x.rank(), gone);
    for (int i = 0; i < window.size(); i++) {
      int dim = window.get(i);
      int update = s.updateWindowDims().get(i);
      boolean moves = s.scatterDimsToOperandDims().contains(dim);
      boolean whole = updates.dim(update) == x.dim(dim) && !moves;
      if (whole || moves && updates.dim(update) == 1) {
        int f = rule.pass(x.dim(dim));
        for (int k = 0; k < n; k++) {
          rule.operand(k, dim, f).result(k, dim, f);
          if (whole) {
            rule.operand(n + 1 + k, update, f);
          }
        }
      }
    }
    for (int dim : s.insertedWindowDims()) {
      int f = rule.pass(x.dim(dim));
      for (int k = 0; k < n; k++) {
        rule.operand(k, dim, f).result(k, dim, f);
      }
    }
  }

  private static List<Integer> without(int rank, List<Integer> dims) {
    return IntStream.range(0, rank).filter(d -> !dims.contains(d)).boxed().toList();
  }
}
