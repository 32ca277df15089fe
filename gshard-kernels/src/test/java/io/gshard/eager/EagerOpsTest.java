package io.gshard.eager;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Hand-written cases; the conformance suite in gshard-processor compares every op with the
 * reference.
 */
final class EagerOpsTest {

  private static Tensor f32(double[] values, long... dims) {
    return Ops.constant(Literal.ofReals(Shape.of(DType.F32, dims), values));
  }

  private static Tensor ints(DType type, long[] values, long... dims) {
    return Ops.constant(Literal.ofIntegers(Shape.of(type, dims), values));
  }

  @Test
  void theServiceIsFound() {
    assertThat(Engine.current()).isInstanceOf(EagerEngine.class);
  }

  @Test
  void dotOfAnyDimOrder() {
    // lhs [k, b, m], rhs [n, k, b]: result [b, m, n]
    int k = 9, b = 2, m = 3, n = 5;
    Random random = new Random(1);
    double[] lhs = random.doubles(k * b * m).toArray();
    double[] rhs = random.doubles(n * k * b).toArray();
    Tensor found =
        Ops.apply(
            new Op.Dot(List.of(1), List.of(2), List.of(0), List.of(1), null),
            f32(lhs, k, b, m),
            f32(rhs, n, k, b));
    for (int ib = 0; ib < b; ib++) {
      for (int im = 0; im < m; im++) {
        for (int in = 0; in < n; in++) {
          double sum = 0;
          for (int ik = 0; ik < k; ik++) {
            sum += lhs[(ik * b + ib) * m + im] * rhs[(in * k + ik) * b + ib];
          }
          assertThat(found.literal().real((ib * m + im) * n + in)).isWithin(1e-5).of(sum);
        }
      }
    }
  }

  @Test
  void reduceOfDimsThatAreNotNeighbours() {
    double[] x = new Random(2).doubles(2 * 3 * 4).toArray();
    Literal found = Ops.sum(f32(x, 2, 3, 4), 0, 2).literal();
    for (int j = 0; j < 3; j++) {
      double sum = 0;
      for (int i = 0; i < 2; i++) {
        for (int l = 0; l < 4; l++) {
          sum += x[(i * 3 + j) * 4 + l];
        }
      }
      assertThat(found.real(j)).isWithin(1e-5).of(sum);
    }
  }

  @Test
  void unsignedDiffersFromSigned() {
    Tensor u = ints(DType.U32, new long[] {0xffffffffL, 7}, 2);
    Tensor two = ints(DType.U32, new long[] {2, 2}, 2);
    assertThat(Ops.divide(u, two).literal().integer(0)).isEqualTo(0x7fffffffL);
    assertThat(Ops.greater(u, two).literal().integer(0)).isEqualTo(1);
    assertThat(Ops.convert(u, DType.F32).literal().real(0)).isEqualTo(0x1p32);
    assertThat(Ops.max(u).literal().integer(0)).isEqualTo(0xffffffffL);
  }

  @Test
  void bf16IsRoundedAfterEachOp() {
    Tensor x = Ops.constant(Literal.ofReals(Shape.of(DType.BF16, 1), 256));
    Tensor one = Ops.constant(Literal.ofReals(Shape.of(DType.BF16, 1), 1));
    assertThat(Ops.add(x, one).literal().real(0)).isEqualTo(256.0);
    assertThat(Ops.add(Ops.convert(x, DType.F32), Ops.convert(one, DType.F32)).scalar())
        .isEqualTo(257.0);
  }

  @Test
  void padCropsAndPutsBetween() {
    Tensor x = ints(DType.S32, new long[] {1, 2, 3}, 3);
    Tensor nine = Ops.constant(DType.S32, 9);
    Op crop = new Op.Pad(List.of(-1L), List.of(-1L), List.of(1L));
    assertThat(Ops.apply(crop, x, nine).literal().toInts()).isEqualTo(new int[] {9, 2, 9});
    Op all = new Op.Pad(List.of(-9L), List.of(8L), List.of(0L));
    assertThat(Ops.apply(all, x, nine).literal().toInts()).isEqualTo(new int[] {9, 9});
  }

  @Test
  void indicesAreClamped() {
    Tensor x = f32(new double[] {1, 2, 3, 4}, 4);
    Tensor far = Ops.constant(DType.U32, 0xfffffff0L);
    assertThat(Ops.dynamicSlice(x, 0, far, 2).literal().toFloats()).isEqualTo(new float[] {3, 4});
    Tensor before = Ops.constant(DType.S32, -5);
    assertThat(Ops.dynamicSlice(x, 0, before, 2).literal().toFloats())
        .isEqualTo(new float[] {1, 2});
  }

  @Test
  void whatThereIsNotIsRefused() {
    Literal wide = Literal.ofReals(Shape.of(DType.F64, 1), 1);
    var type = assertThrows(ShapeException.class, () -> Ops.constant(wide));
    assertThat(type)
        .hasMessageThat()
        .isEqualTo("eager mode has no f64; it has f32, bf16, s32, u32 and pred");
    var collective =
        assertThrows(
            ShapeException.class,
            () ->
                Ops.apply(
                    new Op.AllReduce(Combiner.ADD, List.of("x")), Ops.constant(DType.F32, 1)));
    assertThat(collective)
        .hasMessageThat()
        .isEqualTo(
            "all-reduce in eager mode, which has one device; it belongs in compiled programs");
  }
}
