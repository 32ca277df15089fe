package io.gshard.eval;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.eval.Literals.apply;
import static io.gshard.eval.Literals.counting;
import static io.gshard.eval.Literals.f32;
import static io.gshard.eval.Literals.s32;
import static io.gshard.eval.Literals.shaped;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IndexedTest {
  /** Four rows of a table: [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]. */
  private final Literal table = counting(DType.S32, 4, 3);

  @Test
  void gatherRowsClampsTheRow() {
    Op rows =
        new Op.Gather(List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1, List.of(1L, 3L));
    assertThat(apply(rows, table, s32(2, 0, 99, -5)))
        .isEqualTo(shaped(s32(6, 7, 8, 0, 1, 2, 9, 10, 11, 0, 1, 2), 4, 3));
  }

  @Test
  void gatherPutsOffsetDimsWhereTheySay() {
    Op columns =
        new Op.Gather(List.of(0), List.of(0), List.of(), List.of(), List.of(0), 1, List.of(1L, 3L));
    assertThat(apply(columns, table, s32(2, 0))).isEqualTo(shaped(s32(6, 0, 7, 1, 8, 2), 3, 2));
  }

  @Test
  void gatherWindowsByIndexVectors() {
    // Windows of 2x2; the vectors (row, column) lie along dim 0 of the indices.
    Op windows =
        new Op.Gather(
            List.of(1, 2), List.of(), List.of(), List.of(), List.of(0, 1), 0, List.of(2L, 2L));
    Literal indices = shaped(s32(1, 3, 0, 2), 2, 2);
    assertThat(apply(windows, table, indices))
        .isEqualTo(shaped(s32(3, 4, 6, 7, 7, 8, 10, 11), 2, 2, 2));
  }

  @Test
  void gatherMapsIndexPartsToDims() {
    // The vector is (column, row): startIndexMap [1, 0].
    Op elements =
        new Op.Gather(
            List.of(), List.of(0, 1), List.of(), List.of(), List.of(1, 0), 1, List.of(1L, 1L));
    assertThat(apply(elements, table, shaped(s32(2, 0, 1, 3), 2, 2))).isEqualTo(s32(2, 10));
  }

  @Test
  void gatherAlongBatchingDims() {
    // One element of each row: out[i] = table[i, indices[i]].
    Op pick =
        new Op.Gather(
            List.of(), List.of(1), List.of(0), List.of(0), List.of(1), 1, List.of(1L, 1L));
    assertThat(apply(pick, table, s32(2, 0, 1, 2))).isEqualTo(s32(2, 3, 7, 11));
  }

  @Test
  void scatterAddsRowsAndDropsThoseOutside() {
    Op add =
        new Op.Scatter(Combiner.ADD, List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1);
    Literal updates = shaped(s32(1, 1, 10, 10, 100, 100, 1000, 1000), 4, 2);
    assertThat(apply(add, shaped(s32(0, 1, 2, 3), 2, 2), s32(1, 1, 2, -1), updates))
        .isEqualTo(shaped(s32(0, 1, 13, 14), 2, 2));
  }

  @Test
  void scatterLeavesOutWholeWindowsThatStickOut() {
    Op put = new Op.Scatter(null, List.of(1), List.of(), List.of(), List.of(), List.of(0), 1);
    Literal updates = shaped(s32(7, 8, 9, 10), 2, 2);
    assertThat(apply(put, s32(0, 1, 2), shaped(s32(2, 0), 2, 1), updates)).isEqualTo(s32(9, 10, 2));
  }

  @Test
  void scatterAlongBatchingDims() {
    Op max =
        new Op.Scatter(
            Combiner.MAXIMUM, List.of(), List.of(1), List.of(0), List.of(0), List.of(1), 1);
    assertThat(apply(max, shaped(f32(5, 0, 5, 0), 2, 2), s32(0, 1), f32(3, 4)))
        .isEqualTo(shaped(f32(5, 0, 5, 4), 2, 2));
  }
}
