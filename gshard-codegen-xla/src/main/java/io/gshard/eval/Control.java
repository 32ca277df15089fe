package io.gshard.eval;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Loops and branches. */
final class Control {
  private Control() {}

  static Value loop(Interpreter devices, Instruction instruction, HloOp.While op, Value state) {
    Value current = state;
    for (long trip = 0; holds(devices, instruction, op, current, trip); trip++) {
      current = devices.call(op.body(), List.of(current));
    }
    return current;
  }

  private static boolean holds(
      Interpreter devices, Instruction instruction, HloOp.While op, Value state, long trip) {
    Value condition = devices.call(op.condition(), List.of(state));
    for (int i = 1; i < devices.size(); i++) {
      if (condition.on(i).integer(0) != condition.on(0).integer(0)) {
        throw new IllegalStateException(
            "while loop %s at %s: after %d trips device %d goes on and device %d stops; the condition must be the same on all devices"
                .formatted(
                    instruction,
                    instruction.source(),
                    trip,
                    devices.device(condition.on(i).integer(0) != 0 ? i : 0),
                    devices.device(condition.on(i).integer(0) != 0 ? 0 : i)));
      }
    }
    return condition.on(0).integer(0) != 0;
  }

  /** Together where all devices choose the same branch, else each device alone. */
  static Value branch(Interpreter devices, HloOp.Conditional op, List<Value> operands) {
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      chosen.add(choose(op, operands.getFirst().on(i)));
    }
    if (chosen.stream().distinct().count() == 1) {
      int branch = chosen.getFirst();
      return devices.call(op.branches().get(branch), List.of(operands.get(1 + branch)));
    }
    List<Value> results = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      Computation branch = op.branches().get(chosen.get(i));
      Value operand = operands.get(1 + chosen.get(i)).only(i);
      results.add(devices.only(i).call(branch, List.of(operand)));
    }
    return Value.join(results);
  }

  /** True is branch 0, false branch 1; a number that no branch has is the last one. */
  private static int choose(HloOp.Conditional op, Literal index) {
    if (index.shape().type() == DType.PRED) {
      return index.integer(0) != 0 ? 0 : 1;
    }
    long number = index.integer(0);
    int last = op.branches().size() - 1;
    return number < 0 || number > last ? last : (int) number;
  }

  static Value scan(Interpreter devices, HloOp.Scan op, List<Value> operands, Type type) {
    List<Value> carries = List.copyOf(operands.subList(0, op.carries()));
    List<Value> sliced = operands.subList(op.carries(), op.carries() + op.slices());
    List<Value> constants = operands.subList(op.carries() + op.slices(), operands.size());
    List<Shape> stackShapes =
        type.leaves().subList(op.carries(), ((Type.Tuple) type).elements().size());
    List<List<Cells>> stacks = new ArrayList<>();
    for (Shape shape : stackShapes) {
      List<Cells> perDevice = new ArrayList<>();
      for (int i = 0; i < devices.size(); i++) {
        perDevice.add(new Cells(shape));
      }
      stacks.add(perDevice);
    }
    for (long trip = 0; trip < op.length(); trip++) {
      long at = op.reverse() ? op.length() - 1 - trip : trip;
      List<Value> arguments = new ArrayList<>(carries);
      sliced.forEach(stacked -> arguments.add(slice(devices, stacked, at)));
      arguments.addAll(constants);
      List<Value> results = ((Value.Tuple) devices.call(op.body(), arguments)).elements();
      carries = results.subList(0, op.carries());
      for (int i = 0; i < stacks.size(); i++) {
        stack(stacks.get(i), results.get(op.carries() + i), at);
      }
    }
    List<Value> all = new ArrayList<>(carries);
    stacks.forEach(s -> all.add(new Value.Array(s.stream().map(Cells::literal).toList())));
    return new Value.Tuple(all);
  }

  /** Row {@code at} of dim 0, without that dim. */
  private static Value slice(Interpreter devices, Value stacked, long at) {
    List<Literal> rows = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      Literal all = stacked.on(i);
      Shape shape = all.shape();
      List<Long> starts = new ArrayList<>(Collections.nCopies(shape.rank(), 0L));
      starts.set(0, at);
      List<Long> limits = new ArrayList<>(shape.dims());
      limits.set(0, at + 1);
      Op.Slice row = new Op.Slice(starts, limits, Collections.nCopies(shape.rank(), 1L));
      rows.add(
          ReferenceOps.apply(
              new Op.Reshape(shape.dims().subList(1, shape.rank())),
              List.of(ReferenceOps.apply(row, List.of(all)))));
    }
    return new Value.Array(rows);
  }

  /** Writes row {@code at} of dim 0 on each device. */
  private static void stack(List<Cells> perDevice, Value row, long at) {
    for (int device = 0; device < perDevice.size(); device++) {
      Literal elements = row.on(device);
      long size = elements.shape().elements();
      for (long i = 0; i < size; i++) {
        perDevice.get(device).copy(at * size + i, elements, i);
      }
    }
  }
}
