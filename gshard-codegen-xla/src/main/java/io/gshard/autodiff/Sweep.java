package io.gshard.autodiff;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.op.Vjp;
import io.gshard.sharding.ManualRegions;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One walk back over a tracer's graph, from results to what they were computed from. */
final class Sweep {
  private final Tracer tracer;
  private final Set<Instruction> active;
  private final Map<Instruction, List<String>> manual;

  /** The cotangents found so far, one for each leaf; null for zero. */
  private final Map<Instruction, Tensor[]> cotangents = new IdentityHashMap<>();

  private Sweep(Tracer tracer, List<Instruction> graph, List<Instruction> wrt) {
    this.tracer = tracer;
    this.active = active(graph, wrt);
    this.manual = manual(graph);
  }

  /**
   * The cotangents of {@code wrt}, given those of the roots. The tracer must be the current engine.
   *
   * @return null for those that the roots do not depend on
   */
  static List<Tensor> run(
      Tracer tracer, List<Instruction> roots, List<Tensor> seeds, List<Instruction> wrt) {
    List<Instruction> graph = tracer.builder().instructions();
    Sweep sweep = new Sweep(tracer, graph, wrt);
    for (int i = 0; i < roots.size(); i++) {
      sweep.flow(roots.get(i), 0, seeds.get(i));
    }
    Source before = tracer.builder().source();
    for (Instruction instruction : graph.reversed()) {
      Tensor[] found = sweep.cotangents.get(instruction);
      if (found != null) {
        tracer.builder().at(instruction.source());
        sweep.step(instruction, found);
      }
    }
    tracer.builder().at(before);
    List<Tensor> result = new ArrayList<>();
    for (Instruction target : wrt) {
      Tensor[] found = sweep.cotangents.get(target);
      result.add(found == null ? null : found[0]);
    }
    return result;
  }

  /** What depends on some of {@code wrt} in a way that can have a gradient. */
  static Set<Instruction> active(List<Instruction> graph, List<Instruction> wrt) {
    Set<Instruction> active = Collections.newSetFromMap(new IdentityHashMap<>());
    active.addAll(wrt);
    for (Instruction instruction : graph) {
      if (!(instruction.op() instanceof Op.StopGradient)
          && instruction.type().leaves().stream().anyMatch(s -> s.type().isFloating())
          && instruction.operands().stream().anyMatch(active::contains)) {
        active.add(instruction);
      }
    }
    return active;
  }

  private void flow(Instruction to, int leaf, Tensor cotangent) {
    if (cotangent == null || !active.contains(to)) {
      return;
    }
    Tensor[] sums = cotangents.computeIfAbsent(to, i -> new Tensor[i.type().leaves().size()]);
    sums[leaf] = sums[leaf] == null ? cotangent : sums[leaf].plus(cotangent);
  }

  private void flow(List<Instruction> to, List<Tensor> found) {
    for (int i = 0; i < to.size(); i++) {
      flow(to.get(i), 0, found.get(i));
    }
  }

  private void step(Instruction instruction, Tensor[] found) {
    List<Instruction> operands = instruction.operands();
    if (!(instruction.op() instanceof HloOp op)) {
      List<Tensor> inputs = operands.stream().map(tracer::wrap).toList();
      flow(operands, Vjp.apply(instruction.op(), inputs, tracer.wrap(instruction), found[0]));
      return;
    }
    switch (op) {
      case HloOp.Parameter p -> {}
      case HloOp.Tuple t -> {
        int leaf = 0;
        for (Instruction operand : operands) {
          for (int i = 0; i < operand.type().leaves().size(); i++) {
            flow(operand, i, found[leaf++]);
          }
        }
      }
      case HloOp.GetTupleElement g -> {
        Type.Tuple tuple = (Type.Tuple) operands.getFirst().type();
        int leaf = Type.tupleOffset(tuple, g.index());
        for (Tensor cotangent : found) {
          flow(operands.getFirst(), leaf++, cotangent);
        }
      }
      case HloOp.CustomCall c when c.target().equals("Sharding") ->
          // A value and its derivative are split alike.
          flow(operands.getFirst(), 0, tracer.annotate(found[0], instruction.sharding()));
      case HloOp.CustomCall c when ManualRegions.enters(instruction) ->
          flow(operands.getFirst(), 0, manual(instruction, found[0]));
      case HloOp.CustomCall c when ManualRegions.leaves(instruction) ->
          flow(operands.getFirst(), 0, manual(instruction, found[0]));
      case HloOp.Scan s -> {
        List<Boolean> wanted = operands.stream().map(active::contains).toList();
        flow(operands, ScanRule.apply(tracer, instruction, Arrays.asList(found), wanted));
      }
      case HloOp.While w -> refuse(instruction);
      case HloOp.Conditional c -> refuse(instruction);
      case HloOp.Call c -> refuse(instruction);
      case HloOp.ReduceRegion r -> refuse(instruction);
      case HloOp.Sort s -> refuse(instruction);
      case HloOp.CustomCall c -> refuse(instruction);
      case ArrayOp a -> refuse(instruction);
    }
  }

  /**
   * The other end of a manual region, for a cotangent. Where devices have the same of a value, its
   * derivative is the sum of what all of them did with it; and of a result each answers for its
   * share.
   */
  private Tensor manual(Instruction end, Tensor cotangent) {
    boolean enters = ManualRegions.enters(end);
    Instruction whole = enters ? end.operand(0) : end;
    List<String> inside = manual.get(enters ? end : end.operand(0));
    List<String> outside = manual.get(whole);
    List<String> axes = inside.stream().filter(a -> !outside.contains(a)).toList();
    Sharding cut = whole.sharding().plain();
    List<String> same = axes.stream().filter(a -> !cut.usedAxes().contains(a)).toList();
    if (enters) {
      Tensor sum =
          same.isEmpty() ? cotangent : Ops.apply(new Op.AllReduce(Combiner.ADD, same), cotangent);
      return tracer.inManual(inside, () -> tracer.leave(sum, cut, axes));
    }
    Tensor part = tracer.inManual(outside, () -> tracer.enter(cotangent, cut, axes));
    return same.isEmpty() ? part : part.times(1.0 / tracer.devices(same));
  }

  /** The axes that are manual where each value is. */
  private static Map<Instruction, List<String>> manual(List<Instruction> graph) {
    Map<Instruction, List<String>> result = new IdentityHashMap<>();
    for (Instruction instruction : graph) {
      result.put(
          instruction,
          ManualRegions.enters(instruction) || ManualRegions.leaves(instruction)
              ? instruction.sharding().details().manual()
              : instruction.operands().stream()
                  .flatMap(o -> result.getOrDefault(o, List.of()).stream())
                  .distinct()
                  .toList());
    }
    return result;
  }

  private static void refuse(Instruction instruction) {
    throw new IllegalArgumentException(
        "%s at %s has no gradient; use a counted loop, or stopGradient on what goes in"
            .formatted(ShapeInference.name(instruction.op()), instruction.source()));
  }
}
