package io.gshard.spmd;

import io.gshard.cost.Traffic;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds local ops and collectives to one computation of the partitioned program. */
final class Emitter {

  /**
   * Why a collective is emitted.
   *
   * @param whole the value that it leaves whole on every device, or null
   */
  record Cause(Source source, boolean requested, String reason, Value whole) {
    Cause(Source source, boolean requested, String reason) {
      this(source, requested, reason, null);
    }

    Cause leavingWhole(String name, Shape shape) {
      return new Cause(source, requested, reason, new Value(name, shape));
    }
  }

  /** A value as it is, all devices together. */
  record Value(String name, Shape shape) {}

  private record Place(List<String> axes, long local) {}

  private final GraphBuilder builder;
  private final MeshShape mesh;
  private final Ledger ledger;

  private record Extent(List<String> axes, long local, long size) {}

  private final Map<Extent, Instruction> inside = new HashMap<>();
  private final Map<Place, Instruction> offsets = new HashMap<>();
  private final Map<List<String>, Instruction> coordinates = new HashMap<>();
  private final Map<Literal, Instruction> scalars = new HashMap<>();
  private Instruction device;

  Emitter(GraphBuilder builder, Ledger ledger) {
    this.builder = builder;
    this.mesh = builder.mesh();
    this.ledger = ledger;
  }

  GraphBuilder builder() {
    return builder;
  }

  Instruction add(Op op, Instruction... operands) {
    return builder.add(op, operands);
  }

  Instruction scalar(DType type, double value) {
    return scalars.computeIfAbsent(
        Literal.scalar(type, value), v -> builder.add(new Op.Constant(v)));
  }

  /**
   * A size or a stride. Never shared, though two may be equal: else the number of instructions
   * would depend on the sizes.
   */
  Instruction number(long value) {
    return add(new Op.Constant(Literal.scalar(DType.S32, value)));
  }

  /** A scalar in every place of a shape. */
  Instruction fill(Shape shape, double value) {
    return spread(scalar(shape.type(), value), shape);
  }

  Instruction spread(Instruction scalar, Shape shape) {
    return shape.isScalar() ? scalar : add(new Op.Broadcast(shape.dims(), List.of()), scalar);
  }

  /**
   * Where this device's part begins in a dim that the axes split in parts of {@code local}: s32[].
   */
  Instruction offset(List<String> axes, long local) {
    Place place = new Place(List.copyOf(axes), local);
    Instruction known = offsets.get(place);
    if (known == null) {
      // Multiplied by 1 as well: the program's size must not depend on the sizes of dims.
      known =
          add(
              new Op.Binary(Op.BinaryKind.MULTIPLY),
              coordinates.computeIfAbsent(place.axes(), this::coordinate),
              number(local));
      offsets.put(place, known);
    }
    return known;
  }

  /** This device's number among the parts that the axes make: s32[]. */
  private Instruction coordinate(List<String> axes) {
    Instruction sum = null;
    for (String axis : axes) {
      Instruction position = position(axis);
      sum =
          sum == null
              ? position
              : add(
                  new Op.Binary(Op.BinaryKind.ADD),
                  add(new Op.Binary(Op.BinaryKind.MULTIPLY), sum, number(mesh.size(axis))),
                  position);
    }
    return sum == null ? scalar(DType.S32, 0) : sum;
  }

  private Instruction position(String axis) {
    if (device == null) {
      device = place(add(new Op.Convert(DType.S32), add(new Op.PartitionId())));
    }
    Instruction position = device;
    if (mesh.indexOf(axis) < mesh.axes().size() - 1) {
      position = add(new Op.Binary(Op.BinaryKind.DIVIDE), position, number(mesh.stride(axis)));
    }
    if (mesh.indexOf(axis) > 0) {
      position = add(new Op.Binary(Op.BinaryKind.REMAINDER), position, number(mesh.size(axis)));
    }
    return position;
  }

  /** Where a device stands in the mesh: its id, or looked up in the mesh's order of devices. */
  private Instruction place(Instruction id) {
    if (mesh.order() == null) {
      return id;
    }
    long[] places = new long[mesh.devices()];
    for (int i = 0; i < places.length; i++) {
      places[i] = mesh.place(i);
    }
    Instruction table =
        add(new Op.Constant(Literal.ofIntegers(Shape.of(DType.S32, places.length), places)));
    return add(new Op.Reshape(List.of()), add(new Op.DynamicSlice(List.of(1L)), table, id));
  }

  /**
   * x with a value where the place in the global dim is beyond its end; x itself if there is no
   * such place.
   */
  Instruction masked(Instruction x, int dim, List<String> axes, long size, double value) {
    return x.shape().dim(dim) * mesh.size(axes) == size
        ? x
        : masked(x, dim, axes, size, scalar(x.shape().type(), value));
  }

  Instruction masked(Instruction x, int dim, List<String> axes, long size, Instruction value) {
    long local = x.shape().dim(dim);
    if (local * mesh.size(axes) == size) {
      return x;
    }
    Instruction line =
        inside.computeIfAbsent(
            new Extent(List.copyOf(axes), local, size), e -> inside(axes, local, size));
    Instruction where = add(new Op.Broadcast(x.shape().dims(), List.of(dim)), line);
    return add(new Op.Select(), where, x, spread(value, x.shape()));
  }

  /** For each place of a local dim whether it is one of the global dim: pred[local]. */
  private Instruction inside(List<String> axes, long local, long size) {
    Shape line = Shape.of(DType.S32, local);
    Instruction here =
        add(
            new Op.Binary(Op.BinaryKind.ADD),
            add(new Op.Iota(line, 0)),
            spread(offset(axes, local), line));
    return add(new Op.Compare(Op.Direction.LT), here, spread(number(size), line));
  }

  /** The first {@code size} elements of a dim, or zeros behind it up to that. */
  Instruction resized(Instruction x, int dim, long size) {
    long found = x.shape().dim(dim);
    List<Long> zeros = Collections.nCopies(x.shape().rank(), 0L);
    if (found < size) {
      List<Long> high = new ArrayList<>(zeros);
      high.set(dim, size - found);
      return add(new Op.Pad(zeros, high, zeros), x, scalar(x.shape().type(), 0));
    }
    if (found > size) {
      return add(
          new Op.Slice(
              zeros,
              x.shape().withDim(dim, size).dims(),
              Collections.nCopies(x.shape().rank(), 1L)),
          x);
    }
    return x;
  }

  /** This device's part of a dim that it holds whole, or the part of its part. */
  Instruction cut(Instruction x, int dim, List<String> axes) {
    int parts = mesh.size(axes);
    if (parts == 1) {
      return x;
    }
    long local = Math.ceilDiv(x.shape().dim(dim), (long) parts);
    Instruction padded = resized(x, dim, local * parts);
    List<Instruction> operands = new ArrayList<>();
    operands.add(padded);
    for (int d = 0; d < x.shape().rank(); d++) {
      operands.add(d == dim ? offset(axes, local) : scalar(DType.S32, 0));
    }
    return builder.add(new Op.DynamicSlice(x.shape().withDim(dim, local).dims()), operands);
  }

  Instruction allReduce(Instruction x, Combiner combiner, List<String> axes, Cause cause) {
    return mesh.size(axes) == 1 ? x : collective(new Op.AllReduce(combiner, axes), x, cause);
  }

  /** The dim is padded first where it does not divide. */
  Instruction reduceScatter(
      Instruction x, Combiner combiner, int dim, List<String> axes, Cause cause) {
    long parts = mesh.size(axes);
    if (parts == 1) {
      return x;
    }
    Instruction padded = resized(x, dim, Math.ceilDiv(x.shape().dim(dim), parts) * parts);
    return collective(new Op.ReduceScatter(combiner, dim, axes), padded, cause);
  }

  Instruction allGather(Instruction x, int dim, List<String> axes, Cause cause) {
    return mesh.size(axes) == 1 ? x : collective(new Op.AllGather(dim, axes), x, cause);
  }

  Instruction allToAll(Instruction x, int split, int concat, List<String> axes, Cause cause) {
    long parts = mesh.size(axes);
    if (parts == 1) {
      return x;
    }
    Instruction padded = resized(x, split, Math.ceilDiv(x.shape().dim(split), parts) * parts);
    return collective(new Op.AllToAll(split, concat, axes), padded, cause);
  }

  Instruction permute(Instruction x, List<String> axes, List<Integer> targets, Cause cause) {
    return collective(new Op.CollectivePermute(axes, targets), x, cause);
  }

  /** A collective as it is, noted with what a device sends. */
  Instruction collective(Op.Collective op, Instruction x, Cause cause) {
    Instruction result = add(op, x);
    ledger.add(
        result,
        new CommunicationReport.Collective(
            new CommunicationReport.Place(builder.name(), result.name()),
            ShapeInference.name(op),
            op.axes(),
            Math.round(Traffic.sent(op, x.shape().bytes(), mesh.size(op.axes()))),
            cause.source(),
            1,
            cause.requested(),
            cause.reason(),
            whole(cause.whole())));
    return result;
  }

  private static CommunicationReport.Whole whole(Value value) {
    return value == null
        ? null
        : new CommunicationReport.Whole(value.name(), value.shape().bytes());
  }
}
