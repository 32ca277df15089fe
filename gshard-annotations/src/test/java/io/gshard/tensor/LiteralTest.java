package io.gshard.tensor;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class LiteralTest {

  @Test
  void integersWrapToTheirType() {
    assertThat(Literal.wrap(DType.S8, 200)).isEqualTo(-56);
    assertThat(Literal.wrap(DType.U8, -1)).isEqualTo(255);
    assertThat(Literal.wrap(DType.S32, 1L << 31)).isEqualTo(Integer.MIN_VALUE);
    assertThat(Literal.wrap(DType.U32, -1)).isEqualTo(0xffffffffL);
    assertThat(Literal.wrap(DType.PRED, 7)).isEqualTo(1);
  }

  @Test
  void bf16IsTheNearestWithTiesToEven() {
    double ulp = Math.scalb(1.0, -7);
    assertThat(Literal.round(DType.BF16, 1 + 0.4 * ulp)).isEqualTo(1.0);
    assertThat(Literal.round(DType.BF16, 1 + 0.5 * ulp)).isEqualTo(1.0);
    assertThat(Literal.round(DType.BF16, 1 + 1.5 * ulp)).isEqualTo(1 + 2 * ulp);
    // Just above a tie, by less than a float can tell: two roundings would go wrong.
    assertThat(Literal.round(DType.BF16, 1 + 0.5 * ulp + Math.scalb(1.0, -40))).isEqualTo(1 + ulp);
    assertThat(Literal.round(DType.BF16, 1e40)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Literal.round(DType.BF16, Double.NaN)).isNaN();
  }

  @Test
  void f16IsTheNearestOfItsNeighbours() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      double value = random.nextGaussian() * Math.scalb(1.0, random.nextInt(20) - 12);
      double rounded = Literal.round(DType.F16, value);
      short bits = Float.floatToFloat16((float) rounded);
      for (int step : new int[] {-1, 1}) {
        float neighbour = Float.float16ToFloat((short) (bits + step));
        if (Float.isFinite(neighbour)) {
          assertThat(Math.abs(rounded - value)).isAtMost(Math.abs(neighbour - value));
        }
      }
    }
  }

  @Test
  void theNumberOfValuesMustFit() {
    Shape shape = Shape.of(DType.F32, 2, 2);
    assertThat(assertThrows(ShapeException.class, () -> Literal.ofReals(shape, 1, 2, 3)))
        .hasMessageThat()
        .isEqualTo("3 values given for f32[2,2], which has 4 elements");
  }

  @Test
  void elementsAsText() {
    assertThat(Literal.scalar(DType.PRED, 1).text(0)).isEqualTo("true");
    assertThat(Literal.scalar(DType.S32, -3).text(0)).isEqualTo("-3");
    assertThat(Literal.ofInts(Shape.of(DType.U32, 1), new int[] {-1}).text(0))
        .isEqualTo("4294967295");
    assertThat(Literal.scalar(DType.F32, 0.1f).text(0)).isEqualTo("0.1");
    assertThat(Literal.scalar(DType.F64, 0.1f).text(0)).isEqualTo("0.10000000149011612");
    assertThat(Literal.scalar(DType.F32, Double.NaN).text(0)).isEqualTo("NaN");
  }
}
