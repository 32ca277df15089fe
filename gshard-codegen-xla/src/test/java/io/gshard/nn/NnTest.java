package io.gshard.nn;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class NnTest {
  private static final int ROWS = 3;
  private static final int SIZE = 5;

  private final Random random = new Random(2);
  private final Literal x = Run.random(random, Shape.of(DType.F64, ROWS, SIZE), -3, 3);
  private final Literal scale = Run.random(random, Shape.of(DType.F64, SIZE), 0.5, 2);
  private final Literal bias = Run.random(random, Shape.of(DType.F64, SIZE), -1, 1);

  private static void check(Literal found, IntToDoubleFunction expected) {
    for (int i = 0; i < found.shape().elements(); i++) {
      assertWithMessage("element " + i)
          .that(found.real(i))
          .isWithin(1e-9)
          .of(expected.applyAsDouble(i));
    }
  }

  private double[] row(int row) {
    return IntStream.range(0, SIZE).mapToDouble(i -> x.real(row * SIZE + i)).toArray();
  }

  private double sumExp(int row) {
    return Arrays.stream(row(row)).map(Math::exp).sum();
  }

  private double mean(int row) {
    return Arrays.stream(row(row)).average().getAsDouble();
  }

  private double meanSquare(int row, double without) {
    return Arrays.stream(row(row)).map(v -> (v - without) * (v - without)).average().getAsDouble();
  }

  @Test
  void softmaxes() {
    check(Run.one(a -> Nn.softmax(a.get(0)), x), i -> Math.exp(x.real(i)) / sumExp(i / SIZE));
    check(Run.one(a -> Nn.logSoftmax(a.get(0)), x), i -> x.real(i) - Math.log(sumExp(i / SIZE)));
    check(Run.one(a -> Nn.logSumExp(a.get(0)), x), i -> Math.log(sumExp(i)));
    Literal large = Literal.ofReals(Shape.of(DType.F32, 2), 1000, 1000);
    check(Run.one(a -> Nn.softmax(a.get(0)), large), i -> 0.5);
  }

  @Test
  void norms() {
    check(
        Run.one(a -> Nn.layerNorm(a.get(0), a.get(1), a.get(2)), x, scale, bias),
        i -> {
          double mean = mean(i / SIZE);
          double deviation = Math.sqrt(meanSquare(i / SIZE, mean) + 1e-6);
          return (x.real(i) - mean) / deviation * scale.real(i % SIZE) + bias.real(i % SIZE);
        });
    check(
        Run.one(a -> Nn.rmsNorm(a.get(0), a.get(1)), x, scale),
        i -> x.real(i) / Math.sqrt(meanSquare(i / SIZE, 0) + 1e-6) * scale.real(i % SIZE));
  }

  @Test
  void activations() {
    check(Run.one(a -> Nn.sigmoid(a.get(0)), x), i -> 1 / (1 + Math.exp(-x.real(i))));
    check(Run.one(a -> Nn.silu(a.get(0)), x), i -> x.real(i) / (1 + Math.exp(-x.real(i))));
    // Values of the normal distribution's table.
    Literal table = Literal.ofReals(Shape.of(DType.F64, 3), -1, 0, 2);
    Literal gelu = Run.one(a -> Nn.gelu(a.get(0)), table);
    assertThat(gelu.real(0)).isWithin(1e-6).of(-0.15865525);
    assertThat(gelu.real(1)).isEqualTo(0.0);
    assertThat(gelu.real(2)).isWithin(1e-6).of(2 * 0.97724987);
  }

  @Test
  void indices() {
    Literal ids = Run.s32(2, 0, 7);
    assertThat(Run.one(a -> Nn.oneHot(a.get(0), 3, DType.F32), ids))
        .isEqualTo(Literal.ofReals(Shape.of(DType.F32, 3, 3), 0, 0, 1, 1, 0, 0, 0, 0, 0));
    Literal ties = Literal.ofReals(Shape.of(DType.F32, 2, 3), 1, 4, 4, 2, 2, 1);
    assertThat(Run.one(a -> Nn.argmax(a.get(0), -1), ties)).isEqualTo(Run.s32(1, 0));
    assertThat(Run.one(a -> Nn.argmax(a.get(0), 0), ties)).isEqualTo(Run.s32(1, 0, 0));

    Literal table = Literal.ofReals(Shape.of(DType.F32, 3, 2), 1, 2, 3, 4, 5, 6);
    Literal taken = Run.one(a -> Nn.take(a.get(0), a.get(1)), table, Run.matrix(2, 2, 0, 2, 1, 9));
    assertThat(taken)
        .isEqualTo(Literal.ofReals(Shape.of(DType.F32, 2, 2, 2), 1, 2, 5, 6, 3, 4, 5, 6));
    Literal updates = Literal.ofReals(Shape.of(DType.F32, 3, 2), 10, 20, 30, 40, 50, 60);
    assertThat(
            Run.one(
                a -> Nn.scatterAdd(a.get(0), a.get(1), a.get(2)), table, Run.s32(1, 1, 9), updates))
        .isEqualTo(Literal.ofReals(Shape.of(DType.F32, 3, 2), 1, 2, 43, 64, 5, 6));
  }

  @Test
  void crossEntropyWithAndWithoutSmoothing() {
    Literal labels = Run.s32(4, 0, 2);
    int[] label = labels.toInts();
    check(
        Run.one(a -> Nn.crossEntropy(a.get(0), a.get(1), 0), x, labels),
        i -> Math.log(sumExp(i)) - x.real(i * SIZE + label[i]));
    check(
        Run.one(a -> Nn.crossEntropy(a.get(0), a.get(1), 0.1), x, labels),
        i -> {
          double loss = 0;
          for (int v = 0; v < SIZE; v++) {
            double target = 0.1 / SIZE + (v == label[i] ? 0.9 : 0);
            loss -= target * (x.real(i * SIZE + v) - Math.log(sumExp(i)));
          }
          return loss;
        });
    ShapeException wrong =
        assertThrows(
            ShapeException.class,
            () -> Run.one(a -> Nn.crossEntropy(a.get(0), a.get(1), 0), x, Run.s32(1, 2)));
    assertThat(wrong)
        .hasMessageThat()
        .isEqualTo("cross entropy of logits f64[3,5] takes labels of dims [3], found s32[2]");
  }

  @Test
  void masks() {
    Literal causal = Run.one(a -> Nn.causalMask(3));
    assertThat(causal)
        .isEqualTo(Literal.ofIntegers(Shape.of(DType.PRED, 3, 3), 1, 0, 0, 1, 1, 0, 1, 1, 1));
    Literal segments = Run.matrix(1, 3, 1, 1, 2);
    assertThat(Run.one(a -> Nn.causalSegmentMask(a.get(0)), segments))
        .isEqualTo(Literal.ofIntegers(Shape.of(DType.PRED, 1, 3, 3), 1, 0, 0, 1, 1, 0, 0, 0, 1));
    assertThat(Run.one(a -> Nn.segmentMask(a.get(0), a.get(1)), segments, Run.matrix(1, 2, 2, 1)))
        .isEqualTo(Literal.ofIntegers(Shape.of(DType.PRED, 1, 3, 2), 0, 1, 0, 1, 1, 0));
  }

  @Test
  void attentionByItsDefinition() {
    attention(3, 4);
  }

  @Test
  void attentionOfManyQueriesInBlocks() {
    attention(300, 5);
  }

  private void attention(int queries, int keys) {
    int b = 2;
    int heads = 2;
    int size = 3;
    Literal q = Run.random(random, Shape.of(DType.F64, b, queries, heads, size), -1, 1);
    Literal k = Run.random(random, Shape.of(DType.F64, b, keys, heads, size), -1, 1);
    Literal v = Run.random(random, Shape.of(DType.F64, b, keys, heads, size), -1, 1);
    long[] mask = new long[b * queries * keys];
    Arrays.setAll(mask, i -> i % keys == 0 || random.nextBoolean() ? 1 : 0);
    Literal visible = Literal.ofIntegers(Shape.of(DType.PRED, b, queries, keys), mask);
    Literal found =
        Run.one(
            a -> Nn.dotProductAttention(a.get(0), a.get(1), a.get(2), a.get(3)), q, k, v, visible);
    check(
        found,
        i -> {
          int d = i % size;
          int head = i / size % heads;
          int query = i / size / heads % queries;
          int batch = i / size / heads / queries;
          double total = 0;
          double sum = 0;
          for (int key = 0; key < keys; key++) {
            if (mask[(batch * queries + query) * keys + key] == 0) {
              continue;
            }
            double logit = 0;
            for (int j = 0; j < size; j++) {
              logit +=
                  q.real(((batch * queries + query) * heads + head) * size + j)
                      * k.real(((batch * keys + key) * heads + head) * size + j);
            }
            double weight = Math.exp(logit / Math.sqrt(size));
            total += weight;
            sum += weight * v.real(((batch * keys + key) * heads + head) * size + d);
          }
          return sum / total;
        });
  }

  @Test
  void positions() {
    Literal positions = Run.s32(0, 1, 9);
    check(
        Run.one(a -> Nn.sinusoidalPositions(a.get(0), 6, DType.F64), positions),
        i -> {
          int column = i % 6;
          double angle = positions.real(i / 6) * Math.pow(10000, -(column % 3) / 2.0);
          return column < 3 ? Math.sin(angle) : Math.cos(angle);
        });
    assertThat(
            assertThrows(
                IllegalArgumentException.class,
                () -> Run.one(a -> Nn.sinusoidalPositions(a.get(0), 5, DType.F64), positions)))
        .hasMessageThat()
        .isEqualTo("sinusoidal positions of size 5: it must be even");
  }

  @Test
  void slicesAtComputedIndices() {
    Literal table = Literal.ofReals(Shape.of(DType.F32, 3, 2), 1, 2, 3, 4, 5, 6);
    Literal one = Literal.scalar(DType.S32, 1);
    assertThat(Run.one(a -> Ops.dynamicSlice(a.get(0), 0, a.get(1), 2), table, one))
        .isEqualTo(Literal.ofReals(Shape.of(DType.F32, 2, 2), 3, 4, 5, 6));
    assertThat(Run.one(a -> Ops.dynamicSlice(a.get(0), 0, a.get(1), 1, 1, a.get(1), 1), table, one))
        .isEqualTo(Literal.ofReals(Shape.of(DType.F32, 1, 1), 4));
    Literal row = Literal.ofReals(Shape.of(DType.F32, 1, 2), 8, 9);
    assertThat(Run.one(a -> Ops.dynamicUpdate(a.get(0), a.get(1), 0, a.get(2)), table, row, one))
        .isEqualTo(Literal.ofReals(Shape.of(DType.F32, 3, 2), 1, 2, 8, 9, 5, 6));
    Literal cell = Literal.ofReals(Shape.of(DType.F32, 1, 1), 7);
    assertThat(
            Run.one(
                a -> Ops.dynamicUpdate(a.get(0), a.get(1), -2, a.get(2), -1, a.get(2)),
                table,
                cell,
                one))
        .isEqualTo(Literal.ofReals(Shape.of(DType.F32, 3, 2), 1, 2, 3, 7, 5, 6));
  }
}
