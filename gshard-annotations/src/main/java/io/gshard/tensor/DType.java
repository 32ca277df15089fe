package io.gshard.tensor;

import java.util.Locale;

/** Element types, with HLO's names. */
public enum DType {
  PRED(Kind.PREDICATE, 8),
  S8(Kind.SIGNED, 8),
  S16(Kind.SIGNED, 16),
  S32(Kind.SIGNED, 32),
  S64(Kind.SIGNED, 64),
  U8(Kind.UNSIGNED, 8),
  U16(Kind.UNSIGNED, 16),
  U32(Kind.UNSIGNED, 32),
  U64(Kind.UNSIGNED, 64),
  F16(Kind.FLOATING, 16),
  BF16(Kind.FLOATING, 16),
  F32(Kind.FLOATING, 32),
  F64(Kind.FLOATING, 64),
  C64(Kind.COMPLEX, 64),
  C128(Kind.COMPLEX, 128);

  /** What arithmetic an element type has. */
  public enum Kind {
    PREDICATE,
    SIGNED,
    UNSIGNED,
    FLOATING,
    COMPLEX
  }

  private final Kind kind;
  private final int bits;

  DType(Kind kind, int bits) {
    this.kind = kind;
    this.bits = bits;
  }

  public Kind kind() {
    return kind;
  }

  /** Size of one element in memory, in bits. */
  public int bits() {
    return bits;
  }

  /** Size of one element in memory, in bytes. */
  public int bytes() {
    return bits / 8;
  }

  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  /** A pair of floating numbers. */
  public boolean isComplex() {
    return kind == Kind.COMPLEX;
  }

  /** The type of a complex number's parts; of others the type itself. */
  public DType part() {
    return switch (this) {
      case C64 -> F32;
      case C128 -> F64;
      default -> this;
    };
  }

  /** Signed or unsigned integers; not predicates. */
  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  /** HLO's name, such as {@code bf16}. */
  public String hloName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
