package io.gshard.hlo.text;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
              "reduce-window",
              Op.Cumulative.class,
              ContractionFormats::cumulative,
              ContractionFormats::cumulative),
          OpFormat.of(
              "gather", Op.Gather.class, ContractionFormats::gather, ContractionFormats::gather),
          OpFormat.of(
              "scatter",
              Op.Scatter.class,
              ContractionFormats::scatter,
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

  /** A window as long as the dim; XLA knows this form and does not run it as it stands. */
  private static void cumulative(Op.Cumulative op, Emission out) {
    Shape shape = out.instruction().shape();
    out.identity(op.combiner(), shape.type());
    out.attribute("window", Window.of(op, shape));
    out.combiner(op.combiner(), shape.type());
  }

  private static Op cumulative(Reading in) {
    Shape shape = in.shape();
    Combiner combiner = in.requiredCombiner();
    Window window = in.attribute("window", text -> Window.read(text, shape.rank()));
    for (int dim = 0; dim < shape.rank(); dim++) {
      for (int form = 0; form < 4; form++) {
        Op.Cumulative op = new Op.Cumulative(combiner, dim, form % 2 == 1, form >= 2);
        if (window.equals(Window.of(op, shape))
            && in.shape(0).equals(shape)
            && in.dropIdentity(combiner)) {
          return op;
        }
      }
    }
    throw in.error("reduce-window other than a running fold along one dim is not supported");
  }

  private record Window(List<Long> size, List<Long> low, List<Long> high) {
    static Window read(Cursor text, int rank) {
      text.expect("{");
      List<Long> size = List.of();
      List<List<Long>> pad = List.of(Collections.nCopies(rank, 0L), Collections.nCopies(rank, 0L));
      while (!text.eat("}")) {
        if (text.eat("size=")) {
          size = ArrayFormats.sizes(text);
        } else if (text.eat("pad=")) {
          pad = ArrayFormats.padding(text);
        } else if (text.eat("stride=") || text.eat("lhs_dilate=") || text.eat("rhs_dilate=")) {
          if (ArrayFormats.sizes(text).stream().anyMatch(n -> n != 1)) {
            throw text.error("windows with strides or dilation are not supported");
          }
        } else {
          throw text.error("did not expect " + text.found() + " in a window");
        }
      }
      return new Window(size, pad.get(0), pad.get(1));
    }

    static Window of(Op.Cumulative op, Shape shape) {
      long length = Math.max(1, shape.dim(op.dimension()));
      long far = op.exclusive() ? length : length - 1;
      long near = op.exclusive() ? -1 : 0;
      return new Window(
          only(shape, op.dimension(), length, 1),
          only(shape, op.dimension(), op.reverse() ? near : far, 0),
          only(shape, op.dimension(), op.reverse() ? far : near, 0));
    }

    @Override
    public String toString() {
      String sizes = size.stream().map(String::valueOf).collect(Collectors.joining("x"));
      String pads =
          IntStream.range(0, size.size())
              .mapToObj(i -> low.get(i) + "_" + high.get(i))
              .collect(Collectors.joining("x"));
      return "{size=" + sizes + " pad=" + pads + "}";
    }

    private static List<Long> only(Shape shape, int dim, long value, long others) {
      List<Long> list = new ArrayList<>(Collections.nCopies(shape.rank(), others));
      list.set(dim, value);
      return list;
    }
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
    out.list("update_window_dims", op.updateWindowDims());
    out.list("inserted_window_dims", op.insertedWindowDims());
    out.list("scatter_dims_to_operand_dims", op.scatterDimsToOperandDims());
    optional(out, "input_batching_dims", op.operandBatchingDims());
    optional(out, "scatter_indices_batching_dims", op.indicesBatchingDims());
    out.attribute("index_vector_dim", op.indexVectorDim());
    out.combiner(op.combiner(), out.instruction().shape().type());
  }

  private static Op scatter(Reading in) {
    Combiner combiner = Combiners.isPut(in.computation("to_apply")) ? null : in.requiredCombiner();
    return new Op.Scatter(
        combiner,
        in.integers("update_window_dims"),
        in.integers("inserted_window_dims"),
        in.integers("input_batching_dims"),
        in.integers("scatter_indices_batching_dims"),
        in.integers("scatter_dims_to_operand_dims"),
        in.number("index_vector_dim"));
  }
}
