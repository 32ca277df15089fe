package io.gshard.conformance;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Generated cases for every op on one device, by group. */
final class OpCases {
  private static final int REPEATS = 6;

  private final Values values;
  private final Map<String, List<OpCase>> groups = new LinkedHashMap<>();

  OpCases(long seed) {
    values = new Values(seed);
    elementwise();
    conversions();
    movement();
    folds();
    IndexedCases indexed = new IndexedCases(values);
    repeat("gather", 8 * REPEATS, indexed::gather);
    repeat("scatter", 8 * REPEATS, indexed::scatter);
  }

  /** The cases by the name of their group. */
  Map<String, List<OpCase>> groups() {
    return groups;
  }

  private void repeat(String group, int times, Supplier<OpCase> one) {
    for (int i = 0; i < times; i++) {
      groups.computeIfAbsent(group, k -> new ArrayList<>()).add(one.get());
    }
  }

  /** Adds cases for each element type that the op takes. */
  private void forTypes(
      String group, List<DType> types, java.util.function.Function<DType, OpCase> one) {
    for (DType type : types) {
      repeat(group, REPEATS, () -> one.apply(type));
    }
  }

  private static List<DType> accepted(Op op, int operands) {
    return Values.ALL.stream()
        .filter(
            type -> {
              try {
                ShapeInference.infer(op, Collections.nCopies(operands, Shape.of(type, 2)));
                return true;
              } catch (ShapeException e) {
                return false;
              }
            })
        .toList();
  }

  private void elementwise() {
    for (Op.UnaryKind kind : Op.UnaryKind.values()) {
      Op op = new Op.Unary(kind);
      forTypes(
          ShapeInference.name(op),
          accepted(op, 1),
          t -> OpCase.of(op, values.any(t, values.dims())));
    }
    for (Op.BinaryKind kind : Op.BinaryKind.values()) {
      Op op = new Op.Binary(kind);
      forTypes(
          ShapeInference.name(op),
          accepted(op, 2),
          t -> {
            List<Long> dims = values.dims();
            return OpCase.of(op, values.any(t, dims), values.any(t, dims));
          });
    }
    for (Op.Direction direction : Op.Direction.values()) {
      forTypes(
          "compare " + direction,
          Values.ALL,
          t -> {
            List<Long> dims = values.dims();
            return OpCase.of(new Op.Compare(direction), values.any(t, dims), values.any(t, dims));
          });
    }
    forTypes(
        "select",
        Values.ALL,
        t -> {
          List<Long> dims = values.dims();
          return OpCase.of(
              new Op.Select(),
              values.any(DType.PRED, dims),
              values.any(t, dims),
              values.any(t, dims));
        });
    forTypes(
        "clamp",
        Values.NUMBERS,
        t -> {
          List<Long> dims = values.dims();
          List<Long> low = values.random().nextBoolean() ? dims : List.of();
          List<Long> high = values.random().nextBoolean() ? dims : List.of();
          return OpCase.of(
              new Op.Clamp(), values.any(t, low), values.any(t, dims), values.any(t, high));
        });
    forTypes(
        "stop-gradient",
        Values.ALL,
        t -> OpCase.of(new Op.StopGradient(), values.any(t, values.dims())));
    forTypes(
        "optimization-barrier",
        Values.ALL,
        t -> OpCase.of(new Op.OptimizationBarrier(), values.any(t, values.dims())));
  }

  private void conversions() {
    for (DType to : Values.ALL) {
      forTypes(
          "convert", Values.ALL, t -> OpCase.of(new Op.Convert(to), values.any(t, values.dims())));
      forTypes(
          "bitcast-convert",
          Values.ALL.stream().filter(t -> t.bits() == to.bits()).toList(),
          t -> {
            // Random bits may be NaNs, whose payload need not survive.
            List<Long> dims = values.dims();
            return OpCase.of(
                new Op.BitcastConvert(to),
                t.isInteger() ? values.integers(t, dims, 0, 0x7f000000L) : values.any(t, dims));
          });
    }
  }

  private void movement() {
    forTypes("constant", Values.ALL, t -> OpCase.of(new Op.Constant(values.any(t, values.dims()))));
    forTypes(
        "iota",
        Values.NUMBERS,
        t -> {
          List<Long> dims = values.dims(values.between(1, 4));
          return OpCase.of(new Op.Iota(new Shape(t, dims), values.between(0, dims.size() - 1)));
        });
    forTypes(
        "broadcast",
        Values.ALL,
        t -> {
          List<Long> dims = values.dims();
          List<Integer> kept = values.some(dims.size());
          return OpCase.of(
              new Op.Broadcast(dims, kept), values.any(t, kept.stream().map(dims::get).toList()));
        });
    forTypes(
        "reshape",
        Values.ALL,
        t -> {
          List<Long> dims = values.dims();
          List<Long> shuffled = new ArrayList<>(dims);
          Collections.shuffle(shuffled, values.random());
          shuffled.add(1L);
          return OpCase.of(new Op.Reshape(shuffled), values.any(t, dims));
        });
    forTypes(
        "transpose",
        Values.ALL,
        t -> {
          List<Long> dims = values.dims();
          return OpCase.of(new Op.Transpose(values.permutation(dims.size())), values.any(t, dims));
        });
    forTypes(
        "reverse",
        Values.ALL,
        t -> {
          List<Long> dims = values.dims();
          return OpCase.of(new Op.Reverse(values.some(dims.size())), values.any(t, dims));
        });
    forTypes("slice", Values.ALL, this::slice);
    forTypes("pad", Values.ALL, this::pad);
    forTypes("concatenate", Values.ALL, this::concatenate);
    forTypes("dynamic-slice", Values.ALL, this::dynamicSlice);
    forTypes("dynamic-update-slice", Values.ALL, this::dynamicUpdateSlice);
  }

  private OpCase slice(DType type) {
    List<Long> dims = values.dims();
    List<Long> starts = new ArrayList<>();
    List<Long> limits = new ArrayList<>();
    List<Long> strides = new ArrayList<>();
    for (long dim : dims) {
      int limit = values.between(0, (int) dim);
      limits.add((long) limit);
      starts.add((long) values.between(0, limit));
      strides.add((long) values.between(1, 3));
    }
    return OpCase.of(new Op.Slice(starts, limits, strides), values.any(type, dims));
  }

  private OpCase pad(DType type) {
    List<Long> dims = values.dims(values.between(0, 3));
    List<Long> low = new ArrayList<>();
    List<Long> high = new ArrayList<>();
    List<Long> interior = new ArrayList<>();
    for (long dim : dims) {
      long inside = values.between(0, 2);
      long size = dim + (dim - 1) * inside;
      long below = values.between((int) -size, 3);
      low.add(below);
      high.add((long) values.between((int) -(size + below), 3));
      interior.add(inside);
    }
    return OpCase.of(
        new Op.Pad(low, high, interior), values.any(type, dims), values.any(type, List.of()));
  }

  private OpCase concatenate(DType type) {
    List<Long> dims = values.dims(values.between(1, 4));
    int along = values.between(0, dims.size() - 1);
    List<Literal> parts = new ArrayList<>();
    for (int i = values.between(1, 4); i > 0; i--) {
      dims.set(along, (long) values.between(0, 4));
      parts.add(values.any(type, dims));
    }
    return new OpCase(new Op.Concatenate(along), parts);
  }

  private OpCase dynamicSlice(DType type) {
    List<Long> dims = values.dims(values.between(0, 4));
    List<Literal> operands = new ArrayList<>(List.of(values.any(type, dims)));
    operands.addAll(indices(dims));
    return new OpCase(new Op.DynamicSlice(within(dims)), operands);
  }

  private OpCase dynamicUpdateSlice(DType type) {
    List<Long> dims = values.dims(values.between(0, 4));
    List<Literal> operands =
        new ArrayList<>(List.of(values.any(type, dims), values.any(type, within(dims))));
    operands.addAll(indices(dims));
    return new OpCase(new Op.DynamicUpdateSlice(), operands);
  }

  private List<Long> within(List<Long> dims) {
    return dims.stream().map(d -> (long) values.between(0, d.intValue())).toList();
  }

  /** Of one type, often outside. */
  private List<Literal> indices(List<Long> dims) {
    boolean unsigned = values.sometimes();
    return dims.stream()
        .map(
            dim ->
                unsigned
                    ? values.scalar(
                        DType.U32,
                        values.sometimes() ? 0xfffffff0L : values.between(0, dim.intValue()))
                    : values.scalar(DType.S32, values.between(-3, dim.intValue() + 3)))
        .toList();
  }

  private void folds() {
    forTypes("dot", Values.ALL, this::dot);
    repeat(
        "dot",
        REPEATS,
        () -> {
          OpCase narrow = dot(DType.BF16);
          Op.Dot op = (Op.Dot) narrow.op();
          return new OpCase(
              new Op.Dot(
                  op.lhsBatch(),
                  op.rhsBatch(),
                  op.lhsContracting(),
                  op.rhsContracting(),
                  DType.F32),
              narrow.operands());
        });
    for (Combiner combiner : Combiner.values()) {
      boolean sums = combiner == Combiner.ADD || combiner == Combiner.MULTIPLY;
      forTypes(
          "reduce " + combiner,
          accepted(new Op.Reduce(combiner, List.of(0)), 1),
          t -> {
            List<Long> dims = values.dims();
            return OpCase.of(
                new Op.Reduce(combiner, values.some(dims.size())),
                sums ? values.tame(t, dims) : values.any(t, dims));
          });
      forTypes(
          "cumulative " + combiner,
          accepted(new Op.Cumulative(combiner, 0, false, false), 1),
          t -> {
            List<Long> dims = values.dims(values.between(1, 4));
            return OpCase.of(
                new Op.Cumulative(
                    combiner,
                    values.between(0, dims.size() - 1),
                    values.random().nextBoolean(),
                    values.random().nextBoolean()),
                sums ? values.tame(t, dims) : values.any(t, dims));
          });
    }
  }

  private OpCase dot(DType type) {
    int batch = values.between(0, 2);
    int contracting = values.between(0, 2);
    List<Long> shared = new ArrayList<>(values.dims(batch + contracting));
    if (contracting > 0 && values.sometimes()) {
      shared.set(batch, (long) values.between(20, 300));
    }
    Side lhs = side(shared, values.between(0, 2), batch);
    Side rhs = side(shared, values.between(0, 2), batch);
    return OpCase.of(
        new Op.Dot(lhs.batch, rhs.batch, lhs.contracting, rhs.contracting, null),
        values.tame(type, lhs.dims),
        values.tame(type, rhs.dims));
  }

  private record Side(List<Long> dims, List<Integer> batch, List<Integer> contracting) {}

  /** The shared dims and some free ones, in any order. */
  private Side side(List<Long> shared, int free, int batch) {
    List<Long> sizes = new ArrayList<>(shared);
    sizes.addAll(values.dims(free));
    List<Integer> order = values.permutation(sizes.size());
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < shared.size(); i++) {
      places.add(order.indexOf(i));
    }
    return new Side(
        order.stream().map(sizes::get).toList(),
        places.subList(0, batch),
        places.subList(batch, shared.size()));
  }
}
