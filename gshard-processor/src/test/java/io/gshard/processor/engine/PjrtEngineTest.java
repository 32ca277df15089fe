package io.gshard.processor.engine;

import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.Evaluator;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloParser;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tool.PjrtEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * XLA gives each device what the reference evaluator does: {@code mvn verify -Ppjrt} after {@code
 * bin/gshard-pjrt install cpu}.
 */
@Tag("pjrt")
final class PjrtEngineTest {

  /** Small whole numbers, exact in every type and in sums. */
  private static List<Literal> arguments(HloModule module, long seed) {
    Random random = new Random(seed);
    List<Literal> arguments = new ArrayList<>();
    for (Shape shape :
        module.entry().parameters().stream().flatMap(p -> p.type().stream()).toList()) {
      int n = Math.toIntExact(shape.elements());
      double[] reals = random.ints(n, 0, 4).asDoubleStream().toArray();
      arguments.add(
          switch (shape.type().kind()) {
            case FLOATING -> Literal.ofReals(shape, reals);
            case COMPLEX ->
                Literal.ofComplex(shape, reals, random.ints(n, 0, 4).asDoubleStream().toArray());
            case PREDICATE, SIGNED, UNSIGNED ->
                Literal.ofIntegers(
                    shape,
                    random.ints(n, 0, shape.type() == DType.PRED ? 2 : 4).asLongStream().toArray());
          });
    }
    return arguments;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyElementTypeGoesInAndOut(DType type) {
    HloModule module =
        HloParser.parse(
            """
            HloModule types
            ENTRY main {
              x = T[3,5] parameter(0)
              y = T[5,3] transpose(x), dimensions={1,0}
              ROOT r = (T[5,3], T[3,5]) tuple(y, x)
            }
            """
                .replace("T[", type.hloName() + "["));
    List<Literal> arguments = arguments(module, 5);
    try (var loaded = new PjrtEngine().load(module)) {
      assertWithMessage(type.hloName())
          .that(loaded.run(List.of(arguments)))
          .containsExactly(Evaluator.run(module, arguments));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void devicesHoldWhatTheEvaluatorSays(int devices) {
    HloModule module =
        Partitioner.run(
                Propagation.run(
                    HloParser.parse(
                        """
                        HloModule layer, num_partitions=#n

                        add { l = f32[] parameter(0)
                          r = f32[] parameter(1)
                          ROOT s = f32[] add(l, r) }

                        ENTRY main {
                          x = f32[24,16] parameter(0), sharding={devices=[#n,1]<=[#n]}
                          w = f32[16,40] parameter(1), sharding={devices=[1,#n]<=[#n]}
                          h = f32[24,40] dot(x, w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
                          z = f32[] constant(0)
                          c = f32[40] reduce(h, z), dimensions={0}, to_apply=add
                          n = f32[24,16] reverse(x), dimensions={0}
                          p = f32[24,40] pad(n, z), padding=0_0x12_12
                          q = f32[24,40] add(h, p), sharding={devices=[1,#n]<=[#n]}
                          ROOT r = (f32[24,40], f32[40]) tuple(q, c)
                        }
                        """
                            .replace("#n", Integer.toString(devices)))))
            .module();
    List<List<Literal>> held = new ArrayList<>();
    for (int device = 0; device < devices; device++) {
      held.add(arguments(module, device));
    }
    try (var loaded = new PjrtEngine().load(module)) {
      // Twice: what a run leaves behind must not matter to the next.
      assertWithMessage("%s devices", devices)
          .that(loaded.run(held))
          .isEqualTo(SpmdEvaluator.run(module, held));
      assertWithMessage("%s devices, again", devices)
          .that(loaded.run(held))
          .isEqualTo(SpmdEvaluator.run(module, held));
    }
  }
}
