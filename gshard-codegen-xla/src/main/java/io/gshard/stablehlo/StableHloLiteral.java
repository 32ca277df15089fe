package io.gshard.stablehlo;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;

/** Element types and constants in MLIR's words. */
final class StableHloLiteral {
  private StableHloLiteral() {}

  static String element(DType type) {
    return switch (type.kind()) {
      case PREDICATE -> "i1";
      case SIGNED -> "i" + type.bits();
      case UNSIGNED -> "ui" + type.bits();
      case FLOATING -> type.hloName();
      case COMPLEX -> "complex<" + element(type.part()) + ">";
    };
  }

  /** {@code dense<[[1.0, 2.0]]> : tensor<1x2xf32>}; equal elements are written once. */
  static String dense(Literal literal) {
    Shape shape = literal.shape();
    StringBuilder text = new StringBuilder("dense<");
    if (isSplat(literal)) {
      text.append(element(literal, 0));
    } else if (shape.elements() > 0) {
      nested(literal, 0, 0, text);
    }
    return text.append("> : ").append(StableHloPrinter.tensor(shape)).toString();
  }

  private static boolean isSplat(Literal literal) {
    long elements = literal.shape().elements();
    if (elements == 0) {
      return false;
    }
    String first = element(literal, 0);
    for (long i = 1; i < elements; i++) {
      if (!element(literal, i).equals(first)) {
        return false;
      }
    }
    return true;
  }

  private static long nested(Literal literal, int depth, long at, StringBuilder text) {
    Shape shape = literal.shape();
    if (depth == shape.rank()) {
      text.append(element(literal, at));
      return at + 1;
    }
    text.append('[');
    for (long i = 0; i < shape.dim(depth); i++) {
      text.append(i == 0 ? "" : ", ");
      at = nested(literal, depth + 1, at, text);
    }
    text.append(']');
    return at;
  }

  private static String element(Literal literal, long at) {
    DType type = literal.shape().type();
    if (type.isComplex()) {
      return "(%s, %s)"
          .formatted(part(type.part(), literal.real(at)), part(type.part(), literal.imaginary(at)));
    }
    return !type.isFloating() || Double.isFinite(literal.real(at))
        ? literal.text(at)
        : bits(type, literal.real(at));
  }

  private static String part(DType type, double value) {
    return Double.isFinite(value) ? Literal.scalar(type, value).text(0) : bits(type, value);
  }

  /** MLIR has no words for infinities and NaN. */
  private static String bits(DType type, double value) {
    return switch (type) {
      case F64 -> "0x%016X".formatted(Double.doubleToLongBits(value));
      case F32 -> "0x%08X".formatted(Float.floatToIntBits((float) value));
      case F16 -> "0x%04X".formatted(Float.floatToFloat16((float) value));
      default -> "0x%04X".formatted(Float.floatToIntBits((float) value) >>> 16);
    };
  }
}
