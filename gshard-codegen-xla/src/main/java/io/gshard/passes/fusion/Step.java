package io.gshard.passes.fusion;

import io.gshard.hlo.Source;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** One thing that a program does. Operands are views; each result is a value in memory. */
public sealed interface Step {

  /**
   * One loop over a row-major index space of n elements, in blocks. The stages run in order on each
   * block; what nobody else reads never reaches memory.
   *
   * <p>A fold reduces consecutive runs of elements, the rows. Where a block holds whole rows, later
   * stages may use what a fold makes: ops with one element for each row, and ops on all elements
   * that see it repeated along the row.
   */
  final class Fused implements Step {
    /** Elements of a block; those of the runtime's scratch. */
    public static final int BLOCK = 1024;

    private final long n;
    private final List<Stage> stages = new ArrayList<>();

    Fused(long n) {
      this.n = n;
    }

    public long n() {
      return n;
    }

    public List<Stage> stages() {
      return stages;
    }

    public List<Fold> folds() {
      return stages.stream().filter(Fold.class::isInstance).map(Fold.class::cast).toList();
    }

    /** How many elements each row has; 1 where nothing is folded. */
    public long row() {
      List<Fold> folds = folds();
      return folds.isEmpty() ? 1 : folds.getFirst().reduced();
    }

    /** Whether a fold of so many elements is one of this loop's rows. */
    boolean folds(long reduced) {
      return folds().isEmpty() || row() == reduced;
    }

    /** Whether an op of so many elements can be a stage: one for each element or for each row. */
    boolean takes(long elements) {
      return elements == n || isPerRow(elements);
    }

    private boolean isPerRow(long elements) {
      long row = row();
      return n > 0 && row > 1 && row <= BLOCK && elements == n / row;
    }

    /**
     * Whether a stage of so many elements finds what a view looks at in its own block: a stage
     * before it makes that, for each element or, repeated along the row, for each row.
     */
    boolean makes(View view, long elements) {
      if (!(view.root() instanceof Root.Value value)
          || stages.stream().noneMatch(s -> s.result() == value)) {
        return false;
      }
      long made = value.shape().elements();
      return view.isWhole()
          ? made == elements && takes(elements)
          : elements == n && isPerRow(made) && view.repeats(row());
    }
  }

  /** What a fused loop does on each block. */
  sealed interface Stage {
    List<View> operands();

    Root.Value result();
  }

  /**
   * An elementwise op in a fused loop; or a gather of rows, which reads its table anywhere, and so
   * only what was made before the loop ({@link #gathers}).
   */
  record Element(Op op, List<View> operands, Root.Value result) implements Stage {
    public Element {
      operands = List.copyOf(operands);
    }

    /** Whether a block of the result may come from anywhere in the operands. */
    public boolean gathers() {
      return op instanceof Op.Gather;
    }
  }

  /** A reduction, in a fused loop, of each run of {@code reduced} elements of the operand. */
  record Fold(Op.Reduce op, View operand, long reduced, Root.Value result) implements Stage {
    @Override
    public List<View> operands() {
      return List.of(operand);
    }
  }

  /** A reduction of memory seen as [outer, reduced, inner] over the middle dim. */
  record Reduce(Op.Reduce op, View operand, long outer, long reduced, long inner, Root.Value result)
      implements Step {}

  /** A running fold of memory seen as [outer, n, inner] along the middle dim. */
  record Cumulative(
      Op.Cumulative op, View operand, long outer, long n, long inner, Root.Value result)
      implements Step {}

  /** A matrix product; see {@link Contraction}. */
  record Product(Contraction contraction, Root.Value result) implements Step {}

  /** Both operands dense. */
  record Gather(Op.Gather op, View operand, View indices, Root.Value result) implements Step {}

  /**
   * The result is the base with updates combined in; base and indices are dense, or the base is one
   * number.
   */
  record Scatter(Op.Scatter op, View base, View indices, View updates, Root.Value result)
      implements Step {}

  /**
   * Puts views in places of the result: copies, pads, concatenations, dynamic updates.
   *
   * @param base what the result is where no part is, of the result's dims; null where parts cover
   *     it all
   */
  record Assemble(String what, View base, List<Part> parts, Root.Value result, Source source)
      implements Step {
    public Assemble {
      parts = List.copyOf(parts);
    }
  }

  /** A view's elements go to offset + sum(index * strides) of the result, plus terms. */
  record Part(View source, List<Long> strides, long offset, List<View.Term> terms) {
    public Part {
      strides = List.copyOf(strides);
      terms = List.copyOf(terms);
    }
  }

  /** The device's id as u32. */
  record DeviceId(Root.Value result) implements Step {}

  /** How often the device has come to such a step in this run of the program, as u64. */
  record DrawNumber(Root.Value result) implements Step {
    /** The custom call that is lowered to it. */
    public static final String TARGET = "DrawNumber";
  }

  /** A collective of a dense operand. */
  record Collective(Op op, View operand, Root.Value result) implements Step {}

  /**
   * A collective begins: its operand has been read when the next step runs, its result is there
   * after its {@link Done}.
   */
  record Start(Collective collective) implements Step {}

  /** A collective that was started is over. */
  record Done(Collective collective) implements Step {}

  /**
   * A loop over state in memory. The body's last steps leave the new state in place.
   *
   * @param predicate what the condition block computes; null where the trip count is known
   */
  record Loop(
      String name,
      long tripCount,
      Block condition,
      View predicate,
      Block body,
      List<Root.Value> state)
      implements Step {
    public Loop {
      state = List.copyOf(state);
    }

    /** Whether a collective is in it. */
    public boolean communicates() {
      return body.communicates() || (condition != null && condition.communicates());
    }

    /** The same with other blocks. */
    public Loop map(UnaryOperator<Block> blocks) {
      Block test = condition == null ? null : blocks.apply(condition);
      return new Loop(name, tripCount, test, predicate, blocks.apply(body), state);
    }
  }

  /** Runs one of the blocks; each leaves its results in the result values. */
  record Branch(String name, View index, List<Block> blocks, List<Root.Value> results)
      implements Step {
    public Branch {
      blocks = List.copyOf(blocks);
      results = List.copyOf(results);
    }

    /** Whether a collective is in it; then the index is the same on all devices. */
    public boolean communicates() {
      return blocks.stream().anyMatch(Block::communicates);
    }

    /** The same with other blocks. */
    public Branch map(UnaryOperator<Block> other) {
      return new Branch(name, index, blocks.stream().map(other).toList(), results);
    }
  }
}
