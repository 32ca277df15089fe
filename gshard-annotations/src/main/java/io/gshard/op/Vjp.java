package io.gshard.op;

import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.equal;
import static io.gshard.tensor.Ops.full;
import static io.gshard.tensor.Ops.greater;
import static io.gshard.tensor.Ops.less;
import static io.gshard.tensor.Ops.not;
import static io.gshard.tensor.Ops.ones;
import static io.gshard.tensor.Ops.reduce;
import static io.gshard.tensor.Ops.select;
import static io.gshard.tensor.Ops.square;
import static io.gshard.tensor.Ops.zerosLike;

import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The reverse-mode rule of every op: from the cotangent of its result (the derivative of some
 * scalar by each element) the cotangents of its operands. Written in the ops themselves, so that
 * the compiler adds them to its graph and eager mode computes them, by the same rules.
 */
public final class Vjp {
  private Vjp() {}

  /**
   * The operands' cotangents, each of its operand's shape.
   *
   * @param cotangent of the result's shape; floating
   * @return an entry for each operand; null where no gradient flows (integers, predicates, indices,
   *     and what is flat almost everywhere, such as {@code floor})
   * @throws IllegalArgumentException for the few ops that have no rule; the message says which
   */
  public static List<Tensor> apply(Op op, List<Tensor> operands, Tensor result, Tensor cotangent) {
    Tensor ct = cotangent;
    Tensor x = operands.isEmpty() ? null : operands.getFirst();
    return switch (op) {
      case Op.Constant c -> List.of();
      case Op.Iota i -> List.of();
      case Op.PartitionId p -> List.of();
      case Op.Unary u -> one(unary(u.kind(), x, result, ct));
      case Op.Binary b -> binary(b.kind(), x, operands.get(1), result, ct);
      case Op.Compare c -> none(2);
      case Op.Select s -> three(null, select(x, ct, zerosLike(ct)), select(x, zerosLike(ct), ct));
      case Op.Clamp c -> clamp(x, operands.get(1), operands.get(2), ct);
      case Op.Convert c -> one(x.type().isFloating() ? convert(ct, x.type()) : null);
      case Op.BitcastConvert b -> none(1);
      case Op.Broadcast b -> {
        int[] repeated =
            IntStream.range(0, b.dims().size()).filter(i -> !b.dimensions().contains(i)).toArray();
        yield one(repeated.length == 0 ? ct : reduce(Combiner.ADD, ct, repeated));
      }
      case Op.Reshape r -> one(Ops.apply(new Op.Reshape(x.shape().dims()), ct));
      case Op.Transpose t -> one(Ops.apply(new Op.Transpose(inverse(t.permutation())), ct));
      case Op.Reverse r -> one(Ops.apply(r, ct));
      case Op.Slice s -> one(slice(s, x.shape(), ct));
      case Op.Pad p -> pad(p, x.shape(), ct);
      case Op.Concatenate c -> concatenate(c.dimension(), operands, ct);
      case Op.DynamicSlice d ->
          indexed(
              operands.size(),
              Ops.apply(
                  new Op.DynamicUpdateSlice(),
                  withIndices(operands.subList(1, operands.size()), zerosLike(x), ct)));
      case Op.DynamicUpdateSlice d -> {
        Tensor update = operands.get(1);
        List<Tensor> indices = operands.subList(2, operands.size());
        yield indexed(
            operands.size(),
            Ops.apply(new Op.DynamicUpdateSlice(), withIndices(indices, ct, zerosLike(update))),
            Ops.apply(new Op.DynamicSlice(update.shape().dims()), withIndices(indices, ct)));
      }
      case Op.Dot d -> dot(d, x, operands.get(1), ct);
      case Op.Reduce r -> one(FoldRules.reduce(r, x, result, ct));
      case Op.Cumulative c -> one(FoldRules.cumulative(c, x, ct));
      case Op.Gather g -> two(IndexRules.gather(g, x, operands.get(1), ct), null);
      case Op.Scatter s -> IndexRules.scatter(s, operands, result, ct);
      case Op.StopGradient s -> none(1);
      case Op.OptimizationBarrier o -> one(ct);
      case Op.AllReduce a -> one(allReduce(a, x, result, ct));
      case Op.AllGather a ->
          one(Ops.apply(new Op.ReduceScatter(Combiner.ADD, a.dimension(), a.axes()), ct));
      case Op.ReduceScatter r -> {
        if (r.combiner() != Combiner.ADD) {
          throw new IllegalArgumentException(
              "reduce-scatter by " + r.combiner() + " has no gradient; only ADD has");
        }
        yield one(Ops.apply(new Op.AllGather(r.dimension(), r.axes()), ct));
      }
      case Op.AllToAll a ->
          one(Ops.apply(new Op.AllToAll(a.concatDimension(), a.splitDimension(), a.axes()), ct));
      case Op.CollectivePermute c -> {
        List<Integer> back = new ArrayList<>(Collections.nCopies(c.targets().size(), -1));
        for (int i = 0; i < back.size(); i++) {
          if (c.targets().get(i) >= 0) {
            back.set(c.targets().get(i), i);
          }
        }
        yield one(Ops.apply(new Op.CollectivePermute(c.axes(), back), ct));
      }
      case Op.Structural s ->
          throw new IllegalArgumentException(
              ShapeInference.name(op) + " is not an op on arrays; the compiler differentiates it");
    };
  }

  private static Tensor unary(Op.UnaryKind kind, Tensor x, Tensor y, Tensor ct) {
    return switch (kind) {
      case ABS -> ct.times(Ops.unary(Op.UnaryKind.SIGN, x));
      case NEGATE -> ct.negated();
      case EXP -> ct.times(y);
      case EXPM1 -> ct.times(y.plus(1));
      case LOG -> ct.over(x);
      case LOG1P -> ct.over(x.plus(1));
      case SQRT -> ct.times(0.5).over(y);
      case RSQRT -> ct.times(-0.5).times(y).over(x);
      case CBRT -> ct.over(square(y).times(3));
      case TANH -> ct.times(oneMinus(square(y)));
      case LOGISTIC -> ct.times(y.times(oneMinus(y)));
      case ERF -> ct.times(Ops.exp(square(x).negated()).times(2 / Math.sqrt(Math.PI)));
      case SINE -> ct.times(Ops.cos(x));
      case COSINE -> ct.times(Ops.sin(x)).negated();
      case TAN -> ct.times(square(y).plus(1));
      case SIGN, FLOOR, CEIL, ROUND_NEAREST_AFZ, ROUND_NEAREST_EVEN -> null;
      case NOT, IS_FINITE, POPCNT, CLZ -> null;
    };
  }

  private static List<Tensor> binary(
      Op.BinaryKind kind, Tensor x, Tensor y, Tensor result, Tensor ct) {
    return switch (kind) {
      case ADD -> two(ct, ct);
      case SUBTRACT -> two(ct, ct.negated());
      case MULTIPLY -> two(ct.times(y), ct.times(x));
      case DIVIDE -> two(ct.over(y), ct.times(result).over(y).negated());
      case REMAINDER -> two(ct, ct.times(x.minus(result).over(y)).negated());
      // A tie belongs to the second, so that relu = max(x, 0) is flat at 0, as everywhere.
      case MAXIMUM -> chosen(greater(x, y), ct);
      case MINIMUM -> chosen(less(x, y), ct);
      case POWER -> power(x, y, result, ct);
      case ATAN2 -> {
        Tensor scaled = ct.over(square(x).plus(square(y)));
        yield two(scaled.times(y), scaled.times(x).negated());
      }
      case AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT_LOGICAL, SHIFT_RIGHT_ARITHMETIC -> none(2);
    };
  }

  private static List<Tensor> chosen(Tensor first, Tensor ct) {
    return two(select(first, ct, zerosLike(ct)), select(first, zerosLike(ct), ct));
  }

  private static List<Tensor> power(Tensor x, Tensor y, Tensor result, Tensor ct) {
    // y*x^(y-1) is 0*infinity at x = y = 0, and log(x) is undefined where x is not positive.
    Tensor flat = equal(y, zerosLike(y));
    Tensor exponent = select(flat, ones(y.shape()), y.minus(1));
    Tensor positive = greater(x, zerosLike(x));
    Tensor log = Ops.log(select(positive, x, ones(x.shape())));
    return two(
        ct.times(y).times(Ops.power(x, exponent)),
        select(positive, ct.times(result).times(log), zerosLike(ct)));
  }

  private static List<Tensor> clamp(Tensor low, Tensor x, Tensor high, Tensor ct) {
    Tensor below = less(x, low);
    Tensor above = greater(x, high);
    Tensor zero = zerosLike(ct);
    return three(
        likeBound(low, select(below, ct, zero)),
        select(not(Ops.or(below, above)), ct, zero),
        likeBound(high, select(above, ct, zero)));
  }

  private static Tensor likeBound(Tensor bound, Tensor ct) {
    return bound.rank() == ct.rank() ? ct : Ops.sum(ct);
  }

  private static Tensor slice(Op.Slice s, Shape x, Tensor ct) {
    List<Long> high = new ArrayList<>();
    List<Long> interior = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      long covered = ct.dim(i) == 0 ? 0 : (ct.dim(i) - 1) * s.strides().get(i) + 1;
      high.add(x.dim(i) - s.starts().get(i) - covered);
      interior.add(s.strides().get(i) - 1);
    }
    return Ops.apply(new Op.Pad(s.starts(), high, interior), ct, Ops.constant(ct.type(), 0));
  }

  private static List<Tensor> pad(Op.Pad p, Shape x, Tensor ct) {
    List<Long> low = p.low().stream().map(i -> -i).toList();
    List<Long> high = p.high().stream().map(i -> -i).toList();
    List<Long> nothing = Collections.nCopies(x.rank(), 0L);
    // Elements that the forward pad cropped away come back as zeros.
    Tensor spread = Ops.apply(new Op.Pad(low, high, nothing), ct, Ops.constant(ct.type(), 0));
    List<Long> strides = p.interior().stream().map(i -> i + 1).toList();
    Tensor back = Ops.apply(new Op.Slice(nothing, spread.shape().dims(), strides), spread);
    return two(back, Ops.sum(ct).minus(Ops.sum(back)));
  }

  private static List<Tensor> concatenate(int dim, List<Tensor> parts, Tensor ct) {
    List<Tensor> result = new ArrayList<>();
    long start = 0;
    for (Tensor part : parts) {
      result.add(Ops.slice(ct, dim, start, start + part.dim(dim)));
      start += part.dim(dim);
    }
    return result;
  }

  private static List<Tensor> dot(Op.Dot d, Tensor lhs, Tensor rhs, Tensor cotangent) {
    // As in the forward pass operands may be narrow while products are summed in the preferred
    // type.
    Tensor ct = convert(cotangent, lhs.type());
    int lhsFree = Op.Dot.free(lhs.rank(), d.lhsBatch(), d.lhsContracting()).size();
    int rhsFree = Op.Dot.free(rhs.rank(), d.rhsBatch(), d.rhsContracting()).size();
    int batch = d.lhsBatch().size();
    Tensor forLhs =
        operand(
            new Side(lhs, d.lhsBatch(), d.lhsContracting(), range(batch, lhsFree)),
            new Side(rhs, d.rhsBatch(), d.rhsContracting(), range(batch + lhsFree, rhsFree)),
            ct,
            d.preferred());
    Tensor forRhs =
        operand(
            new Side(rhs, d.rhsBatch(), d.rhsContracting(), range(batch + lhsFree, rhsFree)),
            new Side(lhs, d.lhsBatch(), d.lhsContracting(), range(batch, lhsFree)),
            ct,
            d.preferred());
    return two(forLhs, forRhs);
  }

  /** An operand of a dot; {@code inResult}: where its free dims stand in the dot's result. */
  private record Side(
      Tensor x, List<Integer> batch, List<Integer> contracting, List<Integer> inResult) {
    List<Integer> free() {
      return Op.Dot.free(x.rank(), batch, contracting);
    }
  }

  /**
   * The cotangent of one operand: the result's times the other operand, over the other's free dims.
   */
  private static Tensor operand(Side mine, Side other, Tensor ct, DType preferred) {
    List<Integer> batch = range(0, mine.batch().size());
    List<Integer> contracted = pairs(other.contracting(), mine.contracting());
    List<Integer> ctFirst = new ArrayList<>(mine.batch());
    ctFirst.addAll(mine.free());
    ctFirst.addAll(contracted);
    List<Integer> otherFirst = new ArrayList<>(mine.batch());
    otherFirst.addAll(contracted);
    otherFirst.addAll(mine.free());
    // Of the two orders of the product the one whose dims come out in place.
    boolean swap = otherFirst.equals(range(0, mine.x().rank()));
    Op.Dot product =
        swap
            ? new Op.Dot(other.batch(), batch, other.free(), other.inResult(), preferred)
            : new Op.Dot(batch, other.batch(), other.inResult(), other.free(), preferred);
    Tensor found = swap ? Ops.apply(product, other.x(), ct) : Ops.apply(product, ct, other.x());
    return convert(arrange(found, swap ? otherFirst : ctFirst), mine.x().type());
  }

  /** The partners of {@code keys} when those are sorted. */
  private static List<Integer> pairs(List<Integer> keys, List<Integer> partners) {
    return keys.stream().sorted().map(k -> partners.get(keys.indexOf(k))).toList();
  }

  /** Dim i of x goes to place {@code places[i]}. */
  private static Tensor arrange(Tensor x, List<Integer> places) {
    return places.equals(range(0, x.rank())) ? x : Ops.apply(new Op.Transpose(inverse(places)), x);
  }

  private static Tensor allReduce(Op.AllReduce a, Tensor x, Tensor result, Tensor ct) {
    Op.AllReduce sum = new Op.AllReduce(Combiner.ADD, a.axes());
    return switch (a.combiner()) {
      case ADD -> Ops.apply(sum, ct);
      case MAXIMUM, MINIMUM -> {
        Tensor holds = convert(equal(x, result), ct.type());
        yield Ops.apply(sum, ct).times(holds).over(Ops.apply(sum, holds));
      }
      case MULTIPLY ->
          throw new IllegalArgumentException(
              "all-reduce by MULTIPLY has no gradient; ADD, MAXIMUM and MINIMUM have");
      case AND, OR -> null;
    };
  }

  private static Tensor oneMinus(Tensor x) {
    return full(x.shape(), 1).minus(x);
  }

  private static List<Integer> inverse(List<Integer> permutation) {
    Integer[] inverse = new Integer[permutation.size()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[permutation.get(i)] = i;
    }
    return List.of(inverse);
  }

  private static List<Integer> range(int start, int count) {
    return IntStream.range(start, start + count).boxed().toList();
  }

  private static Tensor[] withIndices(List<Tensor> indices, Tensor... first) {
    return Stream.concat(Arrays.stream(first), indices.stream()).toArray(Tensor[]::new);
  }

  private static List<Tensor> indexed(int count, Tensor... first) {
    List<Tensor> list = new ArrayList<>(Arrays.asList(first));
    list.addAll(Collections.nCopies(count - first.length, null));
    return list;
  }

  private static List<Tensor> none(int count) {
    return Collections.nCopies(count, null);
  }

  private static List<Tensor> one(Tensor x) {
    return Collections.singletonList(x);
  }

  private static List<Tensor> two(Tensor x, Tensor y) {
    return Arrays.asList(x, y);
  }

  private static List<Tensor> three(Tensor x, Tensor y, Tensor z) {
    return Arrays.asList(x, y, z);
  }
}
