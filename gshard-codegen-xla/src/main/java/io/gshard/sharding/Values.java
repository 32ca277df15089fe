package io.gshard.sharding;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.mesh.ShardingDetails;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    /** Of a fixed one, the dims that may be refined nevertheless. */
    Set<Integer> open = Set.of();

    /** The axes along which it is a device's own, which split it no more. */
    Set<String> manual = Set.of();

    /** Of a whole at the end of a manual region, the axes that cut it there: as said, no more. */
    Set<String> spent = Set.of();

    /** The instruction that it is, or the first of several. */
    final Instruction at;

    /** The instruction that a user has annotated, or null. */
    Instruction annotated;

    /** For each axis that splits it where that came from; none for what the annotation says. */
    final Map<String, Cause> causes = new HashMap<>();

    final List<Integer> links = new ArrayList<>();

    Value(Instruction at, Shape shape) {
      this.at = at;
      this.shape = shape;
      this.sharding = Sharding.replicated(shape.rank());
    }

    /** How it is split, and along which axes it is a device's own. */
    Sharding said() {
      return manual.isEmpty()
          ? sharding
          : sharding.with(sharding.details().withManual(List.copyOf(manual)));
    }
  }

  /** An axis came from another value, through an instruction. */
  record Cause(Instruction through, Value from) {}

  private final MeshShape mesh;
  private final Map<Instruction, Integer> first = new LinkedHashMap<>();
  private final List<Value> values = new ArrayList<>();
  private final List<Integer> parent = new ArrayList<>();

  Values(HloModule module) {
    mesh = module.mesh();
    for (Computation computation : module.computations()) {
      for (Instruction instruction : computation.instructions()) {
        first.put(instruction, values.size());
        for (Shape leaf : instruction.type().leaves()) {
          parent.add(values.size());
          values.add(new Value(instruction, leaf));
        }
      }
    }
    for (Computation computation : module.computations()) {
      computation.instructions().forEach(this::tie);
    }
    ManualRegions.mark(module, this);
    fix(module);
  }

  /** Which leaf of a tuple operand an element's leaves begin at. */
  static int firstLeaf(Instruction tuple, int element) {
    return Type.tupleOffset((Type.Tuple) tuple.type(), element);
  }

  /** Where a tensor goes on as another. */
  interface Flow {
    void at(Instruction operand, Value from, Value to);
  }

  /**
   * Follows the tensors that an instruction hands on as they are: into a tuple, a loop or another
   * computation. What leaves these is tied already.
   *
   * @return whether that is all that the instruction does
   */
  boolean follow(Instruction instruction, Flow flow) {
    switch (instruction.op()) {
      case HloOp.Parameter p -> {}
      case HloOp.GetTupleElement g -> {}
      case HloOp.Tuple t -> {
        int leaf = 0;
        for (Instruction operand : instruction.operands()) {
          for (Value from : of(operand)) {
            flow.at(operand, from, of(instruction, leaf++));
          }
        }
      }
      case HloOp.While w -> follow(instruction.operand(0), instruction, flow);
      case HloOp.Call c -> {
        for (int i = 0; i < instruction.operands().size(); i++) {
          follow(instruction.operand(i), c.computation().parameters().get(i), flow);
        }
      }
      case HloOp.Conditional c -> {
        for (int i = 0; i < c.branches().size(); i++) {
          follow(instruction.operand(i + 1), c.branches().get(i).parameters().getFirst(), flow);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void follow(Instruction from, Instruction to, Flow flow) {
    for (int leaf = 0; leaf < from.type().leafCount(); leaf++) {
      flow.at(from, of(from, leaf), of(to, leaf));
    }
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
      Sharding said = instruction.shardings().get(leaf);
      Set<Integer> open = new HashSet<>(said.details().open());
      open.addAll(OpRules.unspecifiedDims(instruction));
      if (said.details().tie() != null && said.isReplicated()) {
        // "replicated shard_as 1" only says that it is split as the others of its group.
        continue;
      }
      boolean says = open.size() < said.rank() || said.rank() == 0 || !said.isReplicated();
      if (!value.fixed && says) {
        checkManual(instruction, value, said);
        value.fixed = true;
        value.open = open;
        value.sharding = said.plain().ordered(said.order());
        value.annotated = instruction;
      }
    }
  }

  private void checkManual(Instruction instruction, Value value, Sharding said) {
    for (String axis : said.usedAxes()) {
      if (value.manual.contains(axis)) {
        throw new InvalidModuleException(
            "%s is manual along mesh axis %s, so that axis cannot split it as well: %s"
                .formatted(instruction, axis, said),
            instruction.source());
      }
    }
    for (int device = 0; device < mesh.devices() && said.order() != null; device++) {
      for (String axis : value.manual) {
        if (mesh.coordinate(device, axis) != mesh.coordinate(said.stand(device), axis)) {
          throw new InvalidModuleException(
              "%s is manual along mesh axis %s, so that the order of devices cannot put device %d in the stead of device %d, elsewhere along it: %s"
                  .formatted(instruction, axis, device, said.stand(device), said),
              instruction.source());
        }
      }
    }
  }

  /**
   * The pairs of values that {@code shard_as} and {@code shard_like} tie, each with the first of
   * its group.
   */
  List<List<Value>> tied() {
    Map<Long, Value> groups = new HashMap<>();
    List<List<Value>> pairs = new ArrayList<>();
    for (Map.Entry<Instruction, Integer> entry : first.entrySet()) {
      Instruction instruction = entry.getKey();
      for (int leaf = 0; leaf < instruction.shardings().size(); leaf++) {
        ShardingDetails.Tie tie = instruction.shardings().get(leaf).details().tie();
        if (tie != null) {
          Value value = of(instruction, leaf);
          Value head = groups.putIfAbsent(tie.group(), value);
          if (head != null && head.shape.dims().equals(value.shape.dims())) {
            pairs.add(List.of(head, value));
          }
        }
      }
    }
    return pairs;
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
    return OpRules.isFree(instruction)
        ? new Value(instruction, instruction.shape())
        : of(instruction, 0);
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
