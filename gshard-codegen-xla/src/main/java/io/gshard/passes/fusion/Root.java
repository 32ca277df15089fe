package io.gshard.passes.fusion;

import io.gshard.hlo.Source;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;

/** What a {@link View} looks at. */
public sealed interface Root {

  /** One constant element. */
  record Scalar(Literal literal) implements Root {}

  /** A constant array that is not one value everywhere. */
  record Table(Literal literal) implements Root {}

  /** The endless array 0, 1, 2, ...: an iota is a view of it. */
  record Counter() implements Root {}

  /**
   * An array in memory, dense and row-major: a parameter, the result of a step, or the state of a
   * loop. Compared by identity.
   */
  final class Value implements Root {
    private final int id;
    private final String name;
    private final Shape shape;
    private final Source source;

    Value(int id, String name, Shape shape, Source source) {
      this.id = id;
      this.name = name;
      this.shape = shape;
      this.source = source;
    }

    /** A new value of the same name and source; compared by identity, it is another one. */
    public Value another(Shape other) {
      return new Value(id, name, other, source);
    }

    /** Unique in the program, but for copies. */
    public int id() {
      return id;
    }

    public String name() {
      return name;
    }

    public Shape shape() {
      return shape;
    }

    public Source source() {
      return source;
    }

    @Override
    public String toString() {
      return name + "#" + id + " " + shape;
    }
  }
}
