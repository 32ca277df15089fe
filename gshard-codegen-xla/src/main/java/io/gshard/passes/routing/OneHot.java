package io.gshard.passes.routing;

import io.gshard.hlo.Instruction;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An array that is zero but for one element a term in each row: element [t, p] is the sum, over the
 * terms, of value[t] where p is slot[t]. Slots of different terms are never the same place.
 *
 * @param shape the array's
 * @param places the dims, ascending, that are p; a place is their row-major index
 * @param terms what is not zero
 */
record OneHot(Shape shape, List<Integer> places, List<Term> terms) {

  /**
   * One element for each t.
   *
   * @param slot s32[t], the place; outside 0..places for none
   * @param value [t]; null for 1 everywhere
   */
  record Term(Instruction slot, Instruction value) {}

  OneHot {
    places = List.copyOf(places);
    terms = List.copyOf(terms);
  }

  /** The dims that are t. */
  List<Integer> tokens() {
    return IntStream.range(0, shape.rank()).filter(i -> !places.contains(i)).boxed().toList();
  }

  /** How many places there are. */
  long count() {
    return places.stream().mapToLong(shape::dim).reduce(1, Math::multiplyExact);
  }
}
