package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.cost.Traffic;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products with an operand that goes round give what they give with the gathered one. */
class WindowedDotsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rows of the left operand | %g = f32[8,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} ROOT %y = f32[8,3] dot(%g, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[2,5] | f32[5,3]
          columns of the right operand | %g = f32[5,8] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={1} ROOT %y = f32[3,8] dot(%w, %g), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[5,2] | f32[3,5]
          the summed dim of the left | %g = f32[3,8] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={1} ROOT %y = f32[3,5] dot(%g, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[3,2] | f32[8,5]
          the summed dim of the right | %g = f32[8,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} ROOT %y = f32[3,5] dot(%w, %g), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[2,5] | f32[3,8]
          a batch dim | %g = f32[8,3,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} ROOT %y = f32[8,3,4] dot(%g, %w), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={2}, rhs_contracting_dims={1} | f32[2,3,5] | f32[8,5,4]
          one of two axes | %g = f32[4,5] all-gather(%x), replica_groups={{0,2},{1,3}}, dimensions={0} ROOT %y = f32[4,3] dot(%g, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[2,5] | f32[5,3]
          rows of which the last part has one | %g = f32[8,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} %s = f32[7,5] slice(%g), slice={[0:7], [0:5]} ROOT %y = f32[7,3] dot(%s, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[2,5] | f32[5,3]
          a summed dim of which the last part has none | %g = f32[3,8] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={1} %s = f32[3,5] slice(%g), slice={[0:3], [0:5]} ROOT %y = f32[3,5] dot(%s, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} | f32[3,2] | f32[5,5]
          a batch dim of unequal parts | %g = f32[8,3,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} %s = f32[6,3,5] slice(%g), slice={[0:6], [0:3], [0:5]} ROOT %y = f32[6,4,3] dot(%w, %s), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={1}, rhs_contracting_dims={2} | f32[2,3,5] | f32[6,5,4]
          rows of the result | %d = f32[8,3] dot(%x, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} ROOT %y = f32[2,3] reduce-scatter(%d), replica_groups={{0,1,2,3}}, dimensions={0}, to_apply=%sum | f32[8,5] | f32[5,3]
          columns of the result | %d = f32[3,8] dot(%x, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} ROOT %y = f32[3,2] reduce-scatter(%d), replica_groups={{0,1,2,3}}, dimensions={1}, to_apply=%sum | f32[3,5] | f32[5,8]
          a batch dim of the result | %d = f32[8,3,4] dot(%x, %w), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={2}, rhs_contracting_dims={1} ROOT %y = f32[2,3,4] reduce-scatter(%d), replica_groups={{0,1,2,3}}, dimensions={0}, to_apply=%sum | f32[8,3,5] | f32[8,5,4]
          the result over one of two axes | %d = f32[4,3] dot(%x, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} ROOT %y = f32[2,3] reduce-scatter(%d), replica_groups={{0,2},{1,3}}, dimensions={0}, to_apply=%sum | f32[4,5] | f32[5,3]
          columns of the result in unequal parts | %d = f32[3,5] dot(%x, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} %z = f32[] constant(0) %p = f32[3,8] pad(%d, %z), padding=0_0x0_3 %r = f32[3,2] reduce-scatter(%p), replica_groups={{0,1,2,3}}, dimensions={1}, to_apply=%sum ROOT %y = f32[3,2] negate(%r) | f32[3,4] | f32[4,5]
          in a branch of other work | %g = f32[8,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0} %d = f32[8,3] dot(%g, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0} %e = f32[8,3] tanh(%d) ROOT %y = f32[8,3] add(%d, %e) | f32[2,5] | f32[5,3]
          """)
  void partsGoRound(String what, String body, String x, String w) {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=4
            %sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }
            ENTRY %main {
            %x =\s"""
                + x
                + " parameter(0)\n%w = "
                + w
                + " parameter(1)\n"
                + body
                + "\n}\n");
    HloModule windowed = WindowedDots.run(module, 0);
    Verifier.verify(windowed);
    Verifier.verify(HloParser.parse(HloPrinter.print(windowed)));
    assertThat(
            windowed.computations().stream()
                .flatMap(c -> c.instructions().stream())
                .anyMatch(
                    i -> i.op() instanceof Op.AllGather || i.op() instanceof Op.ReduceScatter))
        .isFalse();
    assertThat(Traffic.of(windowed).bytes()).isEqualTo(Traffic.of(module).bytes());
    assertThat(WindowedDots.replaced(module, 0)).hasSize(1);
    Random random = new Random(3);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < 4; device++) {
      List<Literal> each = new ArrayList<>();
      module
          .entry()
          .parameters()
          .forEach(
              p -> {
                Shape s = p.shape();
                each.add(Literal.ofReals(s, random.doubles(s.elements()).toArray()));
              });
      arguments.add(each);
    }
    near(SpmdEvaluator.run(module, arguments), SpmdEvaluator.run(windowed, arguments));
    assertThat(HloPrinter.print(WindowedDots.run(module, 1L << 20)))
        .isEqualTo(HloPrinter.print(module));
  }

  /** Two loops in one program, of which one takes what the other gives; the text is one too. */
  @Test
  void oneLoopAfterAnother() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=4
            %sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }
            ENTRY %main {
              %x = f32[2,5] parameter(0)
              %w = f32[5,3] parameter(1)
              %v = f32[3,6] parameter(2)
              %g = f32[8,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0}
              %s = f32[7,5] slice(%g), slice={[0:7], [0:5]}
              %d = f32[7,3] dot(%s, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
              %e = f32[7,6] dot(%d, %v), lhs_contracting_dims={1}, rhs_contracting_dims={0}
              %z = f32[] constant(0)
              %p = f32[8,6] pad(%e, %z), padding=0_1x0_0
              ROOT %y = f32[2,6] reduce-scatter(%p), replica_groups={{0,1,2,3}}, dimensions={0}, to_apply=%sum
            }
            """);
    assertThat(WindowedDots.replaced(module, 0)).hasSize(2);
    HloModule windowed = HloParser.parse(HloPrinter.print(WindowedDots.run(module, 0)));
    Verifier.verify(windowed);
    assertThat(wholes(windowed)).isEqualTo(0);
    Random random = new Random(5);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < 4; device++) {
      List<Literal> each = new ArrayList<>(Checks.values(random, module, 9));
      double[] v = random.doubles(18).toArray();
      v[7] = Double.POSITIVE_INFINITY;
      each.set(2, Literal.ofReals(each.get(2).shape(), v));
      arguments.add(each);
    }
    // The padding is part of the program here: zero, whatever it would be multiplied by.
    near(SpmdEvaluator.run(module, arguments), SpmdEvaluator.run(windowed, arguments));
  }

  private static void near(List<List<Literal>> expected, List<List<Literal>> found) {
    for (int device = 0; device < expected.size(); device++) {
      Literal a = expected.get(device).getFirst();
      Literal b = found.get(device).getFirst();
      for (long i = 0; i < a.shape().elements(); i++) {
        if (Double.compare(a.real(i), b.real(i)) != 0) {
          assertThat(b.real(i)).isWithin(1e-5 * Math.max(1, Math.abs(a.real(i)))).of(a.real(i));
        }
      }
    }
  }

  @Test
  void whatAConditionNeedsIsGathered() {
    String text =
        """
        HloModule m, num_partitions=4
        %sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }
        %meet { %x = f32[2] parameter(0) ROOT %r = f32[2] all-reduce(%x), replica_groups={{0,1,2,3}}, to_apply=%sum }
        %stay { ROOT %x = f32[2] parameter(0) }
        ENTRY %main {
          %x = f32[2,5] parameter(0)
          %p = f32[2] parameter(1)
          %g = f32[8,5] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0}
          %one = f32[] constant(1)
          %w = f32[5,3] broadcast(%one), dimensions={}
          %y = f32[8,3] dot(%g, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
          %zero = f32[] constant(0)
          %all = f32[] reduce(%y, %zero), dimensions={0,1}, to_apply=%sum
          %flag = pred[] compare(%CONDITION, %zero), direction=GT
          ROOT %c = f32[2] conditional(%flag, %p, %p), true_computation=%meet, false_computation=%stay
        }
        """;
    HloModule needed = HloParser.parse(text.replace("CONDITION", "all"));
    Verifier.verify(needed);
    Verifier.verify(WindowedDots.run(needed, 0));
    assertThat(wholes(WindowedDots.run(needed, 0))).isEqualTo(1);
    assertThat(WindowedDots.replaced(needed, 0)).isEmpty();
    HloModule other = HloParser.parse(text.replace("CONDITION", "one"));
    assertThat(wholes(WindowedDots.run(other, 0))).isEqualTo(0);
  }

  /**
   * Products with each axis of the mesh on any dim, or none, of either operand and of the result,
   * most in unequal parts. {@code -Dproducts=3000} runs that many, {@code -Dproducts.seed=N} one.
   */
  @Test
  void anyPartsGoRound() {
    long first = Long.getLong("products.seed", 0);
    long count = Long.getLong("products.seed") == null ? Long.getLong("products", 300) : 1;
    int gathered = 0;
    long summed = 0;
    int scattered = 0;
    int unequal = 0;
    for (long seed = first; seed < first + count; seed++) {
      Random random = new Random(seed);
      MeshShape mesh = Checks.mesh(random);
      HloModule module = product(random, mesh);
      Partitioned partitioned = Partitioner.run(module);
      HloModule windowed = WindowedDots.run(partitioned.module(), 0);
      String label = "seed %d%n%s".formatted(seed, Checks.dump(partitioned.module()));
      Verifier.verify(windowed);
      List<Literal> arguments = Checks.values(random, module, 9);
      Checks.agrees(module, with(partitioned, windowed), arguments, label);
      int gone = WindowedDots.replaced(partitioned.module(), 0).size();
      assertWithMessage(label)
          .that(wholes(partitioned.module()) - wholes(windowed))
          .isEqualTo(gone);
      List<Instruction> candidates = candidates(partitioned.module());
      long contracted = candidates.stream().filter(WindowedDotsTest::contractsOnly).count();
      // Devices that gather the same of a contracted dim must sum in the same order, so all at
      // once.
      assertWithMessage(label).that(gone).isAtMost(Math.min(1, candidates.size()));
      if (contracted < candidates.size()) {
        assertWithMessage(label).that(gone).isEqualTo(1);
      }
      summed += contracted == candidates.size() ? gone : 0;
      assertWithMessage(label)
          .that(Traffic.of(windowed).bytes())
          .isEqualTo(Traffic.of(partitioned.module()).bytes());
      for (Instruction i : candidates) {
        gathered += i.op() instanceof Op.Dot ? 1 : 0;
        scattered += i.op() instanceof Op.ReduceScatter ? 1 : 0;
        unequal += i.operands().stream().anyMatch(WindowedDotsTest::resizes) ? 1 : 0;
      }
    }
    if (count >= 300) {
      assertThat(gathered).isAtLeast(50);
      assertThat(summed).isAtLeast(10);
      assertThat(scattered).isAtLeast(10);
      assertThat(unequal).isAtLeast(40);
    }
  }

  private static Partitioned with(Partitioned partitioned, HloModule module) {
    return new Partitioned(
        module,
        partitioned.parameterShapes(),
        partitioned.parameterShardings(),
        partitioned.resultShapes(),
        partitioned.resultShardings(),
        partitioned.report());
  }

  /** A product of batches of matrices. */
  private static HloModule product(Random random, MeshShape mesh) {
    String type = random.nextInt(3) == 0 ? "s32" : "f32";
    int b = random.nextInt(1, 9);
    int m = random.nextInt(1, 9);
    int k = random.nextInt(1, 9);
    int n = random.nextInt(1, 9);
    HloModule read =
        HloParser.parse(
            """
            HloModule product
            ENTRY %%main {
              %%x = %1$s[%2$d,%3$d,%4$d] parameter(0)
              %%w = %1$s[%2$d,%4$d,%5$d] parameter(1)
              ROOT %%y = %1$s[%2$d,%3$d,%5$d] dot(%%x, %%w), lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={2}, rhs_contracting_dims={1}
            }
            """
                .formatted(type, b, m, k, n));
    return Checks.scrambled(new HloModule(read.name(), mesh, read.entry()), random);
  }

  private static long wholes(HloModule module) {
    return module.computations().stream()
        .flatMap(c -> c.instructions().stream())
        .filter(i -> i.op() instanceof Op.AllGather || i.op() instanceof Op.ReduceScatter)
        .count();
  }

  /** Products that a whole operand is gathered for, and reduce-scatters of a whole product. */
  private static List<Instruction> candidates(HloModule module) {
    return module.entry().instructions().stream()
        .filter(
            i ->
                i.op() instanceof Op.Dot
                        && i.operands().stream().anyMatch(o -> full(o) instanceof Op.AllGather)
                    || i.op() instanceof Op.ReduceScatter && full(i.operand(0)) instanceof Op.Dot)
        .toList();
  }

  /** Whether it is a product of which only contracted dims, lhs 2 or rhs 1, are gathered. */
  private static boolean contractsOnly(Instruction i) {
    return i.op() instanceof Op.Dot
        && IntStream.range(0, 2)
            .allMatch(
                side ->
                    !(full(i.operand(side)) instanceof Op.AllGather g)
                        || g.dimension() == (side == 0 ? 2 : 1));
  }

  private static Op full(Instruction value) {
    return (resizes(value) ? value.operand(0) : value).op();
  }

  private static boolean resizes(Instruction value) {
    return value.op() instanceof Op.Slice || value.op() instanceof Op.Pad;
  }
}
