package io.gshard.op;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;

/** The associative, commutative folds that reductions, scatters and collectives use. */
public enum Combiner {
  ADD,
  MULTIPLY,
  MAXIMUM,
  MINIMUM,
  AND,
  OR;

  /** The elementwise op that folds two values. */
  public Op.BinaryKind kind() {
    return Op.BinaryKind.valueOf(name());
  }

  /** The value that changes nothing, as a double; integers convert it (saturating). */
  public double identity(DType type) {
    return switch (this) {
      case ADD, OR -> 0;
      case MULTIPLY -> 1;
      case AND -> type == DType.PRED ? 1 : -1;
      case MAXIMUM -> lowest(type);
      case MINIMUM -> highest(type);
    };
  }

  /** The value that changes nothing of an integer type: 64-bit bounds are no doubles. */
  public long integerIdentity(DType type) {
    boolean signed = type.kind() == DType.Kind.SIGNED;
    return switch (this) {
      case ADD, OR -> 0;
      case MULTIPLY -> 1;
      case AND -> Literal.wrap(type, -1);
      case MAXIMUM -> signed ? Long.MIN_VALUE >> (64 - type.bits()) : 0;
      case MINIMUM -> signed ? Long.MAX_VALUE >> (64 - type.bits()) : Literal.wrap(type, -1);
    };
  }

  private static double lowest(DType type) {
    return switch (type.kind()) {
      case FLOATING -> Double.NEGATIVE_INFINITY;
      case SIGNED -> -Math.scalb(1.0, type.bits() - 1);
      case UNSIGNED, PREDICATE -> 0;
      case COMPLEX -> throw unordered(type);
    };
  }

  private static double highest(DType type) {
    return switch (type.kind()) {
      case FLOATING -> Double.POSITIVE_INFINITY;
      case SIGNED -> Math.scalb(1.0, type.bits() - 1) - 1;
      case UNSIGNED -> Math.scalb(1.0, type.bits()) - 1;
      case PREDICATE -> 1;
      case COMPLEX -> throw unordered(type);
    };
  }

  private static IllegalArgumentException unordered(DType type) {
    return new IllegalArgumentException(type.hloName() + " has no greatest and no least value");
  }
}
