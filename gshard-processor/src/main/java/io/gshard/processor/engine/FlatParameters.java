package io.gshard.processor.engine;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A module whose entry takes arrays alone: a parameter for each leaf of a tuple parameter. Its
 * aliases, which go by parameter, are gone.
 */
final class FlatParameters {
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<Instruction, Instruction> images = new IdentityHashMap<>();
  private int parameters;

  private FlatParameters() {}

  static HloModule of(HloModule module) {
    return new HloModule(
        module.name(),
        module.mesh(),
        new FlatParameters().rewrite(module.entry()),
        List.of(),
        module.partitioned());
  }

  private Computation rewrite(Computation entry) {
    // Leaves are numbered in the order of the parameters, wherever these stand.
    for (Instruction parameter : entry.parameters()) {
      images.put(parameter, parameter(parameter.name(), parameter.type(), parameter));
    }
    for (Instruction old : entry.instructions()) {
      if (!(old.op() instanceof HloOp.Parameter)) {
        Instruction image = old.withOperands(old.operands().stream().map(images::get).toList());
        instructions.add(image);
        images.put(old, image);
      }
    }
    return new Computation(entry.name(), instructions, images.get(entry.root()));
  }

  private Instruction parameter(String name, Type type, Instruction old) {
    Instruction image =
        switch (type) {
          case Type.Array(Shape shape) ->
              Instruction.of(
                  name, new HloOp.Parameter(parameters++), type, List.of(), old.source());
          case Type.Tuple(List<Type> elements) -> {
            List<Instruction> parts = new ArrayList<>();
            for (int i = 0; i < elements.size(); i++) {
              parts.add(parameter(name + "." + i, elements.get(i), old));
            }
            yield Instruction.of(name, new HloOp.Tuple(), type, parts, old.source());
          }
        };
    instructions.add(image);
    return image;
  }
}
