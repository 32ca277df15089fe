package io.gshard.runtime;

import io.gshard.op.Casts;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import java.lang.foreign.MemorySegment;

/** The kinds of arrays that hold elements. */
enum Storage {
  F32(float[].class),
  S32(int[].class),
  BF16(short[].class),
  PRED(byte[].class),
  /** s64 and u64, and the integers of 8 and 16 bits, each as the long of its value. */
  S64(long[].class),
  /** f64, and f16, each as the double of its value. */
  F64(double[].class);

  private final Class<?> arrayClass;

  Storage(Class<?> arrayClass) {
    this.arrayClass = arrayClass;
  }

  static Storage of(DType type) {
    return switch (type) {
      case F32 -> F32;
      case S32, U32 -> S32;
      case BF16 -> BF16;
      case PRED -> PRED;
      case S8, S16, S64, U8, U16, U64 -> S64;
      case F16, F64 -> F64;
      case C64, C128 ->
          throw new IllegalArgumentException(
              "element type " + type.hloName() + " does not run here: use its two parts");
    };
  }

  /** The storage class whose arrays hold a type's bits, as files and plugins' buffers do. */
  static Storage packed(DType type) {
    return switch (type) {
      case S8, U8 -> PRED;
      case S16, U16, F16 -> BF16;
      default -> of(type);
    };
  }

  /** An array of the type's storage class as one that holds its bits; the same if it does. */
  static Object pack(DType type, Object data) {
    if (packed(type) == of(type)) {
      return data;
    }
    int n = java.lang.reflect.Array.getLength(data);
    Object bits = packed(type).newArray(n);
    for (int i = 0; i < n; i++) {
      long value = data instanceof double[] x ? Casts.toBits(type, x[i]) : ((long[]) data)[i];
      if (bits instanceof byte[] bytes) {
        bytes[i] = (byte) value;
      } else {
        ((short[]) bits)[i] = (short) value;
      }
    }
    return bits;
  }

  /** The opposite of {@link #pack}. */
  static Object unpack(DType type, Object bits) {
    if (packed(type) == of(type)) {
      return bits;
    }
    int n = java.lang.reflect.Array.getLength(bits);
    Object data = of(type).newArray(n);
    for (int i = 0; i < n; i++) {
      long value = bits instanceof byte[] x ? x[i] : ((short[]) bits)[i];
      if (data instanceof double[] reals) {
        reals[i] = Casts.fromBits(type, value);
      } else {
        ((long[]) data)[i] = Literal.wrap(type, value);
      }
    }
    return data;
  }

  Class<?> arrayClass() {
    return arrayClass;
  }

  Object newArray(int length) {
    return java.lang.reflect.Array.newInstance(arrayClass.getComponentType(), length);
  }

  /** An array's memory. */
  MemorySegment segment(Object array) {
    return switch (this) {
      case F32 -> MemorySegment.ofArray((float[]) array);
      case S32 -> MemorySegment.ofArray((int[]) array);
      case BF16 -> MemorySegment.ofArray((short[]) array);
      case PRED -> MemorySegment.ofArray((byte[]) array);
      case S64 -> MemorySegment.ofArray((long[]) array);
      case F64 -> MemorySegment.ofArray((double[]) array);
    };
  }

  Object arena(Memory memory) {
    return switch (this) {
      case F32 -> memory.f32;
      case S32 -> memory.s32;
      case BF16 -> memory.bf16;
      case PRED -> memory.pred;
      case S64 -> memory.s64;
      case F64 -> memory.f64;
    };
  }
}
