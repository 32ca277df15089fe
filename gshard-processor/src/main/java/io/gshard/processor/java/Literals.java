package io.gshard.processor.java;

import com.palantir.javapoet.CodeBlock;
import io.gshard.memory.Storage;
import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Values of the compiler as Java expressions. */
final class Literals {
  private Literals() {}

  /** A scalar as the Java type of its storage: {@code 0.5f}, {@code 3}, {@code (byte) 1}. */
  static String scalar(Literal literal) {
    return switch (Storage.of(literal.shape().type())) {
      case F32 -> real((float) literal.real(0));
      case S32 -> integer((int) literal.integer(0));
      case BF16 -> "(short) " + bits((float) literal.real(0));
      case PRED -> "(byte) " + literal.integer(0);
      case S64 -> integer(literal.integer(0));
      case F64 -> real(literal.real(0));
    };
  }

  /** A bf16 scalar as the float of the same value. */
  static String real(float value) {
    if (Float.isNaN(value)) {
      return "Float.NaN";
    }
    if (Float.isInfinite(value)) {
      return value > 0 ? "Float.POSITIVE_INFINITY" : "Float.NEGATIVE_INFINITY";
    }
    return value + "f";
  }

  static String integer(int value) {
    return value == Integer.MIN_VALUE ? "Integer.MIN_VALUE" : Integer.toString(value);
  }

  static String real(double value) {
    if (Double.isNaN(value)) {
      return "Double.NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Double.POSITIVE_INFINITY" : "Double.NEGATIVE_INFINITY";
    }
    return Double.toString(value);
  }

  static String integer(long value) {
    return value == Long.MIN_VALUE ? "Long.MIN_VALUE" : value + "L";
  }

  private static short bits(float value) {
    return (short) (Float.floatToRawIntBits(value) >>> 16);
  }

  /** The bits of an element as they lie in its arena. */
  static long stored(Literal literal, int index) {
    return switch (Storage.of(literal.shape().type())) {
      case F32 -> Float.floatToRawIntBits((float) literal.real(index));
      case S32, PRED, S64 -> literal.integer(index);
      case BF16 -> bits((float) literal.real(index));
      case F64 -> Double.doubleToRawLongBits(literal.real(index));
    };
  }

  static String identity(Combiner combiner, DType type) {
    double value = combiner.identity(type);
    return switch (Storage.of(type)) {
      case F32 -> real((float) value);
      case S32 -> integer((int) (long) value);
      case BF16 -> "(short) " + bits((float) value);
      case PRED -> "(byte) " + (int) value;
      case S64 -> integer(combiner.integerIdentity(type));
      case F64 -> real(value);
    };
  }

  /** The Java element type of an arena. */
  static String javaType(Storage storage) {
    return switch (storage) {
      case F32 -> "float";
      case S32 -> "int";
      case BF16 -> "short";
      case PRED -> "byte";
      case S64 -> "long";
      case F64 -> "double";
    };
  }

  /** The arena's name in {@code Device} and {@code Scratch}. */
  static String arena(Storage storage) {
    return storage.name().toLowerCase(Locale.ROOT);
  }

  static CodeBlock shape(Shape shape) {
    String dims =
        shape.dims().stream()
            .map(d -> ", " + d + (d > Integer.MAX_VALUE ? "L" : ""))
            .collect(Collectors.joining());
    return CodeBlock.of("$T.of($T.$L$L)", Types.SHAPE, Types.DTYPE, shape.type().name(), dims);
  }

  static CodeBlock sharding(Sharding sharding) {
    if (sharding.isReplicated()) {
      return CodeBlock.of("$T.replicated($L)", Types.SHARDING, sharding.rank());
    }
    CodeBlock dims =
        sharding.dims().stream().map(Literals::strings).collect(CodeBlock.joining(", "));
    CodeBlock split = CodeBlock.of("new $T($T.of($L))", Types.SHARDING, List.class, dims);
    return sharding.order() == null
        ? split
        : CodeBlock.of(
            "$L.ordered($T.parse($S))", split, DeviceOrder.class, sharding.order().toString());
  }

  static CodeBlock strings(List<String> values) {
    CodeBlock all =
        values.stream().map(v -> CodeBlock.of("$S", v)).collect(CodeBlock.joining(", "));
    return CodeBlock.of("$T.of($L)", List.class, all);
  }

  static CodeBlock integers(List<Integer> values) {
    return CodeBlock.of(
        "$T.of($L)",
        List.class,
        values.stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }

  static CodeBlock longs(List<Long> values) {
    return CodeBlock.of(
        "$T.of($L)",
        List.class,
        values.stream().map(v -> v + "L").collect(Collectors.joining(", ")));
  }
}
