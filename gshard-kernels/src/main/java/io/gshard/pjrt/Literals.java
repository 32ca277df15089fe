package io.gshard.pjrt;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Literals as the bytes that plugins take: row-major, each element in its own width. */
final class Literals {
  private static final int ALIGNMENT = 64;

  private Literals() {}

  /** Memory for an array of a shape. */
  static MemorySegment segment(Arena arena, Shape shape) {
    return arena.allocate(Math.max(1, shape.bytes()), ALIGNMENT).asSlice(0, shape.bytes());
  }

  /**
   * @param bytes as many as the literal's shape has
   */
  static void write(Literal value, MemorySegment bytes) {
    DType type = value.shape().type();
    for (long i = 0; i < value.shape().elements(); i++) {
      switch (type.kind()) {
        case FLOATING -> putReal(bytes, type, i, value.real(i));
        case COMPLEX -> {
          putReal(bytes, type.part(), 2 * i, value.real(i));
          putReal(bytes, type.part(), 2 * i + 1, value.imaginary(i));
        }
        case PREDICATE, SIGNED, UNSIGNED -> putInteger(bytes, type, i, value.integer(i));
      }
    }
  }

  static Literal read(Shape shape, MemorySegment bytes) {
    DType type = shape.type();
    int n = Math.toIntExact(shape.elements());
    return switch (type.kind()) {
      case FLOATING -> Literal.ofReals(shape, reals(bytes, type, n, 1, 0));
      case COMPLEX ->
          Literal.ofComplex(
              shape, reals(bytes, type.part(), n, 2, 0), reals(bytes, type.part(), n, 2, 1));
      case PREDICATE, SIGNED, UNSIGNED -> {
        long[] values = new long[n];
        for (int i = 0; i < n; i++) {
          values[i] = integer(bytes, type, i);
        }
        yield Literal.ofIntegers(shape, values);
      }
    };
  }

  private static double[] reals(MemorySegment bytes, DType type, int n, int stride, int first) {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = real(bytes, type, (long) i * stride + first);
    }
    return values;
  }

  private static void putReal(MemorySegment bytes, DType type, long i, double value) {
    switch (type) {
      case F64 -> bytes.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
      case F32 -> bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
      case F16 -> bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((float) value));
      // A bf16 number is the upper half of the same f32.
      case BF16 ->
          bytes.setAtIndex(
              ValueLayout.JAVA_SHORT, i, (short) (Float.floatToIntBits((float) value) >>> 16));
      default -> throw new IllegalArgumentException(type + " is not floating");
    }
  }

  private static double real(MemorySegment bytes, DType type, long i) {
    return switch (type) {
      case F64 -> bytes.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      case F32 -> bytes.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      case F16 -> Float.float16ToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT, i));
      case BF16 -> Float.intBitsToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
      default -> throw new IllegalArgumentException(type + " is not floating");
    };
  }

  private static void putInteger(MemorySegment bytes, DType type, long i, long value) {
    switch (type.bytes()) {
      case 1 -> bytes.set(ValueLayout.JAVA_BYTE, i, (byte) value);
      case 2 -> bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) value);
      case 4 -> bytes.setAtIndex(ValueLayout.JAVA_INT, i, (int) value);
      default -> bytes.setAtIndex(ValueLayout.JAVA_LONG, i, value);
    }
  }

  /** Sign-extended; a literal wraps it to its type. */
  private static long integer(MemorySegment bytes, DType type, long i) {
    return switch (type.bytes()) {
      case 1 -> bytes.get(ValueLayout.JAVA_BYTE, i);
      case 2 -> bytes.getAtIndex(ValueLayout.JAVA_SHORT, i);
      case 4 -> bytes.getAtIndex(ValueLayout.JAVA_INT, i);
      default -> bytes.getAtIndex(ValueLayout.JAVA_LONG, i);
    };
  }
}
