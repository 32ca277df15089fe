package io.gshard.kernels;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Strided copies and loads against index arithmetic, over generated views. */
class MoveTest {

  private record View(int[] dims, int[] strides, int start, int extent) {

    /** Where the element at a row-major position lies. */
    int at(int position) {
      int at = start;
      int rest = position;
      for (int i = dims.length - 1; i >= 0; i--) {
        at += rest % dims[i] * strides[i];
        rest /= dims[i];
      }
      return at;
    }

    int elements() {
      return Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    }
  }

  /** A permuted, perhaps reversed, repeated or gappy view of these dims. */
  private static View view(int[] dims, boolean source, Random random) {
    List<Integer> order =
        new java.util.ArrayList<>(IntStream.range(0, dims.length).boxed().toList());
    if (random.nextBoolean()) {
      Collections.shuffle(order, random);
    }
    int[] strides = new int[dims.length];
    int stride = 1 + (random.nextInt(4) == 0 ? 1 : 0);
    int start = 5;
    for (int i = dims.length - 1; i >= 0; i--) {
      int dim = order.get(i);
      if (source && random.nextInt(6) == 0) {
        continue; // repeated
      }
      strides[dim] = stride;
      stride *= dims[dim] + (random.nextInt(5) == 0 ? 1 : 0);
    }
    for (int dim = 0; dim < dims.length; dim++) {
      if (source && random.nextInt(6) == 0) {
        start += (dims[dim] - 1) * strides[dim];
        strides[dim] = -strides[dim];
      }
    }
    return new View(dims, strides, start, stride + 10);
  }

  private static int[] dims(Random random) {
    int[] dims = new int[random.nextInt(5)];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = random.nextInt(8) == 0 ? 33 + random.nextInt(10) : 1 + random.nextInt(9);
    }
    return dims;
  }

  @RepeatedTest(40)
  void copiesAndLoads(RepetitionInfo info) {
    long seed = info.getCurrentRepetition();
    for (int round = 0; round < 10; round++) {
      Random random = new Random(seed * 1000 + round);
      int[] dims = dims(random);
      View from = view(dims, true, random);
      View to = view(dims, false, random);
      String subject = "seed " + (seed * 1000 + round) + " " + from + Arrays.toString(dims);
      float[] floats = new float[from.extent + 10];
      short[] shorts = new short[floats.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = i + 1;
        shorts[i] = (short) (i + 1);
      }
      float[] out = new float[to.extent + 10];
      float[] expected = new float[out.length];
      for (int i = 0; i < from.elements(); i++) {
        expected[to.at(i)] = floats[from.at(i)];
      }
      Move.copy(floats, from.start, dims, from.strides, out, to.start, to.strides);
      assertWithMessage(subject).that(out).isEqualTo(expected);

      short[] shortOut = new short[out.length];
      Move.copy(shorts, from.start, dims, from.strides, shortOut, to.start, to.strides);
      for (int i = 0; i < out.length; i++) {
        assertWithMessage(subject).that((short) expected[i]).isEqualTo(shortOut[i]);
      }

      int start = random.nextInt(from.elements());
      int n = random.nextInt(from.elements() - start + 1);
      float[] block = new float[n + 4];
      Move.load(floats, from.start, dims, from.strides, start, n, block, 2);
      for (int i = 0; i < n; i++) {
        assertWithMessage(subject + " load " + start + "+" + n)
            .that(block[2 + i])
            .isEqualTo(floats[from.at(start + i)]);
      }
      assertThat(block[0] + block[1] + block[n + 2] + block[n + 3]).isEqualTo(0f);
    }
  }

  @Test
  void emptyDimsMoveNothing() {
    float[] out = {7};
    Move.copy(new float[1], 0, new int[] {3, 0}, new int[] {0, 1}, out, 0, new int[] {0, 1});
    assertThat(out[0]).isEqualTo(7f);
  }

  @Test
  void iotaCountsAlongItsDim() {
    int[] out = new int[24];
    Move.iota(new int[] {2, 3, 4}, 1, 0, 24, out, 0);
    for (int i = 0; i < 24; i++) {
      assertThat(out[i]).isEqualTo(i / 4 % 3);
    }
    float[] part = new float[7];
    Move.iota(new int[] {2, 3, 4}, 2, 5, 7, part, 0);
    assertThat(part).isEqualTo(new float[] {1, 2, 3, 0, 1, 2, 3});
  }
}
