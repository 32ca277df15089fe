package io.gshard.hlo.text;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.Arrays;

/**
 * Constants as HLO writes them: {@code { { 1, 2 }, { 3, nan } }}. Reading gives back every bit (all
 * NaNs are one).
 */
final class LiteralText {
  private LiteralText() {}

  static String print(Literal literal) {
    StringBuilder out = new StringBuilder();
    print(literal, 0, 0, out);
    return out.toString();
  }

  private static long print(Literal literal, int depth, long at, StringBuilder out) {
    Shape shape = literal.shape();
    if (depth == shape.rank()) {
      out.append(element(literal, at));
      return at + 1;
    }
    out.append('{');
    for (long i = 0; i < shape.dim(depth); i++) {
      out.append(i == 0 ? " " : ", ");
      at = print(literal, depth + 1, at, out);
    }
    out.append(shape.dim(depth) == 0 ? "}" : " }");
    return at;
  }

  private static String element(Literal literal, long at) {
    if (literal.isComplex()) {
      DType part = literal.shape().type().part();
      return "(%s, %s)"
          .formatted(
              word(Literal.scalar(part, literal.real(at)).text(0)),
              word(Literal.scalar(part, literal.imaginary(at)).text(0)));
    }
    return word(literal.text(at));
  }

  private static String word(String text) {
    return switch (text) {
      case "NaN" -> "nan";
      case "Infinity" -> "inf";
      case "-Infinity" -> "-inf";
      default -> text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    };
  }

  static Literal read(Cursor in, Shape shape) {
    if (in.sees("{...}")) {
      throw in.error("a constant whose elements were left out when it was printed");
    }
    Elements elements = new Elements(in, shape);
    elements.read(0);
    in.expectEnd();
    return elements.finish();
  }

  /**
   * Collects elements as they come, so that memory follows the text and not what the shape claims.
   */
  private static final class Elements {
    private final Cursor in;
    private final Shape shape;
    private final DType part;
    private double[] reals = new double[4];
    private double[] imaginaries = new double[4];
    private long[] integers = new long[4];
    private int count;

    Elements(Cursor in, Shape shape) {
      this.in = in;
      this.shape = shape;
      this.part = shape.type().part();
    }

    void read(int depth) {
      if (depth == shape.rank()) {
        add();
        return;
      }
      in.expect("{");
      // Row by row in one pair of brackets, as people write it too.
      boolean isFlat = depth == 0 && shape.rank() > 1 && !in.sees("{") && !in.sees("}");
      long length = isFlat ? shape.elements() : shape.dim(depth);
      for (long i = 0; i < length; i++) {
        if (i > 0) {
          in.expect(",");
        }
        read(isFlat ? shape.rank() : depth + 1);
      }
      in.expect("}");
    }

    private void add() {
      if (count == reals.length) {
        reals = Arrays.copyOf(reals, 2 * count);
        imaginaries = Arrays.copyOf(imaginaries, 2 * count);
        integers = Arrays.copyOf(integers, 2 * count);
      }
      if (shape.type().isComplex()) {
        in.expect("(");
        reals[count] = real(in.word(",{}()"));
        in.expect(",");
        imaginaries[count] = real(in.word(",{}()"));
        in.expect(")");
        count++;
        return;
      }
      String word = in.word(",{}()");
      try {
        if (part.isFloating()) {
          reals[count] = parse(word);
          // Which of the NaNs it is.
          if (Double.isNaN(reals[count]) && in.eat("(")) {
            in.name();
            in.expect(")");
          }
        } else {
          integers[count] = integer(shape.type(), word);
        }
      } catch (NumberFormatException e) {
        throw in.error("'%s' is no %s".formatted(word, shape.type().hloName()));
      }
      count++;
    }

    private double real(String word) {
      try {
        return parse(word);
      } catch (NumberFormatException e) {
        throw in.error("'%s' is no part of a %s".formatted(word, shape.type().hloName()));
      }
    }

    private double parse(String word) {
      return switch (word) {
        case "inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        case "nan", "-nan" -> Double.NaN;
        default -> part == DType.F32 ? Float.parseFloat(word) : Double.parseDouble(word);
      };
    }

    private static long integer(DType type, String word) {
      if (word.equals("true")) {
        return 1;
      }
      if (word.equals("false")) {
        return 0;
      }
      long value = type == DType.U64 ? Long.parseUnsignedLong(word) : Long.parseLong(word);
      if (type != DType.PRED && Literal.wrap(type, value) != value) {
        throw new NumberFormatException(word);
      }
      return value;
    }

    Literal finish() {
      if (shape.type().isComplex()) {
        return Literal.ofComplex(
            shape, Arrays.copyOf(reals, count), Arrays.copyOf(imaginaries, count));
      }
      return part.isFloating()
          ? Literal.ofReals(shape, Arrays.copyOf(reals, count))
          : Literal.ofIntegers(shape, Arrays.copyOf(integers, count));
    }
  }
}
