package io.gshard.op;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each op with a shape it gives and a mistake it refuses. */
final class ShapeInferenceTest {

  @Test
  void dot() {
    Op dot = new Op.Dot(List.of(0), List.of(1), List.of(2), List.of(0), null);
    gives(f32(4, 5, 7), dot, f32(4, 5, 6), f32(6, 4, 7));
    refuses(
        "dot of f32[4,5,6] and f32[8,4,7]: dim 2 has size 6, dim 0 of the other has 8",
        dot,
        f32(4, 5, 6),
        f32(8, 4, 7));
  }

  @Test
  void elementwise() {
    gives(f32(2), new Op.Binary(Op.BinaryKind.ADD), f32(2), f32(2));
    refuses(
        "add of f32[2] and bf16[2]: the element types differ; convert one",
        new Op.Binary(Op.BinaryKind.ADD),
        f32(2),
        Shape.of(DType.BF16, 2));
    refuses(
        "exponential of s32[2]: the element type does not fit",
        new Op.Unary(Op.UnaryKind.EXP),
        Shape.of(DType.S32, 2));
    refuses(
        "select chooses by a pred tensor, found f32[2]", new Op.Select(), f32(2), f32(2), f32(2));
    refuses("add takes 2 operands, found 1", new Op.Binary(Op.BinaryKind.ADD), f32(2));
  }

  @Test
  void movement() {
    gives(f32(3, 2), new Op.Broadcast(List.of(3L, 2L), List.of(1)), f32(2));
    refuses(
        "broadcast of f32[2] to f32[3,4]: dim 0 has size 2, dim 1 of the result has 4",
        new Op.Broadcast(List.of(3L, 4L), List.of(1)),
        f32(2));
    refuses(
        "reshape of f32[2,3] (6 elements) to f32[4] (4 elements): the numbers of elements differ",
        new Op.Reshape(List.of(4L)),
        f32(2, 3));
    gives(f32(2), new Op.Slice(List.of(1L), List.of(5L), List.of(2L)), f32(6));
    refuses(
        "slice [1:9:2] of dim 0 of f32[6]: expected 0 <= start <= limit <= 6 and stride >= 1",
        new Op.Slice(List.of(1L), List.of(9L), List.of(2L)),
        f32(6));
    gives(
        f32(8),
        new Op.Pad(List.of(-1L), List.of(2L), List.of(1L)),
        f32(4),
        Shape.scalar(DType.F32));
    refuses(
        "concatenate along dim 0: f32[2,3] and f32[2,4] differ elsewhere",
        new Op.Concatenate(0),
        f32(2, 3),
        f32(2, 4));
  }

  @Test
  void batchingDimsGoInPairs() {
    Shape indices = Shape.of(DType.S32, 4, 2, 1);
    Op of = gather(List.of(0), List.of(0));
    assertThat(ShapeInference.infer(of, List.of(f32(4, 8), indices))).isEqualTo(f32(4, 2));
    refuses(
        "gather: 1 batching dims of f32[4,8], but 2 of the indices s32[4,2,1]",
        gather(List.of(0), List.of(0, 1)),
        f32(4, 8),
        indices);
    refuses(
        "gather: dim 1 of the indices s32[4,2,1] is no batching dim for dim 0 of f32[4,8]",
        gather(List.of(0), List.of(1)),
        f32(4, 8),
        indices);
    Op put =
        new Op.Scatter(Combiner.ADD, List.of(), List.of(1), List.of(0), List.of(2), List.of(1), 2);
    refuses(
        "scatter: dim 2 of the indices s32[4,2,1] is no batching dim for dim 0 of f32[4,8]",
        put,
        f32(4, 8),
        indices,
        f32(4, 2));
  }

  private static Op gather(List<Integer> operandBatching, List<Integer> indexBatching) {
    return new Op.Gather(
        List.of(), List.of(1), operandBatching, indexBatching, List.of(1), 2, List.of(1L, 1L));
  }

  @Test
  void gatherOfRows() {
    Op take =
        new Op.Gather(List.of(2), List.of(0), List.of(), List.of(), List.of(0), 2, List.of(1L, 8L));
    gives(f32(2, 3, 8), take, f32(100, 8), Shape.of(DType.S32, 2, 3));
    refuses("gather's indices must be integers, found f32[2,3]", take, f32(100, 8), f32(2, 3));
  }

  @Test
  void collectivesNeedAMesh() {
    Op gather = new Op.AllGather(0, List.of("x"));
    assertThat(ShapeInference.infer(gather, List.of(f32(2, 3)), axes -> 4)).isEqualTo(f32(8, 3));
    refuses("a collective over [x] where there is no mesh", gather, f32(2, 3));
    Op split = new Op.ReduceScatter(Combiner.ADD, 1, List.of("x"));
    assertThat(
            assertThrows(
                ShapeException.class,
                () -> ShapeInference.infer(split, List.of(f32(2, 3)), axes -> 4)))
        .hasMessageThat()
        .isEqualTo("reduce-scatter: dim 1 of f32[2,3] does not divide into 4 parts");
  }

  private static Shape f32(long... dims) {
    return Shape.of(DType.F32, dims);
  }

  private static void gives(Shape expected, Op op, Shape... operands) {
    assertThat(ShapeInference.infer(op, Arrays.asList(operands))).isEqualTo(expected);
  }

  private static void refuses(String message, Op op, Shape... operands) {
    assertThat(
            assertThrows(
                ShapeException.class, () -> ShapeInference.infer(op, Arrays.asList(operands))))
        .hasMessageThat()
        .isEqualTo(message);
  }
}
