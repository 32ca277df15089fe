package io.gshard.memory;

import io.gshard.tensor.DType;

/** The arenas of a device: each element type lives in one. */
public enum Storage {
  F32,
  S32,
  BF16,
  PRED;

  /** The arena of an element type that the Java back end knows. */
  public static Storage of(DType type) {
    return switch (type) {
      case F32 -> F32;
      case S32, U32 -> S32;
      case BF16 -> BF16;
      case PRED -> PRED;
      default -> throw new IllegalArgumentException("no arena for " + type.hloName());
    };
  }
}
