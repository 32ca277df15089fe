package io.gshard.sharding;

import io.gshard.hlo.Instruction;
import io.gshard.mesh.Sharding;
import io.gshard.op.ShapeInference;
import java.util.List;

/**
 * Why an instruction is split as it is: for each axis the annotation that it comes from, and the
 * ops it came through. Its text is for people:
 *
 * <pre>{@code
 * %y = tanh is split [{d}, {}]
 *   dim 0 over d: %x is annotated so (model.py:12), from there through %a = add, %y = tanh
 * }</pre>
 */
public record Explanation(Instruction instruction, List<Leaf> leaves) {

  /**
   * One array of the instruction's value.
   *
   * @param annotated the instruction that a user has annotated, if this is it; or null
   */
  public record Leaf(Sharding sharding, Instruction annotated, List<Chain> chains) {
    public Leaf {
      chains = List.copyOf(chains);
    }
  }

  /** How an axis came to split a dim; {@code through} is in order, from the annotation on. */
  public record Chain(int dim, String axis, Instruction from, List<Instruction> through) {
    public Chain {
      through = List.copyOf(through);
    }
  }

  public Explanation {
    leaves = List.copyOf(leaves);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < leaves.size(); i++) {
      Leaf leaf = leaves.get(i);
      text.append(i == 0 ? "" : "\n").append(op(instruction));
      text.append(leaves.size() == 1 ? "" : ", leaf " + i);
      if (leaf.chains().isEmpty()) {
        text.append(" is whole on every device: ");
        text.append(
            leaf.annotated() == null
                ? "nothing splits it"
                : place(leaf.annotated()) + " is annotated so");
        continue;
      }
      text.append(" is split ").append(leaf.sharding());
      leaf.chains().forEach(chain -> text.append("\n  ").append(line(chain)));
    }
    return text.toString();
  }

  private static String line(Chain chain) {
    String line =
        "dim %d over %s: %s is annotated so"
            .formatted(chain.dim(), chain.axis(), place(chain.from()));
    if (chain.through().isEmpty()) {
      return line;
    }
    return line
        + ", from there through "
        + String.join(", ", chain.through().stream().map(Explanation::op).toList());
  }

  private static String op(Instruction i) {
    return i + " = " + ShapeInference.name(i.op());
  }

  private static String place(Instruction i) {
    return i.source().isKnown() ? "%s (%s)".formatted(i, i.source()) : i.toString();
  }
}
