package io.gshard.eval;

import io.gshard.hlo.Type;
import io.gshard.op.Casts;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * HLO's rng-bit-generator, bit by bit as XLA has it: Threefry-2x32 of 20 rounds and Philox-4x32 of
 * 10 (Salmon and others, "Parallel random numbers: as easy as 1, 2, 3", 2011). The state is u64[2]
 * or u64[3]: a key, then a counter. The default algorithm is Philox, as on XLA's CPU.
 */
final class RandomBits {
  private static final int[] ROTATIONS = {13, 15, 26, 6, 17, 29, 16, 24};

  private RandomBits() {}

  static Value generate(String algorithm, Literal state, Type.Tuple type) {
    Shape shape = type.elements().get(1).leaves().getFirst();
    long[] next = new long[(int) state.shape().elements()];
    for (int i = 0; i < next.length; i++) {
      next[i] = state.integer(i);
    }
    long[] words =
        switch (algorithm) {
          case "rng_three_fry" -> threefry(next, shape);
          case "rng_philox", "rng_default" -> philox(next, shape);
          default -> throw new IllegalArgumentException("no random bits by " + algorithm);
        };
    Cells cells = new Cells(shape);
    for (int i = 0; i < words.length; i++) {
      if (cells.isFloating()) {
        cells.real(i, Casts.fromBits(shape.type(), words[i]));
      } else {
        cells.integer(i, words[i]);
      }
    }
    return new Value.Tuple(
        List.of(
            Value.same(Literal.ofIntegers(state.shape(), next), 1),
            Value.same(cells.literal(), 1)));
  }

  /** Words of 64 bits come one from a block; of 32 bits, two, side by side along an even dim. */
  private static long[] threefry(long[] state, Shape shape) {
    long[] words = new long[(int) shape.elements()];
    if (shape.type().bits() == 64) {
      for (int i = 0; i < words.length; i++) {
        words[i] = threefryBlock(state[0], state[1] + i);
      }
      state[1] += words.length;
      return words;
    }
    int split = splitDim(shape);
    Shape halves = shape.isScalar() ? shape : shape.withDim(split, (shape.dim(split) + 1) / 2);
    Indices.forEach(
        shape.dims(),
        index -> {
          long[] half = index.clone();
          boolean second = half.length > 0 && half[split] % 2 == 1;
          if (half.length > 0) {
            half[split] /= 2;
          }
          long block = threefryBlock(state[0], state[1] + Indices.position(halves.dims(), half));
          words[(int) Indices.position(shape.dims(), index)] =
              second ? block >>> 32 : block & 0xffffffffL;
        });
    state[1] += halves.elements();
    return words;
  }

  /** The first even dim, else the first of the largest. */
  private static int splitDim(Shape shape) {
    int largest = 0;
    for (int i = 0; i < shape.rank(); i++) {
      if (shape.dim(i) % 2 == 0) {
        return i;
      }
      if (shape.dim(i) > shape.dim(largest)) {
        largest = i;
      }
    }
    return largest;
  }

  private static long threefryBlock(long key, long counter) {
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    int[] keys = {k0, k1, 0x1bd11bda ^ k0 ^ k1};
    int x = (int) counter + k0;
    int y = (int) (counter >>> 32) + k1;
    for (int group = 0; group < 5; group++) {
      for (int i = 0; i < 4; i++) {
        x += y;
        y = x ^ Integer.rotateLeft(y, ROTATIONS[group % 2 * 4 + i]);
      }
      x += keys[(group + 1) % 3];
      y += keys[(group + 2) % 3] + group + 1;
    }
    return Integer.toUnsignedLong(x) | ((long) y << 32);
  }

  private static long[] philox(long[] state, Shape shape) {
    long[] words = new long[(int) shape.elements()];
    boolean three = state.length >= 3;
    long low = state[1];
    long high = three ? state[2] : state[0];
    int perBlock = shape.type().bits() == 64 ? 2 : 4;
    int blocks = (words.length + perBlock - 1) / perBlock;
    for (int i = 0; i < blocks; i++) {
      int[] block = philoxBlock(state[0], low + i, carried(low, i, high));
      for (int j = 0; j < perBlock && i * perBlock + j < words.length; j++) {
        words[i * perBlock + j] =
            perBlock == 4
                ? Integer.toUnsignedLong(block[j])
                : Integer.toUnsignedLong(block[2 * j]) | ((long) block[2 * j + 1] << 32);
      }
    }
    state[1] = low + blocks;
    if (three) {
      state[2] = carried(low, blocks, high);
    }
    return words;
  }

  /** The high word of a sum with a counter of two words. */
  private static long carried(long low, long added, long high) {
    return Long.compareUnsigned(low + added, low) < 0 ? high + 1 : high;
  }

  private static int[] philoxBlock(long key, long low, long high) {
    int[] x = {(int) low, (int) (low >>> 32), (int) high, (int) (high >>> 32)};
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < 10; round++) {
      long first = Integer.toUnsignedLong(x[0]) * 0xd2511f53L;
      long second = Integer.toUnsignedLong(x[2]) * 0xcd9e8d57L;
      x =
          new int[] {
            (int) (second >>> 32) ^ x[1] ^ k0,
            (int) second,
            (int) (first >>> 32) ^ x[3] ^ k1,
            (int) first
          };
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    return x;
  }
}
