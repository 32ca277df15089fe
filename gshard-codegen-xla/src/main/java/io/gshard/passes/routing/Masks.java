package io.gshard.passes.routing;

import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.passes.Emitter;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Recognises one-hot arrays by how they are computed: a comparison of row-major indices with a
 * broadcast index, values selected by it, and what is derived from those. Adds the slots and values
 * of their terms to the graph.
 */
final class Masks {
  private final Emitter emitter;
  private final Map<Instruction, Optional<OneHot>> known = new IdentityHashMap<>();

  Masks(Emitter emitter) {
    this.emitter = emitter;
  }

  /** The predicate "p is slot[t]". */
  record Mask(List<Integer> places, Instruction slot) {}

  /** x where it is not zero: the array's dims are t and p. */
  record Picked(Mask mask, Instruction from) {}

  /** What a numeric array is as a one-hot array, if it is one. */
  Optional<OneHot> oneHot(Instruction x) {
    Optional<OneHot> found = known.get(x);
    if (found == null) {
      found = recognise(x);
      known.put(x, found);
    }
    return found;
  }

  private Optional<OneHot> recognise(Instruction x) {
    return switch (x.op()) {
      case Op.Select s -> selected(x);
      case Op.Convert c when x.operand(0).shape().type() == DType.PRED -> indicator(x);
      default -> Optional.empty();
    };
  }

  /** select(mask, values, rest): a term of its own before those of the rest. */
  private Optional<OneHot> selected(Instruction x) {
    Optional<Mask> mask = mask(x.operand(0));
    if (mask.isEmpty()) {
      return Optional.empty();
    }
    Mask m = mask.get();
    List<OneHot.Term> rest = new ArrayList<>();
    if (!isZero(x.operand(2))) {
      Optional<OneHot> other = oneHot(x.operand(2));
      if (other.isEmpty() || !other.get().places().equals(m.places())) {
        return Optional.empty();
      }
      for (OneHot.Term term : other.get().terms()) {
        rest.add(new OneHot.Term(except(term.slot(), m.slot()), term.value()));
      }
    }
    List<OneHot.Term> terms = new ArrayList<>();
    if (!isZero(x.operand(1))) {
      Instruction value = perToken(x.operand(1), m.places());
      if (value == null) {
        return Optional.empty();
      }
      terms.add(new OneHot.Term(m.slot(), value));
    }
    terms.addAll(rest);
    return Optional.of(new OneHot(x.shape(), m.places(), terms));
  }

  /** 1 where a mask holds, or where a one-hot array is not zero. */
  private Optional<OneHot> indicator(Instruction x) {
    Instruction predicate = x.operand(0);
    Optional<Mask> mask = mask(predicate);
    if (mask.isPresent()) {
      OneHot.Term term = new OneHot.Term(mask.get().slot(), null);
      return Optional.of(new OneHot(x.shape(), mask.get().places(), List.of(term)));
    }
    if (predicate.op() instanceof Op.Compare c
        && c.direction() == Op.Direction.NE
        && isZero(predicate.operand(1))) {
      return oneHot(predicate.operand(0))
          .map(
              valued ->
                  new OneHot(
                      x.shape(),
                      valued.places(),
                      valued.terms().stream().map(this::whereNotZero).toList()));
    }
    return Optional.empty();
  }

  private OneHot.Term whereNotZero(OneHot.Term term) {
    if (term.value() == null) {
      return term;
    }
    Instruction zero = filled(term.value().shape(), 0);
    Instruction there = emitter.emit(new Op.Compare(Op.Direction.NE), term.value(), zero);
    Instruction slot = emitter.emit(new Op.Select(), there, term.slot(), none(term.slot()));
    return new OneHot.Term(slot, null);
  }

  /** The mask that a predicate is, if it is one. */
  Optional<Mask> mask(Instruction x) {
    if (!(x.op() instanceof Op.Compare c) || c.direction() != Op.Direction.EQ) {
      return Optional.empty();
    }
    return mask(x.operand(0), x.operand(1)).or(() -> mask(x.operand(1), x.operand(0)));
  }

  private static Optional<Mask> mask(Instruction index, Instruction slots) {
    if (index.shape().type() != DType.S32 || !(slots.op() instanceof Op.Broadcast b)) {
      return Optional.empty();
    }
    Optional<Affine> affine = Affine.of(index);
    if (affine.isEmpty() || !affine.get().isRowMajor(index.shape())) {
      return Optional.empty();
    }
    List<Integer> places = affine.get().dims(index.shape());
    List<Integer> tokens =
        IntStream.range(0, index.shape().rank()).filter(i -> !places.contains(i)).boxed().toList();
    return b.dimensions().equals(tokens)
        ? Optional.of(new Mask(places, slots.operand(0)))
        : Optional.empty();
  }

  /**
   * What a select by masks lets through: {@code select(mask, y, 0)}, and y may have lost other
   * places before by {@code select(other, 0, y)}.
   */
  Optional<Picked> picked(Instruction x) {
    if (!(x.op() instanceof Op.Select) || !isZero(x.operand(2))) {
      return Optional.empty();
    }
    Optional<Mask> mask = mask(x.operand(0));
    if (mask.isEmpty()) {
      return Optional.empty();
    }
    Instruction slot = mask.get().slot();
    Instruction from = x.operand(1);
    while (from.op() instanceof Op.Select && isZero(from.operand(1))) {
      Optional<Mask> other = mask(from.operand(0));
      if (other.isEmpty() || !other.get().places().equals(mask.get().places())) {
        return Optional.empty();
      }
      slot = except(slot, other.get().slot());
      from = from.operand(2);
    }
    return Optional.of(new Picked(new Mask(mask.get().places(), slot), from));
  }

  /** The slot where it is not the other one, else none. */
  private Instruction except(Instruction slot, Instruction other) {
    Instruction same = emitter.emit(new Op.Compare(Op.Direction.EQ), slot, other);
    return emitter.emit(new Op.Select(), same, none(slot), slot);
  }

  private Instruction none(Instruction slot) {
    return filled(slot.shape(), -1);
  }

  /** Whether a slot is one of so many places, in the slot's shape. */
  Instruction isPlace(Instruction slot, long places) {
    return emitter.emit(
        new Op.Binary(Op.BinaryKind.AND),
        emitter.emit(new Op.Compare(Op.Direction.GE), slot, filled(slot.shape(), 0)),
        emitter.emit(new Op.Compare(Op.Direction.LT), slot, filled(slot.shape(), places)));
  }

  Instruction filled(Shape shape, double value) {
    Instruction scalar = emitter.emit(new Op.Constant(Literal.scalar(shape.type(), value)));
    return emitter.emit(new Op.Broadcast(shape.dims(), List.of()), scalar);
  }

  /** An array that does not depend on the place, as an array of the tokens; else null. */
  private Instruction perToken(Instruction x, List<Integer> places) {
    if (!(x.op() instanceof Op.Broadcast b)) {
      return null;
    }
    List<Integer> tokens =
        IntStream.range(0, x.shape().rank()).filter(i -> !places.contains(i)).boxed().toList();
    if (b.dimensions().equals(tokens)) {
      return x.operand(0);
    }
    return b.dimensions().isEmpty()
        ? emitter.emit(
            new Op.Broadcast(tokens.stream().map(x.shape()::dim).toList(), List.of()), x.operand(0))
        : null;
  }

  private static boolean isZero(Instruction x) {
    return switch (x.op()) {
      case Op.Broadcast b -> isZero(x.operand(0));
      case Op.Constant(Literal value) ->
          value.shape().isScalar()
              && (value.shape().type().isFloating() ? value.real(0) == 0 : value.integer(0) == 0);
      default -> false;
    };
  }
}
