package io.gshard.spmd.cases;

import io.gshard.spmd.cases.CaseBuilder.Named;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Cases around gather and scatter, in the ways that models use them. */
final class IndexedFamilies {
  private IndexedFamilies() {}

  private static DType index(CaseBuilder b) {
    return b.pick(DType.S32, DType.S32, DType.S64, DType.U32);
  }

  private static Named indices(CaseBuilder b, List<Long> dims, int bound) {
    DType type = index(b);
    // Some of them out of range.
    int low = type == DType.U32 ? 0 : -2;
    return b.parameter(type, dims, new Values.Range(low, bound + 1));
  }

  /** Whole rows of a table by number. */
  static void gatherRows(CaseBuilder b) {
    DType type = b.any();
    long rows = b.size();
    long width = b.size(1, 2, 3, 4, 8);
    List<Long> which = b.flip() ? List.of(b.size()) : List.of(b.size(2, 3, 8), 2L);
    Named x = b.parameter(type, List.of(rows, width));
    Named i = indices(b, which, (int) rows);
    List<Long> to = new ArrayList<>(which);
    to.add(width);
    b.result(
        b.op(
            type,
            to,
            "gather(%s, %s), offset_dims={%s}, collapsed_slice_dims={0}, start_index_map={0}, index_vector_dim=%s, slice_sizes={1,%s}",
            x,
            i,
            which.size(),
            which.size(),
            width));
  }

  /** Windows of several dims at points. */
  static void gatherWindows(CaseBuilder b) {
    DType type = b.any();
    List<Long> dims = b.dims(3);
    Named x = b.parameter(type, dims);
    long n = b.size();
    List<Long> sizes = new ArrayList<>();
    for (int d = 0; d < 3; d++) {
      sizes.add(b.pick(dims.get(d), 1L, 1L + b.below(dims.get(d).intValue())));
    }
    boolean leading = b.flip();
    Named i = indices(b, leading ? List.of(2L, n) : List.of(n, 2L), 9);
    List<Integer> map = b.pick(List.of(0, 1), List.of(2, 0), List.of(1, 2));
    List<Long> to = new ArrayList<>();
    boolean batchLast = b.flip();
    if (!batchLast) {
      to.add(n);
    }
    to.addAll(sizes);
    if (batchLast) {
      to.add(n);
    }
    b.result(
        b.op(
            type,
            to,
            "gather(%s, %s), offset_dims={%s}, collapsed_slice_dims={}, start_index_map={%s}, index_vector_dim=%s, slice_sizes={%s}",
            x,
            i,
            batchLast ? "0,1,2" : "1,2,3",
            Tiling.join(map),
            leading ? 0 : 1,
            Tiling.join(sizes)));
  }

  /** Each row picks within itself: explicit batching dims, or the row's number as an index. */
  static void gatherBatched(CaseBuilder b) {
    DType type = b.any();
    long rows = b.size();
    long width = b.size(2, 3, 4, 8);
    long n = b.size(1, 2, 3, 4);
    Named x = b.parameter(type, List.of(rows, width));
    List<Long> to = List.of(rows, n);
    if (b.flip()) {
      Named i = indices(b, List.of(rows, n, 1L), (int) width);
      b.result(
          b.op(
              type,
              to,
              "gather(%s, %s), offset_dims={}, collapsed_slice_dims={1}, start_index_map={1}, operand_batching_dims={0}, start_indices_batching_dims={0}, index_vector_dim=2, slice_sizes={1,1}",
              x,
              i));
      return;
    }
    Named own = b.op(DType.S32, List.of(rows, n, 1L), "iota(), iota_dimension=0");
    Named i = b.parameter(DType.S32, List.of(rows, n, 1L), new Values.Range(-2, (int) width + 1));
    Named both =
        b.op(DType.S32, List.of(rows, n, 2L), "concatenate(%s, %s), dimensions={2}", own, i);
    b.result(
        b.op(
            type,
            to,
            "gather(%s, %s), offset_dims={}, collapsed_slice_dims={0,1}, start_index_map={0,1}, index_vector_dim=2, slice_sizes={1,1}",
            x,
            both));
  }

  private static String combine(CaseBuilder b, DType type) {
    return switch (type.kind()) {
      case PREDICATE -> b.pick("and", "or");
      case FLOATING -> b.pick("add", "add", "maximum", "minimum");
      default -> b.pick("add", "add", "maximum", "multiply");
    };
  }

  /** Rows added into a table by number. */
  static void scatterRows(CaseBuilder b) {
    DType type = b.any();
    long rows = b.size();
    long width = b.size(1, 2, 3, 4, 8);
    long n = b.size();
    Named x = b.parameter(type, List.of(rows, width));
    Named i = indices(b, List.of(n), (int) rows);
    Named updates = b.parameter(type, List.of(n, width));
    b.result(
        b.op(
            type,
            x.dims(),
            "scatter(%s, %s, %s), update_window_dims={1}, inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=%s",
            x,
            i,
            updates,
            b.fold(combine(b, type), type)));
  }

  /** Rows put in place of others; each number once, as the order is not defined otherwise. */
  static void scatterPut(CaseBuilder b) {
    DType type = b.any();
    long rows = b.size();
    long width = b.size(1, 2, 3, 8);
    Named x = b.parameter(type, List.of(rows, width));
    Named i = b.parameter(DType.S32, List.of(rows + 2), new Values.Distinct());
    Named updates = b.parameter(type, List.of(rows + 2, width));
    String put =
        b.computation(
            """
            NAME {
              %%a = %1$s[] parameter(0)
              ROOT %%b = %1$s[] parameter(1)
            }
            """
                .formatted(type.hloName()));
    b.result(
        b.op(
            type,
            x.dims(),
            "scatter(%s, %s, %s), update_window_dims={1}, inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=%s",
            x,
            i,
            updates,
            put));
  }

  /** Windows added at points. */
  static void scatterWindows(CaseBuilder b) {
    DType type = b.pick(DType.F32, DType.S32, DType.S64);
    List<Long> dims = b.dims(2);
    Named x = b.parameter(type, dims);
    long n = b.size();
    long first = 1 + b.below(dims.get(0).intValue());
    long second = b.pick(dims.get(1), 1L, 1L + b.below(dims.get(1).intValue()));
    Named i = indices(b, List.of(n, 2L), 9);
    boolean batchLast = b.flip();
    Named updates =
        b.parameter(type, batchLast ? List.of(first, second, n) : List.of(n, first, second));
    b.result(
        b.op(
            type,
            dims,
            "scatter(%s, %s, %s), update_window_dims={%s}, inserted_window_dims={}, scatter_dims_to_operand_dims={%s}, index_vector_dim=1, to_apply=%s",
            x,
            i,
            updates,
            batchLast ? "0,1" : "1,2",
            b.pick("0,1", "1,0"),
            b.fold(combine(b, type), type)));
  }

  static void scatterBatched(CaseBuilder b) {
    DType type = b.number();
    long rows = b.size();
    long width = b.size(2, 3, 4, 8);
    long n = b.size(1, 2, 3, 4);
    Named x = b.parameter(type, List.of(rows, width));
    Named updates = b.parameter(type, List.of(rows, n));
    String fold = b.fold(combine(b, type), type);
    if (b.flip()) {
      Named i = indices(b, List.of(rows, n, 1L), (int) width);
      b.result(
          b.op(
              type,
              x.dims(),
              "scatter(%s, %s, %s), update_window_dims={}, inserted_window_dims={1}, scatter_dims_to_operand_dims={1}, input_batching_dims={0}, scatter_indices_batching_dims={0}, index_vector_dim=2, to_apply=%s",
              x,
              i,
              updates,
              fold));
      return;
    }
    Named own = b.op(DType.S32, List.of(rows, n, 1L), "iota(), iota_dimension=0");
    Named i = b.parameter(DType.S32, List.of(rows, n, 1L), new Values.Range(-2, (int) width + 1));
    Named both =
        b.op(DType.S32, List.of(rows, n, 2L), "concatenate(%s, %s), dimensions={2}", own, i);
    b.result(
        b.op(
            type,
            x.dims(),
            "scatter(%s, %s, %s), update_window_dims={}, inserted_window_dims={0,1}, scatter_dims_to_operand_dims={0,1}, index_vector_dim=2, to_apply=%s",
            x,
            both,
            updates,
            fold));
  }

  /** Two arrays at once, each with a fold of its own. */
  static void scatterSeveral(CaseBuilder b) {
    long rows = b.size();
    long n = b.size();
    Named x = b.parameter(DType.F32, List.of(rows));
    Named y = b.parameter(DType.S32, List.of(rows));
    Named i = indices(b, List.of(n, 1L), (int) rows);
    Named u = b.parameter(DType.F32, List.of(n));
    Named v = b.parameter(DType.S32, List.of(n));
    String apart =
        """
              %x = f32[] add(%a, %b)
              %y = s32[] maximum(%c, %d)
        """;
    String together =
        """
              %g = pred[] compare(%a, %b), direction=GE
              %x = f32[] select(%g, %a, %b)
              %y = s32[] select(%g, %c, %d)
        """;
    String fold =
        b.computation(
            """
            NAME {
              %a = f32[] parameter(0)
              %c = s32[] parameter(1)
              %b = f32[] parameter(2)
              %d = s32[] parameter(3)
            """
                + b.pick(apart, together)
                + """
              ROOT %t = (f32[], s32[]) tuple(%x, %y)
            }
            """);
    b.tuple(
            List.of(x.shape(), y.shape()),
            "scatter(%s, %s, %s, %s, %s), update_window_dims={}, inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=%s",
            x,
            y,
            i,
            u,
            v,
            fold)
        .forEach(b::result);
  }
}
