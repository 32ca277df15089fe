package io.gshard.kernels;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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

  /** Any block of a gather of rows is what the whole gather has there. */
  @Test
  void gathersBlocksOfRows() {
    Random random = new Random(5);
    Shape table = Shape.of(DType.F32, 3, 7, 5, 2);
    float[] x = new float[2 + 3 * 7 * 10];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
    }
    List<GatherPlan> plans =
        List.of(
            // x[g, index[g, i]], x[index[i, j, 0], index[i, j, 1]], and one row without a batch.
            GatherPlan.of(
                new Op.Gather(
                    List.of(2, 3),
                    List.of(1),
                    List.of(0),
                    List.of(0),
                    List.of(1),
                    2,
                    List.of(1L, 1L, 5L, 2L)),
                table,
                s32(3, 13)),
            GatherPlan.of(
                new Op.Gather(
                    List.of(2, 3),
                    List.of(0, 1),
                    List.of(),
                    List.of(),
                    List.of(0, 1),
                    2,
                    List.of(1L, 1L, 5L, 2L)),
                table,
                s32(3, 13, 2)),
            GatherPlan.of(
                new Op.Gather(
                    List.of(0, 1),
                    List.of(0, 1),
                    List.of(),
                    List.of(),
                    List.of(0, 1),
                    0,
                    List.of(1L, 1L, 5L, 2L)),
                table,
                s32(2)));
    int[] indices = random.ints(1 + 3 * 13 * 2, -2, 9).toArray();
    float[] weights = new float[3 + 3 * 13];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    for (GatherPlan plan : plans) {
      int count = plan.windows.count() * 10;
      float[] whole = new float[count];
      Indexed.gather(plan, x, 2, indices, 1, whole, 0);
      for (int[] block : new int[][] {{0, count}, {0, 0}, {count, 0}, {1, 3}, {7, count - 9}}) {
        if (block[0] + block[1] <= count && block[1] >= 0) {
          float[] part = new float[block[1] + 1];
          Indexed.rows(plan, x, 2, indices, 1, block[0], part, 1, block[1]);
          assertThat(Arrays.copyOfRange(part, 1, part.length))
              .isEqualTo(Arrays.copyOfRange(whole, block[0], block[0] + block[1]));
          float[] weighed = new float[block[1] + 1];
          Indexed.weighedRows(plan, x, 2, indices, 1, weights, 3, block[0], weighed, 1, block[1]);
          float[] added = new float[block[1] + 1];
          Indexed.addWeighedRows(
              plan, x, 2, indices, 1, weights, 3, part, 1, block[0], added, 1, block[1]);
          for (int i = 1; i < part.length; i++) {
            float product = part[i] * weights[3 + (block[0] + i - 1) / 10];
            assertThat(weighed[i]).isEqualTo(product);
            assertThat(added[i]).isEqualTo(product + part[i]);
          }
        }
      }
    }
  }

  /** Sums of rows over one number: the same bits as scattering into an array of it. */
  @Test
  void scattersIntoOneNumber() {
    Random random = new Random(6);
    var choices =
        new Op.Scatter(Combiner.ADD, List.of(3), List.of(1), List.of(0), List.of(0), List.of(1), 3);
    for (int width : new int[] {1, 13, 207}) {
      Shape operand = Shape.of(DType.F32, 2, 9, width);
      Shape updates = Shape.of(DType.F32, 2, 3, 11, width);
      // The three choices read the same rows.
      ScatterPlan plan =
          ScatterPlan.of(choices, operand, s32(2, 3, 11), updates, 11L * width, 0, width, 1);
      float[] rows = new float[1 + 2 * 11 * width];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = i % 7 == 0 ? -0f : (float) random.nextGaussian();
      }
      int[] slots = random.ints(2 * 3 * 11, -1, 12).toArray();
      for (float base : new float[] {0f, -0f, 1.5f, Float.NaN}) {
        int elements = 2 * 9 * width;
        float[] expected = new float[elements];
        Arrays.fill(expected, base);
        Indexed.scatter(plan, expected, 0, slots, 0, rows, 1, expected, 0);
        float[] found = new float[elements + 2];
        Arrays.fill(found, 99);
        Indexed.scatter(plan, base, slots, 0, rows, 1, found, 1);
        assertThat(Arrays.copyOfRange(found, 1, elements + 1)).isEqualTo(expected);
        assertThat(found[0]).isEqualTo(99f);
        assertThat(found[elements + 1]).isEqualTo(99f);
      }
    }
    ScatterPlan maximum =
        ScatterPlan.of(rows(Combiner.MAXIMUM), TABLE, s32(2), Shape.of(DType.F32, 2, 3));
    float[] out = new float[12];
    Indexed.scatter(maximum, 1, new int[] {3, 3}, 0, X, 0, out, 0);
    assertThat(out).isEqualTo(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 10, 11, 12});
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
