package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.op.Op.BinaryKind;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * HLO's rng-bit-generator for all blocks at once: Threefry-2x32 of 20 rounds and Philox-4x32 of 10
 * (Salmon and others, "Parallel random numbers: as easy as 1, 2, 3", 2011), bits as XLA gives them.
 * The state is u64[2] or u64[3]: a key, then a counter.
 */
final class RandomWords {
  private static final int[] ROTATIONS = {13, 15, 26, 6, 17, 29, 16, 24};

  private final Arrays arrays;
  private final Shape shape;
  private final List<Instruction> state = new ArrayList<>();

  private RandomWords(Arrays arrays, Shape shape, Instruction state) {
    this.arrays = arrays;
    this.shape = shape;
    for (int i = 0; i < state.shape().dim(0); i++) {
      this.state.add(arrays.slice(state, 0, i, i + 1, 1));
    }
  }

  /** The new state and the bits. */
  static List<Instruction> generate(Arrays arrays, ArrayOp.RngBitGenerator op, Instruction before) {
    Shape shape = op.type().leaves().get(1);
    RandomWords words = new RandomWords(arrays, shape, before);
    Instruction bits = op.algorithm().equals("rng_three_fry") ? words.threefry() : words.philox();
    return List.of(arrays.concatenate(words.state, 0), words.typed(bits));
  }

  static boolean isKnown(ArrayOp.RngBitGenerator op) {
    return List.of("rng_three_fry", "rng_philox", "rng_default").contains(op.algorithm());
  }

  /** Unsigned words of as many bits as the type has, then the type. */
  private Instruction typed(Instruction words) {
    DType type = shape.type();
    DType unsigned =
        switch (type.bits()) {
          case 8 -> DType.U8;
          case 16 -> DType.U16;
          case 32 -> DType.U32;
          default -> DType.U64;
        };
    Instruction narrow = arrays.convert(words, unsigned);
    return type.isFloating()
        ? arrays.emit(new Op.BitcastConvert(type), narrow)
        : arrays.convert(narrow, type);
  }

  // --- Threefry

  /** Words of 64 bits come one from a block; of 32 bits, two, side by side along an even dim. */
  private Instruction threefry() {
    boolean wide = shape.type().bits() == 64;
    int split = splitDim();
    Shape blocks =
        wide || shape.isScalar() ? shape : shape.withDim(split, (shape.dim(split) + 1) / 2);
    List<Instruction> block = threefryBlocks(counters(1, blocks.elements()));
    advance(1, blocks.elements());
    if (wide) {
      return arrays.reshape(joined(block.get(0), block.get(1)), shape.dims());
    }
    if (shape.isScalar()) {
      return arrays.reshape(block.getFirst(), shape.dims());
    }
    List<Long> halved = new ArrayList<>(blocks.dims());
    halved.add(split + 1, 1L);
    Instruction sides =
        arrays.concatenate(block.stream().map(x -> arrays.reshape(x, halved)).toList(), split + 1);
    Instruction all = arrays.reshape(sides, blocks.withDim(split, 2 * blocks.dim(split)).dims());
    return arrays.slice(all, split, 0, shape.dim(split), 1);
  }

  /** The first even dim, else the first of the largest. */
  private int splitDim() {
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

  private List<Instruction> threefryBlocks(Instruction counter) {
    List<Long> dims = counter.shape().dims();
    Instruction k0 = spread(low(state.getFirst()), dims);
    Instruction k1 = spread(high(state.getFirst()), dims);
    Instruction k2 = xor(xor(word(0x1bd11bda, dims), k0), k1);
    List<Instruction> keys = List.of(k0, k1, k2);
    Instruction x = add(low(counter), k0);
    Instruction y = add(high(counter), k1);
    for (int group = 0; group < 5; group++) {
      for (int i = 0; i < 4; i++) {
        x = add(x, y);
        y = xor(x, rotated(y, ROTATIONS[group % 2 * 4 + i]));
      }
      x = add(x, keys.get((group + 1) % 3));
      y = add(add(y, keys.get((group + 2) % 3)), word(group + 1, dims));
    }
    return List.of(x, y);
  }

  private Instruction rotated(Instruction x, int by) {
    List<Long> dims = x.shape().dims();
    return arrays.binary(
        BinaryKind.OR,
        arrays.binary(BinaryKind.SHIFT_LEFT, x, word(by, dims)),
        arrays.binary(BinaryKind.SHIFT_RIGHT_LOGICAL, x, word(32 - by, dims)));
  }

  // --- Philox

  private Instruction philox() {
    boolean wide = shape.type().bits() == 64;
    boolean three = state.size() >= 3;
    long blocks = Math.ceilDiv(shape.elements(), wide ? 2 : 4);
    List<Long> dims = List.of(blocks);
    Instruction first = spread(state.get(1), dims);
    Instruction last = spread(state.get(three ? 2 : 0), dims);
    Instruction low = counters(1, blocks);
    List<Instruction> x = philoxBlocks(low, carried(low, first, last));
    Instruction before = state.get(1);
    advance(1, blocks);
    if (three) {
      state.set(2, carried(state.get(1), before, state.get(2)));
    }
    List<Instruction> words =
        wide ? List.of(joined(x.get(0), x.get(1)), joined(x.get(2), x.get(3))) : x;
    List<Instruction> columns =
        words.stream().map(w -> arrays.reshape(w, List.of(blocks, 1L))).toList();
    Instruction all =
        arrays.reshape(arrays.concatenate(columns, 1), List.of(blocks * words.size()));
    return arrays.reshape(arrays.slice(all, 0, 0, shape.elements(), 1), shape.dims());
  }

  private List<Instruction> philoxBlocks(Instruction low, Instruction high) {
    List<Long> dims = low.shape().dims();
    List<Instruction> x = List.of(low(low), high(low), low(high), high(high));
    Instruction k0 = spread(low(state.getFirst()), dims);
    Instruction k1 = spread(high(state.getFirst()), dims);
    for (int round = 0; round < 10; round++) {
      Instruction first = product(x.get(0), 0xd2511f53L);
      Instruction second = product(x.get(2), 0xcd9e8d57L);
      x =
          List.of(
              xor(xor(high(second), x.get(1)), k0),
              low(second),
              xor(xor(high(first), x.get(3)), k1),
              low(first));
      k0 = add(k0, word(0x9e3779b9, dims));
      k1 = add(k1, word(0xbb67ae85, dims));
    }
    return x;
  }

  /** The high word of a counter of two words whose low word was {@code before}. */
  private Instruction carried(Instruction low, Instruction before, Instruction high) {
    Instruction one = arrays.filled(high.shape(), 1);
    return arrays.select(
        arrays.compare(Op.Direction.LT, low, before),
        arrays.binary(BinaryKind.ADD, high, one),
        high);
  }

  /** u32 times a number below 2^32, as u64. */
  private Instruction product(Instruction x, long factor) {
    Instruction wide = arrays.convert(x, DType.U64);
    return arrays.binary(BinaryKind.MULTIPLY, wide, arrays.filled(wide.shape(), factor));
  }

  // --- words

  /** A word of the state and the numbers that follow it. */
  private Instruction counters(int word, long count) {
    List<Long> dims = List.of(count);
    return arrays.binary(
        BinaryKind.ADD, spread(state.get(word), dims), arrays.count(DType.U64, dims, 0));
  }

  private void advance(int word, long by) {
    Instruction before = state.get(word);
    state.set(word, arrays.binary(BinaryKind.ADD, before, arrays.filled(before.shape(), by)));
  }

  private Instruction spread(Instruction one, List<Long> dims) {
    return arrays.filled(dims, arrays.reshape(one, List.of()));
  }

  private Instruction word(int value, List<Long> dims) {
    return arrays.filled(new Shape(DType.U32, dims), Integer.toUnsignedLong(value));
  }

  private Instruction low(Instruction x) {
    return arrays.convert(x, DType.U32);
  }

  private Instruction high(Instruction x) {
    Instruction by = arrays.filled(x.shape(), 32);
    return low(arrays.binary(BinaryKind.SHIFT_RIGHT_LOGICAL, x, by));
  }

  private Instruction joined(Instruction low, Instruction high) {
    Instruction wide = arrays.convert(high, DType.U64);
    return arrays.binary(
        BinaryKind.OR,
        arrays.convert(low, DType.U64),
        arrays.binary(BinaryKind.SHIFT_LEFT, wide, arrays.filled(wide.shape(), 32)));
  }

  private Instruction add(Instruction x, Instruction y) {
    return arrays.binary(BinaryKind.ADD, x, y);
  }

  private Instruction xor(Instruction x, Instruction y) {
    return arrays.binary(BinaryKind.XOR, x, y);
  }
}
