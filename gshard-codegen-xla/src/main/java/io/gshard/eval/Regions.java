package io.gshard.eval;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloOp;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Ops whose meaning is a computation on scalars. Each device does them alone. */
final class Regions {
  private Regions() {}

  static Value apply(Interpreter devices, HloOp op, List<Value> operands) {
    return each(devices, operands, (alone, own) -> applyAlone(alone, op, own));
  }

  private static List<Literal> applyAlone(Interpreter alone, HloOp op, List<Literal> operands) {
    return switch (op) {
      case HloOp.ReduceRegion r -> reduceAlone(alone, r, operands);
      case HloOp.Sort s -> sortAlone(alone, s, operands);
      case ArrayOp.ReduceWindow r -> Windowed.reduce(alone, r, operands);
      case ArrayOp.SelectAndScatter s -> List.of(Windowed.selectAndScatter(alone, s, operands));
      case ArrayOp.ScatterRegion s -> scatterAlone(alone, s, operands);
      case ArrayOp.Map m -> mapAlone(alone, m, operands);
      case ArrayOp.TopK t -> topKAlone(t, operands.getFirst());
      default -> throw new IllegalArgumentException(ShapeInference.name(op) + " has no region");
    };
  }

  private interface OnOne {
    List<Literal> apply(Interpreter alone, List<Literal> operands);
  }

  /** One array for one result, a tuple for several. */
  private static Value each(Interpreter devices, List<Value> operands, OnOne body) {
    List<Value> results = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      int position = i;
      List<Value> made = new ArrayList<>();
      body.apply(devices.only(i), operands.stream().map(v -> v.on(position)).toList())
          .forEach(literal -> made.add(Value.same(literal, 1)));
      results.add(made.size() == 1 ? made.getFirst() : new Value.Tuple(made));
    }
    return Value.join(results);
  }

  private static List<Literal> reduceAlone(
      Interpreter alone, HloOp.ReduceRegion op, List<Literal> operands) {
    int count = operands.size() / 2;
    Shape full = operands.getFirst().shape();
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < full.rank(); i++) {
      if (!op.dimensions().contains(i)) {
        dims.add(full.dim(i));
      }
    }
    List<Cells> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Cells cells = new Cells(operands.get(i).shape().withDims(dims));
      cells.fill(operands.get(count + i));
      results.add(cells);
    }
    Folding folding = new Folding(new ScalarFunction(alone, op.computation()), count);
    List<Literal> arrays = operands.subList(0, count);
    Indices.forEach(
        full.dims(),
        index -> {
          long from = Indices.position(full.dims(), index);
          long to = Indices.position(dims, Contraction.without(index, op.dimensions()));
          folding.fold(results, to, arrays, from);
        });
    return results.stream().map(Cells::literal).toList();
  }

  private static List<Literal> sortAlone(Interpreter alone, HloOp.Sort op, List<Literal> operands) {
    Shape shape = operands.getFirst().shape();
    List<Cells> results = operands.stream().map(x -> new Cells(x.shape())).toList();
    ScalarFunction less = new ScalarFunction(alone, op.comparator());
    List<Long> lines = new ArrayList<>(shape.dims());
    lines.set(op.dimension(), Math.min(1, shape.dim(op.dimension())));
    long stride = shape.strides()[op.dimension()];
    Indices.forEach(
        lines,
        line -> {
          long first = Indices.position(shape.dims(), line);
          List<Long> places = new ArrayList<>();
          for (long i = 0; i < shape.dim(op.dimension()); i++) {
            places.add(first + i * stride);
          }
          List<Long> sorted = mergeSort(less, operands, places);
          for (int i = 0; i < places.size(); i++) {
            for (int k = 0; k < operands.size(); k++) {
              results.get(k).copy(places.get(i), operands.get(k), sorted.get(i));
            }
          }
        });
    return results.stream().map(Cells::literal).toList();
  }

  /** Stable, and content with comparators that no order fits, as NaN makes them. */
  private static List<Long> mergeSort(
      ScalarFunction less, List<Literal> operands, List<Long> places) {
    if (places.size() < 2) {
      return places;
    }
    int half = places.size() / 2;
    List<Long> left = mergeSort(less, operands, places.subList(0, half));
    List<Long> right = mergeSort(less, operands, places.subList(half, places.size()));
    List<Long> merged = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < left.size() && j < right.size()) {
      boolean rightFirst = less(less, operands, right.get(j), left.get(i));
      merged.add(rightFirst ? right.get(j++) : left.get(i++));
    }
    merged.addAll(left.subList(i, left.size()));
    merged.addAll(right.subList(j, right.size()));
    return merged;
  }

  /** The comparator takes the two elements of the first array, then those of the second, ... */
  private static boolean less(
      ScalarFunction comparator, List<Literal> operands, long first, long second) {
    for (int i = 0; i < operands.size(); i++) {
      comparator.argument(2 * i, operands.get(i), first);
      comparator.argument(2 * i + 1, operands.get(i), second);
    }
    comparator.run();
    return comparator.result(0).integer(0) != 0;
  }

  private static List<Literal> mapAlone(Interpreter alone, ArrayOp.Map op, List<Literal> operands) {
    ScalarFunction function = new ScalarFunction(alone, op.computation());
    Shape shape = operands.getFirst().shape();
    Cells result = new Cells(shape.withType(op.computation().root().shape().type()));
    for (long at = 0; at < result.size(); at++) {
      for (int i = 0; i < operands.size(); i++) {
        function.argument(i, operands.get(i), at);
      }
      function.run();
      result.copy(at, function.result(0), 0);
    }
    return List.of(result.literal());
  }

  private static List<Literal> scatterAlone(
      Interpreter alone, ArrayOp.ScatterRegion op, List<Literal> operands) {
    int count = operands.size() / 2;
    List<Literal> updates = operands.subList(count + 1, operands.size());
    List<Cells> results = operands.subList(0, count).stream().map(Cells::of).toList();
    Folding folding = new Folding(new ScalarFunction(alone, op.computation()), count);
    Indexed.forEachUpdate(
        op.dims(),
        operands.getFirst().shape(),
        operands.get(count),
        updates.getFirst().shape(),
        (at, from) -> folding.fold(results, at, updates, from));
    return results.stream().map(Cells::literal).toList();
  }

  /** Sorted by the total order, in which NaN is the greatest; of equals the first comes first. */
  private static List<Literal> topKAlone(ArrayOp.TopK op, Literal x) {
    Shape shape = x.shape();
    int last = shape.rank() - 1;
    int length = Math.toIntExact(shape.dim(last));
    Cells values = new Cells(shape.withDim(last, op.k()));
    Cells places = new Cells(shape.withType(DType.S32).withDim(last, op.k()));
    for (int line = 0; line < shape.elements(); line += length) {
      long first = line;
      Comparator<Integer> order = (a, b) -> compare(x, first + a, first + b);
      List<Integer> sorted = new ArrayList<>(IntStream.range(0, length).boxed().toList());
      sorted.sort(op.largest() ? order.reversed() : order);
      for (int i = 0; i < op.k(); i++) {
        long to = line / length * op.k() + i;
        values.copy(to, x, first + sorted.get(i));
        places.integer(to, sorted.get(i));
      }
    }
    return List.of(values.literal(), places.literal());
  }

  private static int compare(Literal x, long first, long second) {
    return switch (x.shape().type().kind()) {
      case FLOATING, COMPLEX -> Double.compare(x.real(first), x.real(second));
      case PREDICATE, SIGNED -> Long.compare(x.integer(first), x.integer(second));
      case UNSIGNED -> Long.compareUnsigned(x.integer(first), x.integer(second));
    };
  }
}
