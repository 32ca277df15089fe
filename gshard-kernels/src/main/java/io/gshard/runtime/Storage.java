package io.gshard.runtime;

import io.gshard.tensor.DType;
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

  /** The storage class of a type whose elements lie in it as in a file or a plugin's buffer. */
  static Storage exact(DType type) {
    return switch (type) {
      case S8, S16, U8, U16, F16 ->
          throw new IllegalArgumentException(
              "element type "
                  + type.hloName()
                  + " goes to no file and no plugin from here: convert it to s32 or f32");
      default -> of(type);
    };
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
