package io.gshard.stablehlo;

import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The attributes of ops, as MLIR writes them. */
final class StableHloAttributes {
  private StableHloAttributes() {}

  /** Of an op without regions; empty if it has none. */
  static String of(Op op) {
    return switch (op) {
      case Op.Iota i -> "iota_dimension = " + i.dimension() + " : i64";
      case Op.Compare c ->
          "comparison_direction = #stablehlo<comparison_direction " + c.direction() + ">";
      case Op.Broadcast b -> "broadcast_dimensions = " + array(b.dimensions());
      case Op.Transpose t -> "permutation = " + array(t.permutation());
      case Op.Reverse r -> "dimensions = " + array(r.dimensions());
      case Op.Slice s ->
          "start_indices = %s, limit_indices = %s, strides = %s"
              .formatted(array(s.starts()), array(s.limits()), array(s.strides()));
      case Op.Pad p ->
          "edge_padding_low = %s, edge_padding_high = %s, interior_padding = %s"
              .formatted(array(p.low()), array(p.high()), array(p.interior()));
      case Op.Concatenate c -> "dimension = " + c.dimension() + " : i64";
      case Op.DynamicSlice d -> "slice_sizes = " + array(d.sizes());
      case Op.Dot d ->
          ("dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = %s,"
                  + " rhs_batching_dimensions = %s, lhs_contracting_dimensions = %s,"
                  + " rhs_contracting_dimensions = %s>")
              .formatted(d.lhsBatch(), d.rhsBatch(), d.lhsContracting(), d.rhsContracting());
      case Op.Gather g ->
          ("dimension_numbers = #stablehlo.gather<offset_dims = %s, collapsed_slice_dims = %s,"
                  + " operand_batching_dims = %s, start_indices_batching_dims = %s,"
                  + " start_index_map = %s, index_vector_dim = %d>, slice_sizes = %s,"
                  + " indices_are_sorted = false")
              .formatted(
                  g.offsetDims(),
                  g.collapsedSliceDims(),
                  g.operandBatchingDims(),
                  g.indicesBatchingDims(),
                  g.startIndexMap(),
                  g.indexVectorDim(),
                  array(g.sliceSizes()));
      case Op.Scatter s ->
          ("scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = %s,"
                  + " inserted_window_dims = %s, input_batching_dims = %s,"
                  + " scatter_indices_batching_dims = %s, scatter_dims_to_operand_dims = %s,"
                  + " index_vector_dim = %d>, indices_are_sorted = false, unique_indices = false")
              .formatted(
                  s.updateWindowDims(),
                  s.insertedWindowDims(),
                  s.operandBatchingDims(),
                  s.indicesBatchingDims(),
                  s.scatterDimsToOperandDims(),
                  s.indexVectorDim());
      default -> "";
    };
  }

  static String array(List<? extends Number> items) {
    return items.isEmpty()
        ? "array<i64>"
        : items.stream().map(String::valueOf).collect(Collectors.joining(", ", "array<i64: ", ">"));
  }

  static String groups(List<List<Integer>> groups) {
    return "dense<%s> : tensor<%dx%dxi64>"
        .formatted(groups, groups.size(), groups.isEmpty() ? 2 : groups.getFirst().size());
  }

  static String pairs(Op.CollectivePermute op, MeshShape mesh) {
    List<List<Integer>> pairs = new ArrayList<>();
    for (List<Integer> group : mesh.groups(op.axes())) {
      for (int i = 0; i < group.size(); i++) {
        if (op.targets().get(i) >= 0) {
          pairs.add(List.of(group.get(i), group.get(op.targets().get(i))));
        }
      }
    }
    return pairs.isEmpty() ? "dense<> : tensor<0x2xi64>" : groups(pairs);
  }

  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\0A") + '"';
  }
}
