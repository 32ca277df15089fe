package io.gshard.hlo.text;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import java.util.List;

/** Formats of contractions, folds, gather, scatter and sort. */
final class ContractionFormats {
  static final List<OpFormat<?>> ALL =
      List.of(
          OpFormat.of("dot", Op.Dot.class, ContractionFormats::dot, ContractionFormats::dot),
          OpFormat.of(
              "reduce", Op.Reduce.class, ContractionFormats::reduce, ContractionFormats::reduce),
          OpFormat.of(
              "reduce",
              HloOp.ReduceRegion.class,
              (op, out) -> {
                out.list("dimensions", op.dimensions());
                out.computation("to_apply", op.computation());
              },
              ContractionFormats::reduce),
          OpFormat.of(
              "gather", Op.Gather.class, ContractionFormats::gather, ContractionFormats::gather),
          OpFormat.of(
              "scatter",
              Op.Scatter.class,
              ContractionFormats::scatter,
              ContractionFormats::scatter),
          OpFormat.of(
              "scatter",
              ArrayOp.ScatterRegion.class,
              (op, out) -> {
                dims(op.dims(), out);
                out.computation("to_apply", op.computation());
              },
              ContractionFormats::scatter),
          OpFormat.of(
              "sort",
              HloOp.Sort.class,
              (op, out) -> {
                out.list("dimensions", List.of(op.dimension()));
                if (op.stable()) {
                  out.attribute("is_stable", true);
                }
                out.computation("to_apply", op.comparator());
              },
              in ->
                  new HloOp.Sort(
                      in.computation("to_apply"),
                      in.dimension(),
                      in.attribute("is_stable", false, Cursor::truth))));

  private ContractionFormats() {}

  private static void dot(Op.Dot op, Emission out) {
    optional(out, "lhs_batch_dims", op.lhsBatch());
    out.list("lhs_contracting_dims", op.lhsContracting());
    optional(out, "rhs_batch_dims", op.rhsBatch());
    out.list("rhs_contracting_dims", op.rhsContracting());
  }

  private static void optional(Emission out, String name, List<Integer> dims) {
    if (!dims.isEmpty()) {
      out.list(name, dims);
    }
  }

  private static Op dot(Reading in) {
    DType type = in.shape().type();
    return new Op.Dot(
        in.integers("lhs_batch_dims"),
        in.integers("rhs_batch_dims"),
        in.integers("lhs_contracting_dims"),
        in.integers("rhs_contracting_dims"),
        type == in.shape(0).type() ? null : type);
  }

  private static void reduce(Op.Reduce op, Emission out) {
    DType type = out.instruction().shape().type();
    out.identity(op.combiner(), type);
    out.list("dimensions", op.dimensions());
    out.combiner(op.combiner(), type);
  }

  private static Op reduce(Reading in) {
    List<Integer> dimensions = in.integers("dimensions");
    Computation computation = in.computation("to_apply");
    Combiner combiner = Combiners.recognise(computation);
    return combiner != null && in.dropIdentity(combiner)
        ? new Op.Reduce(combiner, dimensions)
        : new HloOp.ReduceRegion(computation, dimensions);
  }

  private static void gather(Op.Gather op, Emission out) {
    out.list("offset_dims", op.offsetDims());
    out.list("collapsed_slice_dims", op.collapsedSliceDims());
    out.list("start_index_map", op.startIndexMap());
    optional(out, "operand_batching_dims", op.operandBatchingDims());
    optional(out, "start_indices_batching_dims", op.indicesBatchingDims());
    out.attribute("index_vector_dim", op.indexVectorDim());
    out.list("slice_sizes", op.sliceSizes());
  }

  private static Op gather(Reading in) {
    return new Op.Gather(
        in.integers("offset_dims"),
        in.integers("collapsed_slice_dims"),
        in.integers("operand_batching_dims"),
        in.integers("start_indices_batching_dims"),
        in.integers("start_index_map"),
        in.number("index_vector_dim"),
        in.numbers("slice_sizes"));
  }

  private static void scatter(Op.Scatter op, Emission out) {
    dims(op, out);
    out.combiner(op.combiner(), out.instruction().shape().type());
  }

  private static void dims(Op.Scatter op, Emission out) {
    out.list("update_window_dims", op.updateWindowDims());
    out.list("inserted_window_dims", op.insertedWindowDims());
    out.list("scatter_dims_to_operand_dims", op.scatterDimsToOperandDims());
    optional(out, "input_batching_dims", op.operandBatchingDims());
    optional(out, "scatter_indices_batching_dims", op.indicesBatchingDims());
    out.attribute("index_vector_dim", op.indexVectorDim());
  }

  static Op scatter(Reading in) {
    Computation computation = in.computation("to_apply");
    boolean put = Combiners.isPut(computation);
    Combiner combiner = put ? null : Combiners.recognise(computation);
    Op.Scatter dims =
        new Op.Scatter(
            combiner,
            in.integers("update_window_dims"),
            in.integers("inserted_window_dims"),
            in.integers("input_batching_dims"),
            in.integers("scatter_indices_batching_dims"),
            in.integers("scatter_dims_to_operand_dims"),
            in.number("index_vector_dim"));
    return in.operands().size() == 3 && (put || combiner != null)
        ? dims
        : new ArrayOp.ScatterRegion(computation, dims);
  }
}
