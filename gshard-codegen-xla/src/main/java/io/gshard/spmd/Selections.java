package io.gshard.spmd;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Ops that each device does on its part, whose results are gathered and done again. */
final class Selections {
  private final MeshShape mesh;
  private final Emitter emit;

  Selections(MeshShape mesh, Emitter emit) {
    this.mesh = mesh;
    this.emit = emit;
  }

  /**
   * A reduction with any computation over split dims, of which the starts may be taken again: they
   * fill the padding, and each device begins with them.
   */
  Instruction reduce(
      Instruction op,
      HloOp.ReduceRegion r,
      List<Instruction> operands,
      Sharding needed,
      List<String> axes,
      Emitter.Cause cause) {
    int n = operands.size() / 2;
    List<Instruction> arguments = new ArrayList<>(operands);
    for (int k = 0; k < n; k++) {
      Instruction x = operands.get(k);
      Instruction start = operands.get(n + k);
      for (int d : r.dimensions()) {
        x = emit.masked(x, d, needed.axes(d), op.operand(k).shape().dim(d), start);
      }
      arguments.set(k, x);
    }
    List<Instruction> partial = reduced(r, arguments);
    List<Instruction> again = new ArrayList<>();
    for (Instruction part : partial) {
      List<Long> dims = new ArrayList<>(part.shape().dims());
      dims.addFirst(1L);
      again.add(emit.allGather(emit.add(new Op.Reshape(dims), part), 0, axes, cause));
    }
    again.addAll(operands.subList(n, 2 * n));
    List<Instruction> results = reduced(new HloOp.ReduceRegion(r.computation(), List.of(0)), again);
    return n == 1 ? results.getFirst() : emit.builder().tuple(results);
  }

  private List<Instruction> reduced(HloOp.ReduceRegion r, List<Instruction> operands) {
    int n = operands.size() / 2;
    List<Shape> shapes = new ArrayList<>();
    for (Instruction x : operands.subList(0, n)) {
      List<Long> kept = new ArrayList<>();
      for (int d = 0; d < x.shape().rank(); d++) {
        if (!r.dimensions().contains(d)) {
          kept.add(x.shape().dim(d));
        }
      }
      shapes.add(x.shape().withDims(kept));
    }
    Type type = n == 1 ? new Type.Array(shapes.getFirst()) : Type.tuple(shapes);
    Instruction result = emit.builder().add(r, type, operands);
    return n == 1
        ? List.of(result)
        : IntStream.range(0, n).mapToObj(k -> emit.builder().element(result, k)).toList();
  }

  /**
   * The first k of each device's part, gathered, and the first k of those. Of equal values the one
   * that comes first counts: parts are gathered in order, and padding comes last.
   */
  Instruction topK(
      ArrayOp.TopK t, Instruction x, long size, List<String> axes, Emitter.Cause cause) {
    int dim = x.shape().rank() - 1;
    DType type = x.shape().type();
    long local = x.shape().dim(dim);
    // Of floating numbers NaN is the largest.
    double least =
        t.largest()
            ? Combiner.MAXIMUM.identity(type)
            : type.isFloating() ? Double.NaN : Combiner.MINIMUM.identity(type);
    Instruction masked = emit.masked(x, dim, axes, size, least);
    Instruction mine = first(t, masked, Math.min(t.k(), local));
    Instruction values = emit.builder().element(mine, 0);
    Instruction places = emit.builder().element(mine, 1);
    places =
        emit.add(
            new Op.Binary(Op.BinaryKind.ADD),
            places,
            emit.spread(emit.offset(axes, local), places.shape()));
    Instruction allValues = emit.allGather(values, dim, axes, cause);
    Instruction allPlaces = emit.allGather(places, dim, axes, cause);
    Instruction best = first(t, allValues, t.k());
    Instruction found = emit.builder().element(best, 1);
    return emit.builder().tuple(List.of(emit.builder().element(best, 0), taken(allPlaces, found)));
  }

  private Instruction first(ArrayOp.TopK t, Instruction x, long k) {
    Shape values = x.shape().withDim(x.shape().rank() - 1, k);
    return emit.builder()
        .add(
            new ArrayOp.TopK(k, t.largest()),
            Type.tuple(List.of(values, values.withType(DType.S32))),
            List.of(x));
  }

  /** The elements of the last dim at the places that the same row of {@code indices} names. */
  private Instruction taken(Instruction x, Instruction indices) {
    int last = x.shape().rank() - 1;
    List<Integer> batch = IntStream.range(0, last).boxed().toList();
    List<Long> sizes = java.util.Collections.nCopies(last + 1, 1L);
    return emit.add(
        new Op.Gather(List.of(), List.of(last), batch, batch, List.of(last), last + 1, sizes),
        x,
        indices);
  }
}
