package io.gshard.collective;

import io.gshard.tensor.DType;
import java.util.Arrays;

/** The memories of all devices of this process, by storage class and device. */
public record Arenas(
    float[][] f32, int[][] s32, short[][] bf16, byte[][] pred, long[][] s64, double[][] f64) {

  /** A device's arena that holds an element type. */
  public Object of(DType type, int device) {
    return switch (type) {
      case F32 -> f32[device];
      case S32, U32 -> s32[device];
      case BF16 -> bf16[device];
      case PRED -> pred[device];
      case S8, S16, S64, U8, U16, U64 -> s64[device];
      case F16, F64 -> f64[device];
      case C64, C128 ->
          throw new IllegalArgumentException(
              "element type " + type.hloName() + ": devices here hold no complex numbers");
    };
  }

  /** The memories of one element type alone. */
  static Arenas of(DType type, Object[] arrays) {
    int n = arrays.length;
    return switch (type) {
      case F32 ->
          new Arenas(Arrays.copyOf(arrays, n, float[][].class), null, null, null, null, null);
      case S32, U32 ->
          new Arenas(null, Arrays.copyOf(arrays, n, int[][].class), null, null, null, null);
      case BF16 ->
          new Arenas(null, null, Arrays.copyOf(arrays, n, short[][].class), null, null, null);
      case PRED ->
          new Arenas(null, null, null, Arrays.copyOf(arrays, n, byte[][].class), null, null);
      case S8, S16, S64, U8, U16, U64 ->
          new Arenas(null, null, null, null, Arrays.copyOf(arrays, n, long[][].class), null);
      case F16, F64 ->
          new Arenas(null, null, null, null, null, Arrays.copyOf(arrays, n, double[][].class));
      case C64, C128 -> throw new IllegalArgumentException("no memory of " + type.hloName());
    };
  }
}
