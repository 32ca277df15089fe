package io.gshard.cost;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A value that takes much of a device's memory, and where it comes from.
 *
 * @param alike how many there are of the same shape from the same line (parameters have none)
 */
public record LargeValue(Instruction instruction, Shape shape, long alike) {
  /** How many values a message names. */
  private static final int NAMED = 5;

  /** What tells values apart for a reader: of one line and shape it is enough to name one. */
  private record Kind(String place, Shape shape) {
    static Kind of(LargeValue value) {
      return new Kind(value.place(), value.shape());
    }
  }

  /** The few largest, as a phrase for a message. */
  public static String phrase(HloModule module) {
    return String.join("; ", of(module, NAMED).stream().map(LargeValue::toString).toList());
  }

  /**
   * The largest values of a program's computations, the largest first.
   *
   * @param count how many at most
   */
  public static List<LargeValue> of(HloModule module, int count) {
    List<LargeValue> all = new ArrayList<>();
    collect(module.entry(), all, Collections.newSetFromMap(new IdentityHashMap<>()));
    Map<Kind, Long> kinds = all.stream().collect(groupingBy(Kind::of, counting()));
    Set<Kind> seen = new HashSet<>();
    return all.stream()
        .sorted(Comparator.comparingLong((LargeValue v) -> v.shape().bytes()).reversed())
        .filter(v -> seen.add(Kind.of(v)))
        .limit(count)
        .map(v -> new LargeValue(v.instruction, v.shape, kinds.get(Kind.of(v))))
        .toList();
  }

  private static void collect(Computation computation, List<LargeValue> to, Set<Computation> done) {
    if (!done.add(computation)) {
      return;
    }
    for (Instruction instruction : computation.instructions()) {
      for (Computation called : Computation.calledBy(instruction)) {
        collect(called, to, done);
      }
      boolean view =
          instruction.op() instanceof HloOp.Tuple
              || instruction.op() instanceof HloOp.GetTupleElement
              || instruction.op() instanceof HloOp.Parameter
                  && instruction.type() instanceof Type.Tuple;
      if (!view) {
        instruction.type().leaves().forEach(s -> to.add(new LargeValue(instruction, s, 1)));
      }
    }
  }

  private String place() {
    return instruction.source().isKnown()
        ? " at %s:%d".formatted(instruction.source().file(), instruction.source().line())
        : instruction.op() instanceof HloOp.Parameter ? "" : " (" + instruction.name() + ")";
  }

  @Override
  public String toString() {
    return "%s %%%s%s%s, %s%s"
        .formatted(
            shape,
            instruction.name(),
            instruction.source().isKnown() ? place() : "",
            alike > 1 ? " and %d like it".formatted(alike - 1) : "",
            Bytes.text(shape.bytes()),
            alike > 1 ? " each" : "");
  }
}
