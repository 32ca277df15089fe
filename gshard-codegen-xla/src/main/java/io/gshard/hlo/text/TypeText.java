package io.gshard.hlo.text;

import io.gshard.hlo.Type;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads HLO's types: {@code (f32[8,128]{1,0}, s32[])}; layouts are skipped. Writing them is their
 * toString.
 */
final class TypeText {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_RANK = 64;

  private TypeText() {}

  static Type read(Cursor in) {
    return read(in, 0);
  }

  private static Type read(Cursor in, int depth) {
    if (depth > MAX_DEPTH) {
      throw in.error("a type nested more than " + MAX_DEPTH + " deep");
    }
    // A token orders what has effects, of which our graph has none: a value with nothing in it.
    if (in.peekName().equals("token")) {
      in.name();
      in.expect("[");
      in.expect("]");
      return new Type.Tuple(List.of());
    }
    if (!in.sees("(")) {
      return new Type.Array(shape(in));
    }
    return new Type.Tuple(in.list("(", ")", () -> read(in, depth + 1)));
  }

  /** Whether a type stands here and not a name. */
  static boolean isHere(Cursor in) {
    if (in.sees("(")) {
      return true;
    }
    Cursor look = in.from(in.position());
    String word = look.peekName();
    return !word.isEmpty() && look.eat(word) && look.sees("[");
  }

  private static Shape shape(Cursor in) {
    in.skipSpace();
    Cursor start = in.from(in.position());
    String name = in.name();
    DType type =
        find(name).orElseThrow(() -> start.error("element type '" + name + "' is not supported"));
    List<Long> dims = in.list("[", "]", () -> dim(in));
    if (dims.size() > MAX_RANK) {
      throw start.error("an array of %d dims, more than %d".formatted(dims.size(), MAX_RANK));
    }
    // A layout follows at once; a body, after a signature's type, does not.
    if (in.isAt('{')) {
      in.value();
    }
    Shape shape = new Shape(type, dims);
    try {
      shape.bytes();
    } catch (ArithmeticException e) {
      throw in.error(shape + " has too many elements");
    }
    return shape;
  }

  private static long dim(Cursor in) {
    if (in.sees("<=") || in.sees("?")) {
      throw in.error("dynamic dims are not supported");
    }
    long dim = in.number();
    if (dim < 0) {
      throw in.error("a dim of size " + dim);
    }
    return dim;
  }

  private static Optional<DType> find(String name) {
    for (DType type : DType.values()) {
      if (type.hloName().equals(name.toLowerCase(Locale.ROOT))) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** Skips {@code (a: f32[], b: s32[])} and {@code -> type}, which the body says again. */
  static void skipSignature(Cursor in) {
    if (in.sees("(")) {
      in.inBrackets();
    }
    if (in.eat("->")) {
      read(in);
    }
  }
}
