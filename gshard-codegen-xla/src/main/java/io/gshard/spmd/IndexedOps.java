package io.gshard.spmd;

import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ops that look up or write at computed places, where the dim they look in is split. An index is
 * clamped as a whole, then counted from where this device's part begins: what lies elsewhere is
 * zero here, and summed over the devices; or is not written here.
 */
final class IndexedOps {
  private final MeshShape mesh;
  private final Emitter emit;

  IndexedOps(MeshShape mesh, Emitter emit) {
    this.mesh = mesh;
    this.emit = emit;
  }

  /** The part of each result that this device's part of the operand gives; zero elsewhere. */
  Instruction gather(
      Instruction op, Op.Gather g, List<Instruction> operands, Sharding needed, Sharding computed) {
    Shape global = op.operand(0).shape();
    Instruction x = operands.get(0);
    List<Instruction> parts =
        components(operands.get(1), g.indexVectorDim(), g.startIndexMap().size());
    Instruction here = null;
    for (int k = 0; k < parts.size(); k++) {
      int dim = g.startIndexMap().get(k);
      long width = g.sliceSizes().get(dim);
      long last = global.dim(dim) - width;
      List<String> axes = needed.axes(dim);
      long local = x.shape().dim(dim);
      if (mesh.size(axes) == 1 || last == 0) {
        parts.set(k, clamped(parts.get(k), 0, last));
      } else if (width == 1) {
        Instruction index = minus(clamped(parts.get(k), 0, last), axes, local);
        Instruction mine = within(index, local);
        here = here == null ? mine : emit.add(new Op.Binary(Op.BinaryKind.AND), here, mine);
        parts.set(k, index);
      } else {
        // A window may lie in two parts: each gives what it has of it, between zeros.
        x = framed(emit.masked(x, dim, axes, global.dim(dim), 0), dim, width);
        parts.set(k, placed(parts.get(k), last, axes, local, width));
      }
    }
    Shape result = computed.local(mesh, op.shape());
    Instruction indices = joined(parts, g.indexVectorDim(), operands.get(1).shape().rank());
    Instruction found = emit.add(LocalOp.of(g, global, x.shape(), result), x, indices);
    if (here == null) {
      return found;
    }
    List<Integer> batch =
        IntStream.range(0, result.rank()).filter(d -> !g.offsetDims().contains(d)).boxed().toList();
    Instruction where = emit.add(new Op.Broadcast(result.dims(), batch), here);
    return emit.add(new Op.Select(), where, found, emit.fill(result, 0));
  }

  /** The indices of a scatter, counted from where this device's part of the operand begins. */
  Instruction scatterIndices(
      Op.Scatter s, Shape global, Instruction indices, Sharding needed, Shape local) {
    boolean splits =
        s.scatterDimsToOperandDims().stream().anyMatch(d -> mesh.size(needed.axes(d)) > 1);
    if (!splits) {
      return indices;
    }
    List<Instruction> parts =
        components(indices, s.indexVectorDim(), s.scatterDimsToOperandDims().size());
    for (int k = 0; k < parts.size(); k++) {
      int dim = s.scatterDimsToOperandDims().get(k);
      // What is outside stays outside.
      Instruction index = clamped(parts.get(k), -1, global.dim(dim));
      List<String> axes = needed.axes(dim);
      parts.set(k, mesh.size(axes) > 1 ? minus(index, axes, local.dim(dim)) : index);
    }
    return joined(parts, s.indexVectorDim(), indices.shape().rank());
  }

  /** Each number of the index vectors, as s32 of the batch dims. */
  private List<Instruction> components(Instruction indices, int vectorDim, int count) {
    Shape shape = indices.shape();
    if (vectorDim == shape.rank()) {
      return new ArrayList<>(List.of(indices));
    }
    List<Long> batch = new ArrayList<>(shape.dims());
    batch.remove(vectorDim);
    List<Instruction> parts = new ArrayList<>();
    for (long k = 0; k < count; k++) {
      List<Long> starts = new ArrayList<>(Collections.nCopies(shape.rank(), 0L));
      starts.set(vectorDim, k);
      List<Long> limits = new ArrayList<>(shape.dims());
      limits.set(vectorDim, k + 1);
      Instruction part =
          emit.add(new Op.Slice(starts, limits, Collections.nCopies(shape.rank(), 1L)), indices);
      parts.add(emit.add(new Op.Reshape(batch), part));
    }
    return parts;
  }

  private Instruction joined(List<Instruction> parts, int vectorDim, int rank) {
    if (vectorDim == rank) {
      return parts.getFirst();
    }
    List<Instruction> columns = new ArrayList<>();
    for (Instruction part : parts) {
      List<Long> dims = new ArrayList<>(part.shape().dims());
      dims.add(vectorDim, 1L);
      columns.add(emit.add(new Op.Reshape(dims), part));
    }
    return columns.size() == 1
        ? columns.getFirst()
        : emit.builder().add(new Op.Concatenate(vectorDim), columns);
  }

  /** An index of any integer type, brought between two bounds and to s32. */
  private Instruction clamped(Instruction index, long low, long high) {
    DType type = index.shape().type();
    boolean wide = type.bits() > 32 || type == DType.U32;
    Instruction x = wide || type == DType.S32 ? index : emit.add(new Op.Convert(DType.S32), index);
    DType own = x.shape().type();
    long least = own.kind() == DType.Kind.UNSIGNED ? Math.max(0, low) : low;
    Instruction clamped =
        emit.add(new Op.Clamp(), whole(own, least), x, whole(own, Math.max(least, high)));
    return own == DType.S32 ? clamped : emit.add(new Op.Convert(DType.S32), clamped);
  }

  /** A bound. Never shared, as {@link Emitter#number}. */
  private Instruction whole(DType type, long value) {
    return emit.add(new Op.Constant(Literal.ofIntegers(Shape.scalar(type), value)));
  }

  private Instruction minus(Instruction index, List<String> axes, long local) {
    return emit.add(
        new Op.Binary(Op.BinaryKind.SUBTRACT),
        index,
        emit.spread(emit.offset(axes, local), index.shape()));
  }

  private Instruction within(Instruction index, long size) {
    Shape shape = index.shape();
    Instruction zero = emit.fill(shape, 0);
    return emit.add(
        new Op.Binary(Op.BinaryKind.AND),
        emit.add(new Op.Compare(Op.Direction.GE), index, zero),
        emit.add(new Op.Compare(Op.Direction.LT), index, emit.spread(emit.number(size), shape)));
  }

  /**
   * The window's elements that this device has, zero elsewhere: the part stands between zeros as
   * wide as the window, so that a window which begins or ends elsewhere is cut out like any other.
   */
  Instruction dynamicSlice(
      Instruction op, Op.DynamicSlice s, List<Instruction> operands, Sharding needed) {
    Shape global = op.operand(0).shape();
    Instruction x = operands.getFirst();
    List<Instruction> arguments = new ArrayList<>(operands);
    List<Long> sizes = new ArrayList<>(s.sizes());
    for (int d = 0; d < global.rank(); d++) {
      List<String> axes = needed.axes(d);
      if (mesh.size(axes) == 1 || s.sizes().get(d) == global.dim(d)) {
        sizes.set(d, s.sizes().get(d) == global.dim(d) ? x.shape().dim(d) : s.sizes().get(d));
        continue;
      }
      long local = operands.getFirst().shape().dim(d);
      x = emit.masked(x, d, axes, global.dim(d), 0);
      x = framed(x, d, s.sizes().get(d));
      arguments.set(
          1 + d,
          placed(
              operands.get(1 + d),
              global.dim(d) - s.sizes().get(d),
              axes,
              local,
              s.sizes().get(d)));
    }
    arguments.set(0, x);
    unify(arguments, 1, global, s.sizes());
    return emit.builder().add(new Op.DynamicSlice(sizes), arguments);
  }

  /** The operand's part with what of the window lies in it. */
  Instruction dynamicUpdateSlice(Instruction op, List<Instruction> operands, Sharding needed) {
    Shape global = op.shape();
    Shape update = op.operand(1).shape();
    Instruction x = operands.getFirst();
    Shape part = x.shape();
    List<Instruction> arguments = new ArrayList<>(operands);
    List<Long> starts = new ArrayList<>(Collections.nCopies(global.rank(), 0L));
    boolean framed = false;
    for (int d = 0; d < global.rank(); d++) {
      List<String> axes = needed.axes(d);
      long size = update.dim(d);
      if (mesh.size(axes) == 1 || size == global.dim(d)) {
        continue;
      }
      x = framed(x, d, size);
      starts.set(d, size);
      framed = true;
      arguments.set(
          2 + d, placed(operands.get(2 + d), global.dim(d) - size, axes, part.dim(d), size));
    }
    arguments.set(0, x);
    unify(arguments, 2, global, update.dims());
    Instruction written = emit.builder().add(new Op.DynamicUpdateSlice(), arguments);
    if (!framed) {
      return written;
    }
    List<Long> limits = new ArrayList<>();
    for (int d = 0; d < part.rank(); d++) {
      limits.add(starts.get(d) + part.dim(d));
    }
    return emit.add(new Op.Slice(starts, limits, Collections.nCopies(part.rank(), 1L)), written);
  }

  /** Starts are all of one type: where one is counted anew, in s32, the others become that. */
  private void unify(List<Instruction> arguments, int first, Shape global, List<Long> sizes) {
    List<Instruction> starts = arguments.subList(first, arguments.size());
    if (starts.stream().map(i -> i.shape().type()).distinct().count() > 1) {
      for (int d = 0; d < starts.size(); d++) {
        if (starts.get(d).shape().type() != DType.S32) {
          starts.set(d, clamped(starts.get(d), 0, global.dim(d) - sizes.get(d)));
        }
      }
    }
  }

  private Instruction framed(Instruction x, int dim, long width) {
    List<Long> zeros = Collections.nCopies(x.shape().rank(), 0L);
    List<Long> frame = new ArrayList<>(zeros);
    frame.set(dim, width);
    return emit.add(new Op.Pad(frame, frame, zeros), x, emit.scalar(x.shape().type(), 0));
  }

  /** Where a window begins in this device's part within its frame. */
  private Instruction placed(
      Instruction start, long last, List<String> axes, long local, long width) {
    Instruction index = minus(clamped(start, 0, last), axes, local);
    Instruction moved =
        emit.add(
            new Op.Binary(Op.BinaryKind.ADD),
            index,
            emit.spread(emit.number(width), index.shape()));
    return emit.add(new Op.Clamp(), emit.number(0), moved, emit.number(local + width));
  }
}
