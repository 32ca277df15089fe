package io.gshard.processor.engine;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.eval.Evaluator;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.text.HloParser;
import io.gshard.passes.fusion.UnsupportedInstruction;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tool.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine gives each device what the reference evaluator does. */
final class KernelsEngineTest {
  private static final String LAYER =
      """
      HloModule layer, num_partitions=4

      ENTRY main {
        p = (f32[8,4], s32[], pred[4]) parameter(0)
        x = f32[8,4] get-tuple-element(p), index=0, sharding={devices=[4,1]<=[4]}
        n = s32[] get-tuple-element(p), index=1
        q = pred[4] get-tuple-element(p), index=2
        w = bf16[4,8] parameter(1), sharding={devices=[1,4]<=[4]}
        v = f32[4,8] convert(w)
        h = f32[8,8] dot(x, v), lhs_contracting_dims={1}, rhs_contracting_dims={0}
        i = s32[8] iota(), iota_dimension=0
        b = s32[8] broadcast(n), dimensions={}
        m = s32[8] multiply(i, b)
        ROOT t = (f32[8,8], s32[8], pred[4]) tuple(h, m, q)
      }
      """;

  @Test
  void runsOnAllDevices() {
    HloModule local = Partitioner.run(Propagation.run(HloParser.parse(LAYER))).module();
    Random random = new Random(1);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < 4; device++) {
      List<Literal> held = new ArrayList<>();
      for (Shape shape :
          local.entry().parameters().stream().flatMap(p -> p.type().stream()).toList()) {
        int n = (int) shape.elements();
        held.add(
            shape.type().isFloating()
                ? Literal.ofReals(shape, random.ints(n, -4, 4).asDoubleStream().toArray())
                : Literal.ofIntegers(shape, random.ints(n, 0, 2).asLongStream().toArray()));
      }
      arguments.add(held);
    }
    Engine.Loaded loaded = engine().load(local);
    // Small integers: sums are exact in any order.
    assertThat(loaded.run(arguments)).isEqualTo(SpmdEvaluator.run(local, arguments));
    assertThat(loaded.run(arguments)).isEqualTo(SpmdEvaluator.run(local, arguments));
  }

  /**
   * By a predicate and by an index, one of them in a loop; only one of the branches communicates.
   */
  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 2, 3})
  void branchesCommunicate(int index) {
    HloModule local =
        Partitioner.run(
                Propagation.run(
                    HloParser.parse(
                        """
                        HloModule branches, num_partitions=4
                        sum { a = f32[] parameter(0) b = f32[] parameter(1) ROOT r = f32[] add(a, b) }
                        twice { x = f32[8,4] parameter(0) ROOT y = f32[8,4] add(x, x) }
                        columns {
                          x = f32[8,4] parameter(0)
                          z = f32[] constant(0)
                          s = f32[4] reduce(x, z), dimensions={0}, to_apply=sum
                          ROOT y = f32[8,4] broadcast(s), dimensions={1}
                        }
                        body {
                          p = (s32[], f32[8,4]) parameter(0)
                          i = s32[] get-tuple-element(p), index=0
                          x = f32[8,4] get-tuple-element(p), index=1
                          one = s32[] constant(1)
                          j = s32[] add(i, one)
                          b = pred[] compare(i, one), direction=EQ
                          y = f32[8,4] conditional(b, x, x), true_computation=columns, false_computation=twice
                          ROOT t = (s32[], f32[8,4]) tuple(j, y)
                        }
                        more {
                          p = (s32[], f32[8,4]) parameter(0)
                          i = s32[] get-tuple-element(p), index=0
                          n = s32[] constant(3)
                          ROOT c = pred[] compare(i, n), direction=LT
                        }
                        ENTRY main {
                          x = f32[8,4] parameter(0), sharding={devices=[4,1]<=[4]}
                          i = s32[] parameter(1)
                          y = f32[8,4] conditional(i, x, x, x), branch_computations={twice, columns, twice}
                          zero = s32[] constant(0)
                          t = (s32[], f32[8,4]) tuple(zero, y)
                          w = (s32[], f32[8,4]) while(t), condition=more, body=body
                          ROOT r = f32[8,4] get-tuple-element(w), index=1
                        }
                        """)))
            .module();
    Random random = new Random(1);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < 4; device++) {
      double[] x = random.ints(8, -4, 4).asDoubleStream().toArray();
      arguments.add(
          List.of(
              Literal.ofReals(Shape.of(DType.F32, 2, 4), x),
              Literal.ofIntegers(Shape.scalar(DType.S32), index)));
    }
    assertThat(engine().load(local).run(arguments)).isEqualTo(SpmdEvaluator.run(local, arguments));
  }

  @Test
  void runsAWholeModuleOnOneDevice() {
    HloModule module =
        HloParser.parse("ENTRY e { x = f32[3] parameter(0)\n ROOT y = f32[3] add(x, x) }");
    List<Literal> x = List.of(Literal.ofReals(Shape.of(DType.F32, 3), 1, 2, 3));
    assertThat(engine().load(module).run(List.of(x)))
        .containsExactly(List.of(Literal.ofReals(Shape.of(DType.F32, 3), 2, 4, 6)));
  }

  /**
   * Loops of several blocks in which rows have a number of their own and blocks see the same iota,
   * or do not: the width divides a block, or not.
   */
  @ParameterizedTest
  @ValueSource(ints = {16, 32, 57, 1500})
  void rowsHaveTheirNumbers(int width) {
    HloModule module =
        HloParser.parse(
            """
            HloModule rows

            max {
              l = s32[] parameter(0)
              r = s32[] parameter(1)
              ROOT s = s32[] maximum(l, r)
            }

            ENTRY main {
              x = f32[67,W] parameter(0)
              w = f32[67] parameter(1)
              v = f32[67,W] broadcast(w), dimensions={0}
              a = f32[67,W] add(v, x)
              b = f32[67,W] subtract(a, v)
              c = f32[67,W] subtract(v, b)
              d = f32[67,W] multiply(c, v)
              i = s32[67,W] iota(), iota_dimension=1
              j = s32[67,W] iota(), iota_dimension=0
              k = s32[67,W] multiply(i, j)
              l = s32[67,W] subtract(k, i)
              m = s32[] constant(-2147483648)
              n = s32[67] reduce(l, m), dimensions={1}, to_apply=max
              ROOT r = (f32[67,W], s32[67,W], s32[67]) tuple(d, l, n)
            }
            """
                .replace("W", Integer.toString(width)));
    assertThat(engine().load(module).run(List.of(numbers(module, 9))))
        .containsExactly(Evaluator.run(module, numbers(module, 9)));
  }

  /** Small whole numbers for all parameters: sums and products of them are exact. */
  private static List<Literal> numbers(HloModule module, long seed) {
    Random random = new Random(seed);
    List<Literal> arguments = new ArrayList<>();
    for (Instruction parameter : module.entry().parameters()) {
      Shape shape = parameter.shape();
      int[] values = random.ints(shape.elements(), -3, 26).toArray();
      arguments.add(
          shape.type().isFloating()
              ? Literal.ofReals(shape, Arrays.stream(values).asDoubleStream().toArray())
              : Literal.ofIntegers(shape, Arrays.stream(values).asLongStream().toArray()));
    }
    return arguments;
  }

  /**
   * Rows that a loop fetches from a table of the loop's own size, which nobody reads later: the sum
   * must not overwrite rows that are yet to be fetched. And rows of choices that are summed.
   */
  @Test
  void fetchesRowsInsideOfLoops() {
    HloModule module =
        HloParser.parse(
            """
            HloModule rows

            add {
              l = f32[] parameter(0)
              r = f32[] parameter(1)
              ROOT s = f32[] add(l, r)
            }

            ENTRY main {
              x = f32[3,23,57] parameter(0)
              i = s32[3,23] parameter(1)
              j = s32[3,23] parameter(2)
              w = f32[3,23] parameter(3)
              t = f32[3,23,57] add(x, x)
              a = f32[3,23,57] gather(t, i), offset_dims={2}, collapsed_slice_dims={1}, start_index_map={1}, operand_batching_dims={0}, start_indices_batching_dims={0}, index_vector_dim=2, slice_sizes={1,1,57}
              b = f32[3,23,57] gather(t, j), offset_dims={2}, collapsed_slice_dims={1}, start_index_map={1}, operand_batching_dims={0}, start_indices_batching_dims={0}, index_vector_dim=2, slice_sizes={1,1,57}
              v = f32[3,23,57] broadcast(w), dimensions={0,1}
              c = f32[3,23,57] multiply(v, a)
              e = f32[3,23,57] add(c, b)
              h = f32[3,23,57] gather(t, j), offset_dims={2}, collapsed_slice_dims={1}, start_index_map={1}, operand_batching_dims={0}, start_indices_batching_dims={0}, index_vector_dim=2, slice_sizes={1,1,57}
              q = f32[3,23,57] multiply(h, v)
              y = f32[3,23,57] add(q, e)
              u = f32[3,23,57] gather(t, i), offset_dims={2}, collapsed_slice_dims={1}, start_index_map={1}, operand_batching_dims={0}, start_indices_batching_dims={0}, index_vector_dim=2, slice_sizes={1,1,57}
              f = f32[3,23,57] multiply(v, u)
              d = f32[3,23,57] subtract(y, f)
              z = f32[] constant(0)
              g = f32[3,19,57] broadcast(z), dimensions={}
              k = s32[3,1,23] reshape(i)
              l = s32[3,1,23] reshape(j)
              m = s32[3,2,23] concatenate(k, l), dimensions={1}
              n = f32[3,2,23,57] broadcast(d), dimensions={0,2,3}
              o = f32[3,19,57] scatter(g, m, n), update_window_dims={3}, inserted_window_dims={1}, scatter_dims_to_operand_dims={1}, input_batching_dims={0}, scatter_indices_batching_dims={0}, index_vector_dim=3, to_apply=add
              ROOT r = (f32[3,23,57], f32[3,19,57]) tuple(d, o)
            }
            """);
    List<Literal> arguments = numbers(module, 8);
    assertThat(engine().load(module).run(List.of(arguments)))
        .containsExactly(Evaluator.run(module, arguments));
  }

  /** What computations on scalars define, and windows: no kernels of their own. */
  @Test
  void runsRegionsAndWindows() {
    HloModule module =
        HloParser.parse(
            """
            HloModule regions

            first {
              a = f32[] parameter(0)
              i = s32[] parameter(1)
              b = f32[] parameter(2)
              j = s32[] parameter(3)
              gt = pred[] compare(a, b), direction=GT
              eq = pred[] compare(a, b), direction=EQ
              lt = pred[] compare(i, j), direction=LT
              both = pred[] and(eq, lt)
              left = pred[] or(gt, both)
              v = f32[] select(left, a, b)
              w = s32[] select(left, i, j)
              ROOT t = (f32[], s32[]) tuple(v, w)
            }

            before {
              a = f32[] parameter(0)
              b = f32[] parameter(1)
              i = s32[] parameter(2)
              j = s32[] parameter(3)
              ROOT lt = pred[] compare(a, b), direction=LT, type=TOTALORDER
            }

            ge {
              a = f32[] parameter(0)
              b = f32[] parameter(1)
              ROOT r = pred[] compare(a, b), direction=GE
            }

            add {
              a = f32[] parameter(0)
              b = f32[] parameter(1)
              ROOT r = f32[] add(a, b)
            }

            both {
              a = s32[] parameter(0)
              b = s32[] parameter(1)
              x = s32[] xor(a, b)
              y = s32[] and(a, b)
              ROOT r = s32[] or(x, y)
            }

            ENTRY main {
              x = f32[3,37] parameter(0)
              n = s32[3,37] parameter(1)
              k = f32[2,3,3] parameter(2)
              s = f32[3,19] parameter(3)
              low = f32[] constant(-inf)
              zero = f32[] constant(0)
              none = s32[] constant(0)
              i = s32[3,37] iota(), iota_dimension=1
              arg = (f32[3], s32[3]) reduce(x, i, low, none), dimensions={1}, to_apply=first
              bits = s32[37] reduce(n, none), dimensions={0}, to_apply=both
              sorted = (f32[3,37], s32[3,37]) sort(x, n), dimensions={1}, is_stable=true, to_apply=before
              sums = f32[3,19] reduce-window(x, zero), window={size=1x4 stride=1x2 pad=0_0x1_2}, to_apply=add
              spread = f32[3,37] select-and-scatter(x, s, zero), window={size=1x3 stride=1x2 pad=0_0x1_1}, select=ge, scatter=add
              image = f32[1,3,37] reshape(x)
              conv = f32[1,2,19] convolution(image, k), window={size=3 stride=2 pad=1_1}, dim_labels=bf0_oi0->bf0
              ROOT r = ((f32[3], s32[3]), s32[37], (f32[3,37], s32[3,37]), f32[3,19], f32[3,37], f32[1,2,19]) tuple(arg, bits, sorted, sums, spread, conv)
            }
            """);
    List<Literal> arguments = numbers(module, 7);
    assertThat(engine().load(module).run(List.of(arguments)))
        .containsExactly(Evaluator.run(module, arguments));
  }

  @Test
  void refusesByName() {
    HloModule module =
        HloParser.parse(
            """
            ENTRY e {
              x = f32[3] parameter(0)
              ROOT y = f32[3] custom-call(x), custom_call_target="unheard-of"
            }
            """);
    String message =
        assertThrows(UnsupportedInstruction.class, () -> engine().load(module)).getMessage();
    assertThat(message).contains("unheard-of");
  }

  private static Engine engine() {
    return ServiceLoader.load(Engine.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(e -> e.name().equals("kernels"))
        .findFirst()
        .orElseThrow();
  }
}
