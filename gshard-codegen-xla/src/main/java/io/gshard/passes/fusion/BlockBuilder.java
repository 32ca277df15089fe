package io.gshard.passes.fusion;

import io.gshard.hlo.Source;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Adds steps to a block. An elementwise op or a fold joins the loop that computes one of its
 * operands, else a recent loop that reads one, wherever no operand is made later than that loop; so
 * a loop never has to wait for itself. What uses a fold's result by rows is in the same loop too.
 */
final class BlockBuilder {
  /** How far back an op may move to share a read; further would keep its result alive for long. */
  private static final int WINDOW = 16;

  /** Keeps the method of a loop small enough for HotSpot. */
  private static final int MAX_STAGES = 64;

  private final Block block = new Block();
  private final Map<Root.Value, Integer> madeBy = new IdentityHashMap<>();
  private final int[] ids;

  /** Where names and positions of what is added come from. */
  record Origin(String name, Source source) {
    static final Origin NONE = new Origin("value", Source.NONE);
  }

  /** A builder that numbers values from a counter that all blocks of a program share. */
  BlockBuilder(int[] ids) {
    this.ids = ids;
  }

  Block block() {
    return block;
  }

  BlockBuilder nested() {
    return new BlockBuilder(ids);
  }

  int size() {
    return block.steps().size();
  }

  Root.Value value(Shape shape, Origin origin) {
    return new Root.Value(ids[0]++, origin.name(), shape, origin.source());
  }

  /** Adds a step that makes a value. */
  View add(Step step, Root.Value result) {
    madeBy.put(result, size());
    block.steps().add(step);
    return View.of(result);
  }

  // --- elementwise

  View element(Op op, List<View> operands, Shape shape, Origin origin) {
    Root.Value result = value(shape, origin);
    int step = loopFor(operands, shape.elements());
    return stage(step, new Step.Element(op, operands, result));
  }

  /** The rows of a dense table at dense indices, loaded by the loop that uses them. */
  View rows(Op.Gather op, View table, View indices, Shape shape, Origin origin) {
    Root.Value result = value(shape, origin);
    // Nothing in the loop itself makes its operands: they are read as a whole.
    int earliest = Math.max(earliest(table, -1), earliest(indices, -1));
    int step = loopAfter(earliest, List.of(table), shape.elements());
    return stage(step, new Step.Element(op, List.of(table, indices), result));
  }

  private View stage(int step, Step.Stage stage) {
    ((Step.Fused) block.steps().get(step)).stages().add(stage);
    madeBy.put(stage.result(), step);
    return View.of(stage.result());
  }

  View convert(View x, DType type, Origin origin) {
    return x.type() == type
        ? x
        : element(new Op.Convert(type), List.of(x), x.shape().withType(type), origin);
  }

  /** The loop, as the number of its step, that an element joins; a new one where none fits. */
  private int loopFor(List<View> operands, long n) {
    int earliest = 0;
    for (View operand : operands) {
      earliest = Math.max(earliest, earliest(operand, n));
    }
    // Only the step that makes the latest operand can be the loop that makes one.
    if (earliest < size()
        && block.steps().get(earliest) instanceof Step.Fused loop
        && hasRoom(loop)
        && loop.takes(n)
        && operands.stream().anyMatch(v -> loop.makes(v, n))) {
      return earliest;
    }
    return loopAfter(earliest, operands, n);
  }

  /** A loop that shares a read, no earlier than a step; else a new one. */
  private int loopAfter(int earliest, List<View> operands, long n) {
    int sharing = sharing(earliest, operands, n, 1);
    return sharing >= 0 ? sharing : newLoop(n);
  }

  private int newLoop(long n) {
    block.steps().add(new Step.Fused(n));
    return size() - 1;
  }

  /** A recent loop that shares a read, no earlier than a step, and can fold such rows; else -1. */
  private int sharing(int earliest, List<View> operands, long n, long reduced) {
    for (int i = Math.max(earliest, size() - WINDOW); i < size(); i++) {
      if (block.steps().get(i) instanceof Step.Fused loop
          && hasRoom(loop)
          && loop.n() == n
          && (reduced == 1 || loop.folds(reduced))
          && sharesRead(loop, operands)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean hasRoom(Step.Fused loop) {
    return loop.stages().size() < MAX_STAGES;
  }

  private static boolean sharesRead(Step.Fused loop, List<View> operands) {
    return operands.stream()
        .filter(v -> v.root() instanceof Root.Value && !v.isSingle())
        .anyMatch(
            v -> loop.stages().stream().anyMatch(s -> s.operands().stream().anyMatch(v::equals)));
  }

  /** The first step that may read the view, in a stage of n elements. */
  private int earliest(View view, long n) {
    int earliest = view.after();
    for (View.Term term : view.terms()) {
      earliest = Math.max(earliest, earliest(term.index(), -1));
    }
    if (view.root() instanceof Root.Value value && madeBy.containsKey(value)) {
      int step = madeBy.get(value);
      boolean inside = block.steps().get(step) instanceof Step.Fused loop && loop.makes(view, n);
      earliest = Math.max(earliest, inside ? step : step + 1);
    }
    return earliest;
  }

  // --- memory

  /** All elements of a view in a new value. */
  View copy(View view, Origin origin) {
    Root.Value result = value(view.shape(), origin);
    if (view.root() instanceof Root.Counter) {
      return element(new Op.Convert(view.type()), List.of(view), view.shape(), origin);
    }
    return add(copyInto(view, result, origin), result);
  }

  private static Step copyInto(View view, Root.Value result, Origin origin) {
    return new Step.Assemble(
        "copy",
        null,
        List.of(new Step.Part(view, View.strides(view.shape()), 0, List.of())),
        result,
        origin.source());
  }

  /** The view if its elements lie densely in memory, else a copy. */
  View dense(View view, Origin origin) {
    return view.isContiguous() && !(view.root() instanceof Root.Scalar) ? view : copy(view, origin);
  }

  /** Dense, and at an offset that is known now. */
  View placed(View view, Origin origin) {
    return view.isContiguous() && view.root() instanceof Root.Value && view.terms().isEmpty()
        ? view
        : copy(view, origin);
  }

  /** Stores all sources in the targets, as if at once: a source may be one of the other targets. */
  void store(List<View> sources, List<Root.Value> targets, Origin origin) {
    List<View> safe = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      View source = sources.get(i);
      boolean overwritten = targets.contains(source.root()) && !isStored(source, targets.get(i));
      boolean counter = source.root() instanceof Root.Counter;
      safe.add(overwritten || counter ? copy(source, origin) : source);
    }
    for (int i = 0; i < targets.size(); i++) {
      if (!isStored(safe.get(i), targets.get(i))) {
        block.steps().add(copyInto(safe.get(i), targets.get(i), origin));
      }
    }
  }

  private static boolean isStored(View source, Root.Value target) {
    return source.root() == target && source.isWhole();
  }

  // --- reductions

  View reduce(Op.Reduce op, View x, Shape shape, Origin origin) {
    if (op.dimensions().isEmpty()) {
      return x;
    }
    List<Integer> order = new ArrayList<>();
    IntStream.range(0, x.dims().size())
        .filter(i -> !op.dimensions().contains(i))
        .forEach(order::add);
    order.addAll(op.dimensions().stream().sorted().toList());
    View rows = x.transpose(order);
    long reduced = op.dimensions().stream().mapToLong(x.dims()::get).reduce(1, Math::multiplyExact);
    if (reduced == 1) {
      int kept = shape.rank();
      return rows.with(shape.dims(), rows.strides().subList(0, kept), rows.offset());
    }
    Root.Value result = value(shape, origin);
    Step.Fold fold = new Step.Fold(op, rows, reduced, result);
    int step = loopFor(fold);
    if (step >= 0) {
      return stage(step, fold);
    }
    int first =
        IntStream.range(0, x.dims().size()).filter(i -> isReduced(op, x, i)).findFirst().orElse(0);
    int last = first;
    while (last < x.dims().size() && (isReduced(op, x, last) || x.dims().get(last) == 1)) {
      last++;
    }
    int end = last;
    boolean adjacent =
        IntStream.range(0, x.dims().size()).noneMatch(i -> i >= end && isReduced(op, x, i));
    // Rows are folded as part of a loop, always: so a sum has the same bits whatever is fused.
    boolean byRows = end == x.dims().size();
    if (adjacent && !byRows && x.isContiguous() && x.type() != DType.BF16 && x.elements() > 0) {
      return add(
          new Step.Reduce(
              op,
              dense(x, origin),
              x.dims().subList(0, first).stream().reduce(1L, Math::multiplyExact),
              reduced,
              x.dims().subList(end, x.dims().size()).stream().reduce(1L, Math::multiplyExact),
              result),
          result);
    }
    return stage(newLoop(x.elements()), fold);
  }

  /** The loop that a fold joins, as the number of its step; -1 where none fits. */
  private int loopFor(Step.Fold fold) {
    View rows = fold.operand();
    long n = rows.elements();
    int earliest = earliest(rows, n);
    if (earliest < size()
        && block.steps().get(earliest) instanceof Step.Fused loop
        && loop.n() == n
        && loop.folds(fold.reduced())
        && loop.makes(rows, n)) {
      return earliest;
    }
    // Columns that lie in memory are folded row after row; and a loop that folds longer rows than
    // its blocks takes nothing that uses them.
    return rows.isContiguous() && fold.reduced() <= Step.Fused.BLOCK
        ? sharing(earliest, List.of(rows), n, fold.reduced())
        : -1;
  }

  private static boolean isReduced(Op.Reduce op, View x, int dim) {
    return op.dimensions().contains(dim) && x.dims().get(dim) != 1;
  }

  // --- contractions

  View dot(Op.Dot op, View lhs, View rhs, Shape shape, Origin origin) {
    boolean packed = lhs.type() == DType.BF16 && rhs.type() == DType.BF16;
    DType carrier =
        switch (lhs.type()) {
          // The product's kernel reads two bf16 operands as they are.
          case BF16 -> packed ? DType.BF16 : DType.F32;
          case F16 -> DType.F64;
          default -> lhs.type();
        };
    if (carrier != lhs.type()) {
      View wide =
          dot(
              op,
              convert(lhs, carrier, origin),
              convert(rhs, carrier, origin),
              shape.withType(carrier),
              origin);
      return convert(wide, shape.type(), origin);
    }
    List<Integer> lhsFree = Op.Dot.free(lhs.dims().size(), op.lhsBatch(), op.lhsContracting());
    List<Integer> rhsFree = Op.Dot.free(rhs.dims().size(), op.rhsBatch(), op.rhsContracting());
    if (lhs.type() != DType.F32 && !packed) {
      return plainDot(op, lhs, rhs, lhsFree, rhsFree, shape, origin);
    }
    int batch = op.lhsBatch().size();
    int contracting = op.lhsContracting().size();
    View left = lhs.transpose(join(op.lhsBatch(), lhsFree, op.lhsContracting()));
    View right = rhs.transpose(join(op.rhsBatch(), op.rhsContracting(), rhsFree));
    if (!fits(left, batch, batch + lhsFree.size())) {
      left = copy(left, origin);
    }
    if (!fits(right, batch, batch + contracting)) {
      right = copy(right, origin);
    }
    Root.Value result = value(packed ? shape.withType(DType.F32) : shape, origin);
    View product =
        add(
            new Step.Product(
                Contraction.of(left, right, batch, lhsFree.size(), contracting), result),
            result);
    return packed ? convert(product, shape.type(), origin) : product;
  }

  private static boolean fits(View view, int from, int middle) {
    return view.root() instanceof Root.Value
        && Contraction.merged(view, from, middle) >= 0
        && Contraction.merged(view, middle, view.dims().size()) >= 0;
  }

  /** There is no kernel for integers and f64; such products are rare and small. */
  private View plainDot(
      Op.Dot op,
      View lhs,
      View rhs,
      List<Integer> lhsFree,
      List<Integer> rhsFree,
      Shape shape,
      Origin origin) {
    View left = lhs.transpose(join(op.lhsBatch(), lhsFree, op.lhsContracting()));
    View right = rhs.transpose(join(op.rhsBatch(), rhsFree, op.rhsContracting()));
    int batch = op.lhsBatch().size();
    int contracting = op.lhsContracting().size();
    int rank = shape.rank() + contracting;
    List<Long> dims = new ArrayList<>(shape.dims());
    op.lhsContracting().forEach(i -> dims.add(lhs.dims().get(i)));
    List<Integer> ends = IntStream.range(shape.rank(), rank).boxed().toList();
    List<Integer> batches = IntStream.range(0, batch).boxed().toList();
    int middle = batch + lhsFree.size();
    Shape all = new Shape(lhs.type(), dims);
    View products =
        element(
            new Op.Binary(Op.BinaryKind.MULTIPLY),
            List.of(
                left.broadcast(
                    dims, join(batches, IntStream.range(batch, middle).boxed().toList(), ends)),
                right.broadcast(
                    dims,
                    join(batches, IntStream.range(middle, shape.rank()).boxed().toList(), ends))),
            all,
            origin);
    return reduce(new Op.Reduce(io.gshard.op.Combiner.ADD, ends), products, shape, origin);
  }

  private static List<Integer> join(List<Integer> a, List<Integer> b, List<Integer> c) {
    List<Integer> all = new ArrayList<>(a);
    all.addAll(b);
    all.addAll(c);
    return all;
  }
}
