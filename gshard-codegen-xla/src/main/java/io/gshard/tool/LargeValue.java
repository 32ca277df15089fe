package io.gshard.tool;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** A value that takes much of a device's memory, and where it comes from. */
record LargeValue(Instruction instruction, Shape shape) {

  /** What tells values apart for a reader: of one line and shape it is enough to name one. */
  private record Kind(String place, Shape shape) {}

  /** The largest values of a program's computations, the largest first. */
  static List<LargeValue> of(HloModule module, int count) {
    List<LargeValue> all = new ArrayList<>();
    collect(module.entry(), all, Collections.newSetFromMap(new IdentityHashMap<>()));
    Set<Kind> seen = new HashSet<>();
    return all.stream()
        .sorted(Comparator.comparingLong((LargeValue v) -> v.shape().bytes()).reversed())
        .filter(v -> seen.add(new Kind(v.place(), v.shape())))
        .limit(count)
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
                  && computation.parameters().size() == 1;
      if (!view) {
        instruction.type().leaves().forEach(s -> to.add(new LargeValue(instruction, s)));
      }
    }
  }

  private String place() {
    return instruction.source().isKnown()
        ? instruction.source().file() + ":" + instruction.source().line()
        : "%" + instruction.name();
  }

  @Override
  public String toString() {
    return "%s %%%s%s"
            .formatted(
                shape, instruction.name(), instruction.source().isKnown() ? " at " + place() : "")
        + " with "
        + Figures.bytes(shape.bytes());
  }
}
