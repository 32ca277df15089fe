package io.gshard.nn;

import static io.gshard.tensor.Ops.add;
import static io.gshard.tensor.Ops.bitcast;
import static io.gshard.tensor.Ops.constant;
import static io.gshard.tensor.Ops.convert;
import static io.gshard.tensor.Ops.full;
import static io.gshard.tensor.Ops.iota;
import static io.gshard.tensor.Ops.or;
import static io.gshard.tensor.Ops.xor;
import static io.gshard.tensor.Ops.zeros;

import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.List;

/**
 * Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", 2011), written in ops. A number is a function of the key and of its
 * element's place in the tensor; so numbers can be reproduced, and do not depend on how the tensor
 * is split.
 *
 * <p>A key is an s32[] or u32[] tensor. Never draw twice from one key: derive keys with {@link
 * #fold}.
 *
 * <pre>{@code
 * Tensor key = Random.fold(Random.fold(seed, step), LAYER);
 * Tensor noise = Random.normal(key, Shape.of(DType.F32, 8, 128));
 * }</pre>
 */
public final class Random {
  private static final int[] ROTATIONS = {13, 15, 26, 6, 17, 29, 16, 24};
  private static final long PARITY = 0x1BD11BDAL;

  private Random() {}

  /** A key of a number. */
  public static Tensor key(int seed) {
    return constant(DType.U32, Integer.toUnsignedLong(seed));
  }

  /** A new key for each number. */
  public static Tensor fold(Tensor key, int data) {
    return fold(key, constant(DType.U32, Integer.toUnsignedLong(data)));
  }

  /** A new key for each number; {@code data} is an s32[] or u32[] tensor. */
  public static Tensor fold(Tensor key, Tensor data) {
    // The second counter word keeps keys apart from the numbers drawn from the same key.
    return threefry(word(key), constant(DType.U32, 0), word(data), constant(DType.U32, 1))
        .getFirst();
  }

  /** Uniform 32-bit words, u32. */
  public static Tensor bits(Tensor key, List<Long> dims) {
    return words(key, dims).getFirst();
  }

  /** Uniform in [0, 1), of a floating shape. */
  public static Tensor uniform(Tensor key, Shape shape) {
    return unit(bits(key, shape.dims()), shape.type());
  }

  /** Uniform in [low, high). */
  public static Tensor uniform(Tensor key, Shape shape, double low, double high) {
    return uniform(key, shape).times(high - low).plus(low);
  }

  /** Normal with mean 0 and standard deviation 1 (Box and Muller's method), of a floating shape. */
  public static Tensor normal(Tensor key, Shape shape) {
    DType wide = shape.type() == DType.F64 ? DType.F64 : DType.F32;
    List<Tensor> words = words(key, shape.dims());
    // 1 - u lies in (0, 1], where the logarithm is finite.
    Tensor radius =
        Ops.sqrt(Ops.log(full(shape.withType(wide), 1).minus(unit(words.get(0), wide))).times(-2));
    Tensor angle = unit(words.get(1), wide).times(2 * Math.PI);
    return convert(radius.times(Ops.cos(angle)), shape.type());
  }

  /**
   * The cipher itself, on u32 tensors of one shape (or scalars): key words k0, k1, counter words
   * x0, x1; two words come back.
   */
  public static List<Tensor> threefry(Tensor k0, Tensor k1, Tensor x0, Tensor x1) {
    Tensor[] keys = {k0, k1, xor(xor(k0, k1), constant(DType.U32, PARITY))};
    Tensor a = add(x0, keys[0]);
    Tensor b = add(x1, keys[1]);
    for (int group = 0; group < 5; group++) {
      for (int round = 0; round < 4; round++) {
        a = add(a, b);
        b = xor(rotate(b, ROTATIONS[group % 2 * 4 + round]), a);
      }
      a = add(a, keys[(group + 1) % 3]);
      b = add(b, add(keys[(group + 2) % 3], constant(DType.U32, group + 1)));
    }
    return List.of(a, b);
  }

  private static Tensor rotate(Tensor x, int bits) {
    return or(
        Ops.binary(Op.BinaryKind.SHIFT_LEFT, x, constant(DType.U32, bits)),
        Ops.binary(Op.BinaryKind.SHIFT_RIGHT_LOGICAL, x, constant(DType.U32, 32 - bits)));
  }

  private static List<Tensor> words(Tensor key, List<Long> dims) {
    Shape shape = new Shape(DType.U32, dims);
    Tensor index = zeros(shape);
    long[] strides = shape.strides();
    for (int i = 0; i < shape.rank(); i++) {
      Tensor along = iota(shape, i);
      Tensor part = strides[i] == 1 ? along : along.times(strides[i]);
      index = i == 0 ? part : index.plus(part);
    }
    return threefry(word(key), constant(DType.U32, 0), index, zeros(shape));
  }

  private static Tensor word(Tensor key) {
    if (!key.shape().isScalar() || key.type().bits() != 32 || !key.type().isInteger()) {
      throw new ShapeException(
          "a random key must be s32[] or u32[], found "
              + key.shape()
              + "; make one with Random.key");
    }
    return bitcast(key, DType.U32);
  }

  /**
   * The leading bits as a fraction: as many as the type holds exactly, so that 1 is never reached.
   */
  private static Tensor unit(Tensor word, DType type) {
    int bits =
        switch (type) {
          case F32, F64 -> 24;
          case F16 -> 11;
          case BF16 -> 8;
          default ->
              throw new ShapeException("random fractions are floating, not " + type.hloName());
        };
    Tensor top =
        Ops.binary(Op.BinaryKind.SHIFT_RIGHT_LOGICAL, word, constant(DType.U32, 32 - bits));
    return convert(bitcast(top, DType.S32), type).times(Math.scalb(1.0, -bits));
  }
}
