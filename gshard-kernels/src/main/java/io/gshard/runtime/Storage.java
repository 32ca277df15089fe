package io.gshard.runtime;

import io.gshard.tensor.DType;
import java.lang.foreign.MemorySegment;

/** The four kinds of arrays that hold elements. */
enum Storage {
  F32(float[].class),
  S32(int[].class),
  BF16(short[].class),
  PRED(byte[].class);

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
      case S8, S16, S64, U8, U16, U64, F16, F64, C64, C128 ->
          throw new IllegalArgumentException(
              "element type "
                  + type.hloName()
                  + " does not run here: use f32, bf16, s32, u32 or pred");
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
    };
  }

  Object arena(Memory memory) {
    return switch (this) {
      case F32 -> memory.f32;
      case S32 -> memory.s32;
      case BF16 -> memory.bf16;
      case PRED -> memory.pred;
    };
  }
}
