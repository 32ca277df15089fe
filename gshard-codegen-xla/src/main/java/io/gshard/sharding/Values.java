package io.gshard.sharding;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a module as propagation sees them, by number. Leaves that must be split alike (a
 * loop's state in all its places, an element and the tuple it is in, an output and the parameter it
 * replaces) are one value.
 */
final class Values {

  /** One tensor, or several that are split alike. */
  static final class Value {
    final Shape shape;
    Sharding sharding;
    boolean fixed;
    String origin = "nothing splits it";
    final List<Integer> links = new ArrayList<>();

    Value(Shape shape) {
      this.shape = shape;
      this.sharding = Sharding.replicated(shape.rank());
    }
  }

  private final Map<Instruction, Integer> first = new IdentityHashMap<>();
  private final List<Value> values = new ArrayList<>();
  private final List<Integer> parent = new ArrayList<>();

  Values(HloModule module) {
    for (Computation computation : module.computations()) {
      for (Instruction instruction : computation.instructions()) {
        first.put(instruction, values.size());
        for (Shape leaf : instruction.type().leaves()) {
          parent.add(values.size());
          values.add(new Value(leaf));
        }
      }
    }
    for (Computation computation : module.computations()) {
      computation.instructions().forEach(this::tie);
    }
    fix(module);
  }

  /** Which leaf of a tuple operand an element's leaves begin at. */
  static int firstLeaf(Instruction tuple, int element) {
    return Type.tupleOffset((Type.Tuple) tuple.type(), element);
  }

  private void tie(Instruction instruction) {
    switch (instruction.op()) {
      case HloOp.GetTupleElement g -> {
        Instruction tuple = instruction.operand(0);
        int from = firstLeaf(tuple, g.index());
        for (int leaf = 0; leaf < leaves(instruction); leaf++) {
          join(id(instruction, leaf), id(tuple, from + leaf));
        }
      }
      case HloOp.While w -> {
        joinAll(instruction, w.body().parameters().getFirst());
        joinAll(instruction, w.condition().parameters().getFirst());
        joinAll(instruction, w.body().root());
      }
      case HloOp.Conditional c -> c.branches().forEach(b -> joinAll(instruction, b.root()));
      case HloOp.Call c -> joinAll(instruction, c.computation().root());
      default -> {}
    }
  }

  /** What users have decided; an alias takes its parameter's sharding. */
  private void fix(HloModule module) {
    List<Instruction> parameters = module.entry().parameters();
    for (HloModule.Alias alias : module.aliases()) {
      Instruction parameter = parameters.get(alias.parameter());
      join(id(parameter, 0), id(module.entry().root(), alias.output()));
    }
    for (Instruction parameter : parameters) {
      fix(parameter);
    }
    for (Computation computation : module.computations()) {
      computation.instructions().stream().filter(OpRules::isAnnotation).forEach(this::fix);
    }
    // HLO text may annotate any instruction.
    for (Computation computation : module.computations()) {
      computation.instructions().forEach(this::fix);
    }
  }

  private void fix(Instruction instruction) {
    for (int leaf = 0; leaf < instruction.shardings().size(); leaf++) {
      Value value = get(id(instruction, leaf));
      if (!value.fixed) {
        value.fixed = true;
        Sharding said = instruction.shardings().get(leaf);
        value.sharding = said.plain().ordered(said.order());
        value.origin = "annotated";
      }
    }
  }

  private static int leaves(Instruction instruction) {
    return instruction.type().leafCount();
  }

  private void joinAll(Instruction a, Instruction b) {
    for (int leaf = 0; leaf < leaves(a); leaf++) {
      join(id(a, leaf), id(b, leaf));
    }
  }

  private void join(int a, int b) {
    int x = find(a);
    int y = find(b);
    // The smaller number stays, so that the result does not depend on the order of joins.
    parent.set(Math.max(x, y), Math.min(x, y));
  }

  private int find(int id) {
    int root = id;
    while (parent.get(root) != root) {
      root = parent.get(root);
    }
    parent.set(id, root);
    return root;
  }

  private int id(Instruction instruction, int leaf) {
    return first.get(instruction) + leaf;
  }

  Value of(Instruction instruction, int leaf) {
    return get(id(instruction, leaf));
  }

  /**
   * An array operand as one of its users sees it: what is free is a value of its own for each, so
   * that a zero that two ops happen to share does not tie them together.
   */
  Value operand(Instruction instruction) {
    return OpRules.isFree(instruction) ? new Value(instruction.shape()) : of(instruction, 0);
  }

  /** All leaves of an instruction. */
  List<Value> of(Instruction instruction) {
    List<Value> all = new ArrayList<>();
    int leaves = leaves(instruction);
    for (int leaf = 0; leaf < leaves; leaf++) {
      all.add(of(instruction, leaf));
    }
    return all;
  }

  private Value get(int id) {
    return values.get(find(id));
  }
}
