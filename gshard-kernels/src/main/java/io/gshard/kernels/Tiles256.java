package io.gshard.kernels;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of 6, 4 or 2 rows and two or one vectors of columns, for machines with 16 vector registers:
 * 12 accumulators, two vectors of b and two broadcasts of a. HotSpot would load all broadcasts of
 * an iteration first and spill accumulators; the fences, which are no instructions on x86, keep it
 * from that.
 */
final class Tiles256 extends Tiles {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int WIDTH = SPECIES.length();

  @Override
  int rows() {
    return 6;
  }

  @Override
  int columns() {
    return 2 * WIDTH;
  }

  @Override
  int rowsFor(int left) {
    return left > 4 ? 6 : left > 2 ? 4 : 2;
  }

  @Override
  int columnsFor(int left) {
    return left > WIDTH ? 2 * WIDTH : WIDTH;
  }

  @Override
  void tile(
      int rows,
      int columns,
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bRow,
      float[] c,
      int co,
      int cRow,
      boolean add) {
    if (columns > WIDTH) {
      switch (rows) {
        case 6 -> tile6x2(k, a, ao, b, bo, bRow, c, co, cRow, add);
        case 4 -> tile4x2(k, a, ao, b, bo, bRow, c, co, cRow, add);
        case 2 -> tile2x2(k, a, ao, b, bo, bRow, c, co, cRow, add);
        default -> throw new IllegalArgumentException("no tile of " + rows + " rows");
      }
    } else {
      switch (rows) {
        case 6 -> tile6x1(k, a, ao, b, bo, bRow, c, co, cRow, add);
        case 4 -> tile4x1(k, a, ao, b, bo, bRow, c, co, cRow, add);
        case 2 -> tile2x1(k, a, ao, b, bo, bRow, c, co, cRow, add);
        default -> throw new IllegalArgumentException("no tile of " + rows + " rows");
      }
    }
  }

  private static void tile6x2(
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bRow,
      float[] c,
      int co,
      int cRow,
      boolean add) {
    FloatVector c0x = FloatVector.zero(SPECIES);
    FloatVector c0y = FloatVector.zero(SPECIES);
    FloatVector c1x = FloatVector.zero(SPECIES);
    FloatVector c1y = FloatVector.zero(SPECIES);
    FloatVector c2x = FloatVector.zero(SPECIES);
    FloatVector c2y = FloatVector.zero(SPECIES);
    FloatVector c3x = FloatVector.zero(SPECIES);
    FloatVector c3y = FloatVector.zero(SPECIES);
    FloatVector c4x = FloatVector.zero(SPECIES);
    FloatVector c4y = FloatVector.zero(SPECIES);
    FloatVector c5x = FloatVector.zero(SPECIES);
    FloatVector c5y = FloatVector.zero(SPECIES);
    int p = 0;
    for (; p < k - 1; p += 2) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow + WIDTH);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 0]);
      c0x = a0_0.fma(x0, c0x);
      c0y = a0_0.fma(y0, c0y);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 1]);
      c1x = a0_1.fma(x0, c1x);
      c1y = a0_1.fma(y0, c1y);
      VarHandle.loadLoadFence();
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 2]);
      c2x = a0_2.fma(x0, c2x);
      c2y = a0_2.fma(y0, c2y);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 3]);
      c3x = a0_3.fma(x0, c3x);
      c3y = a0_3.fma(y0, c3y);
      VarHandle.loadLoadFence();
      FloatVector a0_4 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 4]);
      c4x = a0_4.fma(x0, c4x);
      c4y = a0_4.fma(y0, c4y);
      FloatVector a0_5 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 5]);
      c5x = a0_5.fma(x0, c5x);
      c5y = a0_5.fma(y0, c5y);
      VarHandle.loadLoadFence();
      FloatVector x1 = FloatVector.fromArray(SPECIES, b, bo + (p + 1) * bRow);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, bo + (p + 1) * bRow + WIDTH);
      FloatVector a1_0 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 0]);
      c0x = a1_0.fma(x1, c0x);
      c0y = a1_0.fma(y1, c0y);
      FloatVector a1_1 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 1]);
      c1x = a1_1.fma(x1, c1x);
      c1y = a1_1.fma(y1, c1y);
      VarHandle.loadLoadFence();
      FloatVector a1_2 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 2]);
      c2x = a1_2.fma(x1, c2x);
      c2y = a1_2.fma(y1, c2y);
      FloatVector a1_3 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 3]);
      c3x = a1_3.fma(x1, c3x);
      c3y = a1_3.fma(y1, c3y);
      VarHandle.loadLoadFence();
      FloatVector a1_4 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 4]);
      c4x = a1_4.fma(x1, c4x);
      c4y = a1_4.fma(y1, c4y);
      FloatVector a1_5 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 5]);
      c5x = a1_5.fma(x1, c5x);
      c5y = a1_5.fma(y1, c5y);
      VarHandle.loadLoadFence();
    }
    if (p < k) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow + WIDTH);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 0]);
      c0x = a0_0.fma(x0, c0x);
      c0y = a0_0.fma(y0, c0y);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 1]);
      c1x = a0_1.fma(x0, c1x);
      c1y = a0_1.fma(y0, c1y);
      VarHandle.loadLoadFence();
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 2]);
      c2x = a0_2.fma(x0, c2x);
      c2y = a0_2.fma(y0, c2y);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 3]);
      c3x = a0_3.fma(x0, c3x);
      c3y = a0_3.fma(y0, c3y);
      VarHandle.loadLoadFence();
      FloatVector a0_4 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 4]);
      c4x = a0_4.fma(x0, c4x);
      c4y = a0_4.fma(y0, c4y);
      FloatVector a0_5 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 5]);
      c5x = a0_5.fma(x0, c5x);
      c5y = a0_5.fma(y0, c5y);
      VarHandle.loadLoadFence();
    }
    if (add) {
      c0x = c0x.add(FloatVector.fromArray(SPECIES, c, co));
      c0y = c0y.add(FloatVector.fromArray(SPECIES, c, co + WIDTH));
      c1x = c1x.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow));
      c1y = c1y.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow + WIDTH));
      c2x = c2x.add(FloatVector.fromArray(SPECIES, c, co + 2 * cRow));
      c2y = c2y.add(FloatVector.fromArray(SPECIES, c, co + 2 * cRow + WIDTH));
      c3x = c3x.add(FloatVector.fromArray(SPECIES, c, co + 3 * cRow));
      c3y = c3y.add(FloatVector.fromArray(SPECIES, c, co + 3 * cRow + WIDTH));
      c4x = c4x.add(FloatVector.fromArray(SPECIES, c, co + 4 * cRow));
      c4y = c4y.add(FloatVector.fromArray(SPECIES, c, co + 4 * cRow + WIDTH));
      c5x = c5x.add(FloatVector.fromArray(SPECIES, c, co + 5 * cRow));
      c5y = c5y.add(FloatVector.fromArray(SPECIES, c, co + 5 * cRow + WIDTH));
    }
    c0x.intoArray(c, co);
    c0y.intoArray(c, co + WIDTH);
    c1x.intoArray(c, co + 1 * cRow);
    c1y.intoArray(c, co + 1 * cRow + WIDTH);
    c2x.intoArray(c, co + 2 * cRow);
    c2y.intoArray(c, co + 2 * cRow + WIDTH);
    c3x.intoArray(c, co + 3 * cRow);
    c3y.intoArray(c, co + 3 * cRow + WIDTH);
    c4x.intoArray(c, co + 4 * cRow);
    c4y.intoArray(c, co + 4 * cRow + WIDTH);
    c5x.intoArray(c, co + 5 * cRow);
    c5y.intoArray(c, co + 5 * cRow + WIDTH);
  }

  private static void tile6x1(
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bRow,
      float[] c,
      int co,
      int cRow,
      boolean add) {
    FloatVector c0x = FloatVector.zero(SPECIES);
    FloatVector c1x = FloatVector.zero(SPECIES);
    FloatVector c2x = FloatVector.zero(SPECIES);
    FloatVector c3x = FloatVector.zero(SPECIES);
    FloatVector c4x = FloatVector.zero(SPECIES);
    FloatVector c5x = FloatVector.zero(SPECIES);
    int p = 0;
    for (; p < k - 1; p += 2) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 0]);
      c0x = a0_0.fma(x0, c0x);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 1]);
      c1x = a0_1.fma(x0, c1x);
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 2]);
      c2x = a0_2.fma(x0, c2x);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 3]);
      c3x = a0_3.fma(x0, c3x);
      FloatVector a0_4 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 4]);
      c4x = a0_4.fma(x0, c4x);
      FloatVector a0_5 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 5]);
      c5x = a0_5.fma(x0, c5x);
      FloatVector x1 = FloatVector.fromArray(SPECIES, b, bo + (p + 1) * bRow);
      FloatVector a1_0 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 0]);
      c0x = a1_0.fma(x1, c0x);
      FloatVector a1_1 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 1]);
      c1x = a1_1.fma(x1, c1x);
      FloatVector a1_2 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 2]);
      c2x = a1_2.fma(x1, c2x);
      FloatVector a1_3 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 3]);
      c3x = a1_3.fma(x1, c3x);
      FloatVector a1_4 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 4]);
      c4x = a1_4.fma(x1, c4x);
      FloatVector a1_5 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 6 + 5]);
      c5x = a1_5.fma(x1, c5x);
    }
    if (p < k) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 0]);
      c0x = a0_0.fma(x0, c0x);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 1]);
      c1x = a0_1.fma(x0, c1x);
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 2]);
      c2x = a0_2.fma(x0, c2x);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 3]);
      c3x = a0_3.fma(x0, c3x);
      FloatVector a0_4 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 4]);
      c4x = a0_4.fma(x0, c4x);
      FloatVector a0_5 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 5]);
      c5x = a0_5.fma(x0, c5x);
    }
    if (add) {
      c0x = c0x.add(FloatVector.fromArray(SPECIES, c, co));
      c1x = c1x.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow));
      c2x = c2x.add(FloatVector.fromArray(SPECIES, c, co + 2 * cRow));
      c3x = c3x.add(FloatVector.fromArray(SPECIES, c, co + 3 * cRow));
      c4x = c4x.add(FloatVector.fromArray(SPECIES, c, co + 4 * cRow));
      c5x = c5x.add(FloatVector.fromArray(SPECIES, c, co + 5 * cRow));
    }
    c0x.intoArray(c, co);
    c1x.intoArray(c, co + 1 * cRow);
    c2x.intoArray(c, co + 2 * cRow);
    c3x.intoArray(c, co + 3 * cRow);
    c4x.intoArray(c, co + 4 * cRow);
    c5x.intoArray(c, co + 5 * cRow);
  }

  private static void tile4x2(
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bRow,
      float[] c,
      int co,
      int cRow,
      boolean add) {
    FloatVector c0x = FloatVector.zero(SPECIES);
    FloatVector c0y = FloatVector.zero(SPECIES);
    FloatVector c1x = FloatVector.zero(SPECIES);
    FloatVector c1y = FloatVector.zero(SPECIES);
    FloatVector c2x = FloatVector.zero(SPECIES);
    FloatVector c2y = FloatVector.zero(SPECIES);
    FloatVector c3x = FloatVector.zero(SPECIES);
    FloatVector c3y = FloatVector.zero(SPECIES);
    int p = 0;
    for (; p < k - 1; p += 2) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow + WIDTH);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 0]);
      c0x = a0_0.fma(x0, c0x);
      c0y = a0_0.fma(y0, c0y);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 1]);
      c1x = a0_1.fma(x0, c1x);
      c1y = a0_1.fma(y0, c1y);
      VarHandle.loadLoadFence();
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 2]);
      c2x = a0_2.fma(x0, c2x);
      c2y = a0_2.fma(y0, c2y);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 3]);
      c3x = a0_3.fma(x0, c3x);
      c3y = a0_3.fma(y0, c3y);
      VarHandle.loadLoadFence();
      FloatVector x1 = FloatVector.fromArray(SPECIES, b, bo + (p + 1) * bRow);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, bo + (p + 1) * bRow + WIDTH);
      FloatVector a1_0 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 4 + 0]);
      c0x = a1_0.fma(x1, c0x);
      c0y = a1_0.fma(y1, c0y);
      FloatVector a1_1 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 4 + 1]);
      c1x = a1_1.fma(x1, c1x);
      c1y = a1_1.fma(y1, c1y);
      VarHandle.loadLoadFence();
      FloatVector a1_2 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 4 + 2]);
      c2x = a1_2.fma(x1, c2x);
      c2y = a1_2.fma(y1, c2y);
      FloatVector a1_3 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 4 + 3]);
      c3x = a1_3.fma(x1, c3x);
      c3y = a1_3.fma(y1, c3y);
      VarHandle.loadLoadFence();
    }
    if (p < k) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow + WIDTH);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 0]);
      c0x = a0_0.fma(x0, c0x);
      c0y = a0_0.fma(y0, c0y);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 1]);
      c1x = a0_1.fma(x0, c1x);
      c1y = a0_1.fma(y0, c1y);
      VarHandle.loadLoadFence();
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 2]);
      c2x = a0_2.fma(x0, c2x);
      c2y = a0_2.fma(y0, c2y);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 3]);
      c3x = a0_3.fma(x0, c3x);
      c3y = a0_3.fma(y0, c3y);
      VarHandle.loadLoadFence();
    }
    if (add) {
      c0x = c0x.add(FloatVector.fromArray(SPECIES, c, co));
      c0y = c0y.add(FloatVector.fromArray(SPECIES, c, co + WIDTH));
      c1x = c1x.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow));
      c1y = c1y.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow + WIDTH));
      c2x = c2x.add(FloatVector.fromArray(SPECIES, c, co + 2 * cRow));
      c2y = c2y.add(FloatVector.fromArray(SPECIES, c, co + 2 * cRow + WIDTH));
      c3x = c3x.add(FloatVector.fromArray(SPECIES, c, co + 3 * cRow));
      c3y = c3y.add(FloatVector.fromArray(SPECIES, c, co + 3 * cRow + WIDTH));
    }
    c0x.intoArray(c, co);
    c0y.intoArray(c, co + WIDTH);
    c1x.intoArray(c, co + 1 * cRow);
    c1y.intoArray(c, co + 1 * cRow + WIDTH);
    c2x.intoArray(c, co + 2 * cRow);
    c2y.intoArray(c, co + 2 * cRow + WIDTH);
    c3x.intoArray(c, co + 3 * cRow);
    c3y.intoArray(c, co + 3 * cRow + WIDTH);
  }

  private static void tile4x1(
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bRow,
      float[] c,
      int co,
      int cRow,
      boolean add) {
    FloatVector c0x = FloatVector.zero(SPECIES);
    FloatVector c1x = FloatVector.zero(SPECIES);
    FloatVector c2x = FloatVector.zero(SPECIES);
    FloatVector c3x = FloatVector.zero(SPECIES);
    int p = 0;
    for (; p < k - 1; p += 2) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 0]);
      c0x = a0_0.fma(x0, c0x);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 1]);
      c1x = a0_1.fma(x0, c1x);
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 2]);
      c2x = a0_2.fma(x0, c2x);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 3]);
      c3x = a0_3.fma(x0, c3x);
      FloatVector x1 = FloatVector.fromArray(SPECIES, b, bo + (p + 1) * bRow);
      FloatVector a1_0 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 4 + 0]);
      c0x = a1_0.fma(x1, c0x);
      FloatVector a1_1 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 4 + 1]);
      c1x = a1_1.fma(x1, c1x);
      FloatVector a1_2 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 4 + 2]);
      c2x = a1_2.fma(x1, c2x);
      FloatVector a1_3 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 4 + 3]);
      c3x = a1_3.fma(x1, c3x);
    }
    if (p < k) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 0]);
      c0x = a0_0.fma(x0, c0x);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 1]);
      c1x = a0_1.fma(x0, c1x);
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 2]);
      c2x = a0_2.fma(x0, c2x);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 3]);
      c3x = a0_3.fma(x0, c3x);
    }
    if (add) {
      c0x = c0x.add(FloatVector.fromArray(SPECIES, c, co));
      c1x = c1x.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow));
      c2x = c2x.add(FloatVector.fromArray(SPECIES, c, co + 2 * cRow));
      c3x = c3x.add(FloatVector.fromArray(SPECIES, c, co + 3 * cRow));
    }
    c0x.intoArray(c, co);
    c1x.intoArray(c, co + 1 * cRow);
    c2x.intoArray(c, co + 2 * cRow);
    c3x.intoArray(c, co + 3 * cRow);
  }

  private static void tile2x2(
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bRow,
      float[] c,
      int co,
      int cRow,
      boolean add) {
    FloatVector c0x = FloatVector.zero(SPECIES);
    FloatVector c0y = FloatVector.zero(SPECIES);
    FloatVector c1x = FloatVector.zero(SPECIES);
    FloatVector c1y = FloatVector.zero(SPECIES);
    int p = 0;
    for (; p < k - 1; p += 2) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow + WIDTH);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 0]);
      c0x = a0_0.fma(x0, c0x);
      c0y = a0_0.fma(y0, c0y);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 1]);
      c1x = a0_1.fma(x0, c1x);
      c1y = a0_1.fma(y0, c1y);
      FloatVector x1 = FloatVector.fromArray(SPECIES, b, bo + (p + 1) * bRow);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, bo + (p + 1) * bRow + WIDTH);
      FloatVector a1_0 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 2 + 0]);
      c0x = a1_0.fma(x1, c0x);
      c0y = a1_0.fma(y1, c0y);
      FloatVector a1_1 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 2 + 1]);
      c1x = a1_1.fma(x1, c1x);
      c1y = a1_1.fma(y1, c1y);
    }
    if (p < k) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow + WIDTH);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 0]);
      c0x = a0_0.fma(x0, c0x);
      c0y = a0_0.fma(y0, c0y);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 1]);
      c1x = a0_1.fma(x0, c1x);
      c1y = a0_1.fma(y0, c1y);
    }
    if (add) {
      c0x = c0x.add(FloatVector.fromArray(SPECIES, c, co));
      c0y = c0y.add(FloatVector.fromArray(SPECIES, c, co + WIDTH));
      c1x = c1x.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow));
      c1y = c1y.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow + WIDTH));
    }
    c0x.intoArray(c, co);
    c0y.intoArray(c, co + WIDTH);
    c1x.intoArray(c, co + 1 * cRow);
    c1y.intoArray(c, co + 1 * cRow + WIDTH);
  }

  private static void tile2x1(
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bRow,
      float[] c,
      int co,
      int cRow,
      boolean add) {
    FloatVector c0x = FloatVector.zero(SPECIES);
    FloatVector c1x = FloatVector.zero(SPECIES);
    int p = 0;
    for (; p < k - 1; p += 2) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 0]);
      c0x = a0_0.fma(x0, c0x);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 1]);
      c1x = a0_1.fma(x0, c1x);
      FloatVector x1 = FloatVector.fromArray(SPECIES, b, bo + (p + 1) * bRow);
      FloatVector a1_0 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 2 + 0]);
      c0x = a1_0.fma(x1, c0x);
      FloatVector a1_1 = FloatVector.broadcast(SPECIES, a[ao + (p + 1) * 2 + 1]);
      c1x = a1_1.fma(x1, c1x);
    }
    if (p < k) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 0]);
      c0x = a0_0.fma(x0, c0x);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 1]);
      c1x = a0_1.fma(x0, c1x);
    }
    if (add) {
      c0x = c0x.add(FloatVector.fromArray(SPECIES, c, co));
      c1x = c1x.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow));
    }
    c0x.intoArray(c, co);
    c1x.intoArray(c, co + 1 * cRow);
  }
}
