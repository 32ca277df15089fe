package io.gshard.eval;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Calls a module's entry with the literals of each device. */
final class Programs {
  private Programs() {}

  static List<List<Literal>> run(
      Interpreter devices, HloModule module, List<List<Literal>> perDevice) {
    if (perDevice.size() != devices.size()) {
      throw new IllegalArgumentException(
          "%s runs on %d devices, arguments for %d given"
              .formatted(module.name(), devices.size(), perDevice.size()));
    }
    List<Instruction> parameters = module.entry().parameters();
    List<Shape> expected = parameters.stream().flatMap(p -> p.type().stream()).toList();
    for (List<Literal> arguments : perDevice) {
      List<Shape> found = arguments.stream().map(Literal::shape).toList();
      if (!found.equals(expected)) {
        throw new IllegalArgumentException(
            "%s takes %s, found %s".formatted(module.name(), expected, found));
      }
    }
    List<Value> leaves = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      int leaf = i;
      leaves.add(new Value.Array(perDevice.stream().map(a -> a.get(leaf)).toList()));
    }
    Iterator<Value> next = leaves.iterator();
    List<Value> arguments = parameters.stream().map(p -> pack(p.type(), next)).toList();
    Value result = devices.call(module.entry(), arguments);
    List<List<Literal>> results = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      int device = i;
      results.add(result.leaves().stream().map(array -> array.on(device)).toList());
    }
    return results;
  }

  private static Value pack(Type type, Iterator<Value> leaves) {
    return switch (type) {
      case Type.Array array -> leaves.next();
      case Type.Tuple tuple ->
          new Value.Tuple(tuple.elements().stream().map(e -> pack(e, leaves)).toList());
    };
  }
}
