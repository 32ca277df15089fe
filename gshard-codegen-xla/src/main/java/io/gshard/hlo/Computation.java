package io.gshard.hlo;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A function of parameters: instructions in an order where operands come before their users, and
 * the root, which is the result. Compared by identity.
 */
public final class Computation {
  private final String name;
  private final List<Instruction> instructions;
  private final Instruction root;
  private final List<Instruction> parameters;

  public Computation(String name, List<Instruction> instructions, Instruction root) {
    this.name = name;
    this.instructions = List.copyOf(instructions);
    this.root = root;
    List<Instruction> found = new ArrayList<>();
    for (Instruction instruction : instructions) {
      if (instruction.op() instanceof HloOp.Parameter) {
        found.add(instruction);
      }
    }
    found.sort(Comparator.comparingInt(i -> ((HloOp.Parameter) i.op()).index()));
    this.parameters = List.copyOf(found);
  }

  public String name() {
    return name;
  }

  public List<Instruction> instructions() {
    return instructions;
  }

  public Instruction root() {
    return root;
  }

  /** By their index. */
  public List<Instruction> parameters() {
    return parameters;
  }

  /** Which combiner this is, if it folds two scalars by one op; null if none. */
  public Combiner combiner() {
    Instruction last = root;
    int annotations = 0;
    // JAX's scalars may be annotated as well, which means nothing.
    while (last.op() instanceof HloOp.CustomCall c && c.target().equals("Sharding")) {
      last = last.operand(0);
      annotations++;
    }
    if (parameters.size() != 2
        || instructions.size() != 3 + annotations
        || !(last.op() instanceof Op.Binary(Op.BinaryKind kind))
        || last.operand(0) == last.operand(1)
        || !parameters.containsAll(last.operands())) {
      return null;
    }
    for (Combiner combiner : Combiner.values()) {
      if (combiner.kind() == kind) {
        return combiner;
      }
    }
    return null;
  }

  /** The computations that an instruction calls. */
  public static List<Computation> calledBy(Instruction instruction) {
    if (!(instruction.op() instanceof HloOp op)) {
      return List.of();
    }
    return switch (op) {
      case HloOp.While w -> List.of(w.condition(), w.body());
      case HloOp.Conditional c -> c.branches();
      case HloOp.Call c -> List.of(c.computation());
      case HloOp.Scan s -> List.of(s.body());
      case HloOp.ReduceRegion r -> List.of(r.computation());
      case HloOp.Sort s -> List.of(s.comparator());
      case HloOp.Parameter p -> List.of();
      case HloOp.Tuple t -> List.of();
      case HloOp.GetTupleElement g -> List.of();
      case HloOp.CustomCall c -> List.of();
      case ArrayOp.ReduceWindow r -> List.of(r.computation());
      case ArrayOp.SelectAndScatter s -> List.of(s.select(), s.scatter());
      case ArrayOp.ScatterRegion s -> List.of(s.computation());
      case ArrayOp.Map m -> List.of(m.computation());
      case ArrayOp other -> List.of();
    };
  }

  /** The op with other computations in the place of those it calls. */
  public static HloOp calling(HloOp op, UnaryOperator<Computation> other) {
    return switch (op) {
      case HloOp.While w ->
          new HloOp.While(other.apply(w.condition()), other.apply(w.body()), w.tripCount());
      case HloOp.Conditional c -> new HloOp.Conditional(c.branches().stream().map(other).toList());
      case HloOp.Call c -> new HloOp.Call(other.apply(c.computation()));
      case HloOp.Scan s ->
          new HloOp.Scan(
              other.apply(s.body()),
              s.length(),
              s.carries(),
              s.slices(),
              s.reverse(),
              s.rematerialize());
      case HloOp.ReduceRegion r ->
          new HloOp.ReduceRegion(other.apply(r.computation()), r.dimensions());
      case HloOp.Sort s -> new HloOp.Sort(other.apply(s.comparator()), s.dimension(), s.stable());
      case HloOp.Parameter p -> p;
      case HloOp.Tuple t -> t;
      case HloOp.GetTupleElement g -> g;
      case HloOp.CustomCall c -> c;
      case ArrayOp.ReduceWindow r ->
          new ArrayOp.ReduceWindow(other.apply(r.computation()), r.window());
      case ArrayOp.SelectAndScatter s ->
          new ArrayOp.SelectAndScatter(
              other.apply(s.select()), other.apply(s.scatter()), s.window());
      case ArrayOp.ScatterRegion s ->
          new ArrayOp.ScatterRegion(other.apply(s.computation()), s.dims());
      case ArrayOp.Map m -> new ArrayOp.Map(other.apply(m.computation()));
      case ArrayOp leaf -> leaf;
    };
  }

  /** This and all computations called from it, callees first, each once. */
  public List<Computation> closure() {
    List<Computation> result = new ArrayList<>();
    collect(result, new HashSet<>());
    return result;
  }

  private void collect(List<Computation> result, Set<Computation> seen) {
    if (seen.add(this)) {
      for (Instruction instruction : instructions) {
        for (Computation called : calledBy(instruction)) {
          called.collect(result, seen);
        }
      }
      result.add(this);
    }
  }

  @Override
  public String toString() {
    return "%" + name;
  }
}
