package io.gshard.eager;

import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.List;

/**
 * A tensor whose value is there: a dense row-major array, {@code float[]} for f32, {@code int[]}
 * for s32 and u32, {@code short[]} for bf16 (its bits), {@code byte[]} of 0 and 1 for pred. It
 * remembers the op that made it while a {@link Tape} is recording.
 */
final class ArrayTensor implements Tensor {

  /** The op and the operands that a tensor was made of. */
  record Producer(Op op, List<Tensor> operands) {}

  private final Shape shape;
  private final Object data;
  private Producer producer;
  private boolean forgotten;

  ArrayTensor(Shape shape, Object data) {
    this.shape = shape;
    this.data = data;
  }

  /** Zeros. */
  static ArrayTensor allocate(Shape shape) {
    int n = Math.toIntExact(shape.elements());
    return new ArrayTensor(
        shape,
        switch (shape.type()) {
          case F32 -> new float[n];
          case S32, U32 -> new int[n];
          case BF16 -> new short[n];
          case PRED -> new byte[n];
          default -> throw refused(shape.type());
        });
  }

  private static ShapeException refused(DType type) {
    return new ShapeException(
        "eager mode has no %s; it has f32, bf16, s32, u32 and pred".formatted(type.hloName()));
  }

  static ArrayTensor of(Literal literal) {
    ArrayTensor result = allocate(literal.shape());
    int n = result.size();
    switch (result.data) {
      case float[] x -> {
        for (int i = 0; i < n; i++) {
          x[i] = (float) literal.real(i);
        }
      }
      case int[] x -> {
        for (int i = 0; i < n; i++) {
          x[i] = (int) literal.integer(i);
        }
      }
      case short[] x -> {
        for (int i = 0; i < n; i++) {
          x[i] = (short) (Float.floatToRawIntBits((float) literal.real(i)) >>> 16);
        }
      }
      case byte[] x -> {
        for (int i = 0; i < n; i++) {
          x[i] = (byte) literal.integer(i);
        }
      }
      default -> throw refused(literal.shape().type());
    }
    return result;
  }

  /** The tensor itself if it is one of these, else a copy of its value. */
  static ArrayTensor of(Tensor tensor) {
    return tensor instanceof ArrayTensor array ? array : of(tensor.literal());
  }

  @Override
  public Shape shape() {
    return shape;
  }

  int size() {
    return Math.toIntExact(shape.elements());
  }

  Object data() {
    return data;
  }

  float[] floats() {
    return (float[]) data;
  }

  int[] ints() {
    return (int[]) data;
  }

  short[] shorts() {
    return (short[]) data;
  }

  byte[] bytes() {
    return (byte[]) data;
  }

  /** The same elements as another shape's; nothing is copied. */
  ArrayTensor as(Shape other) {
    return new ArrayTensor(other, data);
  }

  /** Null for a tensor that no recorded op made. */
  Producer producer() {
    return producer;
  }

  void producer(Producer made) {
    producer = made;
  }

  /** Drops what it was made of; gradients through it are refused from now on. */
  void forget() {
    forgotten = producer != null || forgotten;
    producer = null;
  }

  boolean isForgotten() {
    return forgotten;
  }

  @Override
  public Literal literal() {
    return switch (data) {
      case float[] x -> Literal.ofFloats(shape, x);
      case int[] x -> Literal.ofInts(shape, x);
      case short[] x -> {
        float[] wide = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          wide[i] = Float.intBitsToFloat(x[i] << 16);
        }
        yield Literal.ofFloats(shape, wide);
      }
      case byte[] x -> {
        long[] wide = new long[x.length];
        for (int i = 0; i < x.length; i++) {
          wide[i] = x[i];
        }
        yield Literal.ofIntegers(shape, wide);
      }
      default -> throw refused(shape.type());
    };
  }

  /** For the debugger: small tensors with their values. */
  @Override
  public String toString() {
    return shape.elements() <= 64 ? literal().toString() : shape.toString();
  }
}
