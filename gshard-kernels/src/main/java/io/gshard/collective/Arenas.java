package io.gshard.collective;

import io.gshard.tensor.DType;
import java.util.Arrays;

/** The memories of all devices of this process, by storage class and device. */
public record Arenas(float[][] f32, int[][] s32, short[][] bf16, byte[][] pred) {

  /** A device's arena that holds an element type. */
  public Object of(DType type, int device) {
    return switch (type) {
      case F32 -> f32[device];
      case S32, U32 -> s32[device];
      case BF16 -> bf16[device];
      case PRED -> pred[device];
      case S8, S16, S64, U8, U16, U64, F16, F64, C64, C128 ->
          throw new IllegalArgumentException(
              "element type "
                  + type.hloName()
                  + ": devices here hold f32, bf16, s32, u32 and pred");
    };
  }

  /** The memories of one element type alone. */
  static Arenas of(DType type, Object[] arrays) {
    return switch (type) {
      case F32 ->
          new Arenas(Arrays.copyOf(arrays, arrays.length, float[][].class), null, null, null);
      case S32, U32 ->
          new Arenas(null, Arrays.copyOf(arrays, arrays.length, int[][].class), null, null);
      case BF16 ->
          new Arenas(null, null, Arrays.copyOf(arrays, arrays.length, short[][].class), null);
      case PRED ->
          new Arenas(null, null, null, Arrays.copyOf(arrays, arrays.length, byte[][].class));
      case S8, S16, S64, U8, U16, U64, F16, F64, C64, C128 ->
          throw new IllegalArgumentException("no memory of " + type.hloName());
    };
  }
}
