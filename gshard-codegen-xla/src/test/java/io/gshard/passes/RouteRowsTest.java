package io.gshard.passes;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static io.gshard.tensor.Ops.einsum;
import static io.gshard.tensor.Ops.mean;
import static io.gshard.tensor.Ops.square;

import io.gshard.eval.Evaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.nn.Nn;
import io.gshard.nn.Top2;
import io.gshard.op.Op;
import io.gshard.passes.routing.RouteRows;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class RouteRowsTest {
  private static HloModule trace(Function<List<Tensor>, List<Tensor>> body, Shape... shapes) {
    return Simplify.run(Tracer.trace("f", MeshShape.parse("x=2"), List.of(shapes), body));
  }

  private static Shape f32(long... dims) {
    return Shape.of(DType.F32, dims);
  }

  private static Literal literal(Random random, Shape shape) {
    return shape.type() == DType.F32
        ? Literal.ofReals(
            shape, DoubleStream.generate(random::nextGaussian).limit(shape.elements()).toArray())
        : Literal.ofIntegers(shape, random.longs(shape.elements(), -2, 40).toArray());
  }

  /** The rewritten module; it computes what the module computes. */
  private static HloModule checked(String name, HloModule module) {
    HloModule routed = Simplify.run(RouteRows.run(module));
    for (int seed = 0; seed < 3; seed++) {
      Random random = new Random(seed);
      List<Literal> arguments = new ArrayList<>();
      module.entry().parameters().forEach(p -> arguments.add(literal(random, p.shape())));
      List<Literal> expected = Evaluator.run(module, arguments);
      List<Literal> found = Evaluator.run(routed, arguments);
      for (int i = 0; i < expected.size(); i++) {
        for (long j = 0; j < expected.get(i).shape().elements(); j++) {
          double value = expected.get(i).real(j);
          assertWithMessage("%s, seed %s, result %s, element %s", name, seed, i, j)
              .that(found.get(i).real(j))
              .isWithin(1e-5 * Math.max(1, Math.abs(value)))
              .of(value);
        }
      }
    }
    return routed;
  }

  /** The most elements of what the ops of a kind make. */
  private static long largest(HloModule module, Class<? extends Op> kind) {
    return module.entry().instructions().stream()
        .filter(i -> kind.isInstance(i.op()))
        .mapToLong(i -> i.shape().elements())
        .max()
        .orElse(0);
  }

  private static long count(HloModule module, Class<? extends Op> kind) {
    return module.entry().instructions().stream()
        .map(Instruction::op)
        .filter(kind::isInstance)
        .count();
  }

  /** Algorithms 1 and 2 with the gradients of everything: no mask [G, S, E, C] is left. */
  private static HloModule layer(Top2.Policy policy, int capacity) {
    return trace(
        a -> {
          Tensor x = a.get(0);
          Tensor gates = Nn.softmax(einsum("GSM,ME->GSE", x, a.get(1)));
          Tensor key = Ops.constant(DType.S32, 7);
          Top2 route = Top2.route(gates, null, capacity, key, policy);
          Tensor in = einsum("GSEC,GSM->EGCM", route.dispatch(), x);
          Tensor out = einsum("EGCM,EMH->GECH", in, a.get(2));
          Tensor y = einsum("GSEC,GECH->GSH", route.combine(), out);
          Tensor loss = mean(square(y)).plus(route.auxLoss().times(0.01));
          List<Tensor> results = new ArrayList<>(List.of(loss, y, route.load()));
          results.addAll(Ops.gradients(loss, x, a.get(1), a.get(2)));
          return results;
        },
        f32(2, 24, 5),
        f32(5, 4),
        f32(4, 5, 3));
  }

  @Test
  void expertLayersMoveRows() {
    for (Top2.Policy policy : Top2.Policy.values()) {
      // 4 experts of 12 places: one of them overflows now and then; of 3: most tokens are dropped.
      HloModule routed = checked(policy + " 12", layer(policy, 12));
      // Forward, and to the gates (of the same rows), and to the tokens: each for two choices, but
      // a scatter takes both.
      assertThat(count(routed, Op.Gather.class)).isEqualTo(4);
      assertThat(count(routed, Op.Scatter.class)).isEqualTo(4);
      long mask = 2 * 24 * 4 * 12;
      assertThat(largest(routed, Op.Select.class)).isLessThan(mask);
      assertThat(largest(routed, Op.Dot.class)).isLessThan(mask);
    }
    // With few places the dense form is left as it is.
    assertThat(count(checked("3", layer(Top2.Policy.ALL, 3)), Op.Gather.class)).isEqualTo(0);
  }

  @Test
  void oneHotProductsInAnyOrderOfDims() {
    Shape slots = Shape.of(DType.S32, 2, 6);
    for (String spec :
        List.of(
            "GSP,GSM->GPM",
            "GSP,GSM->GMP",
            "GSM,GSP->GMP",
            "GSM,GSP->GPM",
            "GSP,SGM->GPM",
            "GSP,GPM->GSM",
            "GSP,PGM->GSM",
            "GPM,GSP->GSM",
            "GPM,GSP->GMS",
            "SGP,GPM->GSM")) {
      String[] operands = spec.substring(0, spec.indexOf('-')).split(",", 0);
      boolean first = operands[0].length() == 3 && isMask(operands[0]);
      String mask = first ? operands[0] : operands[1];
      String other = first ? operands[1] : operands[0];
      long[] dims = other.chars().mapToLong(c -> size((char) c)).toArray();
      HloModule routed =
          checked(
              spec,
              trace(
                  a -> {
                    Tensor hot = Ops.convert(Nn.oneHotMask(a.get(0), 34), DType.F32); // [G, S, P]
                    Tensor m = mask.equals("SGP") ? Ops.transpose(hot, 1, 0, 2) : hot;
                    return List.of(first ? einsum(spec, m, a.get(1)) : einsum(spec, a.get(1), m));
                  },
                  slots,
                  f32(dims)));
      assertWithMessage(spec)
          .that(count(routed, Op.Gather.class) + count(routed, Op.Scatter.class))
          .isEqualTo(1);
    }
  }

  private static boolean isMask(String dims) {
    return dims.contains("S") && dims.contains("P");
  }

  private static long size(char dim) {
    return switch (dim) {
      case 'G' -> 2;
      case 'S' -> 6;
      case 'P' -> 34;
      default -> 5;
    };
  }
}
