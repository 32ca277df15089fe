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
   * the operand that is taken whole passes; one that is looked up in must be whole.
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
  }

  /**
   * As gather, seen from the other side: index dims that are not batching dims are reduced over, as
   * each part of the updates gives a part of every sum. Where updates are put, not folded, their
   * order matters and they must be whole.
   */
  static void scatter(RuleBuilder rule, Op.Scatter s, List<Shape> operands) {
    Shape x = operands.get(0);
    Shape indices = operands.get(1);
    Shape updates = operands.get(2);
    List<Integer> batch = without(updates.rank(), s.updateWindowDims());
    List<Integer> indexDims = without(indices.rank(), List.of(s.indexVectorDim()));
    for (int n = 0; n < indexDims.size(); n++) {
      int dim = indexDims.get(n);
      int tied = s.indicesBatchingDims().indexOf(dim);
      OpRule.Kind kind =
          tied >= 0
              ? OpRule.Kind.PASS_THROUGH
              : s.combiner() != null ? OpRule.Kind.REDUCTION : OpRule.Kind.NEED_REPLICATION;
      int f = rule.factor(indices.dim(dim), kind);
      rule.operand(1, dim, f).operand(2, batch.get(n), f);
      if (tied >= 0) {
        int there = s.operandBatchingDims().get(tied);
        rule.operand(0, there, f).result(there, f);
      }
    }
    List<Integer> gone = new ArrayList<>(s.insertedWindowDims());
    gone.addAll(s.operandBatchingDims());
    List<Integer> window = without(x.rank(), gone);
    for (int n = 0; n < window.size(); n++) {
      int dim = window.get(n);
      int update = s.updateWindowDims().get(n);
      if (updates.dim(update) == x.dim(dim) && !s.scatterDimsToOperandDims().contains(dim)) {
        int f = rule.pass(x.dim(dim));
        rule.operand(0, dim, f).operand(2, update, f).result(dim, f);
      }
    }
  }

  private static List<Integer> without(int rank, List<Integer> dims) {
    return IntStream.range(0, rank).filter(d -> !dims.contains(d)).boxed().toList();
  }
}
