package io.gshard.nn;

import static io.gshard.tensor.Ops.add;
import static io.gshard.tensor.Ops.and;
import static io.gshard.tensor.Ops.broadcast;
import static io.gshard.tensor.Ops.constant;
import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.equal;
import static io.gshard.tensor.Ops.exp;
import static io.gshard.tensor.Ops.full;
import static io.gshard.tensor.Ops.greaterEqual;
import static io.gshard.tensor.Ops.iota;
import static io.gshard.tensor.Ops.log;
import static io.gshard.tensor.Ops.logistic;
import static io.gshard.tensor.Ops.max;
import static io.gshard.tensor.Ops.mean;
import static io.gshard.tensor.Ops.ones;
import static io.gshard.tensor.Ops.reshape;
import static io.gshard.tensor.Ops.rsqrt;
import static io.gshard.tensor.Ops.select;
import static io.gshard.tensor.Ops.slice;
import static io.gshard.tensor.Ops.square;
import static io.gshard.tensor.Ops.stopGradient;
import static io.gshard.tensor.Ops.sum;
import static io.gshard.tensor.Ops.zeros;
import static io.gshard.tensor.Ops.zerosLike;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Functions that neural networks are made of, written in {@link Ops}, for static import. */
public final class Nn {
  /**
   * What a masked logit becomes: far below any real one, and finite, so that a row of it is no NaN.
   */
  private static final double MASKED = -1e9;

  private static final double EPSILON = 1e-6;

  /** The queries that attention looks at together. */
  private static final long QUERIES = 128;

  private Nn() {}

  // --- activations and normalisation

  /** e^x over its sum, along the last dim; computed in f32 at least. */
  public static Tensor softmax(Tensor x) {
    Tensor scaled = exp(belowMax(wide(x)));
    Tensor total = sum(scaled, -1);
    // One division for a row; and the gradient needs no other forward value than these two.
    Tensor shares = scaled.times(alongLast(ones(total.shape()).over(total), x.shape()));
    return convert(shares, x.type());
  }

  /** Types of few digits as f32: sums, and differences of what is nearly equal, need more. */
  private static Tensor wide(Tensor x) {
    return x.type().isFloating() && x.type().bits() < 32 ? convert(x, DType.F32) : x;
  }

  /** The logarithm of {@link #softmax}, exact where that is near 0. */
  public static Tensor logSoftmax(Tensor x) {
    Tensor low = belowMax(x);
    return low.minus(alongLast(log(sum(exp(low), -1)), x.shape()));
  }

  /** log(sum(e^x)) along the last dim. */
  public static Tensor logSumExp(Tensor x) {
    Tensor top = stopGradient(max(x, -1));
    return log(sum(exp(x.minus(alongLast(top, x.shape()))), -1)).plus(top);
  }

  private static Tensor belowMax(Tensor x) {
    return x.minus(alongLast(stopGradient(max(x, -1)), x.shape()));
  }

  /**
   * Mean 0 and variance 1 along the last dim, then scale and bias (each of that dim's size);
   * computed in f32 at least, given in x's type.
   */
  public static Tensor layerNorm(Tensor x, Tensor scale, Tensor bias) {
    Tensor wide = wide(x);
    Tensor centred = wide.minus(alongLast(mean(wide, -1), x.shape()));
    Tensor factor = rsqrt(mean(square(centred), -1).plus(EPSILON));
    Tensor even = centred.times(alongLast(factor, x.shape()));
    return convert(even.times(wide(scale)).plus(wide(bias)), x.type());
  }

  /**
   * Mean square 1 along the last dim, then the scale (of that dim's size); computed in f32 at
   * least, given in x's type.
   */
  public static Tensor rmsNorm(Tensor x, Tensor scale) {
    Tensor wide = wide(x);
    Tensor factor = rsqrt(mean(square(wide), -1).plus(EPSILON));
    return convert(wide.times(alongLast(factor, x.shape())).times(wide(scale)), x.type());
  }

  /** x times the normal distribution's probability of being below x. */
  public static Tensor gelu(Tensor x) {
    return x.times(Ops.erf(x.times(Math.sqrt(0.5))).plus(1)).times(0.5);
  }

  /** 1 / (1 + e^-x). */
  public static Tensor sigmoid(Tensor x) {
    return logistic(x);
  }

  /** x times its sigmoid. */
  public static Tensor silu(Tensor x) {
    return x.times(logistic(x));
  }

  /** Each element kept with probability 1 - rate and scaled up for it, else 0. */
  public static Tensor dropout(Tensor x, double rate, Tensor key) {
    if (rate < 0 || rate >= 1) {
      throw new IllegalArgumentException("dropout rate " + rate + ": expected 0 <= rate < 1");
    }
    if (rate == 0) {
      return x;
    }
    // Signed words are as uniform as unsigned ones, and comparing them is cheaper everywhere.
    Tensor words = Ops.bitcast(Random.bits(key, x.shape().dims()), DType.S32);
    long threshold = Math.round(Math.scalb(rate, 32)) + Integer.MIN_VALUE;
    Tensor kept = greaterEqual(words, constant(DType.S32, threshold));
    return select(kept, x.times(1 / (1 - rate)), zerosLike(x));
  }

  // --- indices

  /** 1 at each index in a new last dim of size n, 0 elsewhere; an index outside gives zeros. */
  public static Tensor oneHot(Tensor ids, long n, DType type) {
    return convert(oneHotMask(ids, n), type);
  }

  /** {@link #oneHot} as predicates. */
  public static Tensor oneHotMask(Tensor ids, long n) {
    List<Long> dims = new ArrayList<>(ids.shape().dims());
    dims.add(n);
    Shape shape = new Shape(ids.type(), dims);
    return equal(alongLast(ids, shape), iota(shape, -1));
  }

  /** The index (s32) of the largest element along a dim; of equal ones the lowest. */
  public static Tensor argmax(Tensor x, int dim) {
    int at = x.shape().dimIndex(dim);
    Tensor top = along(max(x, at), x.shape(), at);
    Shape places = x.shape().withType(DType.S32);
    Tensor candidates = select(equal(x, top), iota(places, at), full(places, x.dim(at) - 1));
    return Ops.min(candidates, at);
  }

  /**
   * Rows of a table: [V, ...] and integer ids [...] give [ids' dims, ...]; ids are clamped into 0
   * to V-1.
   */
  public static Tensor take(Tensor table, Tensor ids) {
    List<Long> sizes = new ArrayList<>(table.shape().dims());
    sizes.set(0, 1L);
    return Ops.apply(
        new Op.Gather(
            windows(table, ids), List.of(0), List.of(), List.of(), List.of(0), ids.rank(), sizes),
        table,
        ids);
  }

  /**
   * The table [V, ...] with updates [ids' dims, ...] added to the rows ids; ids outside 0 to V-1
   * are left out.
   */
  public static Tensor scatterAdd(Tensor table, Tensor ids, Tensor updates) {
    return Ops.apply(
        new Op.Scatter(
            Combiner.ADD,
            windows(table, ids),
            List.of(0),
            List.of(),
            List.of(),
            List.of(0),
            ids.rank()),
        table,
        ids,
        updates);
  }

  private static List<Integer> windows(Tensor table, Tensor ids) {
    return IntStream.range(ids.rank(), ids.rank() + table.rank() - 1).boxed().toList();
  }

  // --- losses

  /**
   * The cross entropy of each row of logits [..., V] with its label (integers [...]). A share
   * {@code smoothing} of the target is spread evenly over all V classes.
   */
  public static Tensor crossEntropy(Tensor logits, Tensor labels, double smoothing) {
    if (smoothing < 0 || smoothing > 1) {
      throw new IllegalArgumentException("label smoothing " + smoothing + ": expected 0 to 1");
    }
    List<Long> rows = logits.shape().dims().subList(0, logits.rank() - 1);
    if (!labels.shape().dims().equals(rows)) {
      throw new ShapeException(
          "cross entropy of logits %s takes labels of dims %s, found %s"
              .formatted(logits.shape(), rows, labels.shape()));
    }
    Tensor atLabel = sum(select(oneHotMask(labels, logits.dim(-1)), logits, zerosLike(logits)), -1);
    Tensor expected = atLabel;
    if (smoothing > 0) {
      expected = atLabel.times(1 - smoothing).plus(mean(logits, -1).times(smoothing));
    }
    return logSumExp(logits).minus(expected);
  }

  // --- attention

  /** pred[L, L]: position q (rows) may see k (columns) up to itself. */
  public static Tensor causalMask(long length) {
    Shape shape = Shape.of(DType.S32, length, length);
    return greaterEqual(iota(shape, 0), iota(shape, 1));
  }

  /**
   * Integer segment ids [B, Q] and [B, K] give pred[B, Q, K]: a query sees the keys of its own
   * segment.
   */
  public static Tensor segmentMask(Tensor queries, Tensor keys) {
    Shape shape = Shape.of(queries.type(), queries.dim(0), queries.dim(1), keys.dim(1));
    return equal(
        broadcast(queries, shape.dims(), List.of(0, 1)),
        broadcast(keys, shape.dims(), List.of(0, 2)));
  }

  /** Both a causal and a segment mask: pred[B, L, L]. */
  public static Tensor causalSegmentMask(Tensor segments) {
    return and(segmentMask(segments, segments), causalMask(segments.dim(1)));
  }

  /**
   * Attention of N heads: queries [B, Q, N, D], keys and values [B, K, N, D], a mask pred[B, Q, K]
   * or null; gives [B, Q, N, D]. Logits are scaled by 1/sqrt(D).
   */
  public static Tensor dotProductAttention(Tensor q, Tensor k, Tensor v, Tensor mask) {
    return dotProductAttention(q, k, v, mask, 0, null);
  }

  /**
   * With dropout on the attention weights; the key may be null where the rate is 0.
   *
   * <p>Many queries are taken in blocks of {@value #QUERIES}, one after the other, and a block's
   * weights are computed again for its gradient: memory grows with K, not with Q times K.
   */
  public static Tensor dotProductAttention(
      Tensor q, Tensor k, Tensor v, Tensor mask, double rate, Tensor key) {
    Tensor scaled = q.times(1 / Math.sqrt(q.dim(-1)));
    long queries = q.dim(1);
    if (queries <= QUERIES) {
      return attend(scaled, k, v, mask, rate, key);
    }
    long blocks = Math.ceilDiv(queries, QUERIES);
    // Masked places are finite, so that the rows which fill the last block do no harm.
    List<Tensor> stacks = new ArrayList<>();
    stacks.add(blocked(scaled, blocks));
    stacks.add(iota(Shape.of(DType.S32, blocks), 0));
    if (mask != null) {
      stacks.add(blocked(mask, blocks));
    }
    Tensor stacked =
        Engine.current()
            .map(
                stacks,
                block ->
                    attend(
                        block.getFirst(),
                        k,
                        v,
                        mask == null ? null : block.getLast(),
                        rate,
                        rate == 0 ? null : Random.fold(key, block.get(1))));
    Tensor rows = Ops.transpose(stacked, 1, 2, 0, 3, 4);
    return slice(reshape(rows, q.dim(0), blocks * QUERIES, q.dim(2), v.dim(-1)), 1, 0, queries);
  }

  /**
   * [B, Q, ...] as [blocks, B, {@value #QUERIES}, ...], filled up at the end. A block's queries lie
   * {@code blocks} apart, so that each device has its share of every block where queries are split.
   */
  private static Tensor blocked(Tensor x, long blocks) {
    Tensor whole = Ops.pad(x, 1, 0, blocks * QUERIES - x.dim(1), 0);
    List<Long> dims = new ArrayList<>(x.shape().dims());
    dims.set(1, QUERIES);
    dims.add(2, blocks);
    int[] order = IntStream.range(0, dims.size()).toArray();
    order[0] = 2;
    order[1] = 0;
    order[2] = 1;
    return Ops.transpose(reshape(whole, dims.stream().mapToLong(Long::longValue).toArray()), order);
  }

  private static Tensor attend(
      Tensor scaled, Tensor k, Tensor v, Tensor mask, double rate, Tensor key) {
    Tensor logits = einsum("BQND,BKND->BNQK", scaled, k);
    if (mask != null) {
      Tensor heads = broadcast(mask, logits.shape().dims(), List.of(0, 2, 3));
      logits = select(heads, logits, full(logits.shape(), MASKED));
    }
    Tensor weights = dropout(softmax(logits), rate, key);
    return einsum("BNQK,BKND->BQND", weights, v);
  }

  /**
   * Sines (first half of the last dim) and cosines (second half) of integer positions [...], in
   * frequencies from 1 to 1/10000: [..., size] of the type, size even.
   */
  public static Tensor sinusoidalPositions(Tensor positions, long size, DType type) {
    if (size % 2 != 0) {
      throw new IllegalArgumentException(
          "sinusoidal positions of size " + size + ": it must be even");
    }
    long half = size / 2;
    long[] dims =
        LongStream.concat(
                positions.shape().dims().stream().mapToLong(Long::longValue), LongStream.of(size))
            .toArray();
    Shape shape = Shape.of(type, dims);
    Shape row = Shape.of(type, size);
    Tensor column = iota(row, 0);
    Tensor second = greaterEqual(column, full(row, half));
    Tensor index = select(second, column.minus(half), column);
    Tensor frequency = exp(index.times(-Math.log(10000) / Math.max(1, half - 1)));
    // cos(a) = sin(a + pi/2): one sine instead of two and a concatenation.
    Tensor phase = select(second, full(row, Math.PI / 2), zeros(row));
    Tensor angle = alongLast(convert(positions, type), shape).times(frequency);
    return Ops.sin(add(angle, phase));
  }

  /** The tensor repeated along a new dim at the given place of the shape. */
  static Tensor along(Tensor reduced, Shape shape, int dim) {
    return broadcast(
        reduced,
        shape.dims(),
        IntStream.range(0, shape.rank()).filter(i -> i != dim).boxed().toList());
  }

  private static Tensor alongLast(Tensor reduced, Shape shape) {
    return along(reduced, shape, shape.rank() - 1);
  }
}
