package io.gshard.hlo.text;

import io.gshard.hlo.Computation;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** One instruction's line while it is being read: its op's format asks for what it needs. */
final class Reading {
  /** Attributes that change nothing about the values, or that the reader of the line sees to. */
  private static final Set<String> IGNORED =
      Set.of(
          "metadata",
          "sharding",
          "channel_id",
          "use_global_device_ids",
          "frontend_attributes",
          "backend_config",
          "indices_are_sorted",
          "unique_indices",
          "operand_precision",
          "algorithm",
          "constrain_layout",
          "is_composite",
          "control-predecessors",
          "statistics",
          "origin",
          "custom_call_has_side_effect",
          "custom_call_schedule",
          "called_computations",
          "operand_layout_constraints",
          "output_to_operand_aliasing",
          "output_operand_aliasing",
          "is_host_transfer",
          "is_sync",
          "is_pipelined",
          "schedule",
          "literal",
          "original_value",
          "inlineable",
          "kind",
          "async_execution_thread",
          "api_version");

  private final Cursor at;
  private final String opcode;
  private final Type type;
  private final Cursor inside;
  private final int start;
  private final Map<String, Cursor> attributes;
  private final ComputationReader scope;
  private final Set<String> asked = new HashSet<>();
  private List<Instruction> operands;

  Reading(
      Cursor at,
      String opcode,
      Type type,
      Cursor inside,
      Map<String, Cursor> attributes,
      ComputationReader scope) {
    this.at = at;
    this.opcode = opcode;
    this.type = type;
    this.inside = inside;
    this.start = inside.position();
    this.attributes = attributes;
    this.scope = scope;
  }

  HloSyntaxException error(String reason) {
    return at.error(reason);
  }

  String opcode() {
    return opcode;
  }

  /** How the line's array lies in memory. */
  LayoutText layout() {
    return scope.layout(at.from(at.position()));
  }

  /** How the first operand, an array, lies in memory. */
  LayoutText operandLayout() {
    return scope.layout(inside.from(start));
  }

  Type type() {
    return type;
  }

  Shape shape() {
    if (type instanceof Type.Array(Shape shape)) {
      return shape;
    }
    throw error(opcode + " gives an array, found " + type);
  }

  MeshShape mesh() {
    return scope.mesh();
  }

  /** The text between the brackets, for what has no operands there. */
  Cursor inside() {
    operands = List.of();
    return inside;
  }

  List<Instruction> operands() {
    if (operands == null) {
      operands = scope.operands(inside);
    }
    return operands;
  }

  Instruction operand(int index) {
    if (index >= operands().size()) {
      throw error("%s has only %d operands".formatted(opcode, operands.size()));
    }
    return operands.get(index);
  }

  /** The shape of an operand that must be an array. */
  Shape shape(int index) {
    if (operand(index).type() instanceof Type.Array(Shape shape)) {
      return shape;
    }
    throw error("operand %d of %s is a tuple".formatted(index, opcode));
  }

  boolean has(String name) {
    return attributes.containsKey(name);
  }

  <T> T attribute(String name, Function<Cursor, T> read) {
    asked.add(name);
    Cursor value = attributes.get(name);
    if (value == null) {
      throw error("%s needs the attribute %s".formatted(opcode, name));
    }
    Cursor fresh = value.from(value.position());
    T result = read.apply(fresh);
    fresh.expectEnd();
    return result;
  }

  <T> T attribute(String name, T absent, Function<Cursor, T> read) {
    return has(name) ? attribute(name, read) : absent;
  }

  List<Integer> integers(String name) {
    return attribute(name, List.of(), Cursor::integers);
  }

  List<Long> numbers(String name) {
    return attribute(name, List.of(), Cursor::numbers);
  }

  int number(String name) {
    return attribute(name, Cursor::smallNumber);
  }

  /** The one dim in {@code dimensions={1}}. */
  int dimension() {
    List<Integer> dims = integers("dimensions");
    if (dims.size() != 1) {
      throw error("%s takes one dim, found %s".formatted(opcode, dims));
    }
    return dims.getFirst();
  }

  Computation computation(String name) {
    return attribute(name, scope::computation);
  }

  List<Computation> computations(String name) {
    return attribute(name, in -> in.list("{", "}", () -> scope.computation(in)));
  }

  List<String> axes() {
    return attribute(
        "replica_groups",
        mesh().axes().stream().filter(a -> a.size() > 1).map(a -> a.name()).toList(),
        in -> AxisGroups.read(in, mesh()));
  }

  /** The combiner that {@code to_apply} is; null if it is none. */
  Combiner combiner() {
    return Combiners.recognise(computation("to_apply"));
  }

  /** The combiner that {@code to_apply} must be. */
  Combiner requiredCombiner() {
    Combiner combiner = combiner();
    if (combiner == null) {
      throw error(
          "%s folds with %s, which is no known fold".formatted(opcode, computation("to_apply")));
    }
    return combiner;
  }

  /**
   * Leaves only the first operand if the second one is the constant that the combiner starts from.
   */
  boolean dropIdentity(Combiner combiner) {
    if (operands().size() != 2 || !(operand(1).op() instanceof Op.Constant(Literal start))) {
      return false;
    }
    DType type = start.shape().type();
    if (!start.equals(Literal.scalar(type, combiner.identity(type)))) {
      return false;
    }
    scope.folded(operand(1));
    operands = List.of(operand(0));
    return true;
  }

  void checkAttributes() {
    for (Map.Entry<String, Cursor> given : attributes.entrySet()) {
      if (!asked.contains(given.getKey()) && !IGNORED.contains(given.getKey())) {
        throw given
            .getValue()
            .error("attribute %s of %s is not supported".formatted(given.getKey(), opcode));
      }
    }
  }
}
