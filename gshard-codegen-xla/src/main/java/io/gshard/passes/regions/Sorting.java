package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Sorts by a bitonic network: each stage compares all pairs of places some power of two apart. What
 * is equal keeps its order, because numbers of the places are carried along; lines are filled up to
 * a power of two with elements that come last.
 */
final class Sorting {
  /** Whether one element, of several arrays, comes before another; equal ones do not. */
  private interface Before {
    Instruction holds(List<Instruction> x, List<Instruction> y);
  }

  private final Arrays arrays;

  Sorting(Arrays arrays) {
    this.arrays = arrays;
  }

  List<Instruction> sort(HloOp.Sort op, List<Instruction> operands) {
    Before before =
        (x, y) -> {
          List<Instruction> arguments = new ArrayList<>();
          for (int i = 0; i < operands.size(); i++) {
            arguments.add(x.get(i));
            arguments.add(y.get(i));
          }
          return arrays.apply(op.comparator(), arguments).getFirst();
        };
    return sorted(operands, op.dimension(), before).subList(0, operands.size());
  }

  List<Instruction> top(ArrayOp.TopK op, Instruction x) {
    int dim = x.shape().rank() - 1;
    Op.Direction direction = op.largest() ? Op.Direction.GT : Op.Direction.LT;
    Before before =
        (a, b) ->
            arrays.compare(direction, arrays.ordered(a.getFirst()), arrays.ordered(b.getFirst()));
    return sorted(List.of(x), dim, before).stream()
        .map(s -> arrays.slice(s, dim, 0, op.k(), 1))
        .toList();
  }

  /** The arrays sorted along a dim, then the places that the elements came from. */
  private List<Instruction> sorted(List<Instruction> operands, int dim, Before before) {
    Shape shape = operands.getFirst().shape();
    long length = shape.dim(dim);
    long filled = Math.max(1, Long.highestOneBit(Math.max(1, 2 * length - 1)));
    Shape wide = shape.withType(DType.S32).withDim(dim, filled);
    List<Instruction> values = new ArrayList<>();
    for (Instruction x : operands) {
      values.add(arrays.pad(x, dim, 0, filled - length, 0));
    }
    values.add(arrays.emit(new Op.Iota(wide, dim)));
    long outer = shape.dims().subList(0, dim).stream().reduce(1L, Math::multiplyExact);
    long inner =
        shape.dims().subList(dim + 1, shape.rank()).stream().reduce(1L, Math::multiplyExact);
    for (long run = 2; run <= filled; run *= 2) {
      for (long apart = run / 2; apart > 0; apart /= 2) {
        values =
            stage(
                values,
                List.of(outer, filled / (2 * apart), 2L, apart * inner),
                run / (2 * apart),
                length,
                before);
      }
    }
    return values.stream()
        .map(x -> arrays.slice(arrays.reshape(x, wide.dims()), dim, 0, length, 1))
        .toList();
  }

  /**
   * Compares the two halves of dim 2.
   *
   * @param period blocks of dim 1 that are put in order before as many are put in reverse
   */
  private List<Instruction> stage(
      List<Instruction> values, List<Long> dims, long period, long length, Before before) {
    List<Instruction> low = new ArrayList<>();
    List<Instruction> high = new ArrayList<>();
    for (Instruction x : values) {
      Instruction cut = arrays.reshape(x, dims);
      low.add(arrays.slice(cut, 2, 0, 1, 1));
      high.add(arrays.slice(cut, 2, 1, 2, 1));
    }
    List<Long> half = low.getFirst().shape().dims();
    boolean[] reverse = new boolean[Math.toIntExact(dims.get(1))];
    for (int block = 0; block < reverse.length; block++) {
      reverse[block] = block / period % 2 == 1;
    }
    Instruction wrong =
        arrays.binary(
            Op.BinaryKind.XOR,
            comesFirst(high, low, length, before),
            arrays.mask(reverse, 1, half));
    List<Instruction> results = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Instruction first = arrays.select(wrong, high.get(i), low.get(i));
      Instruction second = arrays.select(wrong, low.get(i), high.get(i));
      results.add(arrays.concatenate(List.of(first, second), 2));
    }
    return results;
  }

  private Instruction comesFirst(
      List<Instruction> x, List<Instruction> y, long length, Before before) {
    Instruction a = x.getLast();
    Instruction b = y.getLast();
    Instruction end = arrays.filled(a.shape().dims(), arrays.constant(DType.S32, length));
    Instruction earlier = arrays.compare(Op.Direction.LT, a, b);
    // Neither before the other: the places decide. What fills up comes after all.
    Instruction decided =
        arrays.select(
            before.holds(x, y),
            arrays.compare(Op.Direction.EQ, a, a),
            arrays.binary(
                Op.BinaryKind.AND,
                earlier,
                arrays.emit(new Op.Unary(Op.UnaryKind.NOT), before.holds(y, x))));
    Instruction inside =
        arrays.binary(
            Op.BinaryKind.AND,
            arrays.compare(Op.Direction.LT, a, end),
            arrays.compare(Op.Direction.LT, b, end));
    return arrays.select(inside, decided, earlier);
  }
}
