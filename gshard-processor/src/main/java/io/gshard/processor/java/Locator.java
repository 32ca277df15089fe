package io.gshard.processor.java;

import io.gshard.memory.BufferPlan;
import io.gshard.memory.Storage;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.View;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Writes where a view's elements are: an array and the offset of the first one. */
final class Locator {
  private final BufferPlan plan;
  private final Constants constants;

  Locator(BufferPlan plan, Constants constants) {
    this.plan = plan;
    this.constants = constants;
  }

  Constants constants() {
    return constants;
  }

  BufferPlan plan() {
    return plan;
  }

  static Storage storage(View view) {
    return Storage.of(view.type());
  }

  static Storage storage(Root.Value value) {
    return Storage.of(value.shape().type());
  }

  /** The array: a field of the device, or a constant. */
  String array(View view) {
    return switch (view.root()) {
      case Root.Value v -> array(v);
      case Root.Table(var literal) -> constants.table(literal);
      case Root.Scalar(var literal) -> constants.table(literal);
      case Root.Counter c -> throw new IllegalStateException("an iota is not in memory");
    };
  }

  /** The array of a value in memory. */
  String array(Root.Value value) {
    return array(plan, "d", value);
  }

  /** The array of a value in the memory of a device or in that of all. */
  static String array(BufferPlan plan, String device, Root.Value value) {
    return device + (plan.isCommon(value) ? ".common." : ".") + Literals.arena(storage(value));
  }

  /** Where a value starts. */
  int offset(Root.Value value) {
    return plan.offset(value);
  }

  /** Where a view's first element is, as an int expression. */
  String offset(View view) {
    long start = view.offset();
    if (view.root() instanceof Root.Value value) {
      start += plan.offset(value);
    }
    return offset(start, view.terms());
  }

  /** A sum of what is known and what is not. */
  String offset(long known, List<View.Term> terms) {
    List<String> parts = new ArrayList<>();
    long start = known;
    for (View.Term term : terms) {
      if (term.index().root() instanceof Root.Scalar(var literal)) {
        start += Math.clamp(literal.integer(0), 0, term.max()) * term.stride();
      } else {
        String index = element(term.index());
        if (term.index().type() == DType.U32) {
          index = "Integer.toUnsignedLong(" + index + ")";
        }
        parts.add("Math.clamp(" + index + ", 0, " + term.max() + ") * " + term.stride());
      }
    }
    if (start != 0 || parts.isEmpty()) {
      parts.addFirst(Long.toString(start));
    }
    return String.join(" + ", parts);
  }

  /** The first element, as an expression of the storage's Java type. */
  String element(View view) {
    return switch (view.root()) {
      case Root.Scalar(var literal) -> Literals.scalar(literal);
      case Root.Counter c -> offset(view);
      case Root.Value v -> array(view) + "[" + offset(view) + "]";
      case Root.Table t -> array(view) + "[" + offset(view) + "]";
    };
  }
}
