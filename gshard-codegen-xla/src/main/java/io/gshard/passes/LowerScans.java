package io.gshard.passes;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Turns every {@link HloOp.Scan} into HLO's own {@code while}. Its state is one tuple: an s32
 * counter, the carries, the stacks that are being filled, then slices and constants, which stay as
 * they are. A loop of one turn becomes its body.
 */
public final class LowerScans {
  private final MeshShape mesh;

  private LowerScans(MeshShape mesh) {
    this.mesh = mesh;
  }

  /** The module without scans. */
  public static HloModule run(HloModule module) {
    LowerScans lowering = new LowerScans(module.mesh());
    return OpRewrite.run(
        module,
        i -> i.op() instanceof HloOp.Scan,
        (emitter, scan, operands) ->
            lowering.loop(emitter.target(), scan, (HloOp.Scan) scan.op(), operands));
  }

  /** The tuple of the scan's results. */
  private Instruction loop(
      GraphBuilder builder, Instruction instruction, HloOp.Scan scan, List<Instruction> operands) {
    List<Shape> results = instruction.type().leaves();
    if (scan.length() == 1) {
      return once(builder, scan, operands, results);
    }
    List<Instruction> state = new ArrayList<>();
    state.add(integer(builder, 0));
    state.addAll(operands.subList(0, scan.carries()));
    for (Shape stack : results.subList(scan.carries(), results.size())) {
      Instruction zero = builder.add(new Op.Constant(Literal.scalar(stack.type(), 0)));
      state.add(builder.add(new Op.Broadcast(stack.dims(), List.of()), zero));
    }
    if (scan.length() > 0) {
      state.addAll(operands.subList(scan.carries(), operands.size()));
      Instruction start = builder.tuple(state);
      HloOp.While loop =
          new HloOp.While(
              condition(scan, start.type(), instruction),
              body(scan, start.type(), results, instruction),
              scan.length());
      Instruction end = builder.add(loop, start.type(), List.of(start));
      for (int i = 1; i <= results.size(); i++) {
        state.set(i, builder.element(end, i));
      }
    }
    return builder.tuple(state.subList(1, 1 + results.size()));
  }

  private static Instruction once(
      GraphBuilder builder, HloOp.Scan scan, List<Instruction> operands, List<Shape> results) {
    List<Instruction> arguments = new ArrayList<>(operands);
    for (int i = scan.carries(); i < scan.carries() + scan.slices(); i++) {
      arguments.set(i, withoutFirst(builder, operands.get(i)));
    }
    Rewriter inner = new Rewriter(builder);
    List<Instruction> values = inlined(inner, scan, arguments);
    for (int i = scan.carries(); i < values.size(); i++) {
      values.set(i, builder.add(new Op.Reshape(results.get(i).dims()), values.get(i)));
    }
    return builder.tuple(values);
  }

  private Computation condition(HloOp.Scan scan, Type state, Instruction from) {
    GraphBuilder builder = new GraphBuilder(scan.body().name() + "_condition", mesh);
    builder.at(from.source());
    Instruction counter = builder.element(builder.parameter("state", state), 0);
    Instruction limit = integer(builder, scan.length());
    return builder.build(builder.add(new Op.Compare(Op.Direction.LT), counter, limit));
  }

  private Computation body(HloOp.Scan scan, Type state, List<Shape> results, Instruction from) {
    GraphBuilder builder = new GraphBuilder(scan.body().name(), mesh);
    builder.at(from.source());
    Instruction parameter = builder.parameter("state", state);
    List<Instruction> before = new ArrayList<>();
    for (int i = 0; i < ((Type.Tuple) state).elements().size(); i++) {
      before.add(builder.element(parameter, i));
    }
    Instruction counter = before.getFirst();
    Instruction index =
        scan.reverse()
            ? builder.add(
                new Op.Binary(Op.BinaryKind.SUBTRACT), integer(builder, scan.length() - 1), counter)
            : counter;
    Instruction zero = integer(builder, 0);
    List<Instruction> arguments = new ArrayList<>(before.subList(1, 1 + scan.carries()));
    int next = 1 + results.size();
    for (int i = 0; i < scan.slices(); i++) {
      Instruction stack = before.get(next++);
      List<Instruction> operands = at(List.of(stack), index, zero);
      Op.DynamicSlice row = new Op.DynamicSlice(stack.shape().withDim(0, 1).dims());
      arguments.add(withoutFirst(builder, builder.add(row, operands)));
    }
    arguments.addAll(before.subList(next, before.size()));

    List<Instruction> values = inlined(new Rewriter(builder), scan, arguments);
    builder.at(from.source());
    List<Instruction> after = new ArrayList<>(before);
    after.set(0, builder.add(new Op.Binary(Op.BinaryKind.ADD), counter, integer(builder, 1)));
    for (int i = 0; i < values.size(); i++) {
      Instruction value = values.get(i);
      if (i >= scan.carries()) {
        Instruction stack = before.get(1 + i);
        Instruction row = builder.add(new Op.Reshape(stack.shape().withDim(0, 1).dims()), value);
        value = builder.add(new Op.DynamicUpdateSlice(), at(List.of(stack, row), index, zero));
      }
      after.set(1 + i, value);
    }
    return builder.build(builder.tuple(after));
  }

  /** The values that the body gives. */
  private static List<Instruction> inlined(
      Rewriter rewriter, HloOp.Scan scan, List<Instruction> arguments) {
    Instruction root = rewriter.inline(scan.body(), arguments);
    return new ArrayList<>(root.operands());
  }

  private static List<Instruction> at(
      List<Instruction> first, Instruction index, Instruction zero) {
    List<Instruction> operands = new ArrayList<>(first);
    operands.add(index);
    operands.addAll(Collections.nCopies(first.getFirst().shape().rank() - 1, zero));
    return operands;
  }

  private static Instruction withoutFirst(GraphBuilder builder, Instruction row) {
    List<Long> dims = row.shape().dims();
    return builder.add(new Op.Reshape(dims.subList(1, dims.size())), row);
  }

  private static Instruction integer(GraphBuilder builder, long value) {
    return builder.add(new Op.Constant(Literal.scalar(DType.S32, value)));
  }
}
