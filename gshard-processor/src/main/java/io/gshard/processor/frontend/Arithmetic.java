package io.gshard.processor.frontend;

import io.gshard.processor.ast.Expr.Operator;
import javax.lang.model.type.TypeKind;

/** Java's operators on constants, as Java computes them. */
final class Arithmetic {
  private Arithmetic() {}

  /** The value converted to a primitive type, as an assignment or a cast does. */
  static Object convert(TypeKind kind, Object value) {
    if (value instanceof Boolean || !kind.isPrimitive() || kind == TypeKind.BOOLEAN) {
      return value;
    }
    Number number = value instanceof Character c ? Integer.valueOf(c) : (Number) value;
    boolean real = number instanceof Double || number instanceof Float;
    return switch (kind) {
      case INT -> real ? (int) number.doubleValue() : number.intValue();
      case LONG -> real ? (long) number.doubleValue() : number.longValue();
      case FLOAT -> number.floatValue();
      case DOUBLE -> number.doubleValue();
      case SHORT -> (short) (real ? (int) number.doubleValue() : number.intValue());
      case BYTE -> (byte) (real ? (int) number.doubleValue() : number.intValue());
      case CHAR -> (char) (real ? (int) number.doubleValue() : number.intValue());
      default -> throw new IllegalArgumentException("not a number: " + kind);
    };
  }

  static Object unary(Operator operator, TypeKind kind, Object operand) {
    if (operator == Operator.NOT) {
      return !(Boolean) operand;
    }
    Object value = convert(kind, operand);
    return switch (operator) {
      case PLUS -> value;
      case MINUS ->
          switch (value) {
            case Integer x -> -x;
            case Long x -> -x;
            case Float x -> -x;
            case Double x -> -x;
            default -> throw notDefined(operator, value);
          };
      case COMPLEMENT ->
          switch (value) {
            case Integer x -> ~x;
            case Long x -> ~x;
            default -> throw notDefined(operator, value);
          };
      default -> throw notDefined(operator, value);
    };
  }

  /**
   * @throws ArithmeticException on division by zero
   */
  static Object binary(Operator operator, TypeKind kind, Object left, Object right) {
    if (operator == Operator.CONCATENATE) {
      return String.valueOf(left) + right;
    }
    if (operator == Operator.SHIFT_LEFT
        || operator == Operator.SHIFT_RIGHT
        || operator == Operator.SHIFT_RIGHT_UNSIGNED) {
      return shift(operator, convert(kind, left), (Long) convert(TypeKind.LONG, right));
    }
    if (kind == TypeKind.DECLARED) {
      // Names of enums are the same object by name; other objects are compared as Java does.
      boolean same = left instanceof Values.EnumValue ? left.equals(right) : left == right;
      return (operator == Operator.EQUAL) == same;
    }
    return switch (kind) {
      case BOOLEAN -> ofBooleans(operator, (Boolean) left, (Boolean) right);
      case DOUBLE ->
          ofDoubles(operator, (Double) convert(kind, left), (Double) convert(kind, right));
      case FLOAT -> ofFloats(operator, (Float) convert(kind, left), (Float) convert(kind, right));
      case LONG -> ofLongs(operator, (Long) convert(kind, left), (Long) convert(kind, right));
      default ->
          ofInts(
              operator,
              (Integer) convert(TypeKind.INT, left),
              (Integer) convert(TypeKind.INT, right));
    };
  }

  private static Object shift(Operator operator, Object value, long by) {
    return switch (value) {
      case Integer x ->
          operator == Operator.SHIFT_LEFT
              ? (Object) (x << by)
              : operator == Operator.SHIFT_RIGHT ? x >> by : x >>> by;
      case Long x ->
          operator == Operator.SHIFT_LEFT
              ? (Object) (x << by)
              : operator == Operator.SHIFT_RIGHT ? x >> by : x >>> by;
      default -> throw notDefined(operator, value);
    };
  }

  private static Object ofBooleans(Operator operator, boolean x, boolean y) {
    return switch (operator) {
      case AND -> x && y;
      case OR -> x || y;
      case XOR, NOT_EQUAL -> x ^ y;
      case EQUAL -> x == y;
      default -> throw notDefined(operator, x);
    };
  }

  private static Object ofInts(Operator operator, int x, int y) {
    return switch (operator) {
      case PLUS -> x + y;
      case MINUS -> x - y;
      case TIMES -> x * y;
      case DIVIDE -> x / y;
      case REMAINDER -> x % y;
      default -> {
        Object wide = ofLongs(operator, x, y);
        yield wide instanceof Long bits ? (Object) bits.intValue() : wide;
      }
    };
  }

  private static Object ofLongs(Operator operator, long x, long y) {
    return switch (operator) {
      case PLUS -> x + y;
      case MINUS -> x - y;
      case TIMES -> x * y;
      case DIVIDE -> x / y;
      case REMAINDER -> x % y;
      case AND -> x & y;
      case OR -> x | y;
      case XOR -> x ^ y;
      default -> compared(operator, Long.compare(x, y), false);
    };
  }

  private static Object ofFloats(Operator operator, float x, float y) {
    return switch (operator) {
      case PLUS -> x + y;
      case MINUS -> x - y;
      case TIMES -> x * y;
      case DIVIDE -> x / y;
      case REMAINDER -> x % y;
      default -> ofDoubles(operator, x, y);
    };
  }

  private static Object ofDoubles(Operator operator, double x, double y) {
    return switch (operator) {
      case PLUS -> x + y;
      case MINUS -> x - y;
      case TIMES -> x * y;
      case DIVIDE -> x / y;
      case REMAINDER -> x % y;
      default -> compared(operator, x < y ? -1 : x > y ? 1 : 0, Double.isNaN(x) || Double.isNaN(y));
    };
  }

  private static boolean compared(Operator operator, int order, boolean unordered) {
    return switch (operator) {
      case EQUAL -> order == 0 && !unordered;
      case NOT_EQUAL -> order != 0 || unordered;
      case LESS -> order < 0 && !unordered;
      case LESS_EQUAL -> order <= 0 && !unordered;
      case GREATER -> order > 0 && !unordered;
      case GREATER_EQUAL -> order >= 0 && !unordered;
      default -> throw notDefined(operator, order);
    };
  }

  private static IllegalArgumentException notDefined(Operator operator, Object value) {
    return new IllegalArgumentException(operator + " of " + value);
  }
}
