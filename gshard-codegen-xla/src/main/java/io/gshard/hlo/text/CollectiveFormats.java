package io.gshard.hlo.text;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Formats of what devices do together. Our graph names mesh axes where HLO has groups of device
 * ids.
 */
final class CollectiveFormats {
  static final List<OpFormat<?>> ALL =
      List.of(
          OpFormat.plain("partition-id", Op.PartitionId.class, new Op.PartitionId()),
          OpFormat.of(
              "all-reduce",
              Op.AllReduce.class,
              (op, out) -> {
                grouped(out, op.axes());
                out.combiner(op.combiner(), type(out));
              },
              in -> of(in, new Op.AllReduce(in.requiredCombiner(), in.axes()))),
          OpFormat.of(
              "all-gather",
              Op.AllGather.class,
              (op, out) -> {
                grouped(out, op.axes());
                out.list("dimensions", List.of(op.dimension()));
              },
              in -> of(in, new Op.AllGather(in.dimension(), in.axes()))),
          OpFormat.of(
              "reduce-scatter",
              Op.ReduceScatter.class,
              (op, out) -> {
                grouped(out, op.axes());
                out.list("dimensions", List.of(op.dimension()));
                out.combiner(op.combiner(), type(out));
              },
              in -> of(in, new Op.ReduceScatter(in.requiredCombiner(), in.dimension(), in.axes()))),
          OpFormat.of(
              "all-to-all",
              Op.AllToAll.class,
              CollectiveFormats::allToAll,
              in -> new Op.AllToAll(in.dimension(), in.dimension(), in.axes())),
          OpFormat.of(
              "collective-permute",
              Op.CollectivePermute.class,
              (op, out) -> {
                out.channel();
                out.attribute("source_target_pairs", pairs(op, out.mesh()));
              },
              in -> of(in, permute(in))),
          new OpFormat<>(
              List.of(),
              ArrayOp.Merged.class,
              op -> ShapeInference.name(op.collective()),
              (op, out) -> CollectiveFormats.merged(op.collective(), out),
              in -> {
                throw in.error("several collectives are read by the format of one");
              }));

  private CollectiveFormats() {}

  /** Of several operands: HLO gives a tuple. */
  private static void merged(Op.Collective collective, Emission out) {
    DType type = out.instruction().operand(0).shape().type();
    switch (collective) {
      case Op.AllReduce r -> {
        grouped(out, r.axes());
        out.combiner(r.combiner(), type);
      }
      case Op.AllGather g -> {
        grouped(out, g.axes());
        out.list("dimensions", List.of(g.dimension()));
      }
      case Op.ReduceScatter r -> {
        grouped(out, r.axes());
        out.list("dimensions", List.of(r.dimension()));
        out.combiner(r.combiner(), type);
      }
      case Op.CollectivePermute p -> {
        out.channel();
        out.attribute("source_target_pairs", pairs(p, out.mesh()));
      }
      case Op.AllToAll a ->
          throw new IllegalArgumentException(
              "all-to-alls are not merged: HLO's tuple form means something else");
    }
  }

  /** One collective, or the same on each of several operands where the line gives a tuple. */
  private static Op of(Reading in, Op.Collective one) {
    return in.type() instanceof Type.Tuple ? new ArrayOp.Merged(one) : one;
  }

  private static DType type(Emission out) {
    return out.instruction().shape().type();
  }

  private static void grouped(Emission out, List<String> axes) {
    out.channel();
    out.groups(axes);
    out.attribute("use_global_device_ids", true);
  }

  /**
   * HLO's all-to-all of one array splits and joins the same dim: block i comes from device i. To
   * join another dim, the blocks are a dim of their own for a while.
   */
  private static void allToAll(Op.AllToAll op, Emission out) {
    int split = op.splitDimension();
    int concat = op.concatDimension();
    if (split == concat) {
      out.channel();
      out.groups(op.axes());
      out.list("dimensions", List.of(split));
      return;
    }
    Shape whole = out.instruction().operand(0).shape();
    long parts = out.mesh().size(op.axes());
    Emission exchange = out.helper();
    exchange.opcode("all-to-all");
    exchange.channel();
    exchange.groups(op.axes());
    exchange.list("dimensions", List.of(split));
    String exchanged = out.before("exchanged", new Type.Array(whole), exchange.toString());

    List<Long> dims = new ArrayList<>(whole.dims());
    dims.set(split, whole.dim(split) / parts);
    dims.add(split, parts);
    Shape blocks = whole.withDims(dims);
    String cut = out.before("blocks", new Type.Array(blocks), "reshape(" + exchanged + ")");

    // Without the blocks' dim, dim i of the array is i or i + 1; the blocks go before the dim they
    // are joined along.
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < whole.rank(); i++) {
      if (i == concat) {
        order.add(split);
      }
      order.add(i < split ? i : i + 1);
    }
    Shape moved = blocks.withDims(order.stream().map(dims::get).toList());
    String placed =
        out.before(
            "placed",
            new Type.Array(moved),
            "transpose(" + cut + "), dimensions=" + Emission.braces(order));
    out.opcode("reshape");
    out.operands(placed);
  }

  private static List<List<Integer>> sends(Op.CollectivePermute op, MeshShape mesh) {
    List<List<Integer>> pairs = new ArrayList<>();
    for (List<Integer> group : mesh.groups(op.axes())) {
      for (int i = 0; i < group.size(); i++) {
        if (op.targets().get(i) >= 0) {
          pairs.add(List.of(group.get(i), group.get(op.targets().get(i))));
        }
      }
    }
    pairs.sort((x, y) -> Integer.compare(x.getFirst(), y.getFirst()));
    return pairs;
  }

  /** {@code {{0,1},{1,0}}}, by sender. */
  static String pairs(Op.CollectivePermute op, MeshShape mesh) {
    return Emission.braces(sends(op, mesh).stream().map(Emission::braces).toList());
  }

  private static Op.CollectivePermute permute(Reading in) {
    List<List<Integer>> pairs =
        new ArrayList<>(
            in.attribute("source_target_pairs", text -> text.list("{", "}", text::integers)));
    MeshShape mesh = in.mesh();
    for (List<Integer> pair : pairs) {
      if (pair.size() != 2 || pair.stream().anyMatch(d -> d < 0 || d >= mesh.devices())) {
        throw in.error("%s is no pair of the module's devices".formatted(pair));
      }
    }
    pairs.sort((x, y) -> Integer.compare(x.getFirst(), y.getFirst()));
    List<String> axes =
        mesh.axes().stream()
            .map(MeshAxis::name)
            .filter(
                a ->
                    pairs.stream()
                        .anyMatch(
                            p -> mesh.coordinate(p.get(0), a) != mesh.coordinate(p.get(1), a)))
            .toList();
    Op.CollectivePermute op = along(mesh, axes, pairs);
    if (!sends(op, mesh).equals(pairs)) {
      // Not the same in all groups: then over the whole mesh.
      op = along(mesh, mesh.axes().stream().map(MeshAxis::name).toList(), pairs);
    }
    if (!sends(op, mesh).equals(pairs)) {
      throw in.error("a device that sends or receives twice in " + pairs);
    }
    return op;
  }

  private static Op.CollectivePermute along(
      MeshShape mesh, List<String> axes, List<List<Integer>> pairs) {
    List<Integer> targets = new ArrayList<>(Collections.nCopies(mesh.size(axes), -1));
    for (List<Integer> pair : pairs) {
      targets.set(mesh.coordinate(pair.get(0), axes), mesh.coordinate(pair.get(1), axes));
    }
    return new Op.CollectivePermute(axes, targets);
  }
}
