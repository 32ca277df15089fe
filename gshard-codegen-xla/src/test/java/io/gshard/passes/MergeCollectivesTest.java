package io.gshard.passes;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Joined collectives give what they gave alone. */
class MergeCollectivesTest {
  private static final String SUM =
      "%sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }\n";

  private static HloModule module(String body) {
    return HloParser.parse(
        "HloModule m, num_partitions=4\n" + SUM + "ENTRY %main {\n" + body + "\n}\n");
  }

  private static long collectives(HloModule module) {
    return module.computations().stream()
        .flatMap(c -> c.instructions().stream())
        .filter(i -> i.op() instanceof Op.Collective || i.op() instanceof ArrayOp.Merged)
        .count();
  }

  private static HloModule merged(HloModule module) {
    HloModule merged = MergeCollectives.run(module);
    Verifier.verify(merged);
    Verifier.verify(HloParser.parse(HloPrinter.print(merged)));
    Random random = new Random(7);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < 4; device++) {
      List<Literal> each = new ArrayList<>();
      module
          .entry()
          .parameters()
          .forEach(
              p -> {
                Shape shape = p.shape();
                each.add(Literal.ofReals(shape, random.doubles(shape.elements()).toArray()));
              });
      arguments.add(each);
    }
    assertThat(SpmdEvaluator.run(merged, arguments))
        .isEqualTo(SpmdEvaluator.run(module, arguments));
    return merged;
  }

  @Test
  void whatDoesNotWaitIsSentTogether() {
    HloModule module =
        module(
            """
            %x = f32[4] parameter(0)
            %y = f32[2,3] parameter(1)
            %p = f32[4] all-reduce(%x), replica_groups={{0,1,2,3}}, to_apply=%sum
            %t = f32[2,3] tanh(%y)
            %q = f32[2,3] all-reduce(%t), replica_groups={{0,1,2,3}}, to_apply=%sum
            %again = f32[4] all-reduce(%x), replica_groups={{0,1,2,3}}, to_apply=%sum
            %g = f32[16] all-gather(%p), replica_groups={{0,1,2,3}}, dimensions={0}
            %h = f32[8,3] all-gather(%q), replica_groups={{0,1,2,3}}, dimensions={0}
            %later = f32[4] all-reduce(%p), replica_groups={{0,1,2,3}}, to_apply=%sum
            ROOT %r = (f32[16], f32[8,3], f32[4], f32[4]) tuple(%g, %h, %later, %again)
            """);
    assertThat(collectives(module)).isEqualTo(6);
    assertThat(collectives(merged(module))).isEqualTo(3);
  }

  @Test
  void noCircleArises() {
    HloModule module =
        module(
            """
            %x = f32[4] parameter(0)
            %y = f32[4] parameter(1)
            %a1 = f32[4] all-reduce(%x), replica_groups={{0,1,2,3}}, to_apply=%sum
            %b1 = f32[16] all-gather(%a1), replica_groups={{0,1,2,3}}, dimensions={0}
            %b2 = f32[16] all-gather(%y), replica_groups={{0,1,2,3}}, dimensions={0}
            %c = f32[4] slice(%b2), slice={[2:6]}
            %a2 = f32[4] all-reduce(%c), replica_groups={{0,1,2,3}}, to_apply=%sum
            ROOT %r = (f32[16], f32[4]) tuple(%b1, %a2)
            """);
    assertThat(collectives(merged(module))).isEqualTo(3);
  }

  @Test
  void largeMessagesStayApart() {
    HloModule module =
        module(
            """
            %x = f32[5242880] parameter(0)
            %y = f32[5242880] parameter(1)
            %p = f32[5242880] all-reduce(%x), replica_groups={{0,1,2,3}}, to_apply=%sum
            %q = f32[5242880] all-reduce(%y), replica_groups={{0,1,2,3}}, to_apply=%sum
            ROOT %r = (f32[5242880], f32[5242880]) tuple(%p, %q)
            """);
    assertThat(collectives(MergeCollectives.run(module))).isEqualTo(2);
  }

  /** Chains of collectives that are tied together at random. */
  @Test
  void anyGraph() {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      StringBuilder body = new StringBuilder("%v0 = f32[4] parameter(0)\n");
      int size = 12;
      for (int i = 1; i < size; i++) {
        String a = "%v" + random.nextInt(i);
        String b = "%v" + random.nextInt(i);
        body.append("%v").append(i).append(" = f32[4] ");
        switch (random.nextInt(4)) {
          case 0 ->
              body.append("all-reduce(" + a + "), replica_groups={{0,1},{2,3}}, to_apply=%sum");
          case 1 ->
              body.append("all-reduce(" + a + "), replica_groups={{0,2},{1,3}}, to_apply=%sum");
          case 2 ->
              body.append(
                  "collective-permute(" + a + "), source_target_pairs={{0,1},{1,2},{2,3},{3,0}}");
          default -> body.append("subtract(" + a + ", " + b + ")");
        }
        body.append('\n');
      }
      body.append("ROOT %r = (").append("f32[4], ".repeat(size - 1)).append("f32[4]) tuple(");
      for (int i = 0; i < size; i++) {
        body.append(i == 0 ? "" : ", ").append("%v").append(i);
      }
      HloModule module = module(body.append(")\n").toString());
      assertWithMessage("seed %s", seed)
          .that(collectives(merged(module)))
          .isAtMost(collectives(module));
    }
  }
}
