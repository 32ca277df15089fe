package io.gshard.passes.fusion;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.passes.fusion.BlockBuilder.Origin;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * From a partitioned module to steps on memory: elementwise ops are fused into loops, what only
 * moves elements becomes views of other arrays, calls are inlined, tuples vanish. Loop state that
 * the body hands on unchanged is no state: the body reads it where it is.
 */
public final class Lowering {
  /** The values that a loop's body overwrites; a slice of one must not be read late. */
  private final Set<Root> variant = Collections.newSetFromMap(new IdentityHashMap<>());

  private final int[] ids = {0};

  private Lowering() {}

  /**
   * Lowers the whole program.
   *
   * @throws UnsupportedInstruction for an op or element type that the Java back end has not
   */
  public static LoweredProgram lower(HloModule module) {
    return new Lowering().program(module);
  }

  private LoweredProgram program(HloModule module) {
    BlockBuilder builder = new BlockBuilder(ids);
    List<Root.Value> parameters = new ArrayList<>();
    for (Instruction parameter : module.entry().parameters()) {
      check(parameter);
      parameters.add(builder.value(parameter.shape(), origin(parameter)));
    }
    List<List<View>> arguments = parameters.stream().map(p -> List.of(View.of(p))).toList();
    List<View> results = computation(module.entry(), arguments, builder);

    Map<Integer, Integer> aliases = new HashMap<>();
    module.aliases().forEach(a -> aliases.put(a.output(), a.parameter()));
    List<Root.Value> updated = aliases.values().stream().sorted().map(parameters::get).toList();
    List<View> sources = new ArrayList<>();
    List<Root.Value> outputs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      View result = results.get(i);
      if (aliases.containsKey(i)) {
        sources.add(result);
        outputs.add(parameters.get(aliases.get(i)));
      } else {
        // What is handed out must have memory of its own.
        boolean own =
            result.isWhole()
                && !parameters.contains(result.root())
                && !outputs.contains(result.root());
        View out =
            own ? result : builder.copy(result, new Origin("result", origin(module).source()));
        outputs.add((Root.Value) out.root());
      }
    }
    List<Root.Value> targets = outputs.stream().filter(updated::contains).toList();
    builder.store(sources, targets, new Origin("update", origin(module).source()));
    return new LoweredProgram(builder.block(), parameters, outputs, updated, Set.of());
  }

  private static Origin origin(HloModule module) {
    return origin(module.entry().root());
  }

  static Origin origin(Instruction instruction) {
    return new Origin(instruction.name(), instruction.source());
  }

  /** Adds a computation's steps to a block; gives the leaves of its result. */
  private List<View> computation(
      Computation computation, List<List<View>> arguments, BlockBuilder builder) {
    Set<Instruction> needed = needed(computation);
    Map<Instruction, List<View>> leaves = new HashMap<>();
    InstructionLowering instructions = new InstructionLowering(builder, variant);
    for (Instruction instruction : computation.instructions()) {
      if (!needed.contains(instruction)) {
        continue;
      }
      check(instruction);
      List<List<View>> operands = instruction.operands().stream().map(leaves::get).toList();
      leaves.put(
          instruction,
          switch (instruction.op()) {
            case ArrayOp.Merged(Op.Collective each) ->
                merged(instruction, each, operands, instructions);
            case HloOp op -> structural(instruction, op, operands, arguments, builder);
            default ->
                List.of(
                    instructions.lower(
                        instruction, operands.stream().map(List::getFirst).toList()));
          });
    }
    return leaves.get(computation.root());
  }

  /** In one process there is no message to save: one collective after the other. */
  private static List<View> merged(
      Instruction merged,
      Op.Collective each,
      List<List<View>> operands,
      InstructionLowering instructions) {
    List<View> results = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      Type type = new Type.Array(merged.type().leaves().get(i));
      Instruction one =
          Instruction.of(merged.name(), each, type, List.of(merged.operand(i)), merged.source());
      results.add(instructions.lower(one, operands.get(i)));
    }
    return results;
  }

  private static Set<Instruction> needed(Computation computation) {
    Set<Instruction> needed = new HashSet<>();
    needed.add(computation.root());
    for (Instruction instruction : computation.instructions().reversed()) {
      if (needed.contains(instruction)) {
        needed.addAll(instruction.operands());
      }
    }
    return needed;
  }

  private List<View> structural(
      Instruction instruction,
      HloOp op,
      List<List<View>> operands,
      List<List<View>> arguments,
      BlockBuilder builder) {
    return switch (op) {
      case HloOp.Parameter p -> arguments.get(p.index());
      case HloOp.Tuple t -> operands.stream().flatMap(List::stream).toList();
      case HloOp.GetTupleElement g -> {
        int from = firstLeaf(instruction.operand(0).type(), g.index());
        yield operands.getFirst().subList(from, from + instruction.type().leaves().size());
      }
      case HloOp.Call c -> computation(c.computation(), operands, builder);
      case HloOp.While w -> loop(instruction, w, operands.getFirst(), builder);
      case HloOp.Conditional c -> branch(instruction, c, operands, builder);
      case HloOp.CustomCall c when c.target().equals("Sharding") -> operands.getFirst();
      case HloOp.CustomCall c when c.target().equals(Step.DrawNumber.TARGET) -> {
        Root.Value number = builder.value(instruction.shape(), origin(instruction));
        yield List.of(builder.add(new Step.DrawNumber(number), number));
      }
      case HloOp.CustomCall c -> throw unsupported(instruction, "custom-call of " + c.target());
      case HloOp.Scan s ->
          throw unsupported(instruction, "scan, which is lowered to a while before");
      case HloOp.Sort s -> throw unsupported(instruction, "sort");
      case HloOp.ReduceRegion r ->
          throw unsupported(instruction, "reduce with a computation of its own");
      case ArrayOp a -> throw unsupported(instruction, ShapeInference.name(a));
    };
  }

  private static int firstLeaf(Type type, int index) {
    List<Type> elements = ((Type.Tuple) type).elements();
    return elements.subList(0, index).stream().mapToInt(t -> t.leaves().size()).sum();
  }

  private List<View> loop(
      Instruction instruction, HloOp.While loop, List<View> initial, BlockBuilder builder) {
    Origin origin = origin(instruction);
    List<View> inside = new ArrayList<>();
    List<Root.Value> state = new ArrayList<>();
    List<View> starts = new ArrayList<>();
    for (int i = 0; i < initial.size(); i++) {
      if (handsOn(loop.body().root(), i, i)) {
        inside.add(initial.get(i).notBefore(0));
      } else {
        Root.Value value =
            builder.value(initial.get(i).shape(), new Origin("state" + i, origin.source()));
        state.add(value);
        starts.add(initial.get(i));
        inside.add(View.of(value));
        variant.add(value);
      }
    }
    builder.store(starts, state, origin);
    BlockBuilder condition = builder.nested();
    View predicate = null;
    if (loop.tripCount() < 0) {
      View computed = computation(loop.condition(), List.of(inside), condition).getFirst();
      predicate = condition.copy(computed, origin);
    }
    BlockBuilder body = builder.nested();
    List<View> results = computation(loop.body(), List.of(inside), body);
    List<View> changed = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      if (!handsOn(loop.body().root(), i, i)) {
        changed.add(results.get(i));
      }
    }
    body.store(changed, state, origin);
    int position = builder.size();
    builder
        .block()
        .steps()
        .add(
            new Step.Loop(
                instruction.name(),
                loop.tripCount(),
                predicate == null ? null : condition.block(),
                predicate,
                body.block(),
                state));
    List<View> leaves = new ArrayList<>();
    for (int i = 0; i < initial.size(); i++) {
      View leaf = inside.get(i);
      leaves.add(state.contains(leaf.root()) ? leaf.notBefore(position + 1) : initial.get(i));
    }
    state.forEach(variant::remove);
    return leaves;
  }

  /** Whether a leaf of a result is a leaf of the computation's only parameter. */
  private static boolean handsOn(Instruction result, int leaf, int parameterLeaf) {
    return switch (result.op()) {
      case HloOp.Parameter p -> leaf == parameterLeaf;
      case HloOp.Tuple t -> {
        int at = leaf;
        for (Instruction element : result.operands()) {
          int size = element.type().leaves().size();
          if (at < size) {
            yield handsOn(element, at, parameterLeaf);
          }
          at -= size;
        }
        yield false;
      }
      case HloOp.GetTupleElement g ->
          handsOn(
              result.operand(0),
              leaf + firstLeaf(result.operand(0).type(), g.index()),
              parameterLeaf);
      case HloOp.CustomCall c when c.target().equals("Sharding") ->
          handsOn(result.operand(0), leaf, parameterLeaf);
      default -> false;
    };
  }

  private List<View> branch(
      Instruction instruction,
      HloOp.Conditional conditional,
      List<List<View>> operands,
      BlockBuilder builder) {
    Origin origin = origin(instruction);
    View index = builder.placed(operands.getFirst().getFirst(), origin);
    List<Root.Value> results =
        instruction.type().leaves().stream().map(s -> builder.value(s, origin)).toList();
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < conditional.branches().size(); i++) {
      BlockBuilder inner = builder.nested();
      List<View> given = operands.get(i + 1).stream().map(v -> v.notBefore(0)).toList();
      List<View> leaves = computation(conditional.branches().get(i), List.of(given), inner);
      inner.store(leaves, results, origin);
      blocks.add(inner.block());
    }
    Step.Branch step = new Step.Branch(instruction.name(), index, blocks, results);
    List<View> leaves = new ArrayList<>();
    for (Root.Value result : results) {
      leaves.add(View.of(result).notBefore(builder.size() + 1));
    }
    builder.block().steps().add(step);
    return leaves;
  }

  private static void check(Instruction instruction) {
    for (Shape shape : instruction.type().leaves()) {
      if (shape.type().isComplex()) {
        throw unsupported(instruction, "element type " + shape.type().hloName());
      }
      if (shape.elements() > Integer.MAX_VALUE) {
        throw unsupported(
            instruction, "an array of " + shape.elements() + " elements on one device");
      }
    }
  }

  static UnsupportedInstruction unsupported(Instruction instruction, String what) {
    return new UnsupportedInstruction(
        "the Java back end has no %s: %s = %s %s at %s; write it in other ops, or compile for XLA alone"
            .formatted(
                what,
                instruction.name(),
                instruction.type(),
                ShapeInference.name(instruction.op()),
                instruction.source()),
        instruction.source());
  }
}
