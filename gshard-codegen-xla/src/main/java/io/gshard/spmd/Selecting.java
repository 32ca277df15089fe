package io.gshard.spmd;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;

/** Which of two elements a window selects, together with its place. */
final class Selecting {
  /** The place of what is no element: any element is kept instead of it. */
  static final int NOWHERE = -1;

  private Selecting() {}

  /**
   * (a, its place, b, its place): the one that is kept, with its place.
   *
   * @param select (a, b): whether a is kept, both being elements
   */
  static Computation computation(Computation select, DType type) {
    GraphBuilder builder = new GraphBuilder("selecting", MeshShape.SINGLE);
    Instruction a = builder.parameter("a", Shape.scalar(type));
    Instruction placeOfA = builder.parameter("place", Shape.scalar(DType.S32));
    Instruction b = builder.parameter("b", Shape.scalar(type));
    Instruction placeOfB = builder.parameter("place", Shape.scalar(DType.S32));
    Instruction nowhere = builder.add(new Op.Constant(Literal.scalar(DType.S32, NOWHERE)));
    Op.Compare equal = new Op.Compare(Op.Direction.EQ);
    Op.Compare differs = new Op.Compare(Op.Direction.NE);
    Instruction preferred = new Rewriter(builder).inline(select, List.of(a, b));
    Instruction kept =
        builder.add(
            new Op.Binary(Op.BinaryKind.OR),
            builder.add(equal, placeOfB, nowhere),
            builder.add(
                new Op.Binary(Op.BinaryKind.AND),
                builder.add(differs, placeOfA, nowhere),
                preferred));
    return builder.build(
        builder.tuple(
            List.of(
                builder.add(new Op.Select(), kept, a, b),
                builder.add(new Op.Select(), kept, placeOfA, placeOfB))));
  }
}
