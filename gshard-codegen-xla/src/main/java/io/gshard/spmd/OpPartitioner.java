package io.gshard.spmd;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Type;
import io.gshard.mesh.DeviceOrder;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.sharding.Assignment;
import io.gshard.sharding.OpRule;
import io.gshard.sharding.OpRules;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Emits the local form of an op that has a rule. */
final class OpPartitioner {

  /** Gives what a device holds of a global value, in any sharding. */
  interface Locals {
    Instruction get(Instruction value, Sharding sharding, Emitter.Cause cause);
  }

  private final MeshShape mesh;
  private final OwnAxes own;
  private final Strategy strategy;
  private final Resharder resharder;
  private final Emitter emit;
  private final Locals locals;
  private final NeighbourOps neighbours;
  private final ReshapeShift reshapes;
  private final IndexedOps indexed;
  private final Selections selections;

  OpPartitioner(
      MeshShape mesh,
      OwnAxes own,
      Strategy strategy,
      Resharder resharder,
      Emitter emit,
      Locals locals) {
    this.mesh = mesh;
    this.own = own;
    this.strategy = strategy;
    this.resharder = resharder;
    this.emit = emit;
    this.locals = locals;
    this.neighbours = new NeighbourOps(mesh, emit);
    this.reshapes = new ReshapeShift(mesh, emit);
    this.indexed = new IndexedOps(mesh, emit);
    this.selections = new Selections(mesh, emit);
  }

  /** The local form of the op, its results split as was decided. */
  Instruction partition(Instruction op) {
    if (reshapes.applies(op)) {
      Instruction x = op.operand(0);
      Emitter.Cause asIs = new Emitter.Cause(op.source(), false, "");
      return reshapes.apply(op, locals.get(x, x.sharding(), asIs));
    }
    OpRule rule = OpRules.of(op);
    Assignment assignment = strategy.choose(op, rule);
    DeviceOrder order = worksInAnyOrder(op) ? op.sharding().order() : null;
    List<Instruction> operands = new ArrayList<>();
    List<Sharding> needed =
        rule.operands().stream()
            .map(dims -> assignment.sharding(mesh, rule, dims).ordered(order))
            .toList();
    for (int i = 0; i < op.operands().size(); i++) {
      Sharding wanted = needed.get(i);
      Instruction operand = op.operand(i);
      // Most operands are as they are needed, and text is slow to make.
      String reason =
          wanted.equals(operand.sharding())
              ? ""
              : "%s needs its operand %d %s as %s, found %s"
                  .formatted(
                      ShapeInference.name(op.op()), i, operand.shape(), wanted, operand.sharding());
      operands.add(locals.get(operand, wanted, new Emitter.Cause(op.source(), false, reason)));
    }
    List<Sharding> computed =
        rule.results().stream()
            .map(dims -> assignment.sharding(mesh, rule, dims).ordered(order))
            .toList();
    return switch (op.op()) {
      case Op.Gather g -> {
        Instruction local = indexed.gather(op, g, operands, needed.getFirst(), computed.getFirst());
        yield finish(op, rule, assignment, local, computed.getFirst(), sum(op));
      }
      case Op.DynamicSlice s -> {
        Instruction local = indexed.dynamicSlice(op, s, operands, needed.getFirst());
        yield finish(op, rule, assignment, local, computed.getFirst(), sum(op));
      }
      case Op.DynamicUpdateSlice s ->
          settled(op, indexed.dynamicUpdateSlice(op, operands, needed.getFirst()), computed);
      case Op.Scatter s -> {
        operands.set(1, indices(op, s, 1, operands, needed.getFirst()));
        yield scatter(op, s, rule, assignment, operands, computed.getFirst());
      }
      case ArrayOp.ScatterRegion s -> {
        int n = (operands.size() - 1) / 2;
        operands.set(n, indices(op, s.dims(), n, operands, needed.getFirst()));
        yield region(op, operands, computed);
      }
      case HloOp.ReduceRegion r -> {
        List<String> partial = Strategy.partialAxes(rule, assignment);
        yield partial.isEmpty()
            ? region(op, operands, computed)
            : settled(
                op,
                selections.reduce(
                    op, r, operands, needed.getFirst(), partial, partial(op, partial)),
                computed);
      }
      case ArrayOp.TopK t -> {
        List<String> partial = Strategy.partialAxes(rule, assignment);
        Shape x = op.operand(0).shape();
        yield partial.isEmpty()
            ? region(op, operands, computed)
            : settled(
                op,
                selections.topK(
                    t, operands.getFirst(), x.dim(x.rank() - 1), partial, partial(op, partial)),
                computed);
      }
      case ArrayOp.Rng r ->
          settled(
              op,
              new Draws(mesh, emit).draw(op, r, operands, computed.getFirst(), own.at(op)),
              computed);
      case Op.Collective c -> {
        Emitter.Cause asIs = new Emitter.Cause(op.source(), true, "it is in the program");
        yield settled(op, emit.collective(c, operands.getFirst(), asIs), computed);
      }
      case HloOp.Sort s -> region(op, operands, computed);
      case HloOp.CustomCall c -> {
        if (!c.elementwise()) {
          refuseSplit(op, c);
        }
        yield region(op, operands, computed);
      }
      case ArrayOp a when !(a instanceof ArrayOp.Convolution) -> {
        boolean near = NeighbourOps.needed(mesh, a, rule, assignment);
        yield near
            ? settled(op, neighbours.apply(op, operands, needed, computed), computed)
            : region(op, operands, computed);
      }
      default -> {
        Combiner combiner = op.op() instanceof Op.Reduce r ? r.combiner() : Combiner.ADD;
        maskPadding(op, rule, assignment, operands, combiner);
        Instruction local =
            NeighbourOps.needed(mesh, op.op(), rule, assignment)
                ? neighbours.apply(op, operands, needed, computed)
                : plain(op, operands, computed.getFirst());
        yield finish(op, rule, assignment, local, computed.getFirst(), combiner);
      }
    };
  }

  /**
   * Whether a device does the same wherever it stands: no collective, no counting from where its
   * part begins.
   */
  static boolean worksInAnyOrder(Instruction op) {
    return OpRules.isPlain(op.op());
  }

  /** What puts parts together of which all but one are zero. */
  private static Combiner sum(Instruction op) {
    return op.shape().type() == DType.PRED ? Combiner.OR : Combiner.ADD;
  }

  /** A scatter's indices, operand {@code at}, as this device counts them. */
  private Instruction indices(
      Instruction op, Op.Scatter s, int at, List<Instruction> operands, Sharding needed) {
    return indexed.scatterIndices(
        s, op.operand(0).shape(), operands.get(at), needed, operands.getFirst().shape());
  }

  private Emitter.Cause partial(Instruction op, List<String> partial) {
    return new Emitter.Cause(
        op.source(),
        false,
        "%s to %s runs over dims that are split over %s: each device has a part of every result"
            .formatted(ShapeInference.name(op.op()), op.type(), partial));
  }

  /** An op that gives one array, on local operands. */
  private Instruction plain(Instruction op, List<Instruction> operands, Sharding computed) {
    Shape result = computed.local(mesh, op.shape());
    boolean source = operands.isEmpty();
    Op local =
        LocalOp.of(
            op.op(),
            source ? null : op.operand(0).shape(),
            source ? null : operands.getFirst().shape(),
            result);
    return emit.builder().add(local, operands);
  }

  /** A value that is cheaper to make than to send, made in the sharding. */
  Instruction make(Instruction op, Sharding sharding, Instruction scalarOperand) {
    Shape local = sharding.local(mesh, op.shape());
    return switch (op.op()) {
      case Op.Iota iota -> iota(iota.dimension(), sharding.axes(iota.dimension()), local);
      case Op.Constant constant -> constant(constant.value(), sharding, local);
      default -> emit.spread(scalarOperand, local);
    };
  }

  /** Counted from where this device begins; in s32, as a narrow type would round twice. */
  private Instruction iota(int dim, List<String> axes, Shape local) {
    if (mesh.size(axes) == 1) {
      return emit.add(new Op.Iota(local, dim));
    }
    Shape index = local.withType(DType.S32);
    Instruction here =
        emit.add(
            new Op.Binary(Op.BinaryKind.ADD),
            emit.add(new Op.Iota(index, dim)),
            emit.spread(emit.offset(axes, local.dim(dim)), index));
    return local.type() == DType.S32 ? here : emit.add(new Op.Convert(local.type()), here);
  }

  private Instruction constant(Literal value, Sharding sharding, Shape local) {
    if (local.isScalar()) {
      return emit.add(new Op.Constant(value));
    }
    if (isUniform(value)) {
      Literal one =
          value.isFloating()
              ? Literal.ofReals(Shape.scalar(local.type()), value.real(0))
              : Literal.ofIntegers(Shape.scalar(local.type()), value.integer(0));
      return emit.spread(emit.add(new Op.Constant(one)), local);
    }
    return resharder.reshard(
        emit.add(new Op.Constant(value)),
        value.shape(),
        Sharding.replicated(local.rank()),
        sharding,
        new Emitter.Cause(emit.builder().source(), false, "a constant is cut"));
  }

  private static boolean isUniform(Literal value) {
    long elements = value.shape().elements();
    for (long i = 1; i < elements; i++) {
      if (value.isFloating()
          ? Double.doubleToRawLongBits(value.real(i)) != Double.doubleToRawLongBits(value.real(0))
          : value.integer(i) != value.integer(0)) {
        return false;
      }
    }
    return elements > 0;
  }

  /** Puts the identity into the padding of dims that are folded away. */
  private void maskPadding(
      Instruction op,
      OpRule rule,
      Assignment assignment,
      List<Instruction> operands,
      Combiner combiner) {
    for (int i = 0; i < operands.size(); i++) {
      for (int d = 0; d < rule.operands().get(i).size(); d++) {
        int factor = rule.operands().get(i).get(d).getFirst();
        if (rule.factors().get(factor).kind() == OpRule.Kind.REDUCTION) {
          Shape global = op.operand(i).shape();
          operands.set(
              i,
              emit.masked(
                  operands.get(i),
                  d,
                  assignment.axes(factor),
                  global.dim(d),
                  combiner.identity(global.type())));
        }
      }
    }
  }

  /** Folds partial results and brings the result into its decided sharding. */
  private Instruction finish(
      Instruction op,
      OpRule rule,
      Assignment assignment,
      Instruction local,
      Sharding computed,
      Combiner combiner) {
    List<String> partial = Strategy.partialAxes(rule, assignment);
    Folding folding = Folding.of(mesh, op.shape(), computed, partial, op.sharding());
    Instruction folded = fold(op, folding, combiner, local, partial);
    return settle(op, op.shape(), folded, folding.sharding(), op.sharding());
  }

  private Instruction fold(
      Instruction op, Folding folding, Combiner combiner, Instruction local, List<String> partial) {
    Instruction at = local;
    if (partial.isEmpty()) {
      return at;
    }
    Emitter.Cause cause = partial(op, partial);
    for (Folding.Scatter scatter : folding.scatters()) {
      at = emit.reduceScatter(at, combiner, scatter.dim(), scatter.axes(), cause);
    }
    return folding.rest().isEmpty() ? at : emit.allReduce(at, combiner, folding.rest(), cause);
  }

  private Instruction settle(
      Instruction op, Shape global, Instruction x, Sharding from, Sharding to) {
    if (from.equals(to)) {
      return x;
    }
    String reason =
        "%s gives %s as %s, it is wanted as %s"
            .formatted(ShapeInference.name(op.op()), global, from, to);
    return resharder.reshard(x, global, from, to, new Emitter.Cause(op.source(), false, reason));
  }

  /** Nobody knows what a part of a custom call's result is made of. */
  private static void refuseSplit(Instruction op, HloOp.CustomCall call) {
    for (Instruction operand : op.operands()) {
      if (!operand.type().leaves().isEmpty()
          && operand.shardings().stream().anyMatch(s -> !s.isReplicated())) {
        throw new InvalidModuleException(
            "%s is a custom call of \"%s\", whose operand %s %s is split as %s; say frontend_attributes={gshard.elementwise=\"true\"} if it is elementwise, or annotate the operand as replicated"
                .formatted(
                    op, call.target(), operand, operand.type(), describe(operand.shardings())),
            op.source());
      }
    }
  }

  /** An op with a region or a target of its own: several results, none of them partial. */
  private Instruction region(Instruction op, List<Instruction> operands, List<Sharding> computed) {
    List<Shape> leaves = op.type().leaves();
    List<Shape> local =
        IntStream.range(0, leaves.size())
            .mapToObj(i -> computed.get(i).local(mesh, leaves.get(i)))
            .toList();
    boolean single = op.type() instanceof Type.Array;
    Type type = single ? new Type.Array(local.getFirst()) : Type.tuple(local);
    Op part = op.op() instanceof HloOp.CustomCall c ? c.withType(type) : op.op();
    return settled(op, emit.builder().add(part, type, operands), computed);
  }

  /** The results of an op, each as was decided. */
  private Instruction settled(Instruction op, Instruction result, List<Sharding> computed) {
    List<Shape> leaves = op.type().leaves();
    if (op.type() instanceof Type.Array) {
      return settle(op, leaves.getFirst(), result, computed.getFirst(), op.sharding());
    }
    if (computed.equals(op.shardings())) {
      return result;
    }
    List<Instruction> settled = new ArrayList<>();
    for (int i = 0; i < leaves.size(); i++) {
      Instruction element = emit.builder().element(result, i);
      settled.add(settle(op, leaves.get(i), element, computed.get(i), op.shardings().get(i)));
    }
    return emit.builder().tuple(settled);
  }

  /**
   * Where the updates are split, each device scatters its own into the identity, the results are
   * folded, and the operand comes in once, at the end. Indices in the padding point outside, where
   * updates are dropped.
   */
  private Instruction scatter(
      Instruction op,
      Op.Scatter scatter,
      OpRule rule,
      Assignment assignment,
      List<Instruction> operands,
      Sharding computed) {
    List<String> partial = Strategy.partialAxes(rule, assignment);
    if (partial.isEmpty()) {
      return settle(op, op.shape(), emit.builder().add(scatter, operands), computed, op.sharding());
    }
    Shape global = op.shape();
    double identity = scatter.combiner().identity(global.type());
    Instruction indices = signed(operands.get(1));
    Instruction updates = operands.get(2);
    if (scatter.scatterDimsToOperandDims().isEmpty()) {
      // No index can point outside: what is in the padding must change nothing.
      for (int d = 0; d < rule.operands().get(2).size(); d++) {
        int factor = rule.operands().get(2).get(d).getFirst();
        if (rule.factors().get(factor).kind() == OpRule.Kind.REDUCTION) {
          updates =
              emit.masked(
                  updates, d, assignment.axes(factor), op.operand(2).shape().dim(d), identity);
        }
      }
    }
    for (int d = 0; d < rule.operands().get(1).size(); d++) {
      int factor = rule.operands().get(1).get(d).getFirst();
      if (rule.factors().get(factor).kind() == OpRule.Kind.REDUCTION) {
        indices =
            emit.masked(indices, d, assignment.axes(factor), op.operand(1).shape().dim(d), -1);
      }
    }
    Instruction base = operands.getFirst();
    boolean clean = isFilledWith(op.operand(0), identity);
    Instruction start = clean ? base : emit.fill(base.shape(), identity);
    Instruction local = emit.add(scatter, start, indices, updates);
    Folding folding = Folding.of(mesh, global, computed, partial, op.sharding());
    Instruction folded = fold(op, folding, scatter.combiner(), local, partial);
    if (!clean) {
      Instruction into = settle(op, global, base, computed, folding.sharding());
      folded = emit.add(new Op.Binary(scatter.combiner().kind()), into, folded);
    }
    return settle(op, global, folded, folding.sharding(), op.sharding());
  }

  /** Indices of a type that has -1, and places beyond any dim. */
  private Instruction signed(Instruction indices) {
    DType type = indices.shape().type();
    boolean wide = type == DType.U64 || type == DType.U32;
    boolean fits = type == DType.S32 || type == DType.S64;
    return fits ? indices : emit.add(new Op.Convert(wide ? DType.S64 : DType.S32), indices);
  }

  private static boolean isFilledWith(Instruction value, double scalar) {
    return value.op() instanceof Op.Broadcast
        && value.operand(0).op() instanceof Op.Constant c
        && c.value().shape().isScalar()
        && c.value().real(0) == scalar;
  }

  /** A list of shardings, for messages. */
  static String describe(List<Sharding> shardings) {
    return shardings.stream().map(Sharding::toString).collect(Collectors.joining(", "));
  }
}
