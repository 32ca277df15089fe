package io.gshard.eval;

import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The collectives, as functions of what all devices of a mesh hold (by id) to what they hold then.
 */
final class Collectives {
  private final MeshShape mesh;

  Collectives(MeshShape mesh) {
    this.mesh = mesh;
  }

  List<Literal> apply(Op.Collective op, List<Literal> operands) {
    return switch (op) {
      case Op.AllReduce a -> inGroups(a.axes(), operands, g -> allReduce(a.combiner(), g));
      case Op.AllGather a -> inGroups(a.axes(), operands, g -> allGather(a.dimension(), g));
      case Op.ReduceScatter r ->
          inGroups(
              r.axes(),
              operands,
              g -> {
                Literal sum = allReduce(r.combiner(), g).getFirst();
                return cut(sum, r.dimension(), g.size());
              });
      case Op.AllToAll a -> inGroups(a.axes(), operands, g -> allToAll(a, g));
      case Op.CollectivePermute c -> inGroups(c.axes(), operands, g -> permute(c, g));
    };
  }

  /** From the operands of one group of devices, in order, to their results. */
  private interface GroupOp {
    List<Literal> apply(List<Literal> group);
  }

  private List<Literal> inGroups(List<String> axes, List<Literal> operands, GroupOp body) {
    Literal[] results = new Literal[operands.size()];
    for (List<Integer> group : mesh.groups(axes)) {
      List<Literal> made = body.apply(group.stream().map(operands::get).toList());
      for (int i = 0; i < group.size(); i++) {
        results[group.get(i)] = made.get(i);
      }
    }
    return Arrays.asList(results);
  }

  private static List<Literal> allReduce(Combiner combiner, List<Literal> group) {
    Shape shape = group.getFirst().shape();
    Cells result = Fold.identity(combiner, new Cells(shape), shape.type());
    for (Literal operand : group) {
      for (long i = 0; i < result.size(); i++) {
        Fold.into(combiner, result, i, operand, i);
      }
    }
    return Collections.nCopies(group.size(), result.literal());
  }

  private static List<Literal> allGather(int dimension, List<Literal> group) {
    Literal all = ReferenceOps.apply(new Op.Concatenate(dimension), group);
    return Collections.nCopies(group.size(), all);
  }

  private static List<Literal> allToAll(Op.AllToAll op, List<Literal> group) {
    List<List<Literal>> sent =
        group.stream().map(x -> cut(x, op.splitDimension(), group.size())).toList();
    List<Literal> results = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      int receiver = i;
      List<Literal> arrived = sent.stream().map(parts -> parts.get(receiver)).toList();
      results.add(ReferenceOps.apply(new Op.Concatenate(op.concatDimension()), arrived));
    }
    return results;
  }

  private static List<Literal> permute(Op.CollectivePermute op, List<Literal> group) {
    Shape shape = group.getFirst().shape();
    Literal zeros = new Cells(shape).literal();
    Literal[] results = new Literal[group.size()];
    Arrays.fill(results, zeros);
    for (int i = 0; i < group.size(); i++) {
      int target = op.targets().get(i);
      if (target >= 0) {
        if (results[target] != zeros) {
          throw new IllegalArgumentException(
              "collective-permute over %s: two devices send to %d in %s"
                  .formatted(op.axes(), target, op.targets()));
        }
        results[target] = group.get(i);
      }
    }
    return Arrays.asList(results);
  }

  /** Equal parts along a dim. */
  private static List<Literal> cut(Literal x, int dimension, int parts) {
    Shape shape = x.shape();
    long size = shape.dim(dimension) / parts;
    List<Literal> results = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      List<Long> starts = new ArrayList<>(Collections.nCopies(shape.rank(), 0L));
      List<Long> limits = new ArrayList<>(shape.dims());
      starts.set(dimension, i * size);
      limits.set(dimension, (i + 1) * size);
      List<Long> strides = Collections.nCopies(shape.rank(), 1L);
      results.add(ReferenceOps.apply(new Op.Slice(starts, limits, strides), List.of(x)));
    }
    return results;
  }

  /** Every device's own id. */
  static Value.Array partitionIds(List<Integer> devices) {
    return new Value.Array(devices.stream().map(id -> Literal.scalar(DType.U32, id)).toList());
  }
}
