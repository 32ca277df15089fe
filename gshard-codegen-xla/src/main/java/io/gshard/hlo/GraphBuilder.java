package io.gshard.hlo;

import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds one computation, instruction by instruction, checking shapes as it goes. Names are made
 * unique: {@code add}, {@code add.1}, ...
 */
public final class GraphBuilder {
  private final String name;
  private final MeshShape mesh;
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<String, Integer> used = new HashMap<>();
  private final Map<Instruction, Instruction> replaced = new IdentityHashMap<>();
  private Source source = Source.NONE;
  private int parameters;

  public GraphBuilder(String name, MeshShape mesh) {
    this.name = name;
    this.mesh = mesh;
  }

  /** The name of the computation that is being built. */
  public String name() {
    return name;
  }

  public MeshShape mesh() {
    return mesh;
  }

  /** The source position of what is added from now on. */
  public void at(Source position) {
    source = position;
  }

  public Source source() {
    return source;
  }

  /** The next parameter. */
  public Instruction parameter(String hint, Type type) {
    return append(
        Instruction.of(unique(hint), new HloOp.Parameter(parameters++), type, List.of(), source));
  }

  /** The next parameter, with another one's name, type, shardings and source. */
  public Instruction parameter(Instruction like) {
    return append(like.withName(unique(like.name())).withOp(new HloOp.Parameter(parameters++)));
  }

  public Instruction parameter(String hint, Shape shape) {
    return parameter(hint, new Type.Array(shape));
  }

  /**
   * Adds an op on arrays; its shape is inferred.
   *
   * @throws io.gshard.tensor.ShapeException if the operands do not fit
   */
  public Instruction add(Op op, List<Instruction> operands) {
    List<Shape> shapes = new ArrayList<>(operands.size());
    for (Instruction operand : operands) {
      shapes.add(operand.shape());
    }
    Shape shape = ShapeInference.infer(op, shapes, mesh::size);
    return add(op, new Type.Array(shape), operands);
  }

  public Instruction add(Op op, Instruction... operands) {
    return add(op, List.of(operands));
  }

  /** Adds an op of a given type; for structural ops. */
  public Instruction add(Op op, Type type, List<Instruction> operands) {
    return append(Instruction.of(unique(ShapeInference.name(op)), op, type, operands, source));
  }

  /**
   * Adds an instruction that was made elsewhere. Its operands must be here already; it is renamed
   * if its name is taken, so use what is returned.
   */
  public Instruction add(Instruction instruction) {
    return append(instruction.withName(unique(instruction.name())));
  }

  private Instruction append(Instruction instruction) {
    instructions.add(instruction);
    return instruction;
  }

  public Instruction tuple(List<Instruction> elements) {
    return add(
        new HloOp.Tuple(),
        new Type.Tuple(elements.stream().map(Instruction::type).toList()),
        elements);
  }

  public Instruction element(Instruction tuple, int index) {
    return add(
        new HloOp.GetTupleElement(index),
        ((Type.Tuple) tuple.type()).elements().get(index),
        List.of(tuple));
  }

  public List<Instruction> instructions() {
    return List.copyOf(instructions);
  }

  /**
   * From {@link #build} on another instruction stands where this one is, for all its users. The
   * other one's operands must have come before this one; on a tuple it may have further elements.
   */
  public void replace(Instruction instruction, Instruction by) {
    replaced.put(instruction, by);
  }

  /** What an instruction has been replaced by, or itself. */
  public Instruction current(Instruction instruction) {
    Instruction result = instruction;
    while (replaced.containsKey(result)) {
      result = replaced.get(result);
    }
    return result;
  }

  public Computation build(Instruction root) {
    if (replaced.isEmpty()) {
      return new Computation(name, instructions, root);
    }
    Map<Instruction, Instruction> built = new IdentityHashMap<>();
    List<Instruction> order = new ArrayList<>();
    for (Instruction instruction : instructions) {
      Instruction now = current(instruction);
      if (!built.containsKey(now)) {
        List<Instruction> operands = now.operands().stream().map(built::get).toList();
        // Compared by identity, as instructions are.
        Instruction placed = operands.equals(now.operands()) ? now : now.withOperands(operands);
        built.put(now, placed);
        order.add(placed);
      }
      built.put(instruction, built.get(now));
    }
    return new Computation(name, order, built.get(root));
  }

  /** A name that nothing in this computation has yet. */
  public String unique(String hint) {
    String base = clean(hint);
    int count = used.getOrDefault(base, 0) + 1;
    String candidate = count == 1 ? base : base + "." + (count - 1);
    while (count > 1 && used.containsKey(candidate)) {
      count++;
      candidate = base + "." + (count - 1);
    }
    used.put(base, count);
    used.putIfAbsent(candidate, 1);
    return candidate;
  }

  /**
   * With _ for what a name cannot have; most need no change, and this runs for every instruction.
   */
  private static String clean(String hint) {
    StringBuilder changed = null;
    for (int i = 0; i < hint.length(); i++) {
      char c = hint.charAt(i);
      boolean fits =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '.'
              || c == '-';
      if (!fits) {
        if (changed == null) {
          changed = new StringBuilder(hint);
        }
        changed.setCharAt(i, '_');
      }
    }
    return changed == null ? hint : changed.toString();
  }
}
