package io.gshard.eager;

import io.gshard.op.Op;
import io.gshard.runtime.HostTensor;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.List;

/**
 * A tensor whose value is there, stored as a {@link HostTensor}. It remembers the op that made it
 * while a {@link Tape} is recording.
 */
final class ArrayTensor implements Tensor {

  /** The op and the operands that a tensor was made of. */
  record Producer(Op op, List<Tensor> operands) {}

  private final HostTensor values;
  private Producer producer;
  private boolean forgotten;

  private ArrayTensor(HostTensor values) {
    this.values = values;
  }

  /** Zeros. */
  static ArrayTensor allocate(Shape shape) {
    return new ArrayTensor(HostTensor.zeros(runs(shape)));
  }

  private static Shape runs(Shape shape) {
    return switch (shape.type()) {
      case F32, S32, U32, BF16, PRED -> shape;
      default ->
          throw new ShapeException(
              "eager mode has no %s; it has f32, bf16, s32, u32 and pred"
                  .formatted(shape.type().hloName()));
    };
  }

  static ArrayTensor of(Literal literal) {
    runs(literal.shape());
    return new ArrayTensor(HostTensor.of(literal));
  }

  /** The tensor itself if it is one of these, else one of its value. */
  static ArrayTensor of(Tensor tensor) {
    return switch (tensor) {
      case ArrayTensor array -> array;
      case HostTensor host -> new ArrayTensor(host);
      default -> of(tensor.literal());
    };
  }

  @Override
  public Shape shape() {
    return values.shape();
  }

  int size() {
    return Math.toIntExact(shape().elements());
  }

  Object data() {
    return values.data();
  }

  float[] floats() {
    return values.floats();
  }

  int[] ints() {
    return values.ints();
  }

  short[] shorts() {
    return (short[]) data();
  }

  byte[] bytes() {
    return (byte[]) data();
  }

  /** The same elements as another shape's; nothing is copied. */
  ArrayTensor as(Shape other) {
    return new ArrayTensor(HostTensor.of(other, data()));
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
    return values.literal();
  }

  /** For the debugger: small tensors with their values. */
  @Override
  public String toString() {
    return values.toString();
  }
}
