package io.gshard.runtime;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * A tensor in the host's memory: a dense, row-major array of its storage class ({@code float[]} for
 * f32, {@code int[]} for s32 and u32, {@code short[]} for bf16, {@code byte[]} of 0 and 1 for pred,
 * {@code long[]} for the other integers, {@code double[]} for f64 and f16). What goes into programs
 * and comes out of them.
 */
public final class HostTensor implements Tensor {
  private final Shape shape;
  private final Object data;

  private HostTensor(Shape shape, Object data) {
    this.shape = shape;
    this.data = data;
    int length = java.lang.reflect.Array.getLength(data);
    if (length != shape.elements()) {
      throw new IllegalArgumentException(
          "%d values given for %s, which has %d elements"
              .formatted(length, shape, shape.elements()));
    }
  }

  /** An f32 tensor; the array is not copied and must not be changed. */
  public static HostTensor of(float[] data, long... dims) {
    return new HostTensor(Shape.of(DType.F32, dims), data);
  }

  /** An s32 tensor; the array is not copied and must not be changed. */
  public static HostTensor of(int[] data, long... dims) {
    return new HostTensor(Shape.of(DType.S32, dims), data);
  }

  /** Of an array of the shape's storage class, which is not copied and must not be changed. */
  public static HostTensor of(Shape shape, Object data) {
    Class<?> expected = Storage.of(shape.type()).arrayClass();
    if (!expected.isInstance(data)) {
      throw new IllegalArgumentException(
          "%s needs %s, found %s"
              .formatted(shape, expected.getSimpleName(), data.getClass().getSimpleName()));
    }
    return new HostTensor(shape, data);
  }

  /** All zero. */
  public static HostTensor zeros(Shape shape) {
    return new HostTensor(
        shape, Storage.of(shape.type()).newArray(Math.toIntExact(shape.elements())));
  }

  public static HostTensor scalar(int value) {
    return of(new int[] {value});
  }

  public static HostTensor scalar(float value) {
    return of(new float[] {value});
  }

  public static HostTensor of(Literal literal) {
    Shape shape = literal.shape();
    int n = Math.toIntExact(shape.elements());
    Object data =
        switch (Storage.of(shape.type())) {
          case F32 -> literal.toFloats();
          case S32 -> literal.toInts();
          case BF16 -> {
            short[] bits = new short[n];
            for (int i = 0; i < n; i++) {
              bits[i] = (short) (Float.floatToRawIntBits((float) literal.real(i)) >>> 16);
            }
            yield bits;
          }
          case PRED -> {
            byte[] bytes = new byte[n];
            for (int i = 0; i < n; i++) {
              bytes[i] = (byte) literal.integer(i);
            }
            yield bytes;
          }
          case S64 -> IntStream.range(0, n).mapToLong(literal::integer).toArray();
          case F64 -> IntStream.range(0, n).mapToDouble(literal::real).toArray();
        };
    return new HostTensor(shape, data);
  }

  /** The same tensor as a host tensor. */
  public static HostTensor of(Tensor tensor) {
    return tensor instanceof HostTensor host ? host : of(tensor.literal());
  }

  @Override
  public Shape shape() {
    return shape;
  }

  /** The elements, in the array of the storage class; not a copy. */
  public Object data() {
    return data;
  }

  /** The elements of an f32 tensor; not a copy. */
  public float[] floats() {
    return (float[]) data;
  }

  /** The elements of an s32 or u32 tensor; not a copy. */
  public int[] ints() {
    return (int[]) data;
  }

  @Override
  public Literal literal() {
    int n = Math.toIntExact(shape.elements());
    return switch (data) {
      case float[] x -> Literal.ofFloats(shape, x);
      case int[] x -> Literal.ofInts(shape, x);
      case short[] x -> {
        float[] wide = new float[n];
        for (int i = 0; i < n; i++) {
          wide[i] = Float.intBitsToFloat(x[i] << 16);
        }
        yield Literal.ofFloats(shape, wide);
      }
      case byte[] x -> {
        long[] wide = new long[n];
        for (int i = 0; i < n; i++) {
          wide[i] = x[i];
        }
        yield Literal.ofIntegers(shape, wide);
      }
      case long[] x -> Literal.ofIntegers(shape, x);
      case double[] x -> Literal.ofReals(shape, x);
      default -> throw new IllegalStateException("no storage class: " + data.getClass());
    };
  }

  @Override
  public String toString() {
    return shape.elements() <= 64 ? literal().toString() : shape.toString();
  }
}
