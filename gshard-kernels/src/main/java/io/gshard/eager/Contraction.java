package io.gshard.eager;

import io.gshard.kernels.Fold;
import io.gshard.kernels.Matmul;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Dot products and folds over dims. bf16 is computed in f32 and rounded at the end. */
final class Contraction {
  private Contraction() {}

  static ArrayTensor dot(Op.Dot op, ArrayTensor lhs, ArrayTensor rhs, Shape shape) {
    if (lhs.type() == DType.BF16) {
      ArrayTensor wide =
          dot(
              op,
              Elementwise.convert(DType.F32, lhs),
              Elementwise.convert(DType.F32, rhs),
              shape.withType(DType.F32));
      return Elementwise.convert(shape.type(), wide);
    }
    List<Integer> lhsFree = Op.Dot.free(lhs.rank(), op.lhsBatch(), op.lhsContracting());
    List<Integer> rhsFree = Op.Dot.free(rhs.rank(), op.rhsBatch(), op.rhsContracting());
    int batch = size(lhs, op.lhsBatch());
    int m = size(lhs, lhsFree);
    int n = size(rhs, rhsFree);
    int k = size(lhs, op.lhsContracting());
    ArrayTensor a = ordered(lhs, op.lhsBatch(), lhsFree, op.lhsContracting());
    ArrayTensor b = ordered(rhs, op.rhsBatch(), op.rhsContracting(), rhsFree);
    ArrayTensor out = ArrayTensor.allocate(shape.withType(lhs.type()));
    if (out.size() == 0 || k == 0) {
      return Elementwise.convert(shape.type(), out);
    }
    switch (out.data()) {
      case float[] o ->
          Matmul.multiply(
              a.floats(),
              0,
              m * k,
              k,
              1,
              b.floats(),
              0,
              k * n,
              n,
              1,
              o,
              0,
              m * n,
              n,
              batch,
              m,
              n,
              k);
      case int[] o -> ints(a.ints(), b.ints(), o, batch, m, n, k);
      default -> {
        // Predicates: a product is "and", a sum is "or".
        ArrayTensor counts = ArrayTensor.allocate(shape.withType(DType.S32));
        ints(
            Elementwise.convert(DType.S32, a).ints(),
            Elementwise.convert(DType.S32, b).ints(),
            counts.ints(),
            batch,
            m,
            n,
            k);
        return Elementwise.convert(shape.type(), Elementwise.convert(DType.PRED, counts));
      }
    }
    return Elementwise.convert(shape.type(), out);
  }

  private static void ints(int[] a, int[] b, int[] out, int batch, int m, int n, int k) {
    for (int t = 0; t < batch; t++) {
      for (int i = 0; i < m; i++) {
        for (int p = 0; p < k; p++) {
          int factor = a[(t * m + i) * k + p];
          for (int j = 0; j < n; j++) {
            out[(t * m + i) * n + j] += factor * b[(t * k + p) * n + j];
          }
        }
      }
    }
  }

  private static int size(ArrayTensor x, List<Integer> dims) {
    return dims.stream().mapToInt(i -> (int) x.dim(i)).reduce(1, Math::multiplyExact);
  }

  /** The dims in this order. */
  @SafeVarargs
  private static ArrayTensor ordered(ArrayTensor x, List<Integer>... parts) {
    List<Integer> order = new ArrayList<>();
    for (List<Integer> part : parts) {
      order.addAll(part);
    }
    boolean same = IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i);
    return same ? x : Movement.transpose(order, x);
  }

  static ArrayTensor reduce(Op.Reduce op, ArrayTensor x, Shape shape) {
    if (x.type() == DType.BF16) {
      return Elementwise.convert(
          DType.BF16, reduce(op, Elementwise.convert(DType.F32, x), shape.withType(DType.F32)));
    }
    // The kept dims, then the folded ones; neighbouring folded dims can stay where they are.
    List<Integer> kept =
        IntStream.range(0, x.rank()).filter(i -> !op.dimensions().contains(i)).boxed().toList();
    List<Integer> folded = op.dimensions().stream().sorted().toList();
    int first = folded.isEmpty() ? x.rank() : folded.getFirst();
    boolean together = folded.isEmpty() || folded.getLast() - first == folded.size() - 1;
    int reduced = size(x, folded);
    int outer = size(x, together ? kept.stream().filter(i -> i < first).toList() : kept);
    int inner = together ? size(x, kept.stream().filter(i -> i > first).toList()) : 1;
    ArrayTensor from = together ? x : ordered(x, kept, folded);
    ArrayTensor out = ArrayTensor.allocate(shape);
    switch (out.data()) {
      case float[] o -> Fold.reduce(op.combiner(), from.floats(), 0, outer, reduced, inner, o, 0);
      case int[] o when x.type() == DType.U32 ->
          Fold.reduceUnsigned(op.combiner(), from.ints(), 0, outer, reduced, inner, o, 0);
      case int[] o -> Fold.reduce(op.combiner(), from.ints(), 0, outer, reduced, inner, o, 0);
      case byte[] o -> Fold.reduce(op.combiner(), from.bytes(), 0, outer, reduced, inner, o, 0);
      default -> throw new IllegalArgumentException("reduce of " + x.shape());
    }
    return out;
  }

  static ArrayTensor cumulative(Op.Cumulative op, ArrayTensor x) {
    if (x.type() == DType.BF16) {
      return Elementwise.convert(DType.BF16, cumulative(op, Elementwise.convert(DType.F32, x)));
    }
    if (x.type() == DType.PRED) {
      // 0 and 1 fold as bits of integers do, from identities that convert back.
      Combiner bits =
          switch (op.combiner()) {
            case MAXIMUM -> Combiner.OR;
            case MINIMUM -> Combiner.AND;
            default -> op.combiner();
          };
      Op.Cumulative wide = new Op.Cumulative(bits, op.dimension(), op.exclusive(), op.reverse());
      return Elementwise.convert(DType.PRED, cumulative(wide, Elementwise.convert(DType.S32, x)));
    }
    int d = op.dimension();
    int outer = size(x, IntStream.range(0, d).boxed().toList());
    int n = (int) x.dim(d);
    int inner = size(x, IntStream.range(d + 1, x.rank()).boxed().toList());
    boolean ex = op.exclusive();
    boolean back = op.reverse();
    ArrayTensor out = ArrayTensor.allocate(x.shape());
    switch (out.data()) {
      case float[] o ->
          Fold.cumulative(op.combiner(), x.floats(), 0, outer, n, inner, ex, back, o, 0);
      case int[] o when x.type() == DType.U32 ->
          Fold.cumulativeUnsigned(op.combiner(), x.ints(), 0, outer, n, inner, ex, back, o, 0);
      case int[] o -> Fold.cumulative(op.combiner(), x.ints(), 0, outer, n, inner, ex, back, o, 0);
      default -> throw new IllegalArgumentException("cumulative of " + x.shape());
    }
    return out;
  }
}
