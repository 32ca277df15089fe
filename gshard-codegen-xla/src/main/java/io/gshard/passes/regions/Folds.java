package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Window;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Folds with any associative computation: neighbours are combined, in order, until one is left.
 * Windows are folded one dim after the other, the last one first, which keeps the order too.
 */
final class Folds {
  /** Folds two elements, each of several arrays, to one. */
  private interface Step {
    List<Instruction> apply(List<Instruction> left, List<Instruction> right);
  }

  /** What a window holds at each of its places, and where that is anything at all. */
  private record Folded(List<Instruction> values, Instruction some) {}

  private final Arrays arrays;

  Folds(Arrays arrays) {
    this.arrays = arrays;
  }

  List<Instruction> reduce(HloOp.ReduceRegion op, List<Instruction> operands) {
    int count = operands.size() / 2;
    List<Instruction> starts = operands.subList(count, 2 * count);
    Shape shape = operands.getFirst().shape();
    List<Integer> kept = new ArrayList<>(Arrays.range(shape.rank()));
    kept.removeAll(op.dimensions());
    List<Long> dims = kept.stream().map(shape::dim).toList();
    List<Integer> permutation = new ArrayList<>(kept);
    permutation.addAll(op.dimensions().stream().sorted().toList());
    long length = op.dimensions().stream().map(shape::dim).reduce(1L, Math::multiplyExact);
    List<Instruction> initial = starts.stream().map(s -> arrays.filled(dims, s)).toList();
    if (length == 0) {
      return initial;
    }
    List<Long> flat = new ArrayList<>(dims);
    flat.add(length);
    int last = dims.size();
    List<Instruction> lines = new ArrayList<>();
    for (Instruction x : operands.subList(0, count)) {
      lines.add(arrays.reshape(arrays.transpose(x, permutation), flat));
    }
    Step step = (x, y) -> arrays.apply(op.computation(), joined(x, y));
    for (long left = length; left > 1; left = Math.ceilDiv(left, 2)) {
      long even = left / 2 * 2;
      List<Instruction> pairs =
          step.apply(every(lines, last, 0, even, 2), every(lines, last, 1, even, 2));
      List<Instruction> odd = every(lines, last, even, left, 1);
      for (int i = 0; i < count; i++) {
        lines.set(
            i,
            even == left
                ? pairs.get(i)
                : arrays.concatenate(List.of(pairs.get(i), odd.get(i)), last));
      }
    }
    return step.apply(initial, lines.stream().map(x -> arrays.reshape(x, dims)).toList());
  }

  List<Instruction> window(ArrayOp.ReduceWindow op, List<Instruction> operands) {
    int count = operands.size() / 2;
    Step step = (x, y) -> arrays.apply(op.computation(), joined(x, y));
    Folded folded = fold(op.window(), operands.subList(0, count), step);
    List<Long> dims = folded.values().getFirst().shape().dims();
    List<Instruction> initial =
        operands.subList(count, 2 * count).stream().map(s -> arrays.filled(dims, s)).toList();
    return chosen(folded.some(), step.apply(initial, folded.values()), initial);
  }

  /** The places that are selected get what is scattered. */
  Instruction selectAndScatter(ArrayOp.SelectAndScatter op, List<Instruction> operands) {
    Instruction x = operands.get(0);
    Shape shape = x.shape();
    Instruction numbers =
        arrays.reshape(
            arrays.emit(new Op.Iota(Shape.of(DType.S32, shape.elements()), 0)), shape.dims());
    Step step =
        (a, b) ->
            chosen(arrays.apply(op.select(), List.of(a.getFirst(), b.getFirst())).getFirst(), a, b);
    Folded folded = fold(op.window(), List.of(x, numbers), step);
    Instruction place = folded.values().get(1);
    if (folded.some() != null) {
      Instruction nowhere = arrays.constant(DType.S32, -1);
      place = arrays.select(folded.some(), place, arrays.filled(place.shape().dims(), nowhere));
    }
    long updates = place.shape().elements();
    Combiner combiner = op.scatter().combiner();
    Op.Scatter dims =
        new Op.Scatter(combiner, List.of(), List.of(0), List.of(), List.of(), List.of(0), 1);
    Instruction start = arrays.filled(List.of(shape.elements()), operands.get(2));
    Instruction indices = arrays.reshape(place, List.of(updates, 1L));
    Instruction source = arrays.reshape(operands.get(1), List.of(updates));
    Instruction flat =
        combiner == null
            ? Scattering.scatter(
                    arrays,
                    new ArrayOp.ScatterRegion(op.scatter(), dims),
                    List.of(start, indices, source))
                .getFirst()
            : arrays.emit(dims, start, indices, source);
    return arrays.reshape(flat, shape.dims());
  }

  private Folded fold(Window window, List<Instruction> operands, Step step) {
    List<Instruction> values = operands;
    List<boolean[]> some = new ArrayList<>();
    for (int dim = window.dims().size() - 1; dim >= 0; dim--) {
      Window.Dim d = window.dims().get(dim);
      int places = Math.toIntExact(d.places(values.getFirst().shape().dim(dim)));
      boolean[] seen = new boolean[places];
      values = along(d, dim, values, step, seen);
      some.addFirst(seen);
    }
    List<Long> dims = values.getFirst().shape().dims();
    Instruction mask = null;
    for (int dim = 0; dim < some.size(); dim++) {
      if (!all(some.get(dim))) {
        Instruction one = arrays.mask(some.get(dim), dim, dims);
        mask = mask == null ? one : arrays.binary(Op.BinaryKind.AND, mask, one);
      }
    }
    return new Folded(values, mask);
  }

  /** Folds along one dim; fills in which places saw an element. */
  private List<Instruction> along(
      Window.Dim d, int dim, List<Instruction> operands, Step step, boolean[] seen) {
    if (d.isTrivial()) {
      java.util.Arrays.fill(seen, true);
      return operands;
    }
    long elements = operands.getFirst().shape().dim(dim);
    List<Instruction> padded =
        operands.stream()
            .map(x -> arrays.pad(x, dim, d.low(), d.high(), d.baseDilation() - 1))
            .toList();
    List<Instruction> folded = null;
    for (long k = 0; k < d.size(); k++) {
      long start = k * d.dilation();
      long limit = seen.length == 0 ? start : start + (seen.length - 1) * d.stride() + 1;
      List<Instruction> next = every(padded, dim, start, limit, d.stride());
      boolean[] here = new boolean[seen.length];
      for (int place = 0; place < here.length; place++) {
        long at = place * d.stride() + start - d.low();
        here[place] = at >= 0 && at % d.baseDilation() == 0 && at / d.baseDilation() < elements;
      }
      folded = folded == null ? next : merged(folded, seen, next, here, dim, step);
      for (int place = 0; place < here.length; place++) {
        seen[place] |= here[place];
      }
    }
    return folded;
  }

  private List<Instruction> merged(
      List<Instruction> left,
      boolean[] inLeft,
      List<Instruction> right,
      boolean[] inRight,
      int dim,
      Step step) {
    List<Long> dims = left.getFirst().shape().dims();
    List<Instruction> both = step.apply(left, right);
    if (!all(inLeft)) {
      both = chosen(arrays.mask(inLeft, dim, dims), both, right);
    }
    return all(inRight) ? both : chosen(arrays.mask(inRight, dim, dims), both, left);
  }

  private List<Instruction> chosen(Instruction which, List<Instruction> yes, List<Instruction> no) {
    if (which == null) {
      return yes;
    }
    List<Instruction> results = new ArrayList<>();
    for (int i = 0; i < yes.size(); i++) {
      results.add(arrays.select(which, yes.get(i), no.get(i)));
    }
    return results;
  }

  private List<Instruction> every(
      List<Instruction> operands, int dim, long start, long limit, long stride) {
    return operands.stream().map(x -> arrays.slice(x, dim, start, limit, stride)).toList();
  }

  private static List<Instruction> joined(List<Instruction> x, List<Instruction> y) {
    List<Instruction> all = new ArrayList<>(x);
    all.addAll(y);
    return all;
  }

  private static boolean all(boolean[] truths) {
    for (boolean truth : truths) {
      if (!truth) {
        return false;
      }
    }
    return true;
  }
}
