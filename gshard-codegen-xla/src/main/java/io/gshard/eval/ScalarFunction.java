package io.gshard.eval;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Combiner;
import io.gshard.op.IntegerMath;
import io.gshard.op.Op;
import io.gshard.op.RealMath;
import io.gshard.tensor.Literal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A computation on scalars that is called for many elements: reduce's, sort's, scatter's. The
 * arguments lie in registers, one for each scalar instruction; what calls other computations is
 * interpreted.
 */
final class ScalarFunction {
  private final Interpreter alone;
  private final Computation computation;
  private final Map<Instruction, Cells> registers = new IdentityHashMap<>();
  private final List<Runnable> steps = new ArrayList<>();
  private final List<Cells> parameters = new ArrayList<>();
  private final List<Cells> results = new ArrayList<>();

  ScalarFunction(Interpreter alone, Computation computation) {
    this.alone = alone;
    this.computation = computation;
    for (Instruction parameter : computation.parameters()) {
      parameters.add(new Cells(parameter.shape()));
    }
    Instruction root = computation.root();
    if (computation.instructions().stream().allMatch(i -> i == root || isPlain(i))
        && (isPlain(root) || root.op() instanceof HloOp.Tuple)) {
      computation.instructions().forEach(this::compile);
      List<Instruction> roots = root.op() instanceof HloOp.Tuple ? root.operands() : List.of(root);
      roots.forEach(r -> results.add(registers.get(r)));
    } else {
      root.type().leaves().forEach(shape -> results.add(new Cells(shape)));
      steps.add(this::interpret);
    }
  }

  /** The combiner that it is, whose sums may be folded wide; null if none. */
  Combiner combiner() {
    return computation.combiner();
  }

  void argument(int parameter, Literal from, long at) {
    parameters.get(parameter).copy(0, from, at);
  }

  void argument(int parameter, Cells from, long at) {
    parameters.get(parameter).copy(0, from, at);
  }

  void run() {
    steps.forEach(Runnable::run);
  }

  /** What the last run gave: the root, or the elements of its tuple. */
  Cells result(int index) {
    return results.get(index);
  }

  private static boolean isPlain(Instruction i) {
    return i.op() instanceof HloOp.Parameter
        || !(i.op() instanceof Op.Structural)
            && !i.op().needsMesh()
            && i.shape().isScalar()
            && i.operands().stream().allMatch(o -> o.shape().isScalar());
  }

  private void compile(Instruction i) {
    if (i.op() instanceof HloOp.Tuple) {
      return;
    }
    if (i.op() instanceof HloOp.Parameter(int index)) {
      registers.put(i, parameters.get(index));
      return;
    }
    Cells to = new Cells(i.shape());
    List<Cells> from = i.operands().stream().map(registers::get).toList();
    registers.put(i, to);
    boolean simple = !i.shape().type().isComplex() && from.stream().noneMatch(Cells::isComplex);
    switch (i.op()) {
      case Op.Constant c -> to.copy(0, c.value(), 0);
      case Op.Binary b when simple -> steps.add(() -> binary(b.kind(), from, to));
      case Op.Compare c when simple -> steps.add(() -> compare(c.direction(), from, to));
      case Op.Select s ->
          steps.add(() -> to.copy(0, from.get(from.get(0).integer(0) != 0 ? 1 : 2), 0));
      case Op op ->
          steps.add(
              () ->
                  to.copy(
                      0, ReferenceOps.apply(op, from.stream().map(Cells::literal).toList()), 0));
    }
  }

  private static void binary(Op.BinaryKind kind, List<Cells> from, Cells to) {
    if (to.isFloating()) {
      double value = RealMath.binary(kind, from.get(0).real(0), from.get(1).real(0));
      to.real(0, Literal.round(to.type(), value));
    } else {
      long value =
          IntegerMath.binary(kind, to.type(), from.get(0).integer(0), from.get(1).integer(0));
      to.integer(0, Literal.wrap(to.type(), value));
    }
  }

  private static void compare(Op.Direction direction, List<Cells> from, Cells to) {
    Cells x = from.get(0);
    Cells y = from.get(1);
    boolean holds =
        x.isFloating()
            ? RealMath.compare(direction, x.real(0), y.real(0))
            : IntegerMath.compare(direction, x.type(), x.integer(0), y.integer(0));
    to.integer(0, holds ? 1 : 0);
  }

  private void interpret() {
    List<Value> arguments = parameters.stream().map(p -> Value.same(p.literal(), 1)).toList();
    List<Value.Array> leaves = alone.call(computation, arguments).leaves();
    for (int i = 0; i < leaves.size(); i++) {
      results.get(i).copy(0, leaves.get(i).on(0), 0);
    }
  }
}
