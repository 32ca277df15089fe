package io.gshard.kernels;

import java.util.Arrays;

/**
 * Adds rows to an array that is one number before: finds out first which rows each place gets, so
 * that every place is written once, and read only where several rows meet.
 */
final class RowSums {
  /** For each place its first row, for each row the next one of its place and where it lies. */
  private int[] first = new int[0];

  private int[] next = new int[0];
  private int[] place = new int[0];
  private int[] from = new int[0];
  private int rows;

  private static final ThreadLocal<RowSums> OWN = ThreadLocal.withInitial(RowSums::new);

  private RowSums() {}

  /** Windows are {@link Windows#aligned}. */
  static void scatter(
      Windows windows,
      float base,
      int[] indices,
      int io,
      float[] updates,
      int uo,
      float[] out,
      int oo) {
    int run = windows.run;
    int places = windows.operandElements / run;
    RowSums sums = OWN.get();
    sums.link(windows, indices, io, places);
    for (int p = 0; p < places; p++) {
      int to = oo + p * run;
      int row = sums.first[p];
      if (row < 0) {
        Vec.fill(base, out, to, run);
        continue;
      }
      Vec.add(updates, uo + sums.from[row], base, out, to, run);
      for (row = sums.next[row]; row >= 0; row = sums.next[row]) {
        Vec.add(out, to, updates, uo + sums.from[row], out, to, run);
      }
    }
  }

  /** Chains the rows of each place, in their order. */
  private void link(Windows windows, int[] indices, int io, int places) {
    int count = windows.count();
    if (first.length < places) {
      first = new int[places];
    }
    if (next.length < count) {
      next = new int[count];
      place = new int[count];
      from = new int[count];
    }
    Arrays.fill(first, 0, places, -1);
    rows = 0;
    windows.forEach(
        indices,
        io,
        false,
        (inOperand, inDense) -> {
          place[rows] = inOperand / windows.run;
          from[rows++] = inDense;
        });
    for (int row = rows - 1; row >= 0; row--) {
      next[row] = first[place[row]];
      first[place[row]] = row;
    }
  }
}
