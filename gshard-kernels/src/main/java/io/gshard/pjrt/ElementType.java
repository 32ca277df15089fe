package io.gshard.pjrt;

import io.gshard.tensor.DType;

/** PJRT's numbers for element types ({@code PJRT_Buffer_Type}). */
final class ElementType {
  private ElementType() {}

  static int of(DType type) {
    return switch (type) {
      case PRED -> 1;
      case S8 -> 2;
      case S16 -> 3;
      case S32 -> 4;
      case S64 -> 5;
      case U8 -> 6;
      case U16 -> 7;
      case U32 -> 8;
      case U64 -> 9;
      case F16 -> 10;
      case F32 -> 11;
      case F64 -> 12;
      case BF16 -> 13;
      case C64 -> 14;
      case C128 -> 15;
    };
  }
}
