package io.gshard.op;

import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/**
 * The shape an op gives for its operands' shapes, by HLO's operation semantics. The one place where
 * operands are checked: the compiler and eager mode report the same mistakes in the same words.
 * Collectives need the sizes of mesh axes, which the caller gives.
 */
public final class ShapeInference {
  private ShapeInference() {}

  /** The number of devices along some axes; what collectives need. */
  @FunctionalInterface
  public interface AxisSizes {
    int size(List<String> axes);

    /** No mesh: a collective is refused. */
    AxisSizes NONE =
        axes -> {
          throw new ShapeException("a collective over " + axes + " where there is no mesh");
        };
  }

  /**
   * The result's shape.
   *
   * @throws ShapeException if the operands do not fit the op
   */
  public static Shape infer(Op op, List<Shape> operands) {
    return infer(op, operands, AxisSizes.NONE);
  }

  /** The result's shape, on a mesh. */
  public static Shape infer(Op op, List<Shape> operands, AxisSizes mesh) {
    String name = name(op);
    int wanted = arity(op);
    require(
        wanted < 0 ? operands.size() >= -wanted : operands.size() == wanted,
        "%s takes %s%d operands, found %d",
        name,
        wanted < 0 ? "at least " : "",
        Math.abs(wanted),
        operands.size());
    return switch (op) {
      case Op.Constant c -> c.value().shape();
      case Op.Iota iota -> {
        dim(name, iota.shape(), iota.dimension());
        yield iota.shape();
      }
      case Op.Unary u -> unary(name, u.kind(), operands.getFirst());
      case Op.Binary b -> binary(name, b.kind(), operands.get(0), operands.get(1));
      case Op.Compare c -> {
        Shape x = operands.get(0);
        same(name, x, operands.get(1));
        require(
            !x.type().isComplex()
                || c.direction() == Op.Direction.EQ
                || c.direction() == Op.Direction.NE,
            "compare of %s in direction %s: complex numbers have no order",
            x,
            c.direction());
        yield x.withType(DType.PRED);
      }
      case Op.Select s -> {
        require(
            operands.get(0).type() == DType.PRED,
            "select chooses by a pred tensor, found %s",
            operands.get(0));
        same(name, operands.get(1), operands.get(2));
        sameDims(name, operands.get(0), operands.get(1));
        yield operands.get(1);
      }
      case Op.Clamp c -> {
        Shape x = operands.get(1);
        require(!x.type().isComplex(), "clamp of %s: complex numbers have no order", x);
        for (int i : new int[] {0, 2}) {
          Shape bound = operands.get(i);
          require(
              bound.type() == x.type() && (bound.isScalar() || bound.equals(x)),
              "clamp's bound %s must be a scalar or of the operand's shape %s",
              bound,
              x);
        }
        yield x;
      }
      case Op.Convert c -> operands.getFirst().withType(c.type());
      case Op.BitcastConvert c -> {
        require(
            c.type().bits() == operands.getFirst().type().bits(),
            "bitcast-convert from %s to %s: the widths differ",
            operands.getFirst().type().hloName(),
            c.type().hloName());
        yield operands.getFirst().withType(c.type());
      }
      case Op.Broadcast b -> broadcast(b, operands.getFirst());
      case Op.Reshape r -> {
        Shape result = operands.getFirst().withDims(r.dims());
        require(
            result.elements() == operands.getFirst().elements(),
            "reshape of %s (%d elements) to %s (%d elements): the numbers of elements differ",
            operands.getFirst(),
            operands.getFirst().elements(),
            result,
            result.elements());
        yield result;
      }
      case Op.Transpose t -> {
        Shape x = operands.getFirst();
        require(
            t.permutation().size() == x.rank()
                && new HashSet<>(t.permutation()).size() == x.rank()
                && t.permutation().stream().allMatch(i -> i >= 0 && i < x.rank()),
            "transpose of %s by %s: expected a permutation of its %d dims",
            x,
            t.permutation(),
            x.rank());
        yield x.withDims(t.permutation().stream().map(x.dims()::get).toList());
      }
      case Op.Reverse r -> {
        distinct(name, operands.getFirst(), r.dimensions());
        yield operands.getFirst();
      }
      case Op.Slice s -> slice(s, operands.getFirst());
      case Op.Pad p -> pad(p, operands.get(0), operands.get(1));
      case Op.Concatenate c -> concatenate(c, operands);
      case Op.DynamicSlice d -> {
        Shape x = operands.getFirst();
        indices(name, x, operands.subList(1, operands.size()));
        fits(name, x, d.sizes());
        yield x.withDims(d.sizes());
      }
      case Op.DynamicUpdateSlice d -> {
        Shape x = operands.get(0);
        Shape update = operands.get(1);
        indices(name, x, operands.subList(2, operands.size()));
        require(x.type() == update.type(), "%s of %s with an update of %s", name, x, update);
        fits(name, x, update.dims());
        yield x;
      }
      case Op.Dot d -> dot(d, operands.get(0), operands.get(1));
      case Op.Reduce r -> {
        Shape x = operands.getFirst();
        distinct(name, x, r.dimensions());
        combinable(name, r.combiner(), x);
        yield x.withDims(without(x.dims(), r.dimensions()));
      }
      case Op.Cumulative c -> {
        dim(name, operands.getFirst(), c.dimension());
        combinable(name, c.combiner(), operands.getFirst());
        yield operands.getFirst();
      }
      case Op.Gather g -> gather(g, operands.get(0), operands.get(1));
      case Op.Scatter s -> scatter(s, operands.get(0), operands.get(1), operands.get(2));
      case Op.StopGradient s -> operands.getFirst();
      case Op.OptimizationBarrier o -> operands.getFirst();
      case Op.PartitionId p -> Shape.scalar(DType.U32);
      case Op.AllReduce a -> {
        combinable(name, a.combiner(), operands.getFirst());
        mesh.size(a.axes());
        yield operands.getFirst();
      }
      case Op.AllGather a -> {
        Shape x = operands.getFirst();
        dim(name, x, a.dimension());
        yield x.withDim(a.dimension(), x.dim(a.dimension()) * mesh.size(a.axes()));
      }
      case Op.ReduceScatter r -> {
        combinable(name, r.combiner(), operands.getFirst());
        yield divided(name, operands.getFirst(), r.dimension(), mesh.size(r.axes()));
      }
      case Op.AllToAll a -> {
        int parts = mesh.size(a.axes());
        Shape cut = divided(name, operands.getFirst(), a.splitDimension(), parts);
        dim(name, cut, a.concatDimension());
        yield cut.withDim(a.concatDimension(), cut.dim(a.concatDimension()) * parts);
      }
      case Op.CollectivePermute c -> {
        require(
            c.targets().size() == mesh.size(c.axes()),
            "%s over %s names %d targets, the axes have %d devices",
            name,
            c.axes(),
            c.targets().size(),
            mesh.size(c.axes()));
        yield operands.getFirst();
      }
      case Op.Structural s ->
          throw new IllegalArgumentException(name + " is checked by the compiler's verifier");
    };
  }

  /** HLO's name of the op: {@code reduce}, {@code shift-left}, {@code all-to-all}. */
  public static String name(Op op) {
    String name =
        switch (op) {
          case Op.Unary u ->
              switch (u.kind()) {
                case EXP -> "exponential";
                case EXPM1 -> "exponential-minus-one";
                case LOG1P -> "log-plus-one";
                case POPCNT -> "popcnt";
                case CLZ -> "count-leading-zeros";
                default -> u.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
              };
          case Op.Binary b -> b.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
          default -> NAMES.get(op.getClass());
        };
    return name;
  }

  /** Names made once: they are asked for with every instruction. */
  private static final ClassValue<String> NAMES =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          return type.getSimpleName().replaceAll("(?<!^)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        }
      };

  /** How many operands an op takes; -n for n or more. */
  private static int arity(Op op) {
    return switch (op) {
      case Op.Constant c -> 0;
      case Op.Iota i -> 0;
      case Op.PartitionId p -> 0;
      case Op.Binary b -> 2;
      case Op.Compare c -> 2;
      case Op.Dot d -> 2;
      case Op.Gather g -> 2;
      case Op.Pad p -> 2;
      case Op.Select s -> 3;
      case Op.Clamp c -> 3;
      case Op.Scatter s -> 3;
      case Op.Concatenate c -> -1;
      case Op.DynamicSlice d -> -1;
      case Op.DynamicUpdateSlice d -> -2;
      case Op.Structural s -> -1;
      default -> 1;
    };
  }

  private static Shape unary(String name, Op.UnaryKind kind, Shape x) {
    boolean fits =
        switch (kind) {
          case NOT -> !x.type().isFloating() && !x.type().isComplex();
          case POPCNT, CLZ -> x.type().isInteger();
          case ABS, NEGATE, SIGN -> x.type() != DType.PRED;
          case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, TANH, LOGISTIC, SINE, COSINE, TAN ->
              x.type().isFloating() || x.type().isComplex();
          default -> x.type().isFloating();
        };
    require(fits, "%s of %s: the element type does not fit", name, x);
    return switch (kind) {
      case IS_FINITE -> x.withType(DType.PRED);
      case ABS -> x.withType(x.type().part());
      default -> x;
    };
  }

  private static Shape binary(String name, Op.BinaryKind kind, Shape x, Shape y) {
    same(name, x, y);
    boolean fits =
        switch (kind) {
          case AND, OR, XOR -> !x.type().isFloating() && !x.type().isComplex();
          case SHIFT_LEFT, SHIFT_RIGHT_LOGICAL, SHIFT_RIGHT_ARITHMETIC -> x.type().isInteger();
          case ATAN2 -> x.type().isFloating();
          case MAXIMUM, MINIMUM -> !x.type().isComplex();
          case REMAINDER -> x.type() != DType.PRED && !x.type().isComplex();
          default -> x.type() != DType.PRED;
        };
    require(fits, "%s of %s: the element type does not fit", name, x);
    return x;
  }

  private static Shape broadcast(Op.Broadcast b, Shape x) {
    Shape result = x.withDims(b.dims());
    require(
        b.dimensions().size() == x.rank(),
        "broadcast of %s names %d dims",
        x,
        b.dimensions().size());
    int last = -1;
    for (int i = 0; i < x.rank(); i++) {
      int to = b.dimensions().get(i);
      require(
          to > last && to < result.rank(),
          "broadcast of %s to %s by %s",
          x,
          result,
          b.dimensions());
      require(
          x.dim(i) == result.dim(to),
          "broadcast of %s to %s: dim %d has size %d, dim %d of the result has %d",
          x,
          result,
          i,
          x.dim(i),
          to,
          result.dim(to));
      last = to;
    }
    return result;
  }

  private static Shape slice(Op.Slice s, Shape x) {
    require(
        s.starts().size() == x.rank()
            && s.limits().size() == x.rank()
            && s.strides().size() == x.rank(),
        "slice of %s must give a start, limit and stride for each of its %d dims",
        x,
        x.rank());
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      long start = s.starts().get(i);
      long limit = s.limits().get(i);
      long stride = s.strides().get(i);
      require(
          start >= 0 && start <= limit && limit <= x.dim(i) && stride >= 1,
          "slice [%d:%d:%d] of dim %d of %s: expected 0 <= start <= limit <= %d and stride >= 1",
          start,
          limit,
          stride,
          i,
          x,
          x.dim(i));
      dims.add(Math.ceilDiv(limit - start, stride));
    }
    return x.withDims(dims);
  }

  private static Shape pad(Op.Pad p, Shape x, Shape value) {
    require(
        value.equals(Shape.scalar(x.type())),
        "pad of %s with %s: the value must be a scalar of its element type",
        x,
        value);
    require(
        p.low().size() == x.rank()
            && p.high().size() == x.rank()
            && p.interior().size() == x.rank(),
        "pad of %s must give low, high and interior for each of its %d dims",
        x,
        x.rank());
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      require(p.interior().get(i) >= 0, "pad of %s: interior padding is 0 or more", x);
      long size =
          p.low().get(i)
              + x.dim(i)
              + Math.max(0, x.dim(i) - 1) * p.interior().get(i)
              + p.high().get(i);
      require(size >= 0, "pad of %s leaves dim %d with size %d", x, i, size);
      dims.add(size);
    }
    return x.withDims(dims);
  }

  private static Shape concatenate(Op.Concatenate c, List<Shape> operands) {
    Shape first = operands.getFirst();
    dim("concatenate", first, c.dimension());
    long size = 0;
    for (Shape x : operands) {
      require(
          x.type() == first.type()
              && x.rank() == first.rank()
              && x.withDim(c.dimension(), 0).equals(first.withDim(c.dimension(), 0)),
          "concatenate along dim %d: %s and %s differ elsewhere",
          c.dimension(),
          first,
          x);
      size += x.dim(c.dimension());
    }
    return first.withDim(c.dimension(), size);
  }

  private static Shape dot(Op.Dot d, Shape lhs, Shape rhs) {
    require(lhs.type() == rhs.type(), "dot of %s and %s: the element types differ", lhs, rhs);
    require(
        d.lhsBatch().size() == d.rhsBatch().size()
            && d.lhsContracting().size() == d.rhsContracting().size(),
        "dot of %s and %s: batch and contracting dims must pair up",
        lhs,
        rhs);
    List<Integer> lhsDims = new ArrayList<>(d.lhsBatch());
    lhsDims.addAll(d.lhsContracting());
    List<Integer> rhsDims = new ArrayList<>(d.rhsBatch());
    rhsDims.addAll(d.rhsContracting());
    distinct("dot", lhs, lhsDims);
    distinct("dot", rhs, rhsDims);
    for (int i = 0; i < lhsDims.size(); i++) {
      require(
          lhs.dim(lhsDims.get(i)) == rhs.dim(rhsDims.get(i)),
          "dot of %s and %s: dim %d has size %d, dim %d of the other has %d",
          lhs,
          rhs,
          lhsDims.get(i),
          lhs.dim(lhsDims.get(i)),
          rhsDims.get(i),
          rhs.dim(rhsDims.get(i)));
    }
    List<Long> dims = new ArrayList<>();
    d.lhsBatch().forEach(i -> dims.add(lhs.dim(i)));
    Op.Dot.free(lhs.rank(), d.lhsBatch(), d.lhsContracting()).forEach(i -> dims.add(lhs.dim(i)));
    Op.Dot.free(rhs.rank(), d.rhsBatch(), d.rhsContracting()).forEach(i -> dims.add(rhs.dim(i)));
    return new Shape(d.preferred() == null ? lhs.type() : d.preferred(), dims);
  }

  private static Shape gather(Op.Gather g, Shape x, Shape indices) {
    require(indices.type().isInteger(), "gather's indices must be integers, found %s", indices);
    require(
        g.sliceSizes().size() == x.rank(),
        "gather from %s gives %d slice sizes",
        x,
        g.sliceSizes().size());
    fits("gather", x, g.sliceSizes());
    distinct("gather", x, g.startIndexMap());
    List<Integer> gone = new ArrayList<>(g.collapsedSliceDims());
    gone.addAll(g.operandBatchingDims());
    distinct("gather", x, gone);
    for (int i : gone) {
      require(
          g.sliceSizes().get(i) <= 1,
          "gather from %s: collapsed or batching dim %d must have slice size 1, found %d",
          x,
          i,
          g.sliceSizes().get(i));
    }
    List<Long> batch = indexBatch("gather", indices, g.indexVectorDim(), g.startIndexMap().size());
    batching(
        "gather", x, g.operandBatchingDims(), indices, g.indicesBatchingDims(), g.indexVectorDim());
    List<Long> offsets = without(g.sliceSizes(), gone);
    require(
        offsets.size() == g.offsetDims().size(),
        "gather from %s: %d offset dims named, the slice has %d",
        x,
        g.offsetDims().size(),
        offsets.size());
    List<Long> dims = new ArrayList<>();
    int rank = batch.size() + offsets.size();
    int nextBatch = 0;
    int nextOffset = 0;
    for (int i = 0; i < rank; i++) {
      dims.add(g.offsetDims().contains(i) ? offsets.get(nextOffset++) : batch.get(nextBatch++));
    }
    return x.withDims(dims);
  }

  private static Shape scatter(Op.Scatter s, Shape x, Shape indices, Shape updates) {
    require(indices.type().isInteger(), "scatter's indices must be integers, found %s", indices);
    require(
        updates.type() == x.type(), "scatter of %s into %s: the element types differ", updates, x);
    if (s.combiner() != null) {
      combinable("scatter", s.combiner(), x);
    }
    distinct("scatter", x, s.scatterDimsToOperandDims());
    List<Long> batch =
        indexBatch("scatter", indices, s.indexVectorDim(), s.scatterDimsToOperandDims().size());
    require(
        updates.rank() == batch.size() + s.updateWindowDims().size(),
        "scatter of %s by %s: expected %d dims of updates, found %d",
        updates,
        indices,
        batch.size() + s.updateWindowDims().size(),
        updates.rank());
    int nextBatch = 0;
    for (int i = 0; i < updates.rank(); i++) {
      if (!s.updateWindowDims().contains(i)) {
        require(
            updates.dim(i) == batch.get(nextBatch),
            "scatter of %s by %s: dim %d should have size %d",
            updates,
            indices,
            i,
            batch.get(nextBatch));
        nextBatch++;
      }
    }
    List<Integer> gone = new ArrayList<>(s.insertedWindowDims());
    gone.addAll(s.operandBatchingDims());
    distinct("scatter", x, gone);
    batching(
        "scatter",
        x,
        s.operandBatchingDims(),
        indices,
        s.indicesBatchingDims(),
        s.indexVectorDim());
    List<Long> window = without(x.dims(), gone);
    require(
        window.size() == s.updateWindowDims().size(),
        "scatter into %s: %d window dims named, expected %d",
        x,
        s.updateWindowDims().size(),
        window.size());
    for (int i = 0; i < window.size(); i++) {
      require(
          updates.dim(s.updateWindowDims().get(i)) <= window.get(i),
          "scatter of %s into %s: the window is larger than the operand",
          updates,
          x);
    }
    return x;
  }

  private static List<Long> indexBatch(String name, Shape indices, int vectorDim, int length) {
    require(
        vectorDim >= 0 && vectorDim <= indices.rank(),
        "%s: index vector dim %d of %s",
        name,
        vectorDim,
        indices);
    long found = vectorDim == indices.rank() ? 1 : indices.dim(vectorDim);
    require(
        found == length,
        "%s: index vectors of %s have %d parts, expected %d",
        name,
        indices,
        found,
        length);
    return vectorDim == indices.rank()
        ? indices.dims()
        : without(indices.dims(), List.of(vectorDim));
  }

  /** Each batching dim of the operand goes with one of the indices, of the same size. */
  private static void batching(
      String name,
      Shape x,
      List<Integer> operandDims,
      Shape indices,
      List<Integer> indexDims,
      int vectorDim) {
    require(
        operandDims.size() == indexDims.size(),
        "%s: %d batching dims of %s, but %d of the indices %s",
        name,
        operandDims.size(),
        x,
        indexDims.size(),
        indices);
    distinct(name, indices, indexDims);
    for (int i = 0; i < operandDims.size(); i++) {
      int there = indexDims.get(i);
      require(
          there != vectorDim && indices.dim(there) == x.dim(operandDims.get(i)),
          "%s: dim %d of the indices %s is no batching dim for dim %d of %s",
          name,
          there,
          indices,
          operandDims.get(i),
          x);
    }
  }

  private static Shape divided(String name, Shape x, int dim, int parts) {
    dim(name, x, dim);
    require(
        x.dim(dim) % parts == 0,
        "%s: dim %d of %s does not divide into %d parts",
        name,
        dim,
        x,
        parts);
    return x.withDim(dim, x.dim(dim) / parts);
  }

  private static void indices(String name, Shape x, List<Shape> indices) {
    require(
        indices.size() == x.rank(),
        "%s of %s takes one index for each of its %d dims, found %d",
        name,
        x,
        x.rank(),
        indices.size());
    for (Shape index : indices) {
      require(
          index.isScalar() && index.type().isInteger(),
          "%s: an index must be an integer scalar, found %s",
          name,
          index);
      require(
          index.type() == indices.getFirst().type(),
          "%s: indices must be of one type, found %s and %s",
          name,
          indices.getFirst(),
          index);
    }
  }

  private static void fits(String name, Shape x, List<Long> sizes) {
    require(sizes.size() == x.rank(), "%s of %s: %d sizes given", name, x, sizes.size());
    for (int i = 0; i < x.rank(); i++) {
      require(
          sizes.get(i) >= 0 && sizes.get(i) <= x.dim(i),
          "%s of %s: size %d of dim %d is not within 0 to %d",
          name,
          x,
          sizes.get(i),
          i,
          x.dim(i));
    }
  }

  private static void combinable(String name, Combiner combiner, Shape x) {
    boolean fits =
        switch (combiner) {
          case AND, OR -> !x.type().isFloating() && !x.type().isComplex();
          case ADD, MULTIPLY -> x.type() != DType.PRED;
          case MAXIMUM, MINIMUM -> !x.type().isComplex();
        };
    require(fits, "%s of %s by %s: the element type does not fit", name, x, combiner);
  }

  private static void same(String name, Shape x, Shape y) {
    require(
        x.type() == y.type(), "%s of %s and %s: the element types differ; convert one", name, x, y);
    sameDims(name, x, y);
  }

  private static void sameDims(String name, Shape x, Shape y) {
    require(x.dims().equals(y.dims()), "%s of %s and %s: the dims differ", name, x, y);
  }

  private static void dim(String name, Shape x, int dim) {
    require(dim >= 0 && dim < x.rank(), "%s: %s has no dim %d", name, x, dim);
  }

  private static void distinct(String name, Shape x, List<Integer> dims) {
    dims.forEach(i -> dim(name, x, i));
    require(
        new HashSet<>(dims).size() == dims.size(),
        "%s of %s: a dim is named twice in %s",
        name,
        x,
        dims);
  }

  private static <T> List<T> without(List<T> list, List<Integer> dims) {
    List<T> kept = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      if (!dims.contains(i)) {
        kept.add(list.get(i));
      }
    }
    return Collections.unmodifiableList(kept);
  }

  private static void require(boolean holds, String message, Object... args) {
    if (!holds) {
      throw new ShapeException(message.formatted(args));
    }
  }
}
