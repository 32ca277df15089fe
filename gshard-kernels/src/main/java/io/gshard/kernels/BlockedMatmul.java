package io.gshard.kernels;

/**
 * The blocked matrix product, after Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication": a is packed in panels of a tile's height, b in panels of a tile's width, for KC
 * of what is summed over at a time. A block of b of NC columns stays in the second cache while the
 * panels of a pass over it, each in the first cache. So tiles follow one another along the rows of
 * c, and the machine fetches c ahead; down its columns every tile waited for its rows. b is read
 * where it lies if its rows are dense and too few rows of a use it for packing to pay.
 *
 * <p>Operands are {@code float[]}, or {@code short[]} of bf16 that become f32 while they are
 * packed.
 */
final class BlockedMatmul {
  private BlockedMatmul() {}

  private static final int KC = 256;
  private static final int MC = 2048;
  private static final int NC = 768;

  /** With no more rows than this, b is not worth packing. */
  private static final int FEW_ROWS = 32;

  private static final Tiles TILES = Providers.TILES;
  private static final Packing PACKING = Providers.PACKING;

  /** A thread's packed blocks and the tile at an edge; they grow to what is needed. */
  private static final class Buffers {
    float[] a = new float[0];
    float[] b = new float[0];
    final Lines rows = new Lines();
    final Lines depth = new Lines();

    /** A panel of bf16 as f32, before it is transposed. */
    final float[] wide = new float[KC * Math.max(TILES.rows(), TILES.columns())];

    final float[] edge = new float[TILES.rows() * TILES.columns()];
  }

  private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

  static void run(
      Object a,
      int ao,
      int aBatch,
      int aRow,
      int aCol,
      Object b,
      int bo,
      int bBatch,
      int bRow,
      int bCol,
      float[] c,
      int co,
      int cBatch,
      int cRow,
      int batch,
      int m,
      int n,
      int k,
      boolean add) {
    if (batch == 0 || m == 0 || n == 0) {
      return;
    }
    if (k == 0) {
      if (!add) {
        clear(c, co, cBatch, cRow, batch, m, n);
      }
      return;
    }
    if (batch > 1 && bBatch == 0 && aBatch == m * aRow && cBatch == m * cRow) {
      // One b for all: more rows of a.
      one(a, ao, aRow, aCol, b, bo, bRow, bCol, c, co, cRow, batch * m, n, k, add);
      return;
    }
    for (int t = 0; t < batch; t++) {
      one(
          a,
          ao + t * aBatch,
          aRow,
          aCol,
          b,
          bo + t * bBatch,
          bRow,
          bCol,
          c,
          co + t * cBatch,
          cRow,
          m,
          n,
          k,
          add);
    }
  }

  private static void clear(float[] c, int co, int cBatch, int cRow, int batch, int m, int n) {
    for (int t = 0; t < batch; t++) {
      for (int i = 0; i < m; i++) {
        Vec.fill(0f, c, co + t * cBatch + i * cRow, n);
      }
    }
  }

  private static void one(
      Object a,
      int ao,
      int aRow,
      int aCol,
      Object b,
      int bo,
      int bRow,
      int bCol,
      float[] c,
      int co,
      int cRow,
      int m,
      int n,
      int k,
      boolean add) {
    Buffers buffers = BUFFERS.get();
    Lines rows = buffers.rows;
    Lines depth = buffers.depth;
    boolean direct = bCol == 1 && m <= FEW_ROWS && b instanceof float[];
    if (aCol == 1 && n >= FEW_ROWS) {
      rows.rows(a, ao, aRow, m, b, bo, bRow, bCol, k, n);
    } else {
      rows.all(m);
    }
    if (!add) {
      clearOthers(rows, c, co, cRow, m, n);
    }
    // Read where it lies, b is best done with panel by panel: its rows are far apart.
    int width = direct ? TILES.columns() : NC;
    for (int p = 0; p < k; p += KC) {
      int kc = Math.min(KC, k - p);
      int aAt = ao + p * aCol;
      int bAt = bo + p * bRow;
      if (direct) {
        depth.all(kc);
      } else {
        depth.contracted(a, aAt, aRow, aCol, m, b, bAt, bRow, bCol, n, kc);
      }
      for (int i = 0; i < rows.count(); i += MC) {
        int mc = Math.min(MC, rows.count() - i);
        buffers.a = Packing.ensure(buffers.a, kc * (mc + TILES.rows()));
        PACKING.rows(TILES, a, aAt, aRow, aCol, rows, i, mc, depth, buffers.wide, buffers.a);
        for (int j = 0; j < n; j += width) {
          int nc = Math.min(width, n - j);
          int from = bAt + j * bCol;
          buffers.b = Packing.ensure(buffers.b, kc * (nc + TILES.columns()));
          PACKING.columns(TILES, b, from, bRow, bCol, depth, nc, direct, buffers.wide, buffers.b);
          block(
              buffers,
              direct ? (float[]) b : buffers.b,
              from,
              bRow,
              direct,
              c,
              co + j,
              cRow,
              i,
              mc,
              nc,
              add || p > 0);
        }
      }
    }
  }

  /** The results of rows that are left out are zero. */
  private static void clearOthers(Lines rows, float[] c, int co, int cRow, int m, int n) {
    int kept = 0;
    for (int i = 0; i < m; i++) {
      if (kept < rows.count() && rows.at(kept) == i) {
        kept++;
      } else {
        Vec.fill(0f, c, co + i * cRow, n);
      }
    }
  }

  /** Tiles over the packed rows, which are of the rows that are kept from {@code first} on. */
  private static void block(
      Buffers buffers,
      float[] b,
      int bAt,
      int bRow,
      boolean direct,
      float[] c,
      int co,
      int cRow,
      int first,
      int mc,
      int nc,
      boolean add) {
    Lines rows = buffers.rows;
    int kc = buffers.depth.count();
    for (int i = 0; i < mc; ) {
      int height = TILES.rowsFor(mc - i);
      int end = first + Math.min(i + height, mc);
      boolean neighbours = i + height <= mc && rows.isRun(first + i, end);
      int row = co + rows.at(first + i) * cRow;
      for (int j = 0; j < nc; ) {
        int width = TILES.columnsFor(nc - j);
        int columns = Math.min(width, nc - j);
        boolean packed = !direct || columns < width;
        boolean whole = neighbours && columns == width;
        TILES.tile(
            height,
            width,
            kc,
            buffers.a,
            i * kc,
            packed ? buffers.b : b,
            packed ? j * kc : bAt + j,
            packed ? width : bRow,
            whole ? c : buffers.edge,
            whole ? row + j : 0,
            whole ? cRow : width,
            whole && add);
        if (!whole) {
          for (int r = first + i; r < end; r++) {
            int tileRow = (r - first - i) * width;
            line(buffers.edge, tileRow, c, co + rows.at(r) * cRow + j, columns, add);
          }
        }
        j += width;
      }
      i += height;
    }
  }

  private static void line(float[] tile, int to, float[] c, int co, int n, boolean add) {
    for (int j = 0; j < n; j++) {
      c[co + j] = add ? c[co + j] + tile[to + j] : tile[to + j];
    }
  }
}
