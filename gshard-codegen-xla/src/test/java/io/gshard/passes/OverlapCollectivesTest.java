package io.gshard.passes;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.cost.Overlap;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.tensor.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is ordered otherwise overlaps more, and computes the same. */
class OverlapCollectivesTest {
  private static HloModule module(String body) {
    return HloParser.parse(
        """
        HloModule m, num_partitions=4
        %sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }
        %body {
          %state = (s32[], f32[4,4], f32[4,4]) parameter(0)
          %i = s32[] get-tuple-element(%state), index=0
          %one = s32[] constant(1)
          %next = s32[] add(%i, %one)
          %l = f32[4,4] get-tuple-element(%state), index=1
          %m = f32[4,4] get-tuple-element(%state), index=2
          %all = f32[4,4] all-reduce(%l), replica_groups={{0,1,2,3}}, to_apply=%sum
          %tanh = f32[4,4] tanh(%all)
          %product = f32[4,4] dot(%m, %m), lhs_contracting_dims={1}, rhs_contracting_dims={0}
          ROOT %turn = (s32[], f32[4,4], f32[4,4]) tuple(%next, %tanh, %product)
        }
        %condition {
          %state = (s32[], f32[4,4], f32[4,4]) parameter(0)
          %i = s32[] get-tuple-element(%state), index=0
          %n = s32[] constant(3)
          ROOT %more = pred[] compare(%i, %n), direction=LT
        }
        ENTRY %main {
          %x = f32[4,4] parameter(0)
          %w = f32[4,4] parameter(1)
        """
            + body
            + "}\n");
  }

  private static HloModule ordered(HloModule module) {
    HloModule ordered = OverlapCollectives.run(module);
    Verifier.verify(ordered);
    Random random = new Random(11);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < 4; device++) {
      List<Literal> each = new ArrayList<>();
      for (Instruction p : module.entry().parameters()) {
        each.add(Literal.ofReals(p.shape(), random.doubles(p.shape().elements()).toArray()));
      }
      arguments.add(each);
    }
    String text = HloPrinter.print(ordered);
    HloModule read = HloParser.parse(text);
    assertThat(HloPrinter.print(read)).isEqualTo(text);
    List<List<Literal>> expected = SpmdEvaluator.run(module, arguments);
    assertThat(SpmdEvaluator.run(ordered, arguments)).isEqualTo(expected);
    assertThat(SpmdEvaluator.run(read, arguments)).isEqualTo(expected);
    return ordered;
  }

  private static List<String> names(HloModule module) {
    return module.entry().instructions().stream().map(Instruction::name).toList();
  }

  @Test
  void whatUsesTheResultMovesBehindWhatDoesNot() {
    HloModule module =
        module(
            """
            %g = f32[16,4] all-gather(%x), replica_groups={{0,1,2,3}}, dimensions={0}
            %t = f32[16,4] tanh(%g)
            %d = f32[4,4] dot(%x, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
            ROOT %r = (f32[16,4], f32[4,4]) tuple(%t, %d)
            """);
    assertThat(Overlap.count(module)).isEqualTo(0);
    HloModule ordered = ordered(module);
    assertThat(Overlap.count(ordered)).isEqualTo(1);
    assertThat(names(ordered)).containsExactly("x", "w", "g", "d", "t", "r").inOrder();
    assertThat(HloPrinter.print(ordered))
        .contains(
            "%g = (f32[4,4], f32[16,4]) all-gather-start(%x), channel_id=1, replica_groups=[1,4]<=[4]");
    assertThat(HloPrinter.print(ordered)).contains("%g.done = f32[16,4] all-gather-done(%g)");
    assertThat(HloPrinter.print(ordered)).contains("%t = f32[16,4] tanh(%g.done)");
  }

  @Test
  void aCollectiveMovesUpToItsOperands() {
    HloModule module =
        module(
            """
            %d = f32[4,4] dot(%x, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
            %e = f32[4,4] dot(%d, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
            %p = f32[4,4] collective-permute(%x), source_target_pairs={{0,1},{1,2},{2,3},{3,0}}
            ROOT %r = f32[4,4] add(%e, %p)
            """);
    HloModule ordered = ordered(module);
    assertThat(names(ordered)).containsExactly("x", "w", "p", "d", "e", "r").inOrder();
    assertThat(Overlap.count(ordered)).isEqualTo(1);
  }

  @Test
  void loopsAreOrderedToo() {
    HloModule module =
        module(
            """
            %zero = s32[] constant(0)
            %start = (s32[], f32[4,4], f32[4,4]) tuple(%zero, %x, %w)
            ROOT %loop = (s32[], f32[4,4], f32[4,4]) while(%start), condition=%condition, body=%body
            """);
    assertThat(Overlap.count(module)).isEqualTo(0);
    assertThat(Overlap.count(ordered(module))).isEqualTo(1);
  }

  @Test
  void whatHasNothingToHideBehindStays() {
    HloModule module =
        module(
            """
            %s = f32[4,4] all-reduce(%x), replica_groups={{0,1,2,3}}, to_apply=%sum
            %t = f32[4,4] tanh(%s)
            ROOT %r = f32[4,4] dot(%t, %w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
            """);
    HloModule ordered = ordered(module);
    assertThat(Overlap.count(ordered)).isEqualTo(0);
    assertThat(HloPrinter.print(ordered)).isEqualTo(HloPrinter.print(module));
  }

  /** A table of 1 MiB is gathered to 4 MiB: early, it would be there beside the other. */
  @Test
  void memoryDoesNotGrow() {
    HloModule module =
        module(
            """
            %one = f32[] constant(1)
            %v = f32[256,1024] broadcast(%one), dimensions={}
            %b = f32[1024,1024] broadcast(%one), dimensions={}
            %c = f32[1024,1024] dot(%b, %b), lhs_contracting_dims={1}, rhs_contracting_dims={0}
            %s = f32[1024] reduce(%c, %one), dimensions={0}, to_apply=%sum
            %g = f32[1024,1024] all-gather(%v), replica_groups={{0,1,2,3}}, dimensions={0}
            %u = f32[1024] reduce(%g, %one), dimensions={0}, to_apply=%sum
            ROOT %r = f32[1024] add(%s, %u)
            """);
    assertThat(OverlapCollectives.run(module)).isSameInstanceAs(module);
  }
}
