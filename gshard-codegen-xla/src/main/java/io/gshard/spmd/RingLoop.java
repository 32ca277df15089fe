package io.gshard.spmd;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.op.Route;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A loop of as many turns as there are other devices along some axes. Before each turn the first
 * value of its state goes to the device before, so that what a device has comes from one further on
 * in every turn.
 */
final class RingLoop {
  /** How many values of the loop's state are its own. */
  private static final int OWN = 2;

  /** What is done in a turn. */
  interface Turn {
    /**
     * The state after a turn.
     *
     * @param part of the parts that the axes make the one whose turn it is: s32[]
     * @param state the values, the first as it has come from the next device
     */
    List<Instruction> run(GraphBuilder builder, Instruction part, List<Instruction> state);
  }

  private final MeshShape mesh;
  private final List<String> axes;
  private final int parts;

  RingLoop(MeshShape mesh, List<String> axes) {
    this.mesh = mesh;
    this.axes = axes;
    this.parts = mesh.size(axes);
  }

  /**
   * Adds the loop.
   *
   * @param part what was this device's part before the first turn; it is one further in each: s32[]
   * @param state the values before the first turn
   * @param result which of them is wanted
   */
  Instruction add(
      GraphBuilder builder, Instruction part, List<Instruction> state, int result, Turn turn) {
    List<Instruction> start = new ArrayList<>(List.of(number(builder, 1), part));
    start.addAll(state);
    Type type = new Type.Tuple(start.stream().map(Instruction::type).toList());
    HloOp.While loop =
        new HloOp.While(condition(builder, type), body(builder, type, turn), parts - 1L);
    return builder.element(builder.add(loop, type, List.of(builder.tuple(start))), OWN + result);
  }

  private Computation condition(GraphBuilder around, Type type) {
    GraphBuilder builder = inner("windows_left", around);
    Instruction count = builder.element(builder.parameter("state", type), 0);
    return builder.build(
        builder.add(new Op.Compare(Op.Direction.LT), count, number(builder, parts)));
  }

  private Computation body(GraphBuilder around, Type type, Turn turn) {
    GraphBuilder builder = inner("window", around);
    Instruction before = builder.parameter("state", type);
    List<Instruction> state = new ArrayList<>();
    for (int i = 0; i < ((Type.Tuple) type).elements().size(); i++) {
      state.add(builder.element(before, i));
    }
    Instruction count = state.get(0);
    Instruction first = state.get(1);
    List<Instruction> values = state.subList(OWN, state.size());
    values.set(
        0,
        builder.add(
            new Op.CollectivePermute(
                axes, new Route(parts, device -> Math.floorMod(device - 1, parts))),
            values.getFirst()));
    Instruction part = next(builder, first, count);
    List<Instruction> after = new ArrayList<>();
    after.add(builder.add(new Op.Binary(Op.BinaryKind.ADD), count, number(builder, 1)));
    after.add(first);
    after.addAll(turn.run(builder, part, List.copyOf(values)));
    return builder.build(builder.tuple(after));
  }

  /** The part so many further on. */
  Instruction next(GraphBuilder builder, Instruction part, Instruction steps) {
    return builder.add(
        new Op.Binary(Op.BinaryKind.REMAINDER),
        builder.add(new Op.Binary(Op.BinaryKind.ADD), part, steps),
        number(builder, parts));
  }

  private GraphBuilder inner(String name, GraphBuilder around) {
    GraphBuilder builder = new GraphBuilder(name, mesh);
    builder.at(around.source());
    return builder;
  }

  /** A part of a dim that is cut in parts of a length; x itself if it has no such dim (-1). */
  static Instruction part(
      GraphBuilder builder, Instruction x, int dim, long length, Instruction part) {
    if (dim < 0) {
      return x;
    }
    List<Instruction> operands = new ArrayList<>(List.of(x));
    operands.addAll(starts(builder, x.shape().rank(), dim, length, part));
    return builder.add(new Op.DynamicSlice(x.shape().withDim(dim, length).dims()), operands);
  }

  /** Where a part of a dim that is cut in parts of a length begins, in each dim. */
  static List<Instruction> starts(
      GraphBuilder builder, int rank, int dim, long length, Instruction part) {
    Instruction start =
        builder.add(new Op.Binary(Op.BinaryKind.MULTIPLY), part, number(builder, length));
    List<Instruction> starts = new ArrayList<>(Collections.nCopies(rank, number(builder, 0)));
    starts.set(dim, start);
    return starts;
  }

  static Instruction number(GraphBuilder builder, long value) {
    return builder.add(new Op.Constant(Literal.ofIntegers(Shape.scalar(DType.S32), value)));
  }
}
