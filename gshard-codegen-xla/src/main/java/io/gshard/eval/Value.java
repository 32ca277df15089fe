package io.gshard.eval;

import io.gshard.tensor.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What an instruction gives while it is interpreted: on every device that takes part, in lock-step.
 */
sealed interface Value {

  /** An array; one literal for each device. */
  record Array(List<Literal> perDevice) implements Value {
    public Array {
      perDevice = List.copyOf(perDevice);
    }
  }

  record Tuple(List<Value> elements) implements Value {
    public Tuple {
      elements = List.copyOf(elements);
    }
  }

  /** The arrays in it, in order. */
  default List<Array> leaves() {
    return switch (this) {
      case Array array -> List.of(array);
      case Tuple tuple -> tuple.elements().stream().flatMap(e -> e.leaves().stream()).toList();
    };
  }

  /** The literal of an array on the device at a position. */
  default Literal on(int position) {
    return switch (this) {
      case Array array -> array.perDevice().get(position);
      case Tuple tuple -> throw new IllegalStateException("an array expected, found a tuple");
    };
  }

  /** The same value as seen by one device alone. */
  default Value only(int position) {
    return switch (this) {
      case Array array -> new Array(List.of(array.perDevice().get(position)));
      case Tuple tuple -> new Tuple(tuple.elements().stream().map(e -> e.only(position)).toList());
    };
  }

  /** Puts together what several devices found alone. */
  static Value join(List<Value> values) {
    return switch (values.getFirst()) {
      case Array first -> new Array(values.stream().map(v -> v.on(0)).toList());
      case Tuple first -> {
        List<Value> elements = new ArrayList<>();
        for (int i = 0; i < first.elements().size(); i++) {
          int at = i;
          elements.add(join(values.stream().map(v -> ((Tuple) v).elements().get(at)).toList()));
        }
        yield new Tuple(elements);
      }
    };
  }

  /** The same literal on some number of devices. */
  static Value same(Literal literal, int devices) {
    return new Array(IntStream.range(0, devices).mapToObj(i -> literal).toList());
  }
}
