package io.gshard.sharding;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import java.util.Map;

/** Puts other computations in the place of those that an instruction calls. */
public final class Regions {
  private Regions() {}

  /** The instruction, calling the replacements. */
  public static Instruction with(Instruction instruction, Map<Computation, Computation> replaced) {
    Op op = instruction.op();
    Op other =
        switch (op) {
          case HloOp.While w ->
              new HloOp.While(replaced.get(w.condition()), replaced.get(w.body()), w.tripCount());
          case HloOp.Conditional c ->
              new HloOp.Conditional(c.branches().stream().map(replaced::get).toList());
          case HloOp.Call c -> new HloOp.Call(replaced.get(c.computation()));
          case HloOp.ReduceRegion r ->
              new HloOp.ReduceRegion(replaced.get(r.computation()), r.dimensions());
          case HloOp.Sort s ->
              new HloOp.Sort(replaced.get(s.comparator()), s.dimension(), s.stable());
          default -> op;
        };
    return other == op ? instruction : instruction.withOp(other);
  }
}
