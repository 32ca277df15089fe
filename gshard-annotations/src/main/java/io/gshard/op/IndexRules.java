package io.gshard.op;

import static io.gshard.tensor.Ops.broadcast;
import static io.gshard.tensor.Ops.constant;
import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.equal;
import static io.gshard.tensor.Ops.greaterEqual;
import static io.gshard.tensor.Ops.lessEqual;
import static io.gshard.tensor.Ops.select;
import static io.gshard.tensor.Ops.zeros;
import static io.gshard.tensor.Ops.zerosLike;

import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gradients of gather and scatter: each is the other's transpose, up to what happens at the edges.
 */
final class IndexRules {
  private IndexRules() {}

  static Tensor gather(Op.Gather g, Tensor x, Tensor indices, Tensor ct) {
    Op.Scatter back =
        new Op.Scatter(
            Combiner.ADD,
            g.offsetDims(),
            g.collapsedSliceDims(),
            g.operandBatchingDims(),
            g.indicesBatchingDims(),
            g.startIndexMap(),
            g.indexVectorDim());
    // Gather clamps its windows into x, scatter leaves such windows out.
    Tensor last = limits(x.shape(), g.startIndexMap(), g.sliceSizes(), indices, g.indexVectorDim());
    Tensor clamped = Ops.minimum(Ops.maximum(indices, zerosLike(indices)), last);
    return Ops.apply(back, zerosLike(x), clamped, ct);
  }

  static List<Tensor> scatter(Op.Scatter s, List<Tensor> operands, Tensor result, Tensor ct) {
    Tensor x = operands.get(0);
    Tensor indices = operands.get(1);
    Tensor updates = operands.get(2);
    if (s.combiner() == null) {
      Tensor kept = Ops.apply(s, ct, indices, zerosLike(updates));
      return Arrays.asList(kept, null, take(s, ct, indices, updates.shape()));
    }
    return switch (s.combiner()) {
      case ADD -> Arrays.asList(ct, null, take(s, ct, indices, updates.shape()));
      case MAXIMUM, MINIMUM -> {
        // Equal extremes share the gradient.
        Tensor here = convert(equal(x, result), ct.type());
        Tensor there =
            convert(equal(updates, take(s, result, indices, updates.shape())), ct.type());
        Tensor share = ct.over(Ops.apply(with(s, Combiner.ADD), here, indices, there));
        yield Arrays.asList(
            // Where nothing holds the extreme (NaN) nothing gets a gradient.
            select(equal(x, result), share, zerosLike(share)),
            null,
            there.times(take(s, share, indices, updates.shape())));
      }
      case MULTIPLY ->
          throw new IllegalArgumentException(
              "scatter by MULTIPLY has no gradient; ADD, MAXIMUM, MINIMUM and plain ones have");
      case AND, OR -> Arrays.asList(null, null, null);
    };
  }

  private static Op.Scatter with(Op.Scatter s, Combiner combiner) {
    return new Op.Scatter(
        combiner,
        s.updateWindowDims(),
        s.insertedWindowDims(),
        s.operandBatchingDims(),
        s.indicesBatchingDims(),
        s.scatterDimsToOperandDims(),
        s.indexVectorDim());
  }

  /** The windows of x that the scatter writes; zeros for those that do not fit. */
  private static Tensor take(Op.Scatter s, Tensor x, Tensor indices, Shape updates) {
    List<Long> sizes = new ArrayList<>();
    int window = 0;
    for (int i = 0; i < x.rank(); i++) {
      boolean gone = s.insertedWindowDims().contains(i) || s.operandBatchingDims().contains(i);
      sizes.add(gone ? 1 : updates.dim(s.updateWindowDims().get(window++)));
    }
    Op.Gather gather =
        new Op.Gather(
            s.updateWindowDims(),
            s.insertedWindowDims(),
            s.operandBatchingDims(),
            s.indicesBatchingDims(),
            s.scatterDimsToOperandDims(),
            s.indexVectorDim(),
            sizes);
    Tensor taken = Ops.apply(gather, x, indices);
    int vector = s.indexVectorDim();
    Tensor last = limits(x.shape(), s.scatterDimsToOperandDims(), sizes, indices, vector);
    Tensor fits = Ops.and(greaterEqual(indices, zerosLike(indices)), lessEqual(indices, last));
    if (vector < indices.rank()) {
      fits = Ops.reduce(Combiner.AND, fits, vector);
    }
    List<Integer> batch =
        IntStream.range(0, updates.rank())
            .filter(i -> !s.updateWindowDims().contains(i))
            .boxed()
            .toList();
    return select(broadcast(fits, updates.dims(), batch), taken, zeros(taken.shape()));
  }

  /** The largest index at which a window fits, in the shape of the indices. */
  private static Tensor limits(
      Shape x, List<Integer> map, List<Long> sizes, Tensor indices, int vectorDim) {
    long[] last = map.stream().mapToLong(i -> x.dim(i) - sizes.get(i)).toArray();
    if (vectorDim == indices.rank()) {
      return Ops.full(indices.shape(), last[0]);
    }
    Shape vector = Shape.of(indices.type(), last.length);
    return broadcast(
        constant(Literal.ofIntegers(vector, last)), indices.shape().dims(), List.of(vectorDim));
  }
}
