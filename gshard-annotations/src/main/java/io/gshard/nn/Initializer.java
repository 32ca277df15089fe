package io.gshard.nn;

import io.gshard.annotation.Init;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The first values of parameters, written in the ops of the language: the compiled program "init"
 * and eager mode run the same code and so get the same values, on every mesh.
 *
 * <p>An element's random bits are a hash of the seed, the parameter's path and the element's place:
 * two keyed rounds of a 32-bit mixing function. It is a fifth of the ops of threefry, which counts
 * because every parameter has its own copy in the program.
 */
public final class Initializer {
  private Initializer() {}

  /**
   * A parameter's first value.
   *
   * @param path the fields' names joined by dots
   * @param shape of one copy of the parameter
   * @param stack the sizes of the stacks that the parameter is in, outermost first; these dims
   *     stand in front of the result's
   * @param kind as {@link Init} says, or null for the default
   * @param scale as {@link Init} says; unused where the kind is null
   * @param fan the size of the dim that {@link Init#fan} names, or 0 for the last but one
   * @param seed a scalar of an integer type
   * @return of the dims {@code stack + shape.dims()}
   */
  public static Tensor initialize(
      String path,
      Shape shape,
      List<Long> stack,
      Init.Kind kind,
      double scale,
      long fan,
      Tensor seed) {
    List<Long> dims = new ArrayList<>(stack);
    dims.addAll(shape.dims());
    Shape whole = new Shape(DType.F32, dims);
    long fanIn = fan > 0 ? fan : shape.rank() >= 2 ? shape.dim(shape.rank() - 2) : 1;
    double width = Math.sqrt(3.0 / Math.max(1, fanIn));
    Tensor value =
        switch (kind) {
          case null -> shape.rank() < 2 ? Ops.zeros(whole) : uniform(path, whole, seed, width);
          case CONSTANT -> Ops.full(whole, scale);
          case NORMAL -> normal(path, whole, seed).times(scale);
          case UNIFORM -> uniform(path, whole, seed, scale);
          case FAN_IN -> uniform(path, whole, seed, scale * width);
        };
    return Ops.convert(value, shape.type());
  }

  /**
   * Uniform within ±width. The numbers before scaling are multiples of 2^-23, the same on every
   * engine.
   */
  private static Tensor uniform(String path, Shape shape, Tensor seed, double width) {
    return unit(bits(path, shape, seed)).times(2).minus(1).times(width);
  }

  /** Box and Muller's transform of two uniform numbers. */
  private static Tensor normal(String path, Shape shape, Tensor seed) {
    Tensor first = bits(path, shape, seed);
    Tensor second = mix(Ops.xor(first, word(0x9e3779b9L)));
    // In (0, 1], so that the logarithm is finite.
    Tensor radius = Ops.sqrt(Ops.log(unit(first).plus(0x1p-24)).times(-2));
    return radius.times(Ops.cos(unit(second).times(2 * Math.PI)));
  }

  /** The upper 24 bits as a number in [0, 1). */
  private static Tensor unit(Tensor bits) {
    Tensor upper = Ops.binary(Op.BinaryKind.SHIFT_RIGHT_LOGICAL, bits, word(8));
    return Ops.convert(upper, DType.F32).times(0x1p-24);
  }

  private static Tensor bits(String path, Shape shape, Tensor seed) {
    long name = hash(path);
    Tensor key = Ops.convert(seed, DType.U32);
    Tensor low = Ops.multiply(key, word(0x9e3779b1L)).plus(word(name & 0xffffffffL));
    Tensor high = Ops.multiply(key, word(0x85ebca77L)).plus(word(name >>> 32));
    // A tensor may have more elements than 32 bits count: leading dims make a second counter.
    int split = shape.rank();
    long counted = 1;
    while (split > 0 && counted <= (1L << 32) / Math.max(1, shape.dim(split - 1))) {
      split--;
      counted *= Math.max(1, shape.dim(split));
    }
    Tensor inner = Ops.add(counter(shape, split, shape.rank()), low);
    Tensor outer = split == 0 ? high : Ops.add(counter(shape, 0, split), high);
    return mix(Ops.xor(mix(inner), outer));
  }

  /** The row-major position within some of the dims. */
  private static Tensor counter(Shape shape, int from, int to) {
    Shape words = shape.withType(DType.U32);
    Tensor position = from == to ? Ops.zeros(words) : null;
    long stride = 1;
    for (int dim = to - 1; dim >= from; dim--) {
      Tensor along = Ops.iota(words, dim);
      Tensor term = stride == 1 ? along : Ops.multiply(along, word(stride));
      position = position == null ? term : Ops.add(term, position);
      stride *= Math.max(1, shape.dim(dim));
    }
    return position;
  }

  /** Wellons' lowbias32, a bijection of 32-bit words (nullprogram.com/blog/2018/07/31). */
  private static Tensor mix(Tensor x) {
    Tensor y = Ops.multiply(shiftXor(x, 16), word(0x7feb352dL));
    Tensor z = Ops.multiply(shiftXor(y, 15), word(0x846ca68bL));
    return shiftXor(z, 16);
  }

  private static Tensor shiftXor(Tensor x, int by) {
    return Ops.xor(x, Ops.binary(Op.BinaryKind.SHIFT_RIGHT_LOGICAL, x, word(by)));
  }

  private static Tensor word(long value) {
    return Ops.constant(DType.U32, value);
  }

  /** FNV-1a of 64 bits: stable, unlike anything the JDK promises. */
  private static long hash(String path) {
    long hash = 0xcbf29ce484222325L;
    for (byte part : path.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (part & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
