package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.passes.Emitter;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes reductions and windows with computations of their own, sorts, top-k and convolutions in
 * ops that the Java back end has. A fold's computation is taken to be associative, as HLO says. Ops
 * whose computations do more than elementwise work stay as they are.
 */
public final class LowerRegions {
  private final MeshShape mesh;
  private final Map<Computation, Computation> done = new IdentityHashMap<>();

  private LowerRegions(MeshShape mesh) {
    this.mesh = mesh;
  }

  /** The module in simpler ops. */
  public static HloModule run(HloModule module) {
    return module.withEntry(new LowerRegions(module.mesh()).rewrite(module.entry()));
  }

  private Computation rewrite(Computation computation) {
    Computation known = done.get(computation);
    if (known == null) {
      boolean plain =
          computation.instructions().stream()
              .allMatch(i -> !isLowered(i) && Computation.calledBy(i).isEmpty());
      known = plain ? computation : copy(computation);
      done.put(computation, known);
    }
    return known;
  }

  private static boolean isLowered(Instruction instruction) {
    return switch (instruction.op()) {
      case HloOp.ReduceRegion r -> Arrays.isElementwise(r.computation());
      case ArrayOp.ReduceWindow r -> Arrays.isElementwise(r.computation());
      case ArrayOp.SelectAndScatter s ->
          Arrays.isElementwise(s.select()) && s.scatter().combiner() != null;
      case HloOp.Sort s -> Arrays.isElementwise(s.comparator());
      case ArrayOp.Map m -> Arrays.isElementwise(m.computation());
      case ArrayOp.CompareTotal c -> true;
      case ArrayOp.TopK t -> true;
      case ArrayOp.Convolution c -> true;
      default -> false;
    };
  }

  private Computation copy(Computation computation) {
    Rewriter rewriter = new Rewriter(new GraphBuilder(computation.name(), mesh));
    for (Instruction instruction : computation.instructions()) {
      if (isLowered(instruction)) {
        rewriter.target().at(instruction.source());
        Arrays arrays = new Arrays(new Emitter(rewriter.target()));
        List<Instruction> results =
            lowered(arrays, instruction, rewriter.get(instruction.operands()));
        rewriter.put(
            instruction,
            instruction.type() instanceof Type.Tuple ? arrays.tuple(results) : results.getFirst());
        continue;
      }
      switch (instruction.op()) {
        case HloOp.Parameter p -> rewriter.parameter(instruction);
        case HloOp op -> {
          HloOp called = Computation.calling(op, this::rewrite);
          rewriter.put(
              instruction,
              rewriter
                  .target()
                  .add(
                      instruction
                          .withOp(called)
                          .withOperands(rewriter.get(instruction.operands()))));
        }
        default -> rewriter.copy(instruction);
      }
    }
    return rewriter.target().build(rewriter.get(computation.root()));
  }

  private static List<Instruction> lowered(
      Arrays arrays, Instruction instruction, List<Instruction> operands) {
    return switch (instruction.op()) {
      case HloOp.ReduceRegion r -> new Folds(arrays).reduce(r, operands);
      case ArrayOp.ReduceWindow r -> new Folds(arrays).window(r, operands);
      case ArrayOp.SelectAndScatter s -> List.of(new Folds(arrays).selectAndScatter(s, operands));
      case HloOp.Sort s -> new Sorting(arrays).sort(s, operands);
      case ArrayOp.TopK t -> new Sorting(arrays).top(t, operands.getFirst());
      case ArrayOp.Map m -> arrays.apply(m.computation(), operands);
      case ArrayOp.CompareTotal c ->
          List.of(
              arrays.compare(
                  c.direction(), arrays.ordered(operands.get(0)), arrays.ordered(operands.get(1))));
      case ArrayOp.Convolution c ->
          List.of(
              new Convolving(arrays)
                  .convolve(c, operands.get(0), operands.get(1), instruction.shape().type()));
      default -> throw new IllegalStateException(instruction + " is not lowered");
    };
  }
}
