package io.gshard.memory;

import io.gshard.tensor.DType;

/** The arenas of a device: each element type lives in one. */
public enum Storage {
  F32,
  S32,
  BF16,
  PRED,
  /** s64 and u64, and the integers of 8 and 16 bits, each as the long of its value. */
  S64,
  /** f64, and f16, each as the double of its value. */
  F64;

  /** Whether its elements are computed one by one: there are no vector kernels for them. */
  public boolean isWide() {
    return this == S64 || this == F64;
  }

  /** The arena of an element type that the Java back end knows. */
  public static Storage of(DType type) {
    return switch (type) {
      case F32 -> F32;
      case S32, U32 -> S32;
      case BF16 -> BF16;
      case PRED -> PRED;
      case S8, S16, S64, U8, U16, U64 -> S64;
      case F16, F64 -> F64;
      case C64, C128 -> throw new IllegalArgumentException("no arena for " + type.hloName());
    };
  }
}
