package io.gshard.passes.fusion;

import java.util.ArrayList;
import java.util.List;

/**
 * A dot as strided matrix products: for each index of the batch dims, c[m, n] = sum over k of a[m,
 * k] * b[k, n]. The result is dense in the order batch, m, n.
 *
 * @param batch sizes of the batch dims that could not be merged into one
 */
public record Contraction(
    View lhs,
    View rhs,
    List<Long> batch,
    List<Long> lhsBatch,
    List<Long> rhsBatch,
    long m,
    long n,
    long k,
    long lhsRow,
    long lhsColumn,
    long rhsRow,
    long rhsColumn) {

  public Contraction {
    batch = List.copyOf(batch);
    lhsBatch = List.copyOf(lhsBatch);
    rhsBatch = List.copyOf(rhsBatch);
  }

  /** The strides of the middle dims [from, to) as one dim; -1 where they do not merge. */
  static long merged(View view, int from, int to) {
    List<Long> dims = view.dims().subList(from, to);
    List<Long> strides = view.strides().subList(from, to);
    View part = view.with(dims, strides, 0).coalesced();
    return switch (part.dims().size()) {
      case 0 -> 0;
      case 1 -> part.strides().getFirst() < 0 ? -1 : part.strides().getFirst();
      default -> -1;
    };
  }

  /**
   * Merges dims.
   *
   * @param lhs dims batch, free, contracting; free and contracting dims merge to one each
   * @param rhs dims batch, contracting, free; likewise
   */
  static Contraction of(View lhs, View rhs, int batchDims, int lhsFree, int contracting) {
    int lhsRank = lhs.dims().size();
    int rhsRank = rhs.dims().size();
    List<Long> batch = new ArrayList<>();
    List<Long> left = new ArrayList<>();
    List<Long> right = new ArrayList<>();
    for (int i = 0; i < batchDims; i++) {
      long dim = lhs.dims().get(i);
      int last = batch.size() - 1;
      if (dim == 1) {
        continue;
      }
      if (last >= 0
          && left.get(last) == dim * lhs.strides().get(i)
          && right.get(last) == dim * rhs.strides().get(i)) {
        batch.set(last, batch.get(last) * dim);
        left.set(last, lhs.strides().get(i));
        right.set(last, rhs.strides().get(i));
      } else {
        batch.add(dim);
        left.add(lhs.strides().get(i));
        right.add(rhs.strides().get(i));
      }
    }
    return new Contraction(
        lhs,
        rhs,
        batch,
        left,
        right,
        product(lhs.dims().subList(batchDims, batchDims + lhsFree)),
        product(rhs.dims().subList(batchDims + contracting, rhsRank)),
        product(lhs.dims().subList(batchDims + lhsFree, lhsRank)),
        merged(lhs, batchDims, batchDims + lhsFree),
        merged(lhs, batchDims + lhsFree, lhsRank),
        merged(rhs, batchDims, batchDims + contracting),
        merged(rhs, batchDims + contracting, rhsRank));
  }

  private static long product(List<Long> dims) {
    return dims.stream().reduce(1L, Math::multiplyExact);
  }
}
