package io.gshard.eval;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Ops whose meaning is a computation on scalars. Each device does them alone. */
final class Regions {
  private Regions() {}

  static Value reduce(Interpreter devices, HloOp.ReduceRegion op, List<Value> operands) {
    return each(devices, operands, (alone, own) -> reduceAlone(alone, op, own));
  }

  static Value sort(Interpreter devices, HloOp.Sort op, List<Value> operands) {
    return each(devices, operands, (alone, own) -> sortAlone(alone, op, own));
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
    Indices.forEach(
        full.dims(),
        index -> {
          long from = Indices.position(full.dims(), index);
          long to = Indices.position(dims, Contraction.without(index, op.dimensions()));
          List<Literal> arguments = new ArrayList<>();
          results.forEach(cells -> arguments.add(cells.scalar(to)));
          operands.subList(0, count).forEach(x -> arguments.add(scalar(x, from)));
          List<Literal> folded = callOnScalars(alone, op.computation(), arguments);
          for (int i = 0; i < count; i++) {
            results.get(i).copy(to, folded.get(i), 0);
          }
        });
    return results.stream().map(Cells::literal).toList();
  }

  private static List<Literal> sortAlone(Interpreter alone, HloOp.Sort op, List<Literal> operands) {
    Shape shape = operands.getFirst().shape();
    List<Cells> results = operands.stream().map(x -> new Cells(x.shape())).toList();
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
          List<Long> sorted = mergeSort(alone, op.comparator(), operands, places);
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
      Interpreter alone, Computation less, List<Literal> operands, List<Long> places) {
    if (places.size() < 2) {
      return places;
    }
    int half = places.size() / 2;
    List<Long> left = mergeSort(alone, less, operands, places.subList(0, half));
    List<Long> right = mergeSort(alone, less, operands, places.subList(half, places.size()));
    List<Long> merged = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < left.size() && j < right.size()) {
      boolean rightFirst = less(alone, less, operands, right.get(j), left.get(i));
      merged.add(rightFirst ? right.get(j++) : left.get(i++));
    }
    merged.addAll(left.subList(i, left.size()));
    merged.addAll(right.subList(j, right.size()));
    return merged;
  }

  /** The comparator takes the two elements of the first array, then those of the second, ... */
  private static boolean less(
      Interpreter alone, Computation comparator, List<Literal> operands, long first, long second) {
    List<Literal> arguments = new ArrayList<>();
    for (Literal operand : operands) {
      arguments.add(scalar(operand, first));
      arguments.add(scalar(operand, second));
    }
    return callOnScalars(alone, comparator, arguments).getFirst().integer(0) != 0;
  }

  private static List<Literal> callOnScalars(
      Interpreter alone, Computation computation, List<Literal> arguments) {
    Value result = alone.call(computation, arguments.stream().map(a -> Value.same(a, 1)).toList());
    return result.leaves().stream().map(leaf -> leaf.on(0)).toList();
  }

  private static Literal scalar(Literal from, long at) {
    Cells cells = new Cells(Shape.scalar(from.shape().type()));
    cells.copy(0, from, at);
    return cells.literal();
  }
}
