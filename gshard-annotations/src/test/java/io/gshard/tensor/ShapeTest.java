package io.gshard.tensor;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class ShapeTest {
  private static final Shape SHAPE = Shape.of(DType.BF16, 2, 3, 5);

  @Test
  void sizes() {
    assertThat(SHAPE.elements()).isEqualTo(30);
    assertThat(SHAPE.bytes()).isEqualTo(60);
    assertThat(SHAPE.strides()).isEqualTo(new long[] {15, 5, 1});
    assertThat(Shape.scalar(DType.F32).elements()).isEqualTo(1);
    assertThat(Shape.of(DType.F32, 2048, 1024, 8192).elements()).isEqualTo(17_179_869_184L);
    assertThat(SHAPE.toString()).isEqualTo("bf16[2,3,5]");
  }

  @Test
  void dimsAreCountedFromEitherEnd() {
    assertThat(SHAPE.dimIndex(2)).isEqualTo(2);
    assertThat(SHAPE.dimIndex(-1)).isEqualTo(2);
    assertThat(SHAPE.dimIndex(-3)).isEqualTo(0);
    for (int bad : new int[] {3, -4, 5}) {
      assertThat(assertThrows(ShapeException.class, () -> SHAPE.dimIndex(bad)))
          .hasMessageThat()
          .isEqualTo("bf16[2,3,5] has no dim " + bad + "; expected -3 to 2");
    }
  }

  @Test
  void negativeSizesAreRefused() {
    assertThat(assertThrows(ShapeException.class, () -> Shape.of(DType.F32, 2, -1)))
        .hasMessageThat()
        .isEqualTo("a dim of size -1 in [2, -1]: sizes are 0 or more");
  }
}
