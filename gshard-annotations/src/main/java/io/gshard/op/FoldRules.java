package io.gshard.op;

import static io.gshard.tensor.Ops.broadcast;
import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.equal;
import static io.gshard.tensor.Ops.full;
import static io.gshard.tensor.Ops.greater;
import static io.gshard.tensor.Ops.greaterEqual;
import static io.gshard.tensor.Ops.iota;
import static io.gshard.tensor.Ops.select;
import static io.gshard.tensor.Ops.zerosLike;

import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Gradients of reductions and of running folds. */
final class FoldRules {
  private FoldRules() {}

  static Tensor reduce(Op.Reduce r, Tensor x, Tensor result, Tensor ct) {
    return switch (r.combiner()) {
      case ADD -> spread(ct, x.shape(), r.dimensions());
      case MAXIMUM, MINIMUM -> {
        // Equal extremes share the gradient.
        Tensor holds = convert(equal(x, spread(result, x.shape(), r.dimensions())), ct.type());
        Tensor count = Ops.apply(new Op.Reduce(Combiner.ADD, r.dimensions()), holds);
        yield holds.times(spread(ct.over(count), x.shape(), r.dimensions()));
      }
      case MULTIPLY -> product(r.dimensions(), x, ct);
      case AND, OR -> null;
    };
  }

  /** Without division, so that zeros are no exception: before each element times after it. */
  private static Tensor product(List<Integer> dims, Tensor x, Tensor ct) {
    if (dims.isEmpty()) {
      return ct;
    }
    int last = dims.stream().mapToInt(Integer::intValue).max().getAsInt();
    List<Integer> rest = dims.stream().filter(i -> i != last).toList();
    Tensor inner = Ops.apply(new Op.Reduce(Combiner.MULTIPLY, List.of(last)), x);
    Tensor innerCt = product(rest, inner, ct);
    Tensor before = Ops.apply(new Op.Cumulative(Combiner.MULTIPLY, last, true, false), x);
    Tensor after = Ops.apply(new Op.Cumulative(Combiner.MULTIPLY, last, true, true), x);
    return spread(innerCt, x.shape(), List.of(last)).times(before.times(after));
  }

  private static Tensor spread(Tensor reduced, Shape shape, List<Integer> dims) {
    List<Integer> places =
        IntStream.range(0, shape.rank()).filter(i -> !dims.contains(i)).boxed().toList();
    return broadcast(reduced, shape.dims(), places);
  }

  static Tensor cumulative(Op.Cumulative c, Tensor x, Tensor ct) {
    return switch (c.combiner()) {
      case ADD ->
          Ops.apply(
              new Op.Cumulative(Combiner.ADD, c.dimension(), c.exclusive(), !c.reverse()), ct);
      case MAXIMUM, MINIMUM -> extreme(c, x, ct);
      case MULTIPLY -> runningProduct(c, x, ct);
      case AND, OR -> null;
    };
  }

  /**
   * The element that is the extreme at a place gets the place's gradient; of equal ones the latest.
   */
  private static Tensor extreme(Op.Cumulative c, Tensor x, Tensor ct) {
    int dim = c.dimension();
    Tensor running = Ops.apply(new Op.Cumulative(c.combiner(), dim, false, c.reverse()), x);
    Tensor place = place(x.shape().withType(DType.S32), dim, c.reverse());
    Tensor record = select(equal(x, running), place, full(place.shape(), -1));
    Tensor from =
        Ops.apply(new Op.Cumulative(Combiner.MAXIMUM, dim, c.exclusive(), c.reverse()), record);
    Shape square = square(x.shape(), dim);
    Tensor owner = place(square.withType(DType.S32), dim + 1, c.reverse());
    Tensor mine = equal(alongNew(from, square, dim + 1), owner);
    Tensor all = alongNew(ct, square, dim + 1);
    return Ops.reduce(Combiner.ADD, select(mine, all, zerosLike(all)), dim);
  }

  /** By its definition, in the square of the dim: exact where elements are zero. */
  private static Tensor runningProduct(Op.Cumulative c, Tensor x, Tensor ct) {
    int dim = c.dimension();
    Shape square = square(x.shape(), dim);
    Tensor at = place(square.withType(DType.S32), dim, c.reverse());
    Tensor owner = place(square.withType(DType.S32), dim + 1, c.reverse());
    Tensor factors = alongNew(x, square, dim + 1);
    Tensor others = select(equal(at, owner), full(square, 1), factors);
    Tensor products =
        Ops.apply(new Op.Cumulative(Combiner.MULTIPLY, dim, c.exclusive(), c.reverse()), others);
    Tensor seen = c.exclusive() ? greater(at, owner) : greaterEqual(at, owner);
    Tensor parts = products.times(alongNew(ct, square, dim + 1));
    return Ops.reduce(Combiner.ADD, select(seen, parts, zerosLike(parts)), dim);
  }

  /** 0, 1, ... in the order in which the fold runs. */
  private static Tensor place(Shape shape, int dim, boolean reverse) {
    Tensor count = iota(shape, dim);
    return reverse ? full(shape, shape.dim(dim) - 1).minus(count) : count;
  }

  /** The shape with the dim twice, side by side. */
  private static Shape square(Shape shape, int dim) {
    List<Long> dims = new ArrayList<>(shape.dims());
    dims.add(dim + 1, shape.dim(dim));
    return shape.withDims(dims);
  }

  private static Tensor alongNew(Tensor x, Shape shape, int newDim) {
    return broadcast(
        x,
        shape.dims(),
        IntStream.range(0, shape.rank()).filter(i -> i != newDim).boxed().toList());
  }
}
