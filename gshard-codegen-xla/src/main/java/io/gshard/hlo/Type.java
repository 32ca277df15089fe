package io.gshard.hlo;

import io.gshard.tensor.Shape;
import java.util.ArrayList;
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
    if (this instanceof Array array) {
      return List.of(array.shape());
    }
    List<Shape> leaves = new ArrayList<>();
    collectLeaves(this, leaves);
    return List.copyOf(leaves);
  }

  /** How many arrays are in it. */
  default int leafCount() {
    if (this instanceof Tuple tuple) {
      int count = 0;
      for (Type element : tuple.elements()) {
        count += element.leafCount();
      }
      return count;
    }
    return 1;
  }

  private static void collectLeaves(Type type, List<Shape> leaves) {
    switch (type) {
      case Array array -> leaves.add(array.shape());
      case Tuple tuple -> {
        for (Type element : tuple.elements()) {
          collectLeaves(element, leaves);
        }
      }
    }
  }

  /** Among a tuple's leaves, the first one of an element. */
  static int tupleOffset(Tuple tuple, int element) {
    int offset = 0;
    for (int i = 0; i < element; i++) {
      offset += tuple.elements().get(i).leafCount();
    }
    return offset;
  }

  /** Stream form of {@link #leaves}. */
  default Stream<Shape> stream() {
    return leaves().stream();
  }
}
