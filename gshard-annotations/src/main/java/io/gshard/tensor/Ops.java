package io.gshard.tensor;

import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.Sharding;
import io.gshard.nn.Optimizer;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The ops of the language, for static import. Dims are counted from 0, negative ones from the end.
 * Where two tensors meet they are broadcast as {@link Tensor} says; element types must be equal.
 *
 * <p>Each is a thin wrapper of an {@link Op} or written in others; none knows of devices.
 */
public final class Ops {
  private Ops() {}

  /** Applies an op on the current engine. */
  public static Tensor apply(Op op, Tensor... operands) {
    return Engine.current().apply(op, List.of(operands));
  }

  // --- constants

  public static Tensor constant(DType type, double value) {
    return apply(new Op.Constant(Literal.scalar(type, value)));
  }

  public static Tensor constant(Literal value) {
    return apply(new Op.Constant(value));
  }

  /** One value in every place. */
  public static Tensor full(Shape shape, double value) {
    return broadcast(constant(shape.type(), value), shape.dims(), List.of());
  }

  public static Tensor zeros(Shape shape) {
    return full(shape, 0);
  }

  public static Tensor ones(Shape shape) {
    return full(shape, 1);
  }

  public static Tensor zerosLike(Tensor x) {
    return zeros(x.shape());
  }

  /** 0, 1, 2, ... along a dim. */
  public static Tensor iota(Shape shape, int dim) {
    return apply(new Op.Iota(shape, shape.dimIndex(dim)));
  }

  // --- elementwise

  public static Tensor unary(Op.UnaryKind kind, Tensor x) {
    return apply(new Op.Unary(kind), x);
  }

  public static Tensor abs(Tensor x) {
    return unary(Op.UnaryKind.ABS, x);
  }

  public static Tensor negate(Tensor x) {
    return unary(Op.UnaryKind.NEGATE, x);
  }

  public static Tensor exp(Tensor x) {
    return unary(Op.UnaryKind.EXP, x);
  }

  public static Tensor log(Tensor x) {
    return unary(Op.UnaryKind.LOG, x);
  }

  /** e^x - 1, exact near 0. */
  public static Tensor expm1(Tensor x) {
    return unary(Op.UnaryKind.EXPM1, x);
  }

  /** log(1 + x), exact near 0. */
  public static Tensor log1p(Tensor x) {
    return unary(Op.UnaryKind.LOG1P, x);
  }

  public static Tensor sign(Tensor x) {
    return unary(Op.UnaryKind.SIGN, x);
  }

  public static Tensor floor(Tensor x) {
    return unary(Op.UnaryKind.FLOOR, x);
  }

  public static Tensor ceil(Tensor x) {
    return unary(Op.UnaryKind.CEIL, x);
  }

  /** To the nearest whole number, halves to the even one. */
  public static Tensor round(Tensor x) {
    return unary(Op.UnaryKind.ROUND_NEAREST_EVEN, x);
  }

  public static Tensor isFinite(Tensor x) {
    return unary(Op.UnaryKind.IS_FINITE, x);
  }

  public static Tensor tanh(Tensor x) {
    return unary(Op.UnaryKind.TANH, x);
  }

  public static Tensor logistic(Tensor x) {
    return unary(Op.UnaryKind.LOGISTIC, x);
  }

  public static Tensor erf(Tensor x) {
    return unary(Op.UnaryKind.ERF, x);
  }

  public static Tensor sin(Tensor x) {
    return unary(Op.UnaryKind.SINE, x);
  }

  public static Tensor cos(Tensor x) {
    return unary(Op.UnaryKind.COSINE, x);
  }

  public static Tensor sqrt(Tensor x) {
    return unary(Op.UnaryKind.SQRT, x);
  }

  public static Tensor rsqrt(Tensor x) {
    return unary(Op.UnaryKind.RSQRT, x);
  }

  public static Tensor not(Tensor x) {
    return unary(Op.UnaryKind.NOT, x);
  }

  public static Tensor square(Tensor x) {
    return multiply(x, x);
  }

  public static Tensor relu(Tensor x) {
    return maximum(x, constant(x.type(), 0));
  }

  public static Tensor binary(Op.BinaryKind kind, Tensor x, Tensor y) {
    List<Tensor> pair = broadcastTogether(x, y);
    return apply(new Op.Binary(kind), pair.get(0), pair.get(1));
  }

  public static Tensor add(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.ADD, x, y);
  }

  public static Tensor subtract(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.SUBTRACT, x, y);
  }

  public static Tensor multiply(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.MULTIPLY, x, y);
  }

  public static Tensor divide(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.DIVIDE, x, y);
  }

  public static Tensor remainder(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.REMAINDER, x, y);
  }

  public static Tensor maximum(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.MAXIMUM, x, y);
  }

  public static Tensor minimum(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.MINIMUM, x, y);
  }

  public static Tensor power(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.POWER, x, y);
  }

  public static Tensor and(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.AND, x, y);
  }

  public static Tensor or(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.OR, x, y);
  }

  public static Tensor xor(Tensor x, Tensor y) {
    return binary(Op.BinaryKind.XOR, x, y);
  }

  public static Tensor compare(Op.Direction direction, Tensor x, Tensor y) {
    List<Tensor> pair = broadcastTogether(x, y);
    return apply(new Op.Compare(direction), pair.get(0), pair.get(1));
  }

  public static Tensor equal(Tensor x, Tensor y) {
    return compare(Op.Direction.EQ, x, y);
  }

  public static Tensor notEqual(Tensor x, Tensor y) {
    return compare(Op.Direction.NE, x, y);
  }

  public static Tensor less(Tensor x, Tensor y) {
    return compare(Op.Direction.LT, x, y);
  }

  public static Tensor lessEqual(Tensor x, Tensor y) {
    return compare(Op.Direction.LE, x, y);
  }

  public static Tensor greater(Tensor x, Tensor y) {
    return compare(Op.Direction.GT, x, y);
  }

  public static Tensor greaterEqual(Tensor x, Tensor y) {
    return compare(Op.Direction.GE, x, y);
  }

  /** Where the predicate holds the first, elsewhere the second. */
  public static Tensor select(Tensor predicate, Tensor onTrue, Tensor onFalse) {
    List<Tensor> all = broadcastTogether(predicate, onTrue, onFalse);
    return apply(new Op.Select(), all.get(0), all.get(1), all.get(2));
  }

  public static Tensor convert(Tensor x, DType type) {
    return x.type() == type ? x : apply(new Op.Convert(type), x);
  }

  /** Another element type of the same width, by bits. */
  public static Tensor bitcast(Tensor x, DType type) {
    return x.type() == type ? x : apply(new Op.BitcastConvert(type), x);
  }

  /** Every element moved into low to high. */
  public static Tensor clamp(Tensor x, double low, double high) {
    return apply(new Op.Clamp(), constant(x.type(), low), x, constant(x.type(), high));
  }

  public static Tensor stopGradient(Tensor x) {
    return apply(new Op.StopGradient(), x);
  }

  // --- moving elements

  /** Operand dim i becomes result dim {@code dimensions[i]}. */
  public static Tensor broadcast(Tensor x, List<Long> dims, List<Integer> dimensions) {
    if (x.shape().dims().equals(dims)) {
      return x;
    }
    return apply(new Op.Broadcast(dims, dimensions), x);
  }

  /** Broadcasts as NumPy does: aligned at the last dim, sizes equal or 1 or missing. */
  public static Tensor broadcastTo(Tensor x, List<Long> dims) {
    if (x.shape().dims().equals(dims)) {
      return x;
    }
    int shift = dims.size() - x.rank();
    if (shift < 0) {
      throw new ShapeException("cannot broadcast " + x.shape() + " to " + dims);
    }
    List<Long> kept = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      if (x.dim(i) == dims.get(i + shift)) {
        kept.add(x.dim(i));
        places.add(i + shift);
      } else if (x.dim(i) != 1) {
        throw new ShapeException(
            "cannot broadcast %s to %s: dim %d has size %d, expected %d or 1"
                .formatted(x.shape(), dims, i, x.dim(i), dims.get(i + shift)));
      }
    }
    Tensor squeezed = kept.size() == x.rank() ? x : reshape(x, toArray(kept));
    return broadcast(squeezed, dims, places);
  }

  private static List<Tensor> broadcastTogether(Tensor... operands) {
    List<Long> dims = operands[0].shape().dims();
    for (int i = 1; i < operands.length; i++) {
      dims = commonDims(operands[0].shape(), dims, operands[i].shape());
    }
    List<Tensor> result = new ArrayList<>();
    for (Tensor operand : operands) {
      result.add(broadcastTo(operand, dims));
    }
    return result;
  }

  private static List<Long> commonDims(Shape first, List<Long> dims, Shape second) {
    int rank = Math.max(dims.size(), second.rank());
    List<Long> common = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int inDims = i - rank + dims.size();
      int inSecond = i - rank + second.rank();
      long a = inDims < 0 ? 1 : dims.get(inDims);
      long b = inSecond < 0 ? 1 : second.dim(inSecond);
      if (a != b && a != 1 && b != 1) {
        throw new ShapeException(
            "%s and %s do not fit together: sizes %d and %d in dim %d from the end; expected equal sizes, or 1"
                .formatted(first, second, a, b, rank - i));
      }
      common.add(a == 1 ? b : a);
    }
    return common;
  }

  public static Tensor reshape(Tensor x, long... dims) {
    List<Long> list = LongStream.of(dims).boxed().toList();
    return x.shape().dims().equals(list) ? x : apply(new Op.Reshape(list), x);
  }

  /** A new dim of size 1 before the given one (or at the end: -1). */
  public static Tensor expandDim(Tensor x, int dim) {
    int place = dim < 0 ? dim + x.rank() + 1 : dim;
    if (place < 0 || place > x.rank()) {
      throw new ShapeException(
          "a new dim of %s at %d; expected %d to %d"
              .formatted(x.shape(), dim, -x.rank() - 1, x.rank()));
    }
    List<Long> dims = new ArrayList<>(x.shape().dims());
    dims.add(place, 1L);
    return reshape(x, toArray(dims));
  }

  public static Tensor transpose(Tensor x, int... permutation) {
    return apply(new Op.Transpose(IntStream.of(permutation).boxed().toList()), x);
  }

  /** Elements start to limit (exclusive) of one dim. */
  public static Tensor slice(Tensor x, int dim, long start, long limit) {
    int at = x.shape().dimIndex(dim);
    List<Long> starts = new ArrayList<>();
    List<Long> limits = new ArrayList<>();
    List<Long> strides = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      starts.add(i == at ? start : 0L);
      limits.add(i == at ? limit : x.dim(i));
      strides.add(1L);
    }
    return apply(new Op.Slice(starts, limits, strides), x);
  }

  /** Low and high elements of a value before and after one dim. */
  public static Tensor pad(Tensor x, int dim, long low, long high, double value) {
    int at = x.shape().dimIndex(dim);
    List<Long> lows = new ArrayList<>();
    List<Long> highs = new ArrayList<>();
    List<Long> interiors = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      lows.add(i == at ? low : 0L);
      highs.add(i == at ? high : 0L);
      interiors.add(0L);
    }
    return apply(new Op.Pad(lows, highs, interiors), x, constant(x.type(), value));
  }

  public static Tensor concat(int dim, Tensor... parts) {
    return apply(new Op.Concatenate(parts[0].shape().dimIndex(dim)), parts);
  }

  /** The given dims backwards. */
  public static Tensor reverse(Tensor x, int... dims) {
    return apply(new Op.Reverse(IntStream.of(dims).map(x.shape()::dimIndex).boxed().toList()), x);
  }

  /** {@code size} elements of one dim from a computed index on, which is clamped to fit. */
  public static Tensor dynamicSlice(Tensor x, int dim, Tensor index, long size) {
    int at = x.shape().dimIndex(dim);
    Tensor[] operands = withIndices(at, index, x.rank(), x);
    return apply(new Op.DynamicSlice(x.shape().withDim(at, size).dims()), operands);
  }

  /** Two dims at once. */
  public static Tensor dynamicSlice(
      Tensor x, int dim0, Tensor index0, long size0, int dim1, Tensor index1, long size1) {
    return dynamicSlice(dynamicSlice(x, dim0, index0, size0), dim1, index1, size1);
  }

  /**
   * x with the elements of one dim from a computed index on (clamped to fit) replaced by the
   * update.
   */
  public static Tensor dynamicUpdate(Tensor x, Tensor update, int dim, Tensor index) {
    int at = x.shape().dimIndex(dim);
    return apply(new Op.DynamicUpdateSlice(), withIndices(at, index, x.rank(), x, update));
  }

  /** Two dims at once. */
  public static Tensor dynamicUpdate(
      Tensor x, Tensor update, int dim0, Tensor index0, int dim1, Tensor index1) {
    int first = x.shape().dimIndex(dim0);
    Tensor[] operands = withIndices(first, index0, x.rank(), x, update);
    operands[2 + x.shape().dimIndex(dim1)] = index1;
    return apply(new Op.DynamicUpdateSlice(), operands);
  }

  private static Tensor[] withIndices(int dim, Tensor index, int rank, Tensor... first) {
    Tensor[] operands = Arrays.copyOf(first, first.length + rank);
    Tensor zero = constant(index.type(), 0);
    for (int i = 0; i < rank; i++) {
      operands[first.length + i] = i == dim ? index : zero;
    }
    return operands;
  }

  // --- reductions

  /** Folds dims away. */
  public static Tensor reduce(Combiner combiner, Tensor x, int... dims) {
    return apply(
        new Op.Reduce(
            combiner, IntStream.of(dims).map(x.shape()::dimIndex).sorted().boxed().toList()),
        x);
  }

  /** The sum over dims; over all of them if none is named. */
  public static Tensor sum(Tensor x, int... dims) {
    return reduce(Combiner.ADD, x, dims.length == 0 ? all(x) : dims);
  }

  public static Tensor max(Tensor x, int... dims) {
    return reduce(Combiner.MAXIMUM, x, dims.length == 0 ? all(x) : dims);
  }

  public static Tensor min(Tensor x, int... dims) {
    return reduce(Combiner.MINIMUM, x, dims.length == 0 ? all(x) : dims);
  }

  public static Tensor product(Tensor x, int... dims) {
    return reduce(Combiner.MULTIPLY, x, dims.length == 0 ? all(x) : dims);
  }

  /** Whether some predicate holds. */
  public static Tensor anyTrue(Tensor x, int... dims) {
    return reduce(Combiner.OR, x, dims.length == 0 ? all(x) : dims);
  }

  /** Whether all predicates hold. */
  public static Tensor allTrue(Tensor x, int... dims) {
    return reduce(Combiner.AND, x, dims.length == 0 ? all(x) : dims);
  }

  public static Tensor mean(Tensor x, int... dims) {
    Tensor total = sum(x, dims);
    return total.over((double) x.shape().elements() / Math.max(1, total.shape().elements()));
  }

  private static int[] all(Tensor x) {
    return IntStream.range(0, x.rank()).toArray();
  }

  /** The running sum along a dim, each element included. */
  public static Tensor cumsum(Tensor x, int dim) {
    return apply(new Op.Cumulative(Combiner.ADD, x.shape().dimIndex(dim), false, false), x);
  }

  /** The running sum along a dim of the elements before each. */
  public static Tensor cumsumExclusive(Tensor x, int dim) {
    return apply(new Op.Cumulative(Combiner.ADD, x.shape().dimIndex(dim), true, false), x);
  }

  // --- contraction

  /**
   * Sums of products by letters, as in {@code einsum("GSM,ME->GSE", inputs, gate)}: one or two
   * operands; each letter is a dim; letters missing on the right are summed over.
   *
   * @throws ShapeException if the letters do not fit the operands
   */
  public static Tensor einsum(String spec, Tensor... operands) {
    return Einsum.parse(spec).apply(operands);
  }

  // --- sharding, in function form

  /** Split over the mesh's only axis. */
  public static Tensor split(Tensor x, int dim) {
    return split(x, dim, Sharding.ONLY_AXIS);
  }

  /** Split over an axis of the mesh. */
  public static Tensor split(Tensor x, int dim, String axis) {
    return Engine.current().annotate(x, Sharding.split(x.rank(), x.shape().dimIndex(dim), axis));
  }

  public static Tensor replicate(Tensor x) {
    return Engine.current().annotate(x, Sharding.replicated(x.rank()));
  }

  /**
   * For each dim the axes that split it, joined by +; "" for none: {@code shard(x, "data+expert",
   * "")}.
   */
  public static Tensor shard(Tensor x, String... axes) {
    return Engine.current().annotate(x, sharding(axes));
  }

  /**
   * With an explicit assignment: the devices, by number, that hold the parts in row-major order of
   * the mesh, each once.
   *
   * @throws IllegalArgumentException if one is there twice
   */
  public static Tensor shard(Tensor x, int[] devices, String... axes) {
    DeviceOrder order = DeviceOrder.of(Arrays.stream(devices).boxed().toList());
    return Engine.current().annotate(x, sharding(axes).ordered(order));
  }

  /** The sharding that {@link #shard} and {@code @Shard} write. */
  public static Sharding sharding(String... axes) {
    List<List<String>> dims = new ArrayList<>();
    for (String text : axes) {
      dims.add(text.isBlank() ? List.of() : List.of(text.strip().split("\\s*\\+\\s*")));
    }
    return new Sharding(dims);
  }

  // --- collectives, in @Manual methods; the axes are all that are manual there if none is named

  /** Every device's x folded into one, which all of them get. */
  public static Tensor allReduce(Combiner combiner, Tensor x, String... axes) {
    List<String> along = Engine.current().manual(List.of(axes));
    return along.isEmpty() ? x : apply(new Op.AllReduce(combiner, along), x);
  }

  /** {@link #allReduce} by addition. */
  public static Tensor allSum(Tensor x, String... axes) {
    return allReduce(Combiner.ADD, x, axes);
  }

  /** The devices' x, one behind the other along a dim. */
  public static Tensor allGather(Tensor x, int dim, String... axes) {
    List<String> along = Engine.current().manual(List.of(axes));
    return along.isEmpty() ? x : apply(new Op.AllGather(x.shape().dimIndex(dim), along), x);
  }

  /** Each device's part, along a dim, of every device's x folded into one. */
  public static Tensor reduceScatter(Combiner combiner, Tensor x, int dim, String... axes) {
    List<String> along = Engine.current().manual(List.of(axes));
    return along.isEmpty()
        ? x
        : apply(new Op.ReduceScatter(combiner, x.shape().dimIndex(dim), along), x);
  }

  /**
   * Each device cuts its x along a dim, sends a piece to every other, and puts what it gets one
   * behind the other along a dim.
   */
  public static Tensor allToAll(Tensor x, int splitDim, int concatDim, String... axes) {
    List<String> along = Engine.current().manual(List.of(axes));
    Shape shape = x.shape();
    return along.isEmpty()
        ? x
        : apply(new Op.AllToAll(shape.dimIndex(splitDim), shape.dimIndex(concatDim), along), x);
  }

  /** The x of the device so many places before this one, round a circle: a collective-permute. */
  public static Tensor rotate(Tensor x, int places, String... axes) {
    List<String> along = Engine.current().manual(List.of(axes));
    int devices = devices(axes);
    List<Integer> targets =
        IntStream.range(0, devices).mapToObj(d -> Math.floorMod(d + places, devices)).toList();
    return along.isEmpty() ? x : apply(new Op.CollectivePermute(along, targets), x);
  }

  /** How many devices share what is manual along the axes. */
  public static int devices(String... axes) {
    Engine engine = Engine.current();
    return Math.toIntExact(engine.devices(engine.manual(List.of(axes))));
  }

  /** Which of the {@link #devices} this is: s32[], from 0. */
  public static Tensor device(String... axes) {
    Engine engine = Engine.current();
    return engine.device(engine.manual(List.of(axes)));
  }

  // --- the model's surroundings

  /** The gradients of a scalar with respect to tensors that it was computed from. */
  public static List<Tensor> gradients(Tensor loss, Tensor... wrt) {
    return Engine.current().gradients(loss, List.of(wrt));
  }

  /**
   * Moves all parameters of the model against the gradient of the loss.
   *
   * @param step s32[], the number of steps done before
   */
  public static void minimize(Tensor loss, Optimizer optimizer, Tensor step) {
    Engine.current().minimize(loss, optimizer, step);
  }

  /** The size of a named dim in the running config. */
  public static int size(String dim) {
    return Math.toIntExact(Engine.current().size(dim));
  }

  /**
   * The element type in which the running config wants activations: f32, or bf16, which takes half
   * the memory. Parameters keep their types; a model converts what it reads of them.
   */
  public static DType activations() {
    return Engine.current().activations();
  }

  private static long[] toArray(List<Long> dims) {
    return dims.stream().mapToLong(Long::longValue).toArray();
  }
}
