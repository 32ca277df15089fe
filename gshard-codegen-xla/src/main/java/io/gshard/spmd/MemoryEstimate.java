package io.gshard.spmd;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a device holds while it runs a partitioned program, if each value is kept from where it is
 * made to its last use and nothing is fused: an upper bound for a compiler that plans its memory.
 *
 * @param argumentBytes of the parameters
 * @param outputBytes of the results, those in the place of parameters included
 * @param aliasBytes of the results in the place of parameters
 * @param tempBytes the most that is alive at once between parameters and results
 */
public record MemoryEstimate(
    long argumentBytes, long outputBytes, long aliasBytes, long tempBytes) {

  /** The most that a device holds at once. */
  public long peakBytes() {
    return argumentBytes + outputBytes - aliasBytes + tempBytes;
  }

  public static MemoryEstimate of(HloModule module) {
    Computation entry = module.entry();
    List<Shape> outputs = entry.root().type().leaves();
    long arguments =
        entry.parameters().stream().flatMap(p -> p.type().stream()).mapToLong(Shape::bytes).sum();
    long output = outputs.stream().mapToLong(Shape::bytes).sum();
    long alias = module.aliases().stream().mapToLong(a -> outputs.get(a.output()).bytes()).sum();
    return new MemoryEstimate(arguments, output, alias, new Liveness().peak(entry));
  }

  /** The most that is alive at once in a computation, without parameters and result. */
  private static final class Liveness {
    private final Map<Computation, Long> known = new IdentityHashMap<>();

    long peak(Computation computation) {
      Long found = known.get(computation);
      if (found == null) {
        found = measure(computation);
        known.put(computation, found);
      }
      return found;
    }

    private long measure(Computation computation) {
      List<Instruction> order = computation.instructions();
      Map<Instruction, Integer> last = new HashMap<>();
      for (int i = 0; i < order.size(); i++) {
        for (Instruction operand : order.get(i).operands()) {
          last.put(operand, i);
        }
      }
      Set<Instruction> results = new HashSet<>(computation.root().operands());
      results.add(computation.root());
      long alive = 0;
      long peak = 0;
      for (int i = 0; i < order.size(); i++) {
        Instruction instruction = order.get(i);
        boolean counts = isBuffer(instruction) && !results.contains(instruction);
        long inner = 0;
        for (Computation called : Computation.calledBy(instruction)) {
          inner = Math.max(inner, peak(called));
        }
        alive += counts ? bytes(instruction) : 0;
        peak = Math.max(peak, alive + inner);
        for (Instruction operand : new HashSet<>(instruction.operands())) {
          if (last.get(operand) == i && isBuffer(operand) && !results.contains(operand)) {
            alive -= bytes(operand);
          }
        }
        if (counts && !last.containsKey(instruction)) {
          alive -= bytes(instruction);
        }
      }
      return peak;
    }

    /** Whether an instruction's value takes memory of its own. */
    private static boolean isBuffer(Instruction instruction) {
      return !(instruction.op() instanceof HloOp.Parameter
          || instruction.op() instanceof HloOp.Tuple
          || instruction.op() instanceof HloOp.GetTupleElement);
    }

    private static long bytes(Instruction instruction) {
      return instruction.type().leaves().stream().mapToLong(Shape::bytes).sum();
    }
  }
}
