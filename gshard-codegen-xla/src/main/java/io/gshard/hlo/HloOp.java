package io.gshard.hlo;

import io.gshard.op.Op;
import java.util.List;

/**
 * The ops of the graph that are not functions of arrays alone (parameters, tuples, regions), and
 * those on arrays that only HLO text brings ({@link ArrayOp}).
 */
public sealed interface HloOp extends Op.Structural
    permits HloOp.Parameter,
        HloOp.Tuple,
        HloOp.GetTupleElement,
        HloOp.While,
        HloOp.Conditional,
        HloOp.Call,
        HloOp.Scan,
        HloOp.ReduceRegion,
        HloOp.Sort,
        HloOp.CustomCall,
        ArrayOp {

  /** The computation's parameter of this number. */
  record Parameter(int index) implements HloOp {}

  /** Its operands as one value. */
  record Tuple() implements HloOp {}

  /** One element of a tuple. */
  record GetTupleElement(int index) implements HloOp {}

  /**
   * While the condition (state -> pred[]) holds, state = body(state). One operand, often a tuple.
   *
   * @param tripCount how often the body runs, or -1 where it is not known
   */
  record While(Computation condition, Computation body, long tripCount) implements HloOp {}

  /** (index s32[] or pred[], an operand for each branch): the chosen branch of its operand. */
  record Conditional(List<Computation> branches) implements HloOp {
    public Conditional {
      branches = List.copyOf(branches);
    }
  }

  /** The computation applied to the operands. */
  record Call(Computation computation) implements HloOp {}

  /**
   * A counted loop, as the front end makes it of a loop over a stack of layers. Operands: {@code
   * carries} initial values, {@code slices} stacked arrays whose dim 0 is the length, then
   * constants. The body has a parameter for each (slices without dim 0) and gives a tuple of the
   * new carries and any number of arrays to stack. The result is a tuple of the last carries and
   * the stacks. {@code reverse} runs from the last slice to the first. Autodiff knows it; {@code
   * LowerScans} turns it into a while.
   *
   * @param rematerialize whether the gradient keeps the carries of each turn alone and computes
   *     again what else it needs of it
   */
  record Scan(
      Computation body,
      long length,
      int carries,
      int slices,
      boolean reverse,
      boolean rematerialize)
      implements HloOp {}

  /** HLO's general reduce: n arrays, n scalar starts, a computation of 2n scalars. */
  record ReduceRegion(Computation computation, List<Integer> dimensions) implements HloOp {
    public ReduceRegion {
      dimensions = List.copyOf(dimensions);
    }
  }

  /** n arrays of the same dims, sorted together along a dim by a computation of 2n scalars. */
  record Sort(Computation comparator, int dimension, boolean stable) implements HloOp {}

  /**
   * An op that only its target knows.
   *
   * @param elementwise whether the program says that each element of its results is made of the
   *     elements at the same place of its operands alone, so that parts may be done by themselves
   */
  record CustomCall(String target, String config, Type type, boolean elementwise) implements HloOp {
    /** One of which nothing is said. */
    public CustomCall(String target, String config, Type type) {
      this(target, config, type, false);
    }

    /** The same on other arrays. */
    public CustomCall withType(Type other) {
      return new CustomCall(target, config, other, elementwise);
    }

    /** The target that begins a part of a program which is written for one device already. */
    public static final String FULL_TO_SHARD = "SPMDFullToShardShape";

    /** The target that ends such a part. */
    public static final String SHARD_TO_FULL = "SPMDShardToFullShape";
  }
}
