package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Scatter with any computation: a loop that folds in one window of updates after the other. */
final class Scattering {
  private Scattering() {}

  static List<Instruction> scatter(
      Arrays arrays, ArrayOp.ScatterRegion op, List<Instruction> operands) {
    int count = operands.size() / 2;
    Op.Scatter dims = op.dims();
    List<Long> sizes = operands.getFirst().shape().dims();
    Shape updates = operands.get(count + 1).shape();
    List<Integer> batch = new ArrayList<>(Arrays.range(updates.rank()));
    batch.removeAll(dims.updateWindowDims());
    List<Long> batchSizes = batch.stream().map(updates::dim).toList();
    long turns = batchSizes.stream().reduce(1L, Math::multiplyExact);
    List<Integer> windowsLast = new ArrayList<>(batch);
    windowsLast.addAll(dims.updateWindowDims());
    List<Long> window = new ArrayList<>();
    for (int dim = 0, next = 0; dim < sizes.size(); dim++) {
      boolean single =
          dims.insertedWindowDims().contains(dim) || dims.operandBatchingDims().contains(dim);
      window.add(single ? 1 : updates.dim(dims.updateWindowDims().get(next++)));
    }
    List<Instruction> starts = starts(arrays, dims, operands.get(count), batchSizes, sizes.size());
    List<Instruction> slices = new ArrayList<>();
    slices.add(inside(arrays, starts, window, sizes, turns));
    slices.addAll(starts);
    List<Long> rows = new ArrayList<>(List.of(turns));
    rows.addAll(window);
    for (Instruction x : operands.subList(count + 1, operands.size())) {
      slices.add(arrays.reshape(arrays.transpose(x, windowsLast), rows));
    }
    return arrays.loop(
        operands.subList(0, count),
        slices,
        List.of(),
        false,
        (turn, carries, rest) -> {
          Instruction fits = turn.filled(window, rest.getFirst());
          List<Instruction> at = rest.subList(1, 1 + sizes.size());
          List<Instruction> before = new ArrayList<>();
          for (Instruction x : carries) {
            before.add(placed(turn, new Op.DynamicSlice(window), List.of(x), at));
          }
          List<Instruction> both = new ArrayList<>(before);
          both.addAll(rest.subList(1 + sizes.size(), rest.size()));
          List<Instruction> folded = turn.apply(op.computation(), both);
          List<Instruction> after = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            Instruction kept = turn.select(fits, folded.get(i), before.get(i));
            List<Instruction> first = List.of(carries.get(i), kept);
            after.add(placed(turn, new Op.DynamicUpdateSlice(), first, at));
          }
          return after;
        });
  }

  private static Instruction placed(
      Arrays arrays, Op op, List<Instruction> first, List<Instruction> at) {
    List<Instruction> operands = new ArrayList<>(first);
    operands.addAll(at);
    return arrays.emit(op, operands.toArray(Instruction[]::new));
  }

  /** For each dim where the windows begin, in a row of s64. */
  private static List<Instruction> starts(
      Arrays arrays, Op.Scatter dims, Instruction indices, List<Long> batch, int rank) {
    long turns = batch.stream().reduce(1L, Math::multiplyExact);
    int vectors = dims.indexVectorDim();
    Instruction wide = arrays.convert(indices, DType.S64);
    List<Instruction> starts = new ArrayList<>();
    for (int dim = 0; dim < rank; dim++) {
      int component = dims.scatterDimsToOperandDims().indexOf(dim);
      int paired = dims.operandBatchingDims().indexOf(dim);
      Instruction start;
      if (component >= 0) {
        boolean single = vectors == indices.shape().rank();
        start = single ? wide : arrays.slice(wide, vectors, component, component + 1, 1);
      } else if (paired >= 0) {
        int along = dims.indicesBatchingDims().get(paired);
        start = arrays.count(DType.S64, batch, along > vectors ? along - 1 : along);
      } else {
        start = arrays.filled(Shape.of(DType.S64, turns), 0);
      }
      starts.add(arrays.reshape(start, List.of(turns)));
    }
    return starts;
  }

  /** Which windows lie whole in the array; the others are left out. */
  private static Instruction inside(
      Arrays arrays, List<Instruction> starts, List<Long> window, List<Long> sizes, long turns) {
    Shape row = Shape.of(DType.S64, turns);
    Instruction inside = arrays.filled(row.withType(DType.PRED), 1);
    for (int dim = 0; dim < sizes.size(); dim++) {
      Instruction start = starts.get(dim);
      Instruction last = arrays.filled(row, sizes.get(dim) - window.get(dim));
      Instruction here =
          arrays.binary(
              Op.BinaryKind.AND,
              arrays.compare(Op.Direction.GE, start, arrays.filled(row, 0)),
              arrays.compare(Op.Direction.LE, start, last));
      inside = arrays.binary(Op.BinaryKind.AND, inside, here);
    }
    return inside;
  }
}
