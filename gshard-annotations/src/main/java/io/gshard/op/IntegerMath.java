package io.gshard.op;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;

/**
 * The elementwise functions on integers and predicates, held in longs as {@link Literal} holds
 * them; the caller wraps the result to the element type.
 */
public final class IntegerMath {
  private IntegerMath() {}

  public static long unary(Op.UnaryKind kind, DType type, long x) {
    return switch (kind) {
      case ABS -> type.kind() == DType.Kind.SIGNED ? Math.abs(x) : x;
      case NEGATE -> -x;
      case SIGN -> type.kind() == DType.Kind.SIGNED ? Long.signum(x) : x == 0 ? 0 : 1;
      case NOT -> type == DType.PRED ? 1 - x : ~x;
      case POPCNT -> Long.bitCount(bits(type, x));
      case CLZ -> Long.numberOfLeadingZeros(bits(type, x)) - (64 - type.bits());
      default -> throw new IllegalArgumentException(kind + " of " + type.hloName());
    };
  }

  public static long binary(Op.BinaryKind kind, DType type, long x, long y) {
    return switch (kind) {
      case ADD -> x + y;
      case SUBTRACT -> x - y;
      case MULTIPLY -> x * y;
      case DIVIDE -> divide(type, x, y);
      case REMAINDER -> remainder(type, x, y);
      case MAXIMUM -> compare(type, x, y) >= 0 ? x : y;
      case MINIMUM -> compare(type, x, y) <= 0 ? x : y;
      case POWER -> power(type, x, y);
      case AND -> x & y;
      case OR -> x | y;
      case XOR -> x ^ y;
      case SHIFT_LEFT -> tooFar(type, y) ? 0 : x << y;
      case SHIFT_RIGHT_LOGICAL -> tooFar(type, y) ? 0 : bits(type, x) >>> y;
      case SHIFT_RIGHT_ARITHMETIC -> {
        // The top bit is the sign even where the type is unsigned.
        long signed = signExtend(type, x);
        yield tooFar(type, y) ? signed >> 63 : signed >> y;
      }
      case ATAN2 -> throw new IllegalArgumentException("atan2 of " + type.hloName());
    };
  }

  public static boolean compare(Op.Direction direction, DType type, long x, long y) {
    int order = compare(type, x, y);
    return switch (direction) {
      case EQ -> order == 0;
      case NE -> order != 0;
      case LT -> order < 0;
      case LE -> order <= 0;
      case GT -> order > 0;
      case GE -> order >= 0;
    };
  }

  private static int compare(DType type, long x, long y) {
    return type.kind() == DType.Kind.SIGNED ? Long.compare(x, y) : Long.compareUnsigned(x, y);
  }

  /** By zero: all bits set, which is -1 for signed types. The least value by -1: itself. */
  private static long divide(DType type, long x, long y) {
    if (y == 0) {
      return -1;
    }
    return type.kind() == DType.Kind.SIGNED ? x / y : Long.divideUnsigned(x, y);
  }

  /** By zero: x. The sign is the dividend's. */
  private static long remainder(DType type, long x, long y) {
    if (y == 0) {
      return x;
    }
    return type.kind() == DType.Kind.SIGNED ? x % y : Long.remainderUnsigned(x, y);
  }

  /** Modulo 2^bits by repeated squaring; a negative exponent gives 1/x truncated to an integer. */
  private static long power(DType type, long x, long y) {
    if (type.kind() == DType.Kind.SIGNED && y < 0) {
      return x == 1 ? 1 : x == -1 ? ((y & 1) == 0 ? 1 : -1) : 0;
    }
    long result = 1;
    long square = x;
    for (long rest = y; rest != 0; rest >>>= 1) {
      if ((rest & 1) == 1) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  /** Shift amounts are unsigned: a negative one is too far. */
  private static boolean tooFar(DType type, long amount) {
    return amount < 0 || amount >= type.bits();
  }

  /** The element's bits, zero-extended. */
  private static long bits(DType type, long x) {
    return type.bits() == 64 ? x : x & ((1L << type.bits()) - 1);
  }

  private static long signExtend(DType type, long x) {
    int unused = 64 - type.bits();
    return x << unused >> unused;
  }
}
