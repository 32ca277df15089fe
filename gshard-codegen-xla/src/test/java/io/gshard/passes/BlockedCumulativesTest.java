package io.gshard.passes;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Verifier;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Folds in blocks give what they gave in one. */
final class BlockedCumulativesTest {

  private static HloModule module(Shape shape, Op.Cumulative op) {
    GraphBuilder builder = new GraphBuilder("main", MeshShape.SINGLE);
    Instruction x = builder.parameter("x", shape);
    return new HloModule(
        "m", MeshShape.SINGLE, builder.build(builder.add(op, x)), List.of(), false);
  }

  private static long longest(HloModule module) {
    return module.entry().instructions().stream()
        .filter(i -> i.op() instanceof Op.Cumulative)
        .mapToLong(i -> i.shape().dim(((Op.Cumulative) i.op()).dimension()))
        .max()
        .orElse(0);
  }

  @Test
  void blocksGiveTheSame() {
    Random random = new Random(11);
    for (Combiner combiner :
        List.of(Combiner.ADD, Combiner.MULTIPLY, Combiner.MAXIMUM, Combiner.MINIMUM)) {
      for (int form = 0; form < 4; form++) {
        for (long length : new long[] {257, 512, 515}) {
          Op.Cumulative op = new Op.Cumulative(combiner, 1, (form & 1) > 0, (form & 2) > 0);
          HloModule whole = module(new Shape(DType.S32, List.of(2L, length, 3L)), op);
          HloModule blocked = BlockedCumulatives.run(whole);
          Verifier.verify(blocked);
          assertThat(longest(blocked)).isAtMost(128);
          long[] values =
              random.ints(6 * length, -9, 10).asLongStream().map(v -> v == 0 ? 1 : v).toArray();
          List<Literal> arguments =
              List.of(Literal.ofIntegers(whole.entry().parameters().getFirst().shape(), values));
          assertWithMessage("%s along %s", op, length)
              .that(Evaluator.run(blocked, arguments))
              .isEqualTo(Evaluator.run(whole, arguments));
        }
      }
    }
  }

  @Test
  void manyBlocksGoInBlocksThemselves() {
    HloModule whole =
        module(
            new Shape(DType.S32, List.of(40_000L)),
            new Op.Cumulative(Combiner.ADD, 0, false, false));
    HloModule blocked = BlockedCumulatives.run(whole);
    assertThat(longest(blocked)).isAtMost(256);
    List<Literal> arguments =
        List.of(
            Literal.ofIntegers(
                whole.entry().parameters().getFirst().shape(),
                new Random(12).ints(40_000, 0, 5).asLongStream().toArray()));
    assertThat(Evaluator.run(blocked, arguments)).isEqualTo(Evaluator.run(whole, arguments));
  }

  @Test
  void shortOnesStay() {
    HloModule whole =
        module(new Shape(DType.F32, List.of(256L)), new Op.Cumulative(Combiner.ADD, 0, true, true));
    assertThat(BlockedCumulatives.run(whole).entry()).isSameInstanceAs(whole.entry());
  }
}
