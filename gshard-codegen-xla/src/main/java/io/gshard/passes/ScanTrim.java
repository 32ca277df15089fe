package io.gshard.passes;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.hlo.Type;
import io.gshard.op.Op;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Drops from a loop what does nothing: results and operands that are not used, carries that never
 * change, operands given twice; and moves what is cheap to make (constants, counts) from its
 * operands into its body.
 */
final class ScanTrim {
  private final Emitter emitter;
  private final Instruction scan;
  private final HloOp.Scan op;
  private final List<Instruction> parameters;
  private final List<Instruction> results;
  private final boolean[] keepParameter;
  private final boolean[] keepResult;

  private ScanTrim(Emitter emitter, Instruction scan) {
    this.emitter = emitter;
    this.scan = scan;
    this.op = (HloOp.Scan) scan.op();
    this.parameters = op.body().parameters();
    this.results = op.body().root().operands();
    this.keepParameter = new boolean[parameters.size()];
    this.keepResult = new boolean[results.size()];
  }

  /**
   * Emits the loop.
   *
   * @param scan whose operands are in the new graph already
   * @return for each old result its value, null where it is not used
   */
  static List<Instruction> apply(Emitter emitter, Instruction scan, Set<Integer> used) {
    ScanTrim trim = new ScanTrim(emitter, scan);
    trim.mark(used);
    return trim.emit(used);
  }

  private boolean unchanging(int carry) {
    return carry < op.carries() && results.get(carry) == parameters.get(carry);
  }

  /**
   * A carry lives if it is used afterwards, or if in the body something that lives depends on it.
   */
  private void mark(Set<Integer> used) {
    used.forEach(i -> keepResult[i] = true);
    boolean changed = true;
    while (changed) {
      changed = false;
      List<Instruction> roots = new ArrayList<>();
      for (int i = 0; i < results.size(); i++) {
        if (keepResult[i]) {
          roots.add(results.get(i));
        }
      }
      Set<Instruction> live = Simplify.live(roots.toArray(Instruction[]::new));
      for (int i = 0; i < parameters.size(); i++) {
        keepParameter[i] = live.contains(parameters.get(i)) || i < op.carries() && keepResult[i];
        if (i < op.carries() && keepParameter[i] && !keepResult[i]) {
          keepResult[i] = true;
          changed = true;
        }
      }
    }
  }

  private List<Instruction> emit(Set<Integer> used) {
    GraphBuilder body = new GraphBuilder(op.body().name(), emitter.target().mesh());
    Rewriter rewriter = new Rewriter(body);
    List<Instruction> carries = new ArrayList<>();
    List<Instruction> slices = new ArrayList<>();
    List<Instruction> constants = new ArrayList<>();
    Map<Instruction, Instruction> given = new IdentityHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      Instruction operand = scan.operand(i);
      boolean carry = i < op.carries() && !unchanging(i);
      boolean slice = i >= op.carries() && i < op.carries() + op.slices();
      if (!keepParameter[i]) {
        continue;
      }
      if (carry) {
        carries.add(operand);
        rewriter.parameter(parameters.get(i));
      } else if (slice) {
        slices.add(operand);
        if (!given.containsKey(operand)) {
          given.put(operand, rewriter.parameter(parameters.get(i)));
        } else {
          slices.removeLast();
          rewriter.put(parameters.get(i), given.get(operand));
        }
      }
    }
    given.clear();
    for (int i = 0; i < parameters.size(); i++) {
      boolean constant = i >= op.carries() + op.slices() || unchanging(i);
      if (keepParameter[i] && constant) {
        Instruction operand = scan.operand(i);
        if (!given.containsKey(operand)) {
          given.put(operand, inside(body, operand, parameters.get(i), constants));
        }
        rewriter.put(parameters.get(i), given.get(operand));
      }
    }

    List<Instruction> roots = new ArrayList<>();
    Map<Integer, Integer> places = new HashMap<>();
    Map<Instruction, Integer> stacks = new IdentityHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      if (keepResult[i] && !unchanging(i)) {
        Integer known = i < op.carries() ? null : stacks.get(results.get(i));
        if (known == null) {
          known = roots.size();
          roots.add(results.get(i));
          if (i >= op.carries()) {
            stacks.put(results.get(i), known);
          }
        }
        places.put(i, known);
      }
    }
    Set<Instruction> live = Simplify.live(roots.toArray(Instruction[]::new));
    for (Instruction instruction : op.body().instructions()) {
      if (live.contains(instruction) && !rewriter.has(instruction)) {
        rewriter.copy(instruction);
      }
    }
    Computation trimmed = body.build(body.tuple(rewriter.get(roots)));
    return replace(trimmed, carries, slices, constants, places, used);
  }

  /** The value of a constant operand in the body: made there if that is cheap, else a parameter. */
  private static Instruction inside(
      GraphBuilder body, Instruction operand, Instruction parameter, List<Instruction> constants) {
    if (!operand.isSharded() && operand.type() instanceof Type.Array) {
      switch (operand.op()) {
        case Op.Iota i -> {
          return body.add(operand);
        }
        case Op.Constant c when operand.shape().isScalar() -> {
          return body.add(operand);
        }
        case Op.Broadcast b
            when operand.operand(0).op() instanceof Op.Constant
                && operand.operand(0).shape().isScalar() -> {
          return body.add(operand.withOperands(List.of(body.add(operand.operand(0)))));
        }
        default -> {}
      }
    }
    constants.add(operand);
    return body.parameter(parameter);
  }

  private List<Instruction> replace(
      Computation body,
      List<Instruction> carries,
      List<Instruction> slices,
      List<Instruction> constants,
      Map<Integer, Integer> places,
      Set<Integer> used) {
    List<Shape> shapes = new ArrayList<>();
    for (Instruction root : body.root().operands()) {
      boolean stack = shapes.size() >= carries.size();
      List<Long> dims = new ArrayList<>(root.shape().dims());
      if (stack) {
        dims.addFirst(op.length());
      }
      shapes.add(root.shape().withDims(dims));
    }
    List<Instruction> operands = new ArrayList<>(carries);
    operands.addAll(slices);
    operands.addAll(constants);
    HloOp.Scan smaller =
        new HloOp.Scan(
            body, op.length(), carries.size(), slices.size(), op.reverse(), op.rematerialize());
    // A loop without results is not needed: all that was used of it are carries that never change.
    Instruction loop =
        shapes.isEmpty() ? null : emitter.target().add(smaller, Type.tuple(shapes), operands);
    Instruction[] values = new Instruction[results.size()];
    for (int i : used) {
      values[i] = unchanging(i) ? scan.operand(i) : emitter.target().element(loop, places.get(i));
    }
    return Arrays.asList(values);
  }
}
