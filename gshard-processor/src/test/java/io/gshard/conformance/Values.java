package io.gshard.conformance;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random shapes and values. */
final class Values {
  static final List<DType> FLOATING = List.of(DType.F32, DType.BF16);
  static final List<DType> INTEGERS = List.of(DType.S32, DType.U32);
  static final List<DType> NUMBERS = List.of(DType.F32, DType.BF16, DType.S32, DType.U32);
  static final List<DType> ALL = List.of(DType.F32, DType.BF16, DType.S32, DType.U32, DType.PRED);

  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    0.5,
    2.5,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    1e10,
    -1e10
  };
  private static final long[] BOUNDS = {
    0, 1, -1, 31, 32, 33, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x80000000L
  };

  private final Random random;

  Values(long seed) {
    random = new Random(seed);
  }

  Random random() {
    return random;
  }

  int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  boolean sometimes() {
    return random.nextInt(4) == 0;
  }

  /**
   * Of rank 0 to 4; sometimes with an empty dim, sometimes with a long one (vectors and blocks have
   * tails).
   */
  List<Long> dims() {
    List<Long> dims = new ArrayList<>(dims(between(0, 4)));
    if (!dims.isEmpty() && random.nextInt(10) == 0) {
      dims.set(random.nextInt(dims.size()), 0L);
    } else if (!dims.isEmpty() && sometimes()) {
      dims.replaceAll(d -> Math.min(d, 2));
      dims.set(random.nextInt(dims.size()), (long) between(15, 1100));
    }
    return dims;
  }

  /** Of this rank, sizes 1 to 5. */
  List<Long> dims(int rank) {
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      dims.add((long) between(1, 5));
    }
    return dims;
  }

  /** Any values, special ones among them. */
  Literal any(DType type, List<Long> dims) {
    Shape shape = new Shape(type, dims);
    int n = (int) shape.elements();
    if (type.isFloating()) {
      double[] values = new double[n];
      for (int i = 0; i < n; i++) {
        values[i] =
            random.nextInt(8) == 0
                ? SPECIAL[random.nextInt(SPECIAL.length)]
                : random.nextGaussian() * (sometimes() ? 30 : 1);
      }
      return Literal.ofReals(shape, values);
    }
    long[] values = new long[n];
    for (int i = 0; i < n; i++) {
      values[i] =
          type == DType.PRED
              ? random.nextInt(2)
              : switch (random.nextInt(4)) {
                case 0 -> BOUNDS[random.nextInt(BOUNDS.length)];
                case 1 -> random.nextLong();
                default -> between(-9, 40);
              };
    }
    return Literal.ofIntegers(shape, values);
  }

  /** Values that sums and products of stay tame. */
  Literal tame(DType type, List<Long> dims) {
    Shape shape = new Shape(type, dims);
    int n = (int) shape.elements();
    return type.isFloating()
        ? Literal.ofReals(shape, random.doubles(n, -1, 1).toArray())
        : Literal.ofIntegers(shape, random.longs(n, 0, type == DType.PRED ? 2 : 50).toArray());
  }

  Literal integers(DType type, List<Long> dims, long low, long high) {
    Shape shape = new Shape(type, dims);
    return Literal.ofIntegers(shape, random.longs((int) shape.elements(), low, high + 1).toArray());
  }

  Literal scalar(DType type, long value) {
    return Literal.ofIntegers(Shape.scalar(type), value);
  }

  /** Some of 0 to n-1, ascending. */
  List<Integer> some(int n) {
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      if (random.nextBoolean()) {
        chosen.add(i);
      }
    }
    return chosen;
  }

  /** 0 to n-1 in any order. */
  List<Integer> permutation(int n) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      all.add(i);
    }
    Collections.shuffle(all, random);
    return all;
  }
}
