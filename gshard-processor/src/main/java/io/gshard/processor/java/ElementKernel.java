package io.gshard.processor.java;

import com.palantir.javapoet.ClassName;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.passes.fusion.Step;
import io.gshard.tensor.DType;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which kernel computes an elementwise op.
 *
 * @param inFloat whether bf16 operands are computed in f32
 * @param scalars the operands that may be scalars
 * @param atMost how many of them at once
 * @param more arguments after the operands
 */
record ElementKernel(
    ClassName type,
    String name,
    boolean inFloat,
    Set<Integer> scalars,
    int atMost,
    List<String> more) {

  static ElementKernel of(Step.Element element) {
    DType type = element.operands().getLast().type();
    boolean bf16 = type == DType.BF16;
    return switch (element.op()) {
      case Op.Unary u -> unary(u.kind(), type);
      case Op.Binary b ->
          binary(Types.VEC, camel(ShapeInference.name(b)) + suffix(b.kind(), type), bf16);
      case Op.Compare c -> binary(Types.COMPARE, compare(c.direction(), type), bf16);
      case Op.Select s ->
          new ElementKernel(Types.SELECT, "select", false, Set.of(1, 2), 2, List.of());
      case Op.Convert c -> convert(type, element.result().shape().type());
      case Op.BitcastConvert b -> arrays(Types.CONVERT, "bitcast", false);
      default -> throw new IllegalStateException(element.op() + " is not elementwise");
    };
  }

  private static ElementKernel binary(ClassName type, String name, boolean inFloat) {
    return new ElementKernel(type, name, inFloat, Set.of(0, 1), 1, List.of());
  }

  private static ElementKernel arrays(ClassName type, String name, boolean inFloat) {
    return new ElementKernel(type, name, inFloat, Set.of(), 0, List.of());
  }

  private static ElementKernel unary(Op.UnaryKind kind, DType type) {
    // Of an unsigned number the size is itself, and the sign is 1 or 0.
    if (type == DType.U32 && kind == Op.UnaryKind.ABS) {
      return arrays(Types.VEC, "copy", false);
    }
    if (type == DType.U32 && kind == Op.UnaryKind.SIGN) {
      return new ElementKernel(Types.VEC, "minimumUnsigned", false, Set.of(), 0, List.of("1"));
    }
    String name = camel(ShapeInference.name(new Op.Unary(kind)));
    return arrays(Types.VEC, name, type == DType.BF16);
  }

  private static ElementKernel convert(DType from, DType to) {
    if (from == to) {
      return arrays(Types.VEC, "copy", false);
    }
    boolean unsigned =
        (from == DType.U32 && to != DType.PRED) || (to == DType.U32 && from != DType.PRED);
    return arrays(Types.CONVERT, unsigned ? "convertUnsigned" : "convert", false);
  }

  private static String suffix(Op.BinaryKind kind, DType type) {
    return type == DType.U32
            && switch (kind) {
              case DIVIDE, REMAINDER, MAXIMUM, MINIMUM, POWER -> true;
              default -> false;
            }
        ? "Unsigned"
        : "";
  }

  private static String compare(Op.Direction direction, DType type) {
    String name =
        switch (direction) {
          case EQ -> "equal";
          case NE -> "notEqual";
          case LT -> "less";
          case LE -> "lessEqual";
          case GT -> "greater";
          case GE -> "greaterEqual";
        };
    boolean equality = direction == Op.Direction.EQ || direction == Op.Direction.NE;
    return type == DType.U32 && !equality ? name + "Unsigned" : name;
  }

  /** HLO's name in camel case. */
  static String camel(String name) {
    StringBuilder text = new StringBuilder();
    for (String part : name.split("-")) {
      text.append(
          text.isEmpty()
              ? part
              : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
    }
    return text.toString();
  }
}
