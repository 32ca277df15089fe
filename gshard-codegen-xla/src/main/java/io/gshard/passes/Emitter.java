package io.gshard.passes;

import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.Shape;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds instructions to a graph in their simplest form, and equal ones once. */
public final class Emitter {
  /** What makes two instructions compute the same. */
  private record Key(Op op, List<Instruction> operands, Type type, List<Sharding> shardings) {}

  private final GraphBuilder target;
  private final Map<Key, Instruction> known = new HashMap<>();

  public Emitter(GraphBuilder target) {
    this.target = target;
  }

  public GraphBuilder target() {
    return target;
  }

  /** An op on arrays, at the current source position. */
  public Instruction emit(Op op, Instruction... operands) {
    List<Instruction> list = List.of(operands);
    Shape shape =
        ShapeInference.infer(
            op, list.stream().map(Instruction::shape).toList(), target.mesh()::size);
    return emit(
        Instruction.of(ShapeInference.name(op), op, new Type.Array(shape), list, target.source()));
  }

  /** An instruction whose operands are here. */
  public Instruction emit(Instruction instruction) {
    // What carries a sharding was asked for as it is.
    if (!instruction.isSharded()) {
      Instruction simpler = Algebra.simplify(this, instruction);
      if (simpler != null) {
        return simpler;
      }
    }
    if (instruction.op() instanceof HloOp.CustomCall c && !c.target().equals("Sharding")) {
      return target.add(instruction);
    }
    Key key =
        new Key(
            instruction.op(), ordered(instruction), instruction.type(), instruction.shardings());
    Instruction same = known.get(key);
    if (same == null) {
      same = target.add(instruction);
      known.put(key, same);
    }
    return same;
  }

  /** The operands; those of a commutative op in an order of their own. */
  private static List<Instruction> ordered(Instruction instruction) {
    if (instruction.op() instanceof Op.Binary b) {
      boolean commutes =
          switch (b.kind()) {
            case ADD, MULTIPLY, MAXIMUM, MINIMUM, AND, OR, XOR -> true;
            default -> false;
          };
      if (commutes) {
        return instruction.operands().stream()
            .sorted(Comparator.comparing(Instruction::name))
            .toList();
      }
    }
    return instruction.operands();
  }
}
