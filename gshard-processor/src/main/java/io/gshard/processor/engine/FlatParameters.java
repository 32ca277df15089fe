package io.gshard.processor.engine;

import io.gshard.hlo.ArrayOp;
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
 * A module whose entry takes and gives real arrays alone: a parameter for each leaf of a tuple
 * parameter, and two of each complex array, its real and its imaginary part. Its aliases, which go
 * by parameter, are gone.
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
    Instruction root = images.get(entry.root());
    boolean real = root.type().stream().noneMatch(s -> s.type().isComplex());
    return new Computation(entry.name(), instructions, real ? root : parts(root));
  }

  /** A flat tuple of a result's leaves, the complex ones in parts. */
  private Instruction parts(Instruction root) {
    List<Instruction> parts = new ArrayList<>();
    collect(root, parts);
    Type type = new Type.Tuple(parts.stream().map(Instruction::type).toList());
    return add(root.name() + ".parts", new HloOp.Tuple(), type, parts, root);
  }

  private void collect(Instruction value, List<Instruction> parts) {
    switch (value.type()) {
      case Type.Tuple(List<Type> elements) -> {
        for (int i = 0; i < elements.size(); i++) {
          String name = value.name() + "." + i;
          HloOp element = new HloOp.GetTupleElement(i);
          collect(add(name, element, elements.get(i), List.of(value), value), parts);
        }
      }
      case Type.Array(Shape shape) when shape.type().isComplex() -> {
        Type part = new Type.Array(shape.withType(shape.type().part()));
        List<Instruction> of = List.of(value);
        parts.add(add(value.name() + ".real", new ArrayOp.Real(), part, of, value));
        parts.add(add(value.name() + ".imag", new ArrayOp.Imag(), part, of, value));
      }
      case Type.Array array -> parts.add(value);
    }
  }

  private Instruction parameter(String name, Type type, Instruction old) {
    return switch (type) {
      case Type.Array(Shape shape) when shape.type().isComplex() -> {
        Type part = new Type.Array(shape.withType(shape.type().part()));
        Instruction real = parameter(name + ".real", part, old);
        Instruction imaginary = parameter(name + ".imag", part, old);
        yield add(name, new ArrayOp.Complex(), type, List.of(real, imaginary), old);
      }
      case Type.Array array -> add(name, new HloOp.Parameter(parameters++), type, List.of(), old);
      case Type.Tuple(List<Type> elements) -> {
        List<Instruction> parts = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
          parts.add(parameter(name + "." + i, elements.get(i), old));
        }
        yield add(name, new HloOp.Tuple(), type, parts, old);
      }
    };
  }

  private Instruction add(
      String name, HloOp op, Type type, List<Instruction> operands, Instruction old) {
    Instruction added = Instruction.of(name, op, type, operands, old.source());
    instructions.add(added);
    return added;
  }
}
