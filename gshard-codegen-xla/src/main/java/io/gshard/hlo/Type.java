package io.gshard.hlo;

import io.gshard.tensor.Shape;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The type of an instruction: an array or a tuple of types. Prints as HLO does. */
public sealed interface Type {

  record Array(Shape shape) implements Type {
    @Override
    public String toString() {
      return shape.toString();
    }
  }

  record Tuple(List<Type> elements) implements Type {
    public Tuple {
      elements = List.copyOf(elements);
    }

    @Override
    public String toString() {
      return elements.stream().map(Type::toString).collect(Collectors.joining(", ", "(", ")"));
    }
  }

  /** A flat tuple. */
  static Type tuple(List<Shape> shapes) {
    return new Tuple(shapes.stream().map(s -> (Type) new Array(s)).toList());
  }

  /** The arrays in it, in order. */
  default List<Shape> leaves() {
    return switch (this) {
      case Array(Shape shape) -> List.of(shape);
      case Tuple(List<Type> elements) ->
          elements.stream().flatMap(e -> e.leaves().stream()).toList();
    };
  }

  /** Among a tuple's leaves, the first one of an element. */
  static int tupleOffset(Tuple tuple, int element) {
    return tuple.elements().subList(0, element).stream().mapToInt(t -> t.leaves().size()).sum();
  }

  /** Stream form of {@link #leaves}. */
  default Stream<Shape> stream() {
    return leaves().stream();
  }
}
