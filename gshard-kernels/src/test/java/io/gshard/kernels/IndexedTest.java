package io.gshard.kernels;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Gather and scatter by hand-made cases: rows, points, windows, batches, and indices out of range.
 */
class IndexedTest {
  private static final Shape TABLE = Shape.of(DType.F32, 4, 3);
  private static final float[] X = {0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32};

  private static Shape s32(long... dims) {
    return Shape.of(DType.S32, dims);
  }

  @Test
  void gathersRowsAndClamps() {
    var rows =
        new Op.Gather(List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1, List.of(1L, 3L));
    float[] out = new float[12];
    Indexed.gather(GatherPlan.of(rows, TABLE, s32(4)), X, 0, new int[] {2, 0, 9, -5}, 0, out, 0);
    assertThat(out).isEqualTo(new float[] {20, 21, 22, 0, 1, 2, 30, 31, 32, 0, 1, 2});
  }

  @Test
  void gathersPoints() {
    var points =
        new Op.Gather(
            List.of(), List.of(0, 1), List.of(), List.of(), List.of(1, 0), 1, List.of(1L, 1L));
    float[] out = new float[2];
    // An index vector is (column, row).
    Indexed.gather(
        GatherPlan.of(points, TABLE, s32(2, 2)), X, 0, new int[] {2, 1, 0, 3}, 0, out, 0);
    assertThat(out).isEqualTo(new float[] {12, 30});
  }

  @Test
  void gathersWindowsThatAreNotRows() {
    var windows =
        new Op.Gather(
            List.of(0, 1), List.of(), List.of(), List.of(), List.of(0, 1), 1, List.of(2L, 2L));
    float[] out = new float[8];
    // Result dims 0 and 1 are the window, dim 2 the batch; the second window is clamped to (2, 1).
    Indexed.gather(
        GatherPlan.of(windows, TABLE, s32(2, 2)), X, 0, new int[] {0, 1, 3, 2}, 0, out, 0);
    assertThat(out).isEqualTo(new float[] {1, 21, 2, 22, 11, 31, 12, 32});
  }

  @Test
  void gathersWithBatches() {
    // out[b] = x[b, index[b]]
    var batched =
        new Op.Gather(
            List.of(), List.of(1), List.of(0), List.of(0), List.of(1), 1, List.of(1L, 1L));
    float[] out = new float[4];
    Indexed.gather(GatherPlan.of(batched, TABLE, s32(4)), X, 0, new int[] {2, 0, 1, 2}, 0, out, 0);
    assertThat(out).isEqualTo(new float[] {2, 10, 21, 32});
  }

  private static Op.Scatter rows(Combiner combiner) {
    return new Op.Scatter(combiner, List.of(1), List.of(0), List.of(), List.of(), List.of(0), 1);
  }

  @Test
  void scattersRowsAndLeavesOutWhatDoesNotFit() {
    ScatterPlan add = ScatterPlan.of(rows(Combiner.ADD), TABLE, s32(4), Shape.of(DType.F32, 4, 3));
    float[] updates = {1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 100, 100};
    float[] out = new float[12];
    Indexed.scatter(add, X, 0, new int[] {1, 1, -1, 4}, 0, updates, 0, out, 0);
    assertThat(out).isEqualTo(new float[] {0, 1, 2, 15, 18, 21, 20, 21, 22, 30, 31, 32});
    ScatterPlan put = ScatterPlan.of(rows(null), TABLE, s32(1), Shape.of(DType.F32, 1, 3));
    Indexed.scatter(put, out, 0, new int[] {0}, 0, updates, 3, out, 0);
    assertThat(out).isEqualTo(new float[] {4, 5, 6, 15, 18, 21, 20, 21, 22, 30, 31, 32});
  }

  @Test
  void scattersOtherTypes() {
    var points =
        new Op.Scatter(
            Combiner.MAXIMUM, List.of(), List.of(0), List.of(), List.of(), List.of(0), 1);
    Shape three = s32(3);
    ScatterPlan plan = ScatterPlan.of(points, three, s32(2), s32(2));
    int[] out = new int[3];
    Indexed.scatter(
        plan, new int[] {5, 5, 5}, 0, new int[] {0, 2}, 0, new int[] {9, -1}, 0, out, 0);
    assertThat(out).isEqualTo(new int[] {9, 5, 5});
    Indexed.scatterUnsigned(
        plan, new int[] {5, 5, 5}, 0, new int[] {0, 2}, 0, new int[] {9, -1}, 0, out, 0);
    assertThat(out).isEqualTo(new int[] {9, 5, -1});
    short one = (short) 0x3f80;
    short[] half = {one, one, one};
    var sum =
        new Op.Scatter(Combiner.ADD, List.of(), List.of(0), List.of(), List.of(), List.of(0), 1);
    Indexed.scatter(
        ScatterPlan.of(sum, three, s32(2), s32(2)),
        half,
        0,
        new int[] {1, 1},
        0,
        new short[] {one, one},
        0,
        half,
        0);
    assertThat(half).isEqualTo(new short[] {one, 0x4040, one});
  }
}
