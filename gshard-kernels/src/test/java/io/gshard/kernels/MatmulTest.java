package io.gshard.kernels;

import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The matrix product against three loops in double precision. */
class MatmulTest {

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1", "1,13,1,7", "3,5,17,3", "2,16,16,64", "4,32,128,128", "1,12,32,5", "1,25,33,1",
    "1,207,50,13", "2,64,31,32", "1,7,2060,20", "1,9,40,1100", "1,200,100,530", "5,1,1,9",
        "0,3,3,3",
    "2,0,3,3", "2,3,0,3", "2,3,4,0"
  })
  void equalsThreeLoops(int batch, int m, int n, int k) {
    for (int transposed = 0; transposed < 4; transposed++) {
      for (boolean add : new boolean[] {false, true}) {
        run(batch, m, n, k, (transposed & 1) == 1, (transposed & 2) == 2, add, false);
      }
    }
    run(batch, m, n, k, false, true, false, true);
  }

  private static void run(
      int batch, int m, int n, int k, boolean ta, boolean tb, boolean add, boolean sharedB) {
    String subject =
        "batch %d m %d n %d k %d ta %s tb %s add %s shared %s"
            .formatted(batch, m, n, k, ta, tb, add, sharedB);
    Random random = new Random(subject.hashCode());
    float[] a = random(random, 3 + batch * m * k);
    float[] b = random(random, 5 + (sharedB ? 1 : batch) * k * n);
    int cRow = n + 3; // rows with a gap that must stay untouched
    if (sharedB) {
      cRow = n;
    }
    float[] c = random(random, 7 + batch * m * cRow + 1);
    float[] before = c.clone();
    int aRow = ta ? 1 : k;
    int aCol = ta ? m : 1;
    int bRow = tb ? 1 : n;
    int bCol = tb ? k : 1;
    int bBatch = sharedB ? 0 : k * n;
    if (add) {
      Matmul.multiplyAdd(
          a, 3, m * k, aRow, aCol, b, 5, bBatch, bRow, bCol, c, 7, m * cRow, cRow, batch, m, n, k);
    } else {
      Matmul.multiply(
          a, 3, m * k, aRow, aCol, b, 5, bBatch, bRow, bCol, c, 7, m * cRow, cRow, batch, m, n, k);
    }
    double[] expected = new double[c.length];
    for (int i = 0; i < c.length; i++) {
      expected[i] = before[i];
    }
    for (int t = 0; t < batch; t++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          int at = 7 + t * m * cRow + i * cRow + j;
          double sum = add ? before[at] : 0;
          for (int p = 0; p < k; p++) {
            sum +=
                (double) a[3 + t * m * k + i * aRow + p * aCol]
                    * b[5 + t * bBatch + p * bRow + j * bCol];
          }
          expected[at] = sum;
        }
      }
    }
    for (int i = 0; i < c.length; i++) {
      if (!(Math.abs(c[i] - expected[i]) <= 1e-5 * Math.sqrt(k + 1))) {
        assertWithMessage("%s at %s", subject, i).that((double) c[i]).isEqualTo(expected[i]);
      }
    }
  }

  private static float[] random(Random random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextFloat() * 2 - 1;
    }
    return x;
  }

  /**
   * Rows of zeros, as of an expert that got few tokens, are left out of the work: the bits are
   * those of a product that has them all, which is made here by 8 rows at a time.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40, 100, 207})
  void rowsOfZerosChangeNoBit(int kept) {
    int m = 207;
    int k = 600;
    int n = 70;
    Random random = new Random(kept);
    float[] a = random(random, m * k);
    float[] b = random(random, k * n);
    zeroLines(random, a, m, k, kept);
    float[] all = random(random, m * n);
    float[] parts = all.clone();
    Matmul.multiply(a, 0, 0, k, 1, b, 0, 0, n, 1, all, 0, 0, n, 1, m, n, k);
    for (int i = 0; i < m; i += 8) {
      int some = Math.min(8, m - i);
      Matmul.multiply(a, i * k, 0, k, 1, b, 0, 0, n, 1, parts, i * n, 0, n, 1, some, n, k);
    }
    assertWithMessage("rows").that(all).isEqualTo(parts);
  }

  /** The same where the rows are what is summed over: gradients of weights. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40, 500, 600})
  void linesOfZerosChangeNoBit(int kept) {
    int m = 70;
    int k = 600;
    int n = 90;
    Random random = new Random(kept);
    float[] a = random(random, k * m);
    float[] b = random(random, k * n);
    zeroLines(random, b, k, n, kept);
    for (int turn = 0; turn < 2; turn++) {
      float[] all = random(random, m * n);
      float[] parts = all.clone();
      Matmul.multiplyAdd(a, 0, 0, 1, m, b, 0, 0, n, 1, all, 0, 0, n, 1, m, n, k);
      for (int i = 0; i < m; i += 8) {
        int some = Math.min(8, m - i);
        Matmul.multiplyAdd(a, i, 0, 1, m, b, 0, 0, n, 1, parts, i * n, 0, n, 1, some, n, k);
      }
      assertWithMessage("turn %s", turn).that(all).isEqualTo(parts);
      // The second turn has zeros on both sides.
      for (int p = 0; p < k; p++) {
        if (b[p * n] == 0) {
          Arrays.fill(a, p * m, (p + 1) * m, 0);
        }
      }
    }
  }

  /** All but {@code kept} lines of x become zero. */
  private static void zeroLines(Random random, float[] x, int lines, int length, int kept) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, lines).boxed().toList());
    Collections.shuffle(order, random);
    for (int line : order.subList(kept, lines)) {
      Arrays.fill(x, line * length, (line + 1) * length, 0);
    }
  }

  /** Zero times infinity is no zero: such rows are not left out. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void zerosThatMeetWhatIsNotFinite(float odd) {
    int n = 64;
    for (int transposed = 0; transposed < 2; transposed++) {
      float[] a = new float[n * n];
      float[] b = new float[n * n];
      a[3 * n + 3] = 1;
      b[7 * n + 9] = odd;
      float[] c = new float[n * n];
      int row = transposed == 0 ? n : 1;
      int column = transposed == 0 ? 1 : n;
      Matmul.multiply(a, 0, 0, row, column, b, 0, 0, n, 1, c, 0, 0, n, 1, n, n, n);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          assertWithMessage("%s,%s", i, j).that(Float.isNaN(c[i * n + j])).isEqualTo(j == 9);
        }
      }
      // Of a the same: what is not finite meets lines of zeros of b.
      a[5 * row + 7 * column] = odd;
      b[7 * n + 9] = 0;
      Matmul.multiply(a, 0, 0, row, column, b, 0, 0, n, 1, c, 0, 0, n, 1, n, n, n);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          assertWithMessage("%s,%s", i, j).that(Float.isNaN(c[i * n + j])).isEqualTo(i == 5);
        }
      }
    }
  }

  /** Of bf16 the same bits as of the f32 of the same values, whatever they are. */
  @ParameterizedTest
  @CsvSource({
    "1,1,1,1",
    "1,13,1,13",
    "3,13,17,3",
    "2,16,16,64",
    "1,207,50,13",
    "2,64,31,207",
    "1,7,13,4098",
    "1,9,4098,5",
    "1,100,70,530",
    "0,3,3,3",
    "2,0,3,3",
    "2,3,0,3",
    "2,3,4,0"
  })
  void bf16EqualsItsF32(int batch, int m, int n, int k) {
    Random random = new Random(m + n);
    for (boolean odd : new boolean[] {false, true}) {
      short[] a = bf16(random, 3 + batch * m * k, odd);
      short[] b = bf16(random, 5 + batch * k * n, odd);
      for (int transposed = 0; transposed < 4; transposed++) {
        int aRow = transposed < 2 ? k : 1;
        int aCol = transposed < 2 ? 1 : m;
        int bRow = transposed % 2 == 0 ? n : 1;
        int bCol = transposed % 2 == 0 ? 1 : k;
        float[] expected = random(random, 7 + batch * m * n);
        float[] found = expected.clone();
        Matmul.multiply(
            widened(a),
            3,
            m * k,
            aRow,
            aCol,
            widened(b),
            5,
            k * n,
            bRow,
            bCol,
            expected,
            7,
            m * n,
            n,
            batch,
            m,
            n,
            k);
        Matmul.multiply(
            a, 3, m * k, aRow, aCol, b, 5, k * n, bRow, bCol, found, 7, m * n, n, batch, m, n, k);
        assertWithMessage("odd %s, transposed %s", odd, transposed).that(found).isEqualTo(expected);
      }
    }
  }

  /** Neither is a dense dim: every element is fetched alone. */
  @Test
  void bf16OfAnyStrides() {
    short[] a = bf16(new Random(1), 2 * 30 * 40, true);
    float[] expected = new float[30 * 30];
    float[] found = new float[30 * 30];
    Matmul.multiply(
        widened(a), 0, 0, 80, 2, widened(a), 0, 0, 2, 80, expected, 0, 0, 30, 1, 30, 30, 40);
    Matmul.multiply(a, 0, 0, 80, 2, a, 0, 0, 2, 80, found, 0, 0, 30, 1, 30, 30, 40);
    assertWithMessage("product").that(found).isEqualTo(expected);
  }

  /** Ragged rows of bf16: most rows are zeros, and what they meet is finite, or not. */
  @ParameterizedTest
  @ValueSource(floats = {1, Float.NaN, Float.NEGATIVE_INFINITY})
  void bf16RowsOfZeros(float met) {
    int size = 70;
    short[] a = new short[size * size];
    Arrays.fill(a, 11 * size, 12 * size, (short) 0x4049);
    Arrays.fill(a, 12 * size, 13 * size, (short) 0x8000);
    short[] b = bf16(new Random(2), size * size, false);
    b[5 * size + 6] = (short) (Float.floatToRawIntBits(met) >>> 16);
    for (int[] row : new int[][] {{size, 1}, {1, size}}) {
      float[] expected = new float[size * size];
      float[] found = new float[size * size];
      Matmul.multiply(
          widened(a),
          0,
          0,
          row[0],
          row[1],
          widened(b),
          0,
          0,
          size,
          1,
          expected,
          0,
          0,
          size,
          1,
          size,
          size,
          size);
      Matmul.multiply(
          a, 0, 0, row[0], row[1], b, 0, 0, size, 1, found, 0, 0, size, 1, size, size, size);
      assertWithMessage("product").that(found).isEqualTo(expected);
      assertWithMessage("what is not finite").that(Float.isNaN(found[6])).isEqualTo(met != 1);
    }
  }

  /**
   * @param odd also NaN, infinities, zeros and denormals
   */
  private static short[] bf16(Random random, int n, boolean odd) {
    short[] special = {
      0, (short) 0x8000, 0x7fc0, 0x7f80, (short) 0xff80, 1, (short) 0x807f, 0x7f7f
    };
    short[] x = new short[n];
    for (int i = 0; i < n; i++) {
      boolean other = odd && random.nextInt(n) < 8;
      x[i] =
          other
              ? special[random.nextInt(special.length)]
              : (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16);
    }
    return x;
  }

  private static float[] widened(short[] x) {
    float[] wide = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      wide[i] = Float.intBitsToFloat(x[i] << 16);
    }
    return wide;
  }

  static Stream<Tiles> tiles() {
    return Providers.VECTOR
        ? List.of(new Tiles(), new Tiles256(), new Tiles512()).stream()
        : Stream.of(new Tiles());
  }

  /** Also the tiles that this machine would not choose. */
  @ParameterizedTest
  @MethodSource("tiles")
  void tilesEqualThreeLoops(Tiles tiles) {
    Random random = new Random(9);
    for (int left = 1; left <= tiles.rows(); left++) {
      int rows = tiles.rowsFor(left);
      assertWithMessage("rows").that(rows).isAtLeast(left);
      for (int some = 1; some <= tiles.columns(); some += 5) {
        int columns = tiles.columnsFor(some);
        assertWithMessage("columns").that(columns).isAtLeast(some);
        for (int k : new int[] {1, 2, 7}) {
          for (boolean add : new boolean[] {false, true}) {
            float[] a = random(random, rows * k);
            float[] b = random(random, (columns + 1) * k);
            float[] c = random(random, rows * (columns + 2));
            float[] before = c.clone();
            tiles.tile(rows, columns, k, a, 0, b, 0, columns + 1, c, 0, columns + 2, add);
            for (int i = 0; i < rows; i++) {
              for (int j = 0; j < columns; j++) {
                double sum = add ? before[i * (columns + 2) + j] : 0;
                for (int p = 0; p < k; p++) {
                  sum += (double) a[p * rows + i] * b[p * (columns + 1) + j];
                }
                assertWithMessage("%sx%s k %s at %s,%s", rows, columns, k, i, j)
                    .that((double) c[i * (columns + 2) + j])
                    .isWithin(1e-5)
                    .of(sum);
              }
            }
          }
        }
      }
    }
  }

  /** Whichever tiles are chosen: an element is the same sum in the same order. */
  @ParameterizedTest
  @CsvSource({"1,false", "13,true", "207,true", "512,false"})
  void tilesOfAnyWidthGiveTheSameBits(int k, boolean add) {
    assumeTrue(Providers.VECTOR);
    Random random = new Random(k);
    int rows = 24;
    int columns = 32;
    float[] a = random(random, rows * k);
    float[] b = random(random, k * columns);
    float[] before = random(random, rows * columns);
    float[] narrow = before.clone();
    float[] wide = before.clone();
    tiles(new Tiles256(), rows, columns, k, a, b, narrow, add);
    tiles(new Tiles512(), rows, columns, k, a, b, wide, add);
    assertWithMessage("tiles of 512 bits").that(wide).isEqualTo(narrow);
    assertWithMessage("computed").that(wide).isNotEqualTo(before);
  }

  /** A product by whole tiles, whose rows of a are packed here. */
  private static void tiles(
      Tiles tiles, int m, int n, int k, float[] a, float[] b, float[] c, boolean add) {
    float[] panel = new float[tiles.rows() * k];
    for (int i = 0; i < m; i += tiles.rows()) {
      for (int p = 0; p < k; p++) {
        for (int r = 0; r < tiles.rows(); r++) {
          panel[p * tiles.rows() + r] = a[(i + r) * k + p];
        }
      }
      for (int j = 0; j < n; j += tiles.columns()) {
        tiles.tile(tiles.rows(), tiles.columns(), k, panel, 0, b, j, n, c, i * n + j, n, add);
      }
    }
  }

  @Test
  void repeatsBitForBit() {
    Random random = new Random(3);
    float[] a = random(random, 65 * 700);
    float[] b = random(random, 700 * 65);
    float[] one = new float[65 * 65];
    float[] two = new float[65 * 65];
    Matmul.multiply(a, 0, 0, 700, 1, b, 0, 0, 65, 1, one, 0, 0, 65, 1, 65, 65, 700);
    Matmul.multiply(a, 0, 0, 700, 1, b, 0, 0, 65, 1, two, 0, 0, 65, 1, 65, 65, 700);
    assertWithMessage("second run").that(two).isEqualTo(one);
  }
}
