package io.gshard.hlo.text;

import io.gshard.hlo.Computation;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One instruction while it is being written: its op's format fills it in. */
final class Emission {
  private final HloPrinter.Body body;
  private final Instruction instruction;
  private final List<String> operands = new ArrayList<>();
  private final StringBuilder attributes = new StringBuilder();
  private String opcode = "";

  Emission(HloPrinter.Body body, Instruction instruction) {
    this.body = body;
    this.instruction = instruction;
    instruction.operands().forEach(o -> operands.add("%" + body.nameOf(o)));
  }

  Instruction instruction() {
    return instruction;
  }

  MeshShape mesh() {
    return body.module().mesh();
  }

  void opcode(String name) {
    opcode = name;
  }

  /** An operand's name, with %. */
  String operand(int index) {
    return operands.get(index);
  }

  /** Replaces what stands in the round brackets. */
  void operands(String... texts) {
    operands.clear();
    operands.addAll(List.of(texts));
  }

  void attribute(String name, Object value) {
    attributes.append(", ").append(name).append('=').append(value);
  }

  void list(String name, List<?> items) {
    attribute(name, braces(items));
  }

  static String braces(List<?> items) {
    return items.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
  }

  void computation(String name, Computation computation) {
    attribute(name, "%" + body.nameOf(computation));
  }

  void computations(String name, List<Computation> computations) {
    list(name, computations.stream().map(c -> "%" + body.nameOf(c)).toList());
  }

  /** {@code to_apply} of a scalar computation made for the combiner; null puts the second value. */
  void combiner(Combiner combiner, DType type) {
    attribute("to_apply", "%" + body.combiner(combiner, type));
  }

  /** One more operand: the constant a fold with the combiner starts from. */
  void identity(Combiner combiner, DType type) {
    operands.add("%" + body.identity(combiner, type));
  }

  void channel() {
    attribute("channel_id", body.nextChannel());
  }

  /** The groups of devices along some axes. */
  void groups(List<String> axes) {
    attribute("replica_groups", AxisGroups.print(axes, mesh()));
  }

  /** Another op on the same operands, for a line of its own. */
  Emission helper() {
    return new Emission(body, instruction);
  }

  /** Writes a line of its own before this instruction; gives its value's name, with %. */
  String before(String suffix, Type type, String text) {
    String name = body.unique(instruction.name() + "." + suffix);
    return "%" + body.line(false, name, type, text, instruction.source());
  }

  @Override
  public String toString() {
    return opcode + "(" + String.join(", ", operands) + ")" + attributes;
  }
}
