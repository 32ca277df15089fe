package io.gshard.passes;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.mesh.MeshShape;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Puts other ops in the place of some, wherever in a module they stand: each computation is
 * rewritten once, and those that hold none stay the same objects.
 */
public final class OpRewrite {

  /** What stands for an instruction. */
  public interface Rule {
    /**
     * Adds the ops.
     *
     * @param emitter at the instruction's source position
     * @param instruction with its operands as they were; what it calls has been rewritten
     * @param operands the images of the instruction's operands
     * @return the image of its value
     */
    Instruction apply(Emitter emitter, Instruction instruction, List<Instruction> operands);
  }

  private final MeshShape mesh;
  private final Predicate<Instruction> chosen;
  private final Rule rule;
  private final Map<Computation, Computation> done = new IdentityHashMap<>();

  private OpRewrite(MeshShape mesh, Predicate<Instruction> chosen, Rule rule) {
    this.mesh = mesh;
    this.chosen = chosen;
    this.rule = rule;
  }

  /** The module with the rule applied to all chosen instructions. */
  public static HloModule run(HloModule module, Predicate<Instruction> chosen, Rule rule) {
    return module.withEntry(new OpRewrite(module.mesh(), chosen, rule).rewrite(module.entry()));
  }

  private Computation rewrite(Computation computation) {
    Computation known = done.get(computation);
    if (known == null) {
      boolean plain =
          computation.instructions().stream()
              .allMatch(i -> !chosen.test(i) && Computation.calledBy(i).isEmpty());
      known = plain ? computation : copy(computation);
      done.put(computation, known);
    }
    return known;
  }

  private Computation copy(Computation computation) {
    Rewriter rewriter = new Rewriter(new GraphBuilder(computation.name(), mesh));
    for (Instruction instruction : computation.instructions()) {
      if (instruction.op() instanceof HloOp.Parameter) {
        rewriter.parameter(instruction);
        continue;
      }
      Instruction inner =
          instruction.op() instanceof HloOp op
              ? instruction.withOp(Computation.calling(op, this::rewrite))
              : instruction;
      List<Instruction> operands = rewriter.get(instruction.operands());
      if (chosen.test(instruction)) {
        rewriter.target().at(instruction.source());
        rewriter.put(instruction, rule.apply(new Emitter(rewriter.target()), inner, operands));
      } else {
        rewriter.put(instruction, rewriter.target().add(inner.withOperands(operands)));
      }
    }
    return rewriter.target().build(rewriter.get(computation.root()));
  }
}
