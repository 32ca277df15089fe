package io.gshard.eval;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.eval.Literals.apply;
import static io.gshard.eval.Literals.counting;
import static io.gshard.eval.Literals.f32;
import static io.gshard.eval.Literals.ints;
import static io.gshard.eval.Literals.pred;
import static io.gshard.eval.Literals.s32;
import static io.gshard.eval.Literals.shaped;
import static io.gshard.eval.Literals.vector;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ContractionTest {

  @Test
  void matrixProduct() {
    Literal a = shaped(f32(1, 2, 3, 4, 5, 6), 2, 3);
    Literal b = shaped(f32(7, 8, 9, 10, 11, 12), 3, 2);
    Op dot = new Op.Dot(List.of(), List.of(), List.of(1), List.of(0), null);
    assertThat(apply(dot, a, b)).isEqualTo(shaped(f32(58, 64, 139, 154), 2, 2));
  }

  @Test
  void dotOrdersBatchThenFreeDims() {
    // lhs [k, b, m], rhs [n, k, b]: result [b, m, n]
    int k = 3, b = 2, m = 2, n = 4;
    Literal lhs = counting(DType.F32, k, b, m);
    Literal rhs = counting(DType.F32, n, k, b);
    Literal found =
        apply(new Op.Dot(List.of(1), List.of(2), List.of(0), List.of(1), null), lhs, rhs);
    double[] expected = new double[b * m * n];
    for (int ib = 0; ib < b; ib++) {
      for (int im = 0; im < m; im++) {
        for (int in = 0; in < n; in++) {
          for (int ik = 0; ik < k; ik++) {
            expected[(ib * m + im) * n + in] +=
                (double) ((ik * b + ib) * m + im) * ((in * k + ik) * b + ib);
          }
        }
      }
    }
    assertThat(found).isEqualTo(Literal.ofReals(Shape.of(DType.F32, b, m, n), expected));
  }

  @Test
  void dotSumsWideAndRoundsOnce() {
    Op dot = new Op.Dot(List.of(), List.of(), List.of(0), List.of(0), null);
    // In f32 the ones would be lost beside 2^24.
    assertThat(apply(dot, f32(0x1p24, 1, 1), f32(1, 1, 1)))
        .isEqualTo(Literal.scalar(DType.F32, 0x1p24 + 2));
    Op wide = new Op.Dot(List.of(), List.of(), List.of(0), List.of(0), DType.F32);
    assertThat(apply(wide, vector(DType.BF16, 256, 1), vector(DType.BF16, 1, 1)))
        .isEqualTo(Literal.scalar(DType.F32, 257));
    Op narrow = new Op.Dot(List.of(), List.of(), List.of(0), List.of(0), null);
    assertThat(apply(narrow, vector(DType.BF16, 256, 1), vector(DType.BF16, 1, 1)))
        .isEqualTo(Literal.scalar(DType.BF16, 256));
  }

  @Test
  void dotOfIntegersAndPredicates() {
    Op dot = new Op.Dot(List.of(), List.of(), List.of(0), List.of(0), null);
    assertThat(apply(dot, s32(1 << 30, 5), s32(4, 6))).isEqualTo(Literal.scalar(DType.S32, 30));
    assertThat(apply(dot, pred(1, 0), pred(1, 1))).isEqualTo(Literal.scalar(DType.PRED, 1));
    assertThat(apply(dot, pred(1, 0), pred(0, 1))).isEqualTo(Literal.scalar(DType.PRED, 0));
    Op wide = new Op.Dot(List.of(), List.of(), List.of(0), List.of(0), DType.S32);
    assertThat(apply(wide, ints(DType.S8, 100, 100), ints(DType.S8, 100, 100)))
        .isEqualTo(Literal.scalar(DType.S32, 20000));
  }

  @Test
  void reduceByEachCombiner() {
    Literal x = shaped(s32(5, -3, 6, 2, 7, 1), 2, 3);
    assertThat(apply(new Op.Reduce(Combiner.ADD, List.of(1)), x)).isEqualTo(s32(8, 10));
    assertThat(apply(new Op.Reduce(Combiner.ADD, List.of(0, 1)), x))
        .isEqualTo(Literal.scalar(DType.S32, 18));
    assertThat(apply(new Op.Reduce(Combiner.MULTIPLY, List.of(0)), x)).isEqualTo(s32(10, -21, 6));
    assertThat(apply(new Op.Reduce(Combiner.MAXIMUM, List.of(1)), x)).isEqualTo(s32(6, 7));
    assertThat(apply(new Op.Reduce(Combiner.MINIMUM, List.of(0)), x)).isEqualTo(s32(2, -3, 1));
    assertThat(apply(new Op.Reduce(Combiner.AND, List.of(1)), x)).isEqualTo(s32(4, 0));
    assertThat(apply(new Op.Reduce(Combiner.OR, List.of(0)), x)).isEqualTo(s32(7, -1, 7));
    assertThat(apply(new Op.Reduce(Combiner.AND, List.of(0)), pred(1, 0)))
        .isEqualTo(Literal.scalar(DType.PRED, 0));
  }

  @Test
  void reduceOfNothingIsTheIdentity() {
    Literal empty = Literal.ofReals(Shape.of(DType.F32, 0));
    assertThat(apply(new Op.Reduce(Combiner.MAXIMUM, List.of(0)), empty))
        .isEqualTo(Literal.scalar(DType.F32, Double.NEGATIVE_INFINITY));
    Literal none = Literal.ofIntegers(Shape.of(DType.S64, 0));
    assertThat(apply(new Op.Reduce(Combiner.MINIMUM, List.of(0)), none).integer(0))
        .isEqualTo(Long.MAX_VALUE);
    Literal unsigned = Literal.ofIntegers(Shape.of(DType.U16, 0));
    assertThat(apply(new Op.Reduce(Combiner.MINIMUM, List.of(0)), unsigned).integer(0))
        .isEqualTo(0xffff);
    assertThat(apply(new Op.Reduce(Combiner.AND, List.of(0)), unsigned).integer(0))
        .isEqualTo(0xffff);
  }

  @Test
  void reduceKeepsNaN() {
    assertThat(apply(new Op.Reduce(Combiner.MAXIMUM, List.of(0)), f32(1, Double.NaN, 2)))
        .isEqualTo(Literal.scalar(DType.F32, Double.NaN));
  }

  @Test
  void cumulativeInAllFourWays() {
    Literal x = s32(1, 2, 3, 4);
    assertThat(apply(new Op.Cumulative(Combiner.ADD, 0, false, false), x))
        .isEqualTo(s32(1, 3, 6, 10));
    assertThat(apply(new Op.Cumulative(Combiner.ADD, 0, true, false), x))
        .isEqualTo(s32(0, 1, 3, 6));
    assertThat(apply(new Op.Cumulative(Combiner.ADD, 0, false, true), x))
        .isEqualTo(s32(10, 9, 7, 4));
    assertThat(apply(new Op.Cumulative(Combiner.ADD, 0, true, true), x)).isEqualTo(s32(9, 7, 4, 0));
    assertThat(
            apply(
                new Op.Cumulative(Combiner.MAXIMUM, 0, false, false),
                shaped(s32(1, 9, 5, 2, 3, 8), 3, 2)))
        .isEqualTo(shaped(s32(1, 9, 5, 9, 5, 9), 3, 2));
    assertThat(
            apply(
                new Op.Cumulative(Combiner.MULTIPLY, 1, false, false),
                shaped(s32(1, 9, 5, 2, 3, 8), 2, 3)))
        .isEqualTo(shaped(s32(1, 9, 45, 2, 6, 48), 2, 3));
  }
}
