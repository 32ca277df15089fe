package io.gshard.hlo;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies instructions into a computation that is being built, and remembers what became of each:
 * the tool of passes, which never change a graph but build another. Names, shardings and sources
 * are kept.
 */
public final class Rewriter {
  private final GraphBuilder target;
  private final Map<Instruction, Instruction> images = new IdentityHashMap<>();

  public Rewriter(GraphBuilder target) {
    this.target = target;
  }

  public GraphBuilder target() {
    return target;
  }

  /** Says what stands for an instruction of the old graph. */
  public void put(Instruction old, Instruction image) {
    images.put(old, image);
  }

  public boolean has(Instruction old) {
    return images.containsKey(old);
  }

  /**
   * What stands for an instruction of the old graph.
   *
   * @throws IllegalStateException if nothing does
   */
  public Instruction get(Instruction old) {
    Instruction image = images.get(old);
    if (image == null) {
      throw new IllegalStateException(old + " has not been rewritten; its users come too early");
    }
    return image;
  }

  public List<Instruction> get(List<Instruction> old) {
    List<Instruction> now = new ArrayList<>(old.size());
    for (Instruction instruction : old) {
      now.add(get(instruction));
    }
    return now;
  }

  /** Copies an instruction whose operands have images. */
  public Instruction copy(Instruction old) {
    Instruction image = target.add(old.withOperands(get(old.operands())));
    images.put(old, image);
    return image;
  }

  /** A parameter here for a parameter of the old graph, with its name and shardings. */
  public Instruction parameter(Instruction old) {
    Instruction image = target.parameter(old);
    images.put(old, image);
    return image;
  }

  /** Copies a whole computation, with arguments for its parameters; gives the image of its root. */
  public Instruction inline(Computation computation, List<Instruction> arguments) {
    List<Instruction> parameters = computation.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      images.put(parameters.get(i), arguments.get(i));
    }
    for (Instruction instruction : computation.instructions()) {
      if (!(instruction.op() instanceof HloOp.Parameter)) {
        copy(instruction);
      }
    }
    return get(computation.root());
  }
}
