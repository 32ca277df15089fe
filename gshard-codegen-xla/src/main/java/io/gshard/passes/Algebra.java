package io.gshard.passes;

import io.gshard.eval.ReferenceOps;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Identities that make one instruction simpler. None changes a result, but for the sign of zeros
 * and for the rounding of sums of equal numbers.
 */
final class Algebra {
  private Algebra() {}

  /** A simpler instruction for it, or null. */
  static Instruction simplify(Emitter emitter, Instruction instruction) {
    if (instruction.op() instanceof HloOp op) {
      return structural(op, instruction);
    }
    Instruction folded = fold(emitter, instruction);
    if (folded != null) {
      return folded;
    }
    if (instruction.operands().isEmpty()) {
      return null;
    }
    Instruction x = instruction.operand(0);
    Shape shape = instruction.shape();
    return switch (instruction.op()) {
      case Op.StopGradient s -> x;
      case Op.Unary u -> {
        boolean twice =
            (u.kind() == Op.UnaryKind.NEGATE || u.kind() == Op.UnaryKind.NOT) && u.equals(x.op());
        yield twice ? x.operand(0) : hoist(emitter, instruction);
      }
      case Op.Binary b -> {
        Instruction neutral = neutral(emitter, b.kind(), x, instruction.operand(1));
        yield neutral != null ? neutral : hoist(emitter, instruction);
      }
      case Op.Compare c -> hoist(emitter, instruction);
      case Op.Select s -> {
        Double always = splat(x);
        if (always != null) {
          yield instruction.operand(always != 0 ? 1 : 2);
        }
        yield instruction.operand(1) == instruction.operand(2)
            ? instruction.operand(1)
            : hoist(emitter, instruction);
      }
      case Op.Convert c -> {
        Instruction converted = convert(emitter, c, x);
        yield converted != null ? converted : hoist(emitter, instruction);
      }
      case Op.BitcastConvert c -> x.shape().equals(shape) ? x : null;
      case Op.Broadcast b -> Movements.broadcast(emitter, b, x);
      case Op.Reshape r -> Movements.reshape(emitter, r, x);
      case Op.Transpose t -> Movements.transpose(emitter, t, x);
      case Op.Reverse r -> r.dimensions().stream().allMatch(i -> shape.dim(i) <= 1) ? x : null;
      case Op.Slice s -> x.shape().equals(shape) ? x : null;
      case Op.DynamicSlice d -> x.shape().equals(shape) ? x : null;
      case Op.DynamicUpdateSlice d ->
          instruction.operand(1).shape().equals(shape) ? instruction.operand(1) : null;
      case Op.Pad p ->
          x.shape().equals(shape)
                  && p.low().stream().allMatch(i -> i == 0)
                  && p.high().stream().allMatch(i -> i == 0)
              ? x
              : null;
      case Op.Concatenate c -> instruction.operands().size() == 1 ? x : null;
      case Op.Reduce r -> reduce(emitter, r, x);
      case Op.Dot d -> Movements.dot(emitter, d, x, instruction.operand(1));
      default -> null;
    };
  }

  private static Instruction structural(HloOp op, Instruction instruction) {
    return op instanceof HloOp.GetTupleElement g
            && instruction.operand(0).op() instanceof HloOp.Tuple
        ? instruction.operand(0).operand(g.index())
        : null;
  }

  /** An op on scalar constants is a constant. */
  private static Instruction fold(Emitter emitter, Instruction instruction) {
    boolean foldable =
        !instruction.operands().isEmpty()
            && instruction.shape().isScalar()
            && !(instruction.op() instanceof Op.OptimizationBarrier)
            && instruction.operands().stream()
                .allMatch(i -> i.op() instanceof Op.Constant && i.shape().isScalar());
    if (!foldable || instruction.op() instanceof Op.Collective) {
      return null;
    }
    List<Literal> values =
        instruction.operands().stream().map(i -> ((Op.Constant) i.op()).value()).toList();
    return emitter.emit(new Op.Constant(ReferenceOps.apply(instruction.op(), values)));
  }

  /** The value that all elements have, if it is known and real. */
  static Double splat(Instruction x) {
    return switch (x.op()) {
      case Op.Constant c ->
          x.shape().elements() == 1 && !x.shape().type().isComplex()
              ? (Double) c.value().real(0)
              : null;
      case Op.Broadcast b -> splat(x.operand(0));
      default -> null;
    };
  }

  private static boolean is(Instruction x, double value) {
    Double splat = splat(x);
    return splat != null && splat == value;
  }

  private static Instruction neutral(
      Emitter emitter, Op.BinaryKind kind, Instruction x, Instruction y) {
    DType type = x.shape().type();
    return switch (kind) {
      case ADD -> {
        if (is(x, 0) || is(y, 0)) {
          yield is(y, 0) ? x : y;
        }
        yield isNegated(y)
            ? emitter.emit(new Op.Binary(Op.BinaryKind.SUBTRACT), x, y.operand(0))
            : isNegated(x)
                ? emitter.emit(new Op.Binary(Op.BinaryKind.SUBTRACT), y, x.operand(0))
                : null;
      }
      case MULTIPLY -> {
        // 0 * x is not 0 where x is infinite or NaN, so only for integers.
        if (!type.isFloating() && (is(x, 0) || is(y, 0))) {
          yield is(x, 0) ? x : y;
        }
        yield is(y, 1) ? x : is(x, 1) ? y : null;
      }
      case SUBTRACT ->
          is(y, 0)
              ? x
              : isNegated(y)
                  ? emitter.emit(new Op.Binary(Op.BinaryKind.ADD), x, y.operand(0))
                  : null;
      case DIVIDE, POWER -> is(y, 1) ? x : null;
      case MAXIMUM, MINIMUM, OR, AND -> {
        double identity = Combiner.valueOf(kind.name()).identity(type);
        yield x == y || is(y, identity) ? x : is(x, identity) ? y : null;
      }
      case XOR, SHIFT_LEFT, SHIFT_RIGHT_LOGICAL, SHIFT_RIGHT_ARITHMETIC -> is(y, 0) ? x : null;
      case REMAINDER, ATAN2 -> null;
    };
  }

  private static boolean isNegated(Instruction x) {
    return x.op() instanceof Op.Unary u
        && u.kind() == Op.UnaryKind.NEGATE
        && !x.isSharded()
        && x.shape().type().isFloating();
  }

  private static Instruction convert(Emitter emitter, Op.Convert c, Instruction x) {
    DType type = x.shape().type();
    if (type == c.type()) {
      return x;
    }
    if (x.op() instanceof Op.Convert && !x.isSharded() && holds(type, before(x))) {
      return before(x) == c.type() ? x.operand(0) : emitter.emit(c, x.operand(0));
    }
    return null;
  }

  private static DType before(Instruction convert) {
    return convert.operand(0).shape().type();
  }

  /** Whether every value of the narrow type is one of the wide type. */
  private static boolean holds(DType wide, DType narrow) {
    return switch (narrow.kind()) {
      case PREDICATE -> true;
      case SIGNED -> wide.kind() == DType.Kind.SIGNED && wide.bits() >= narrow.bits();
      case UNSIGNED -> wide.kind() == DType.Kind.UNSIGNED && wide.bits() >= narrow.bits();
      case FLOATING, COMPLEX -> wide.kind() == narrow.kind() && wide.bits() > narrow.bits();
    };
  }

  /** An elementwise op on broadcasts of one kind is a broadcast of the op. */
  private static Instruction hoist(Emitter emitter, Instruction instruction) {
    Instruction widest = null;
    for (Instruction operand : instruction.operands()) {
      if (!(operand.op() instanceof Op.Broadcast) || operand.isSharded()) {
        return null;
      }
      boolean scalar = operand.operand(0).shape().isScalar();
      if (widest != null
          && !scalar
          && !operand.op().equals(widest.op())
          && !widest.operand(0).shape().isScalar()) {
        return null;
      }
      if (widest == null || widest.operand(0).shape().isScalar()) {
        widest = operand;
      }
    }
    Op.Broadcast spread = (Op.Broadcast) widest.op();
    List<Long> small = widest.operand(0).shape().dims();
    if (widest.operand(0).shape().elements() >= instruction.shape().elements()) {
      return null;
    }
    List<Instruction> sources = new ArrayList<>();
    for (Instruction operand : instruction.operands()) {
      Instruction source = operand.operand(0);
      boolean fits = source.shape().dims().equals(small);
      sources.add(fits ? source : emitter.emit(new Op.Broadcast(small, List.of()), source));
    }
    return emitter.emit(
        spread, emitter.emit(instruction.op(), sources.toArray(Instruction[]::new)));
  }

  private static Instruction reduce(Emitter emitter, Op.Reduce r, Instruction x) {
    if (r.dimensions().isEmpty()) {
      return x;
    }
    if (r.dimensions().stream().allMatch(i -> x.shape().dim(i) == 1)) {
      List<Long> dims = new ArrayList<>();
      for (int i = 0; i < x.shape().rank(); i++) {
        if (!r.dimensions().contains(i)) {
          dims.add(x.shape().dim(i));
        }
      }
      return emitter.emit(new Op.Reshape(dims), x);
    }
    if (x.op() instanceof Op.Broadcast b && !x.isSharded()) {
      return reduceBroadcast(emitter, r, b, x);
    }
    return null;
  }

  /** Dims that a broadcast made need no reduction: n equal numbers make n times the number. */
  private static Instruction reduceBroadcast(
      Emitter emitter, Op.Reduce r, Op.Broadcast b, Instruction x) {
    List<Integer> made = r.dimensions().stream().filter(i -> !b.dimensions().contains(i)).toList();
    if (made.isEmpty() || r.combiner() == Combiner.MULTIPLY || x.shape().elements() == 0) {
      return null;
    }
    List<Integer> kept =
        IntStream.range(0, b.dims().size())
            .filter(i -> !r.dimensions().contains(i))
            .boxed()
            .toList();
    List<Integer> inner =
        r.dimensions().stream()
            .filter(i -> !made.contains(i))
            .map(b.dimensions()::indexOf)
            .toList();
    Instruction source = x.operand(0);
    Instruction small =
        inner.isEmpty() ? source : emitter.emit(new Op.Reduce(r.combiner(), inner), source);
    if (r.combiner() == Combiner.ADD) {
      long times = made.stream().mapToLong(b.dims()::get).reduce(1, Math::multiplyExact);
      DType type = source.shape().type();
      Instruction count = emitter.emit(new Op.Constant(Literal.scalar(type, times)));
      Instruction counts =
          small.shape().isScalar()
              ? count
              : emitter.emit(new Op.Broadcast(small.shape().dims(), List.of()), count);
      small = emitter.emit(new Op.Binary(Op.BinaryKind.MULTIPLY), small, counts);
    }
    List<Integer> places =
        b.dimensions().stream().filter(kept::contains).map(kept::indexOf).toList();
    List<Long> dims = kept.stream().map(b.dims()::get).toList();
    return dims.equals(small.shape().dims())
        ? small
        : emitter.emit(new Op.Broadcast(dims, places), small);
  }
}
