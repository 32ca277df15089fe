package io.gshard.eval;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.eval.Literals.apply;
import static io.gshard.eval.Literals.counting;
import static io.gshard.eval.Literals.index;
import static io.gshard.eval.Literals.s32;
import static io.gshard.eval.Literals.shaped;

import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MovementTest {
  /** [[0, 1, 2], [3, 4, 5]]. */
  private final Literal x = counting(DType.S32, 2, 3);

  @Test
  void iotaCountsAlongItsDim() {
    assertThat(apply(new Op.Iota(Shape.of(DType.S32, 2, 3), 1)))
        .isEqualTo(shaped(s32(0, 1, 2, 0, 1, 2), 2, 3));
    assertThat(apply(new Op.Iota(Shape.of(DType.F32, 2, 2), 0)))
        .isEqualTo(shaped(Literals.f32(0, 0, 1, 1), 2, 2));
  }

  @Test
  void broadcastRepeatsMissingDims() {
    assertThat(apply(new Op.Broadcast(List.of(2L, 3L), List.of(0)), s32(7, 8)))
        .isEqualTo(shaped(s32(7, 7, 7, 8, 8, 8), 2, 3));
    assertThat(apply(new Op.Broadcast(List.of(2L, 3L), List.of(1)), s32(7, 8, 9)))
        .isEqualTo(shaped(s32(7, 8, 9, 7, 8, 9), 2, 3));
  }

  @Test
  void reshapeKeepsRowMajorOrder() {
    assertThat(apply(new Op.Reshape(List.of(3L, 2L)), x))
        .isEqualTo(shaped(s32(0, 1, 2, 3, 4, 5), 3, 2));
  }

  @Test
  void transposeAndReverse() {
    assertThat(apply(new Op.Transpose(List.of(1, 0)), x))
        .isEqualTo(shaped(s32(0, 3, 1, 4, 2, 5), 3, 2));
    Literal deep = counting(DType.S32, 2, 3, 4);
    Literal turned = apply(new Op.Transpose(List.of(2, 0, 1)), deep);
    assertThat(turned.shape()).isEqualTo(Shape.of(DType.S32, 4, 2, 3));
    // turned[3, 1, 2] = deep[1, 2, 3]
    assertThat(turned.integer(3 * 6 + 1 * 3 + 2)).isEqualTo(1 * 12 + 2 * 4 + 3);
    assertThat(apply(new Op.Reverse(List.of(1)), x)).isEqualTo(shaped(s32(2, 1, 0, 5, 4, 3), 2, 3));
  }

  @Test
  void sliceWithStrides() {
    assertThat(apply(new Op.Slice(List.of(0L, 0L), List.of(2L, 3L), List.of(1L, 2L)), x))
        .isEqualTo(shaped(s32(0, 2, 3, 5), 2, 2));
    assertThat(apply(new Op.Slice(List.of(1L, 1L), List.of(2L, 3L), List.of(1L, 1L)), x))
        .isEqualTo(shaped(s32(4, 5), 1, 2));
  }

  @Test
  void padWithInteriorAndCropping() {
    assertThat(apply(new Op.Pad(List.of(1L), List.of(2L), List.of(1L)), s32(1, 2, 3), index(9)))
        .isEqualTo(s32(9, 1, 9, 2, 9, 3, 9, 9));
    assertThat(apply(new Op.Pad(List.of(-1L), List.of(1L), List.of(0L)), s32(1, 2, 3), index(9)))
        .isEqualTo(s32(2, 3, 9));
    // Interior first, then cropped: 1 9 2 9 3 loses one at each end.
    assertThat(apply(new Op.Pad(List.of(-1L), List.of(-1L), List.of(1L)), s32(1, 2, 3), index(9)))
        .isEqualTo(s32(9, 2, 9));
  }

  @Test
  void concatenateAlongEachDim() {
    Literal more = shaped(s32(10, 11), 2, 1);
    assertThat(apply(new Op.Concatenate(1), x, more))
        .isEqualTo(shaped(s32(0, 1, 2, 10, 3, 4, 5, 11), 2, 4));
    assertThat(apply(new Op.Concatenate(0), s32(1), s32(2, 3), s32())).isEqualTo(s32(1, 2, 3));
  }

  @Test
  void dynamicSliceClampsItsStart() {
    Op op = new Op.DynamicSlice(List.of(1L, 2L));
    assertThat(apply(op, x, index(1), index(1))).isEqualTo(shaped(s32(4, 5), 1, 2));
    assertThat(apply(op, x, index(9), index(-9))).isEqualTo(shaped(s32(3, 4), 1, 2));
  }

  @Test
  void dynamicUpdateSliceClampsItsStart() {
    Literal update = shaped(s32(70, 80), 1, 2);
    assertThat(apply(new Op.DynamicUpdateSlice(), x, update, index(0), index(7)))
        .isEqualTo(shaped(s32(0, 70, 80, 3, 4, 5), 2, 3));
  }
}
