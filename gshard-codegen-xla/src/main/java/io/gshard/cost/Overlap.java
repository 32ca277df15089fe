package io.gshard.cost;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Collectives that can be under way while a device computes. The order of a computation's
 * instructions says so: a collective starts where it stands and is done where its result is first
 * used.
 */
public final class Overlap {
  private Overlap() {}

  /**
   * The collectives on one array for which something on arrays is computed before their result is
   * used. Of several arrays XLA has no asynchronous ones where programs come as StableHLO.
   */
  public static Set<Instruction> of(Computation computation) {
    Map<Instruction, Integer> computedAtStart = new HashMap<>();
    Set<Instruction> found = new HashSet<>();
    int computed = 0;
    for (Instruction instruction : computation.instructions()) {
      for (Instruction operand : instruction.operands()) {
        Integer start = computedAtStart.remove(operand);
        if (start != null && start < computed && operand != computation.root()) {
          found.add(operand);
        }
      }
      if (instruction.op() instanceof Op.Collective) {
        computedAtStart.put(instruction, computed);
      } else if (computes(instruction)) {
        computed++;
      }
    }
    return found;
  }

  /** How many of a program's collectives overlap what is computed. */
  public static long count(HloModule partitioned) {
    return partitioned.computations().stream().mapToLong(c -> of(c).size()).sum();
  }

  private static boolean computes(Instruction instruction) {
    return Work.of(instruction).flops() > 0
        && instruction.operands().stream()
            .flatMap(o -> o.type().leaves().stream())
            .anyMatch(shape -> shape.elements() > 1);
  }
}
