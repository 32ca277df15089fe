package io.gshard.eval;

import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Gather and scatter, by HLO's definitions. */
final class Indexed {
  private Indexed() {}

  static Literal gather(Op.Gather op, Literal x, Literal indices, Shape shape) {
    Cells result = new Cells(shape);
    List<Integer> batchDims = others(shape.rank(), op.offsetDims());
    List<Integer> gone = concat(op.collapsedSliceDims(), op.operandBatchingDims());
    List<Integer> windowDims = others(x.shape().rank(), gone);
    Indices.forEach(
        shape.dims(),
        out -> {
          long[] batch = pick(out, batchDims);
          long[] from = new long[x.shape().rank()];
          for (int i = 0; i < op.startIndexMap().size(); i++) {
            int dim = op.startIndexMap().get(i);
            long start = component(indices, op.indexVectorDim(), batch, i);
            from[dim] = Indices.clamp(start, 0, x.shape().dim(dim) - op.sliceSizes().get(dim));
          }
          addBatching(
              from, op.operandBatchingDims(), op.indicesBatchingDims(), op.indexVectorDim(), batch);
          for (int i = 0; i < windowDims.size(); i++) {
            from[windowDims.get(i)] += out[op.offsetDims().get(i)];
          }
          result.copy(
              Indices.position(shape.dims(), out), x, Indices.position(x.shape().dims(), from));
        });
    return result.literal();
  }

  static Literal scatter(Op.Scatter op, Literal x, Literal indices, Literal updates) {
    Cells result = Cells.of(x);
    forEachUpdate(
        op,
        x.shape(),
        indices,
        updates.shape(),
        (at, from) -> {
          if (op.combiner() == null) {
            result.copy(at, updates, from);
          } else {
            Fold.into(op.combiner(), result, at, updates, from);
          }
        });
    return result.literal();
  }

  /** Positions in the array and in the updates. */
  interface Update {
    void put(long at, long from);
  }

  /** The updates that fall into an array of a shape, in order. */
  static void forEachUpdate(
      Op.Scatter op, Shape shape, Literal indices, Shape updates, Update body) {
    List<Integer> batchDims = others(updates.rank(), op.updateWindowDims());
    List<Integer> gone = concat(op.insertedWindowDims(), op.operandBatchingDims());
    List<Integer> windowDims = others(shape.rank(), gone);
    Indices.forEach(
        updates.dims(),
        index -> {
          long[] batch = pick(index, batchDims);
          long[] first = new long[shape.rank()];
          for (int i = 0; i < op.scatterDimsToOperandDims().size(); i++) {
            first[op.scatterDimsToOperandDims().get(i)] =
                component(indices, op.indexVectorDim(), batch, i);
          }
          addBatching(
              first,
              op.operandBatchingDims(),
              op.indicesBatchingDims(),
              op.indexVectorDim(),
              batch);
          long[] last = first.clone();
          long[] to = first.clone();
          for (int i = 0; i < windowDims.size(); i++) {
            int updateDim = op.updateWindowDims().get(i);
            last[windowDims.get(i)] += updates.dim(updateDim) - 1;
            to[windowDims.get(i)] += index[updateDim];
          }
          // A window that sticks out is left out whole.
          if (!Indices.within(shape.dims(), first) || !Indices.within(shape.dims(), last)) {
            return;
          }
          body.put(Indices.position(shape.dims(), to), Indices.position(updates.dims(), index));
        });
  }

  /** Part i of the index vector that belongs to a batch index. */
  private static long component(Literal indices, int vectorDim, long[] batch, int i) {
    Shape shape = indices.shape();
    long[] at = new long[shape.rank()];
    int next = 0;
    for (int dim = 0; dim < shape.rank(); dim++) {
      at[dim] = dim == vectorDim ? i : batch[next++];
    }
    return indices.integer(Indices.position(shape.dims(), at));
  }

  /** Batching dims of the operand go along with their dims of the indices. */
  private static void addBatching(
      long[] index,
      List<Integer> operandDims,
      List<Integer> indicesDims,
      int vectorDim,
      long[] batch) {
    for (int i = 0; i < operandDims.size(); i++) {
      int dim = indicesDims.get(i);
      index[operandDims.get(i)] = batch[dim > vectorDim ? dim - 1 : dim];
    }
  }

  private static long[] pick(long[] index, List<Integer> dims) {
    return dims.stream().mapToLong(i -> index[i]).toArray();
  }

  private static List<Integer> others(int rank, List<Integer> dims) {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      if (!dims.contains(i)) {
        kept.add(i);
      }
    }
    return kept;
  }

  private static List<Integer> concat(List<Integer> first, List<Integer> second) {
    List<Integer> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
