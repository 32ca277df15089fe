package io.gshard.hlo.text;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Source;
import io.gshard.hlo.Type;
import io.gshard.hlo.Verifier;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the lines of one computation. */
final class ComputationReader {
  private final Map<String, Computation> known;
  private final MeshShape mesh;
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<String, Instruction> named = new HashMap<>();
  private final Set<Instruction> folded = new HashSet<>();
  private Instruction root;

  ComputationReader(Map<String, Computation> known, MeshShape mesh) {
    this.known = known;
    this.mesh = mesh;
  }

  MeshShape mesh() {
    return mesh;
  }

  Computation read(String name, Cursor in) {
    in.expect("{");
    while (!in.eat("}")) {
      line(in);
    }
    if (instructions.isEmpty()) {
      throw in.error("computation " + name + " is empty");
    }
    Instruction result = root == null ? instructions.getLast() : root;
    return new Computation(name, withoutFolded(result), result);
  }

  /** Without the constants that only folds used, which have them as their combiner's identity. */
  private List<Instruction> withoutFolded(Instruction result) {
    Set<Instruction> needed = new HashSet<>(List.of(result));
    instructions.forEach(i -> needed.addAll(i.operands()));
    return instructions.stream().filter(i -> needed.contains(i) || !folded.contains(i)).toList();
  }

  private void line(Cursor in) {
    boolean isRoot = in.peekName().equals("ROOT") && in.eat("ROOT");
    in.skipSpace();
    Cursor start = in.from(in.position());
    String name = in.name();
    in.expect("=");
    Type type = TypeText.read(in);
    String opcode = in.name();
    Cursor inside = in.inBrackets();
    Map<String, Cursor> attributes = attributes(in);
    if (named.containsKey(name)) {
      throw start.error("%" + name + " is defined twice");
    }
    Instruction instruction;
    try {
      instruction = instruction(start, name, opcode, type, inside, attributes);
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw start.error("%" + name + ": " + e.getMessage());
    }
    named.put(name, instruction);
    if (isRoot) {
      root = instruction;
    }
  }

  private static Map<String, Cursor> attributes(Cursor in) {
    Map<String, Cursor> attributes = new LinkedHashMap<>();
    while (in.eat(",")) {
      String name = in.name();
      in.expect("=");
      if (attributes.put(name, in.value()) != null) {
        throw in.error("attribute " + name + " is given twice");
      }
    }
    return attributes;
  }

  private Instruction instruction(
      Cursor start,
      String name,
      String opcode,
      Type type,
      Cursor inside,
      Map<String, Cursor> attributes) {
    Reading reading = new Reading(start, opcode, type, inside, attributes, this);
    List<Sharding> shardings =
        reading.attribute("sharding", List.of(), text -> ShardingText.read(text, type, mesh));
    Op op;
    if (opcode.equals("copy")) {
      // A copy that says how to split is an annotation; any other is its operand.
      if (shardings.isEmpty()) {
        Instruction copied = reading.operand(0);
        checkType(start, name, type, copied.type());
        return copied;
      }
      op = new HloOp.CustomCall("Sharding", "", type);
    } else {
      op =
          OpTable.named(opcode)
              .orElseThrow(() -> start.error("op '" + opcode + "' is not supported"))
              .read()
              .read(reading);
    }
    reading.checkAttributes();
    List<Instruction> operands = reading.operands();
    Source source = reading.attribute("metadata", Source.NONE, ComputationReader::source);
    Instruction instruction =
        Instruction.of(name, op, type, operands, source).withShardings(shardings);
    checkType(start, name, type, Verifier.typeOf(instruction, mesh::size));
    instructions.add(instruction);
    return instruction;
  }

  private static void checkType(Cursor at, String name, Type given, Type inferred) {
    if (!given.equals(inferred)) {
      throw at.error("%%%s is said to be %s but is %s".formatted(name, given, inferred));
    }
  }

  private static Source source(Cursor in) {
    in.expect("{");
    String file = "";
    int line = 0;
    int column = 0;
    while (!in.eat("}")) {
      in.eat(",");
      String key = in.name();
      in.expect("=");
      switch (key) {
        case "source_file" -> file = in.string();
        case "source_line" -> line = in.smallNumber();
        case "source_column" -> column = in.smallNumber();
        default -> in.value();
      }
    }
    return line > 0 ? new Source(file, line, column) : Source.NONE;
  }

  /** The instructions named between an op's brackets, with or without their types. */
  List<Instruction> operands(Cursor in) {
    List<Instruction> operands = new ArrayList<>();
    if (in.atEnd()) {
      return operands;
    }
    do {
      Type said = TypeText.isHere(in) ? TypeText.read(in) : null;
      in.skipSpace();
      Cursor start = in.from(in.position());
      String name = in.name();
      Instruction operand = named.get(name);
      if (operand == null) {
        throw start.error("%" + name + " is not defined above");
      }
      if (said != null) {
        checkType(start, name, said, operand.type());
      }
      operands.add(operand);
    } while (in.eat(","));
    in.expectEnd();
    return operands;
  }

  Computation computation(Cursor in) {
    in.skipSpace();
    Cursor start = in.from(in.position());
    String name = in.name();
    Computation computation = known.get(name);
    if (computation == null) {
      throw start.error("computation %" + name + " is not defined above");
    }
    return computation;
  }

  /** Notes that a fold has taken this constant for its combiner's identity. */
  void folded(Instruction constant) {
    folded.add(constant);
  }
}
