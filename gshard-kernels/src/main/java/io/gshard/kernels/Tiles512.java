package io.gshard.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of 12, 8 or 4 rows and 32 or 16 columns, for vectors of 512 bits: 24 accumulators, two rows
 * of b and the broadcasts of a fit the 32 registers.
 */
final class Tiles512 extends Tiles {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
  private static final int WIDTH = SPECIES.length();

  @Override
  int rows() {
    return 12;
  }

  @Override
  int columns() {
    return 2 * WIDTH;
  }

  @Override
  int rowsFor(int left) {
    return left > 8 ? 12 : left > 4 ? 8 : 4;
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
        case 12 -> tile12x2(k, a, ao, b, bo, bRow, c, co, cRow, add);
        case 8 -> tile8x2(k, a, ao, b, bo, bRow, c, co, cRow, add);
        case 4 -> tile4x2(k, a, ao, b, bo, bRow, c, co, cRow, add);
        default -> throw new IllegalArgumentException("no tile of " + rows + " rows");
      }
    } else {
      switch (rows) {
        case 12 -> tile12x1(k, a, ao, b, bo, bRow, c, co, cRow, add);
        case 8 -> tile8x1(k, a, ao, b, bo, bRow, c, co, cRow, add);
        case 4 -> tile4x1(k, a, ao, b, bo, bRow, c, co, cRow, add);
        default -> throw new IllegalArgumentException("no tile of " + rows + " rows");
      }
    }
  }

  private static void tile12x2(
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
    FloatVector c6x = FloatVector.zero(SPECIES);
    FloatVector c6y = FloatVector.zero(SPECIES);
    FloatVector c7x = FloatVector.zero(SPECIES);
    FloatVector c7y = FloatVector.zero(SPECIES);
    FloatVector c8x = FloatVector.zero(SPECIES);
    FloatVector c8y = FloatVector.zero(SPECIES);
    FloatVector c9x = FloatVector.zero(SPECIES);
    FloatVector c9y = FloatVector.zero(SPECIES);
    FloatVector c10x = FloatVector.zero(SPECIES);
    FloatVector c10y = FloatVector.zero(SPECIES);
    FloatVector c11x = FloatVector.zero(SPECIES);
    FloatVector c11y = FloatVector.zero(SPECIES);
    for (int p = 0; p < k; p++) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow + WIDTH);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 0]);
      c0x = a0_0.fma(x0, c0x);
      c0y = a0_0.fma(y0, c0y);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 1]);
      c1x = a0_1.fma(x0, c1x);
      c1y = a0_1.fma(y0, c1y);
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 2]);
      c2x = a0_2.fma(x0, c2x);
      c2y = a0_2.fma(y0, c2y);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 3]);
      c3x = a0_3.fma(x0, c3x);
      c3y = a0_3.fma(y0, c3y);
      FloatVector a0_4 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 4]);
      c4x = a0_4.fma(x0, c4x);
      c4y = a0_4.fma(y0, c4y);
      FloatVector a0_5 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 5]);
      c5x = a0_5.fma(x0, c5x);
      c5y = a0_5.fma(y0, c5y);
      FloatVector a0_6 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 6]);
      c6x = a0_6.fma(x0, c6x);
      c6y = a0_6.fma(y0, c6y);
      FloatVector a0_7 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 7]);
      c7x = a0_7.fma(x0, c7x);
      c7y = a0_7.fma(y0, c7y);
      FloatVector a0_8 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 8]);
      c8x = a0_8.fma(x0, c8x);
      c8y = a0_8.fma(y0, c8y);
      FloatVector a0_9 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 9]);
      c9x = a0_9.fma(x0, c9x);
      c9y = a0_9.fma(y0, c9y);
      FloatVector a0_10 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 10]);
      c10x = a0_10.fma(x0, c10x);
      c10y = a0_10.fma(y0, c10y);
      FloatVector a0_11 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 11]);
      c11x = a0_11.fma(x0, c11x);
      c11y = a0_11.fma(y0, c11y);
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
      c6x = c6x.add(FloatVector.fromArray(SPECIES, c, co + 6 * cRow));
      c6y = c6y.add(FloatVector.fromArray(SPECIES, c, co + 6 * cRow + WIDTH));
      c7x = c7x.add(FloatVector.fromArray(SPECIES, c, co + 7 * cRow));
      c7y = c7y.add(FloatVector.fromArray(SPECIES, c, co + 7 * cRow + WIDTH));
      c8x = c8x.add(FloatVector.fromArray(SPECIES, c, co + 8 * cRow));
      c8y = c8y.add(FloatVector.fromArray(SPECIES, c, co + 8 * cRow + WIDTH));
      c9x = c9x.add(FloatVector.fromArray(SPECIES, c, co + 9 * cRow));
      c9y = c9y.add(FloatVector.fromArray(SPECIES, c, co + 9 * cRow + WIDTH));
      c10x = c10x.add(FloatVector.fromArray(SPECIES, c, co + 10 * cRow));
      c10y = c10y.add(FloatVector.fromArray(SPECIES, c, co + 10 * cRow + WIDTH));
      c11x = c11x.add(FloatVector.fromArray(SPECIES, c, co + 11 * cRow));
      c11y = c11y.add(FloatVector.fromArray(SPECIES, c, co + 11 * cRow + WIDTH));
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
    c6x.intoArray(c, co + 6 * cRow);
    c6y.intoArray(c, co + 6 * cRow + WIDTH);
    c7x.intoArray(c, co + 7 * cRow);
    c7y.intoArray(c, co + 7 * cRow + WIDTH);
    c8x.intoArray(c, co + 8 * cRow);
    c8y.intoArray(c, co + 8 * cRow + WIDTH);
    c9x.intoArray(c, co + 9 * cRow);
    c9y.intoArray(c, co + 9 * cRow + WIDTH);
    c10x.intoArray(c, co + 10 * cRow);
    c10y.intoArray(c, co + 10 * cRow + WIDTH);
    c11x.intoArray(c, co + 11 * cRow);
    c11y.intoArray(c, co + 11 * cRow + WIDTH);
  }

  private static void tile12x1(
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
    FloatVector c6x = FloatVector.zero(SPECIES);
    FloatVector c7x = FloatVector.zero(SPECIES);
    FloatVector c8x = FloatVector.zero(SPECIES);
    FloatVector c9x = FloatVector.zero(SPECIES);
    FloatVector c10x = FloatVector.zero(SPECIES);
    FloatVector c11x = FloatVector.zero(SPECIES);
    for (int p = 0; p < k; p++) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 0]);
      c0x = a0_0.fma(x0, c0x);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 1]);
      c1x = a0_1.fma(x0, c1x);
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 2]);
      c2x = a0_2.fma(x0, c2x);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 3]);
      c3x = a0_3.fma(x0, c3x);
      FloatVector a0_4 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 4]);
      c4x = a0_4.fma(x0, c4x);
      FloatVector a0_5 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 5]);
      c5x = a0_5.fma(x0, c5x);
      FloatVector a0_6 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 6]);
      c6x = a0_6.fma(x0, c6x);
      FloatVector a0_7 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 7]);
      c7x = a0_7.fma(x0, c7x);
      FloatVector a0_8 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 8]);
      c8x = a0_8.fma(x0, c8x);
      FloatVector a0_9 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 9]);
      c9x = a0_9.fma(x0, c9x);
      FloatVector a0_10 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 10]);
      c10x = a0_10.fma(x0, c10x);
      FloatVector a0_11 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 11]);
      c11x = a0_11.fma(x0, c11x);
    }
    if (add) {
      c0x = c0x.add(FloatVector.fromArray(SPECIES, c, co));
      c1x = c1x.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow));
      c2x = c2x.add(FloatVector.fromArray(SPECIES, c, co + 2 * cRow));
      c3x = c3x.add(FloatVector.fromArray(SPECIES, c, co + 3 * cRow));
      c4x = c4x.add(FloatVector.fromArray(SPECIES, c, co + 4 * cRow));
      c5x = c5x.add(FloatVector.fromArray(SPECIES, c, co + 5 * cRow));
      c6x = c6x.add(FloatVector.fromArray(SPECIES, c, co + 6 * cRow));
      c7x = c7x.add(FloatVector.fromArray(SPECIES, c, co + 7 * cRow));
      c8x = c8x.add(FloatVector.fromArray(SPECIES, c, co + 8 * cRow));
      c9x = c9x.add(FloatVector.fromArray(SPECIES, c, co + 9 * cRow));
      c10x = c10x.add(FloatVector.fromArray(SPECIES, c, co + 10 * cRow));
      c11x = c11x.add(FloatVector.fromArray(SPECIES, c, co + 11 * cRow));
    }
    c0x.intoArray(c, co);
    c1x.intoArray(c, co + 1 * cRow);
    c2x.intoArray(c, co + 2 * cRow);
    c3x.intoArray(c, co + 3 * cRow);
    c4x.intoArray(c, co + 4 * cRow);
    c5x.intoArray(c, co + 5 * cRow);
    c6x.intoArray(c, co + 6 * cRow);
    c7x.intoArray(c, co + 7 * cRow);
    c8x.intoArray(c, co + 8 * cRow);
    c9x.intoArray(c, co + 9 * cRow);
    c10x.intoArray(c, co + 10 * cRow);
    c11x.intoArray(c, co + 11 * cRow);
  }

  private static void tile8x2(
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
    FloatVector c6x = FloatVector.zero(SPECIES);
    FloatVector c6y = FloatVector.zero(SPECIES);
    FloatVector c7x = FloatVector.zero(SPECIES);
    FloatVector c7y = FloatVector.zero(SPECIES);
    for (int p = 0; p < k; p++) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow + WIDTH);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 0]);
      c0x = a0_0.fma(x0, c0x);
      c0y = a0_0.fma(y0, c0y);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 1]);
      c1x = a0_1.fma(x0, c1x);
      c1y = a0_1.fma(y0, c1y);
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 2]);
      c2x = a0_2.fma(x0, c2x);
      c2y = a0_2.fma(y0, c2y);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 3]);
      c3x = a0_3.fma(x0, c3x);
      c3y = a0_3.fma(y0, c3y);
      FloatVector a0_4 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 4]);
      c4x = a0_4.fma(x0, c4x);
      c4y = a0_4.fma(y0, c4y);
      FloatVector a0_5 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 5]);
      c5x = a0_5.fma(x0, c5x);
      c5y = a0_5.fma(y0, c5y);
      FloatVector a0_6 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 6]);
      c6x = a0_6.fma(x0, c6x);
      c6y = a0_6.fma(y0, c6y);
      FloatVector a0_7 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 7]);
      c7x = a0_7.fma(x0, c7x);
      c7y = a0_7.fma(y0, c7y);
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
      c6x = c6x.add(FloatVector.fromArray(SPECIES, c, co + 6 * cRow));
      c6y = c6y.add(FloatVector.fromArray(SPECIES, c, co + 6 * cRow + WIDTH));
      c7x = c7x.add(FloatVector.fromArray(SPECIES, c, co + 7 * cRow));
      c7y = c7y.add(FloatVector.fromArray(SPECIES, c, co + 7 * cRow + WIDTH));
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
    c6x.intoArray(c, co + 6 * cRow);
    c6y.intoArray(c, co + 6 * cRow + WIDTH);
    c7x.intoArray(c, co + 7 * cRow);
    c7y.intoArray(c, co + 7 * cRow + WIDTH);
  }

  private static void tile8x1(
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
    FloatVector c6x = FloatVector.zero(SPECIES);
    FloatVector c7x = FloatVector.zero(SPECIES);
    for (int p = 0; p < k; p++) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 0]);
      c0x = a0_0.fma(x0, c0x);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 1]);
      c1x = a0_1.fma(x0, c1x);
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 2]);
      c2x = a0_2.fma(x0, c2x);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 3]);
      c3x = a0_3.fma(x0, c3x);
      FloatVector a0_4 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 4]);
      c4x = a0_4.fma(x0, c4x);
      FloatVector a0_5 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 5]);
      c5x = a0_5.fma(x0, c5x);
      FloatVector a0_6 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 6]);
      c6x = a0_6.fma(x0, c6x);
      FloatVector a0_7 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 7]);
      c7x = a0_7.fma(x0, c7x);
    }
    if (add) {
      c0x = c0x.add(FloatVector.fromArray(SPECIES, c, co));
      c1x = c1x.add(FloatVector.fromArray(SPECIES, c, co + 1 * cRow));
      c2x = c2x.add(FloatVector.fromArray(SPECIES, c, co + 2 * cRow));
      c3x = c3x.add(FloatVector.fromArray(SPECIES, c, co + 3 * cRow));
      c4x = c4x.add(FloatVector.fromArray(SPECIES, c, co + 4 * cRow));
      c5x = c5x.add(FloatVector.fromArray(SPECIES, c, co + 5 * cRow));
      c6x = c6x.add(FloatVector.fromArray(SPECIES, c, co + 6 * cRow));
      c7x = c7x.add(FloatVector.fromArray(SPECIES, c, co + 7 * cRow));
    }
    c0x.intoArray(c, co);
    c1x.intoArray(c, co + 1 * cRow);
    c2x.intoArray(c, co + 2 * cRow);
    c3x.intoArray(c, co + 3 * cRow);
    c4x.intoArray(c, co + 4 * cRow);
    c5x.intoArray(c, co + 5 * cRow);
    c6x.intoArray(c, co + 6 * cRow);
    c7x.intoArray(c, co + 7 * cRow);
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
    for (int p = 0; p < k; p++) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bo + p * bRow + WIDTH);
      FloatVector a0_0 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 0]);
      c0x = a0_0.fma(x0, c0x);
      c0y = a0_0.fma(y0, c0y);
      FloatVector a0_1 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 1]);
      c1x = a0_1.fma(x0, c1x);
      c1y = a0_1.fma(y0, c1y);
      FloatVector a0_2 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 2]);
      c2x = a0_2.fma(x0, c2x);
      c2y = a0_2.fma(y0, c2y);
      FloatVector a0_3 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 3]);
      c3x = a0_3.fma(x0, c3x);
      c3y = a0_3.fma(y0, c3y);
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
    for (int p = 0; p < k; p++) {
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
}
