package io.gshard.spmd;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Along which axes the instructions of manual regions work on values that are a device's own, as
 * propagation has left it in their shardings. To the partitioner such values are global along the
 * other axes, and whole.
 */
final class OwnAxes {
  private final Map<Instruction, Set<String>> axes = new IdentityHashMap<>();
  private final HloModule module;

  private OwnAxes(HloModule said) {
    if (!said.hasManualRegions()) {
      module = said;
      return;
    }
    module =
        said.withShardings(
            i ->
                i.shardings().stream()
                    .map(s -> s.with(s.details().withManual(List.of())))
                    .toList());
    for (int c = 0; c < module.computations().size(); c++) {
      List<Instruction> before = said.computations().get(c).instructions();
      List<Instruction> after = module.computations().get(c).instructions();
      for (int i = 0; i < before.size(); i++) {
        Set<String> own = new TreeSet<>();
        before.get(i).shardings().forEach(s -> own.addAll(s.details().manual()));
        if (!own.isEmpty()) {
          axes.put(after.get(i), own);
        }
      }
    }
  }

  static OwnAxes of(HloModule module) {
    return new OwnAxes(module);
  }

  /** The module, its shardings without what is said here. */
  HloModule module() {
    return module;
  }

  /** The manual axes of what an instruction takes and gives. */
  Set<String> at(Instruction instruction) {
    Set<String> result = of(instruction);
    for (Instruction operand : instruction.operands()) {
      Set<String> more = of(operand);
      if (!result.containsAll(more)) {
        Set<String> joined = new TreeSet<>(result);
        joined.addAll(more);
        result = joined;
      }
    }
    return result;
  }

  /** The manual axes of a value. */
  Set<String> of(Instruction value) {
    return axes.getOrDefault(value, Set.of());
  }
}
