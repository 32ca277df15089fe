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
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the lines of one computation. */
final class ComputationReader {
  private final Bodies bodies;
  private final MeshShape mesh;
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<String, Instruction> named = new HashMap<>();
  private final Set<Instruction> folded = new HashSet<>();
  private final Set<String> started = new HashSet<>();
  private final Map<String, LayoutText> layouts = new HashMap<>();
  private int added;
  private Instruction root;

  ComputationReader(Bodies bodies) {
    this.bodies = bodies;
    this.mesh = bodies.mesh();
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
    return new Computation(name, inOrder(withoutFolded(result)), result);
  }

  /** Without the constants that only folds used, which have them as their combiner's identity. */
  private List<Instruction> withoutFolded(Instruction result) {
    Set<Instruction> needed = new HashSet<>(List.of(result));
    instructions.forEach(i -> needed.addAll(i.operands()));
    return instructions.stream().filter(i -> needed.contains(i) || !folded.contains(i)).toList();
  }

  /** Parameters that do not stand in the order of their numbers come first, as passes want it. */
  private static List<Instruction> inOrder(List<Instruction> instructions) {
    List<Instruction> parameters =
        instructions.stream().filter(i -> i.op() instanceof HloOp.Parameter).toList();
    Comparator<Instruction> byNumber =
        Comparator.comparingInt(i -> ((HloOp.Parameter) i.op()).index());
    List<Instruction> ordered = new ArrayList<>(parameters);
    ordered.sort(byNumber);
    if (ordered.equals(parameters)) {
      return instructions;
    }
    instructions.stream().filter(i -> !(i.op() instanceof HloOp.Parameter)).forEach(ordered::add);
    return ordered;
  }

  private void line(Cursor in) {
    boolean isRoot = in.peekName().equals("ROOT") && in.eat("ROOT");
    in.skipSpace();
    Cursor start = in.from(in.position());
    String name = in.name();
    in.expect("=");
    in.skipSpace();
    Cursor typed = in.from(in.position());
    Type said = TypeText.read(in);
    if (said instanceof Type.Array(Shape shape)) {
      layouts.put(name, LayoutText.of(typed, shape));
    }
    String opcode = in.name();
    Type type = StandIns.result(opcode, said);
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
    if (StandIns.isUnderWay(opcode)) {
      started.add(name);
    }
    if (isRoot) {
      root = instruction;
    }
  }

  private static Map<String, Cursor> attributes(Cursor in) {
    Map<String, Cursor> attributes = new LinkedHashMap<>();
    while (in.eat(",")) {
      String name = in.name();
      in.expect("=");
      if (attributes.put(name, value(in)) != null) {
        throw in.error("attribute " + name + " is given twice");
      }
    }
    return attributes;
  }

  /** Groups over a mesh are the only value with a space or a comma in it. */
  private static Cursor value(Cursor in) {
    if (!NamedMesh.begins(in)) {
      return in.value();
    }
    Cursor groups = in.from(in.position());
    NamedMesh.read(in);
    in.value();
    return groups.upTo(in.position());
  }

  private Instruction instruction(
      Cursor start,
      String name,
      String opcode,
      Type type,
      Cursor inside,
      Map<String, Cursor> attributes) {
    Reading reading = new Reading(start, StandIns.started(opcode), type, inside, attributes, this);
    List<Sharding> shardings =
        reading.attribute("sharding", List.of(), text -> ShardingText.read(text, type, mesh));
    Instruction standIn = StandIns.of(reading, this, !shardings.isEmpty());
    if (standIn != null) {
      checkType(start, name, type, standIn.type());
      return standIn;
    }
    Expansion expanded = Expansion.of(reading, this);
    Op op = expanded == null ? op(start, opcode, type, reading) : expanded.op();
    reading.checkAttributes();
    List<Instruction> operands = expanded == null ? reading.operands() : expanded.operands();
    Source source = reading.attribute("metadata", Source.NONE, this::source);
    Instruction instruction =
        Instruction.of(name, op, type, operands, source).withShardings(shardings);
    checkType(start, name, type, Verifier.typeOf(instruction, mesh::size));
    instructions.add(instruction);
    return instruction;
  }

  private static Op op(Cursor start, String opcode, Type type, Reading reading) {
    // A copy that says how to split is an annotation.
    return opcode.equals("copy")
        ? new HloOp.CustomCall("Sharding", "", type)
        : OpTable.named(reading.opcode())
            .orElseThrow(() -> start.error("op '" + opcode + "' is not supported"))
            .read()
            .read(reading);
  }

  /** Adds an instruction that the text has no line for. */
  Instruction add(Op op, List<Instruction> operands) {
    return add(op, operands, List.of());
  }

  /** The same, annotated with a sharding for each leaf of its value. */
  Instruction add(Op op, List<Instruction> operands, List<Sharding> shardings) {
    String name;
    do {
      name = "implicit." + added++;
    } while (named.containsKey(name));
    Instruction untyped =
        Instruction.of(name, op, new Type.Tuple(List.of()), operands, Source.NONE);
    Instruction typed =
        Instruction.of(name, op, Verifier.typeOf(untyped, mesh::size), operands, Source.NONE)
            .withShardings(shardings);
    named.put(name, typed);
    instructions.add(typed);
    return typed;
  }

  /** How the array whose name stands here, perhaps behind its type, lies in memory. */
  LayoutText layout(Cursor in) {
    if (TypeText.isHere(in)) {
      TypeText.read(in);
    }
    return layouts.get(in.name());
  }

  private static void checkType(Cursor at, String name, Type given, Type inferred) {
    if (!given.equals(inferred)) {
      throw at.error("%%%s is said to be %s but is %s".formatted(name, given, inferred));
    }
  }

  private Source source(Cursor in) {
    in.expect("{");
    String file = "";
    int line = 0;
    int column = 0;
    Source framed = Source.NONE;
    while (!in.eat("}")) {
      in.eat(",");
      String key = in.name();
      in.expect("=");
      switch (key) {
        case "source_file" -> file = in.string();
        case "source_line" -> line = in.smallNumber();
        case "source_column" -> column = in.smallNumber();
        case "stack_frame_id" -> framed = bodies.frames().source(in.smallNumber());
        default -> in.value();
      }
    }
    return line > 0 ? new Source(file, line, column) : framed;
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
      if (said != null && !started.contains(name)) {
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
    return bodies.get(start, in.name());
  }

  /** Notes that a fold has taken this constant for its combiner's identity. */
  void folded(Instruction constant) {
    folded.add(constant);
  }
}
