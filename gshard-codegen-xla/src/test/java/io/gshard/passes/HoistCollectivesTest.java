package io.gshard.passes;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.cost.Traffic;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.CommunicationReport.Collective;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a loop only reads is sent once, and the results are the same. */
class HoistCollectivesTest {
  /** Six turns of x = tanh(x w), x split by rows; w is gathered for every product. */
  private static String loop(String writtenWeight) {
    return """
    HloModule m, num_partitions=4
    less {
      state = (s32[], f32[8,8], f32[8,8]) parameter(0)
      i = s32[] get-tuple-element(state), index=0
      n = s32[] constant(6)
      ROOT more = pred[] compare(i, n), direction=LT
    }
    turn {
      state = (s32[], f32[8,8], f32[8,8]) parameter(0)
      i = s32[] get-tuple-element(state), index=0
      x = f32[8,8] get-tuple-element(state), index=1
      w = f32[8,8] get-tuple-element(state), index=2
      t = f32[8,8] transpose(w), dimensions={1,0}
      whole = f32[8,8] custom-call(t), custom_call_target="Sharding", sharding={replicated}
      d = f32[8,8] dot(x, whole), lhs_contracting_dims={1}, rhs_contracting_dims={0}
      y = f32[8,8] tanh(d)
      one = s32[] constant(1)
      next = s32[] add(i, one)
      written = f32[8,8] negate(w)
      ROOT r = (s32[], f32[8,8], f32[8,8]) tuple(next, y, %s)
    }
    """
        .formatted(writtenWeight);
  }

  private static final String ENTRY =
      """
      ENTRY main {
        x = f32[8,8] parameter(0), sharding={devices=[4,1]<=[4]}
        w = f32[8,8] parameter(1), sharding={devices=[4,1]<=[4]}
        zero = s32[] constant(0)
        start = (s32[], f32[8,8], f32[8,8]) tuple(zero, x, w)
        end = (s32[], f32[8,8], f32[8,8]) while(start), condition=less, body=turn, backend_config={"known_trip_count":{"n":"6"}}
        result = f32[8,8] get-tuple-element(end), index=1
        ROOT r = (f32[8,8]) tuple(result), sharding={{devices=[4,1]<=[4]}}
      }
      """;

  private static Partitioned partitioned(String text) {
    return Partitioner.run(Propagation.run(HloParser.parse(text)));
  }

  /** After the pass, having checked that it computes what it did. */
  private static Partitioned hoisted(Partitioned before, long limit) {
    Partitioned after = HoistCollectives.run(before, limit);
    Verifier.verify(after.module());
    Verifier.verify(HloParser.parse(HloPrinter.print(after.module())));
    Random random = new Random(3);
    List<List<Literal>> arguments = new ArrayList<>();
    for (int device = 0; device < 4; device++) {
      List<Literal> each = new ArrayList<>();
      for (Instruction p : before.module().entry().parameters()) {
        each.add(Literal.ofReals(p.shape(), random.doubles(p.shape().elements()).toArray()));
      }
      arguments.add(each);
    }
    assertThat(SpmdEvaluator.run(after.module(), arguments))
        .isEqualTo(SpmdEvaluator.run(before.module(), arguments));
    assertThat(after.report().collectives().stream().mapToLong(Collective::tripCount).sum())
        .isEqualTo(runs(after.module()));
    return after;
  }

  private static long runs(HloModule module) {
    return Traffic.of(module).entries().stream().mapToLong(Traffic.Entry::runs).sum();
  }

  @Test
  void whatTheLoopOnlyReadsIsGatheredOnce() {
    Partitioned before = partitioned(loop("w") + ENTRY);
    assertThat(runs(before.module())).isEqualTo(6);
    Partitioned after = hoisted(before, HoistCollectives.LIMIT);
    assertThat(runs(after.module())).isEqualTo(1);
    assertThat(after.report().collectives().getFirst().place().computation()).isEqualTo("main");
  }

  @Test
  void whatTheLoopChangesIsGatheredInEveryTurn() {
    Partitioned before = partitioned(loop("written") + ENTRY);
    assertThat(runs(hoisted(before, HoistCollectives.LIMIT).module())).isEqualTo(6);
  }

  @Test
  void noMoreLeavesALoopThanTheLimit() {
    Partitioned before = partitioned(loop("w") + ENTRY);
    assertThat(runs(hoisted(before, 8 * 8 * 4 - 1).module())).isEqualTo(6);
    assertThat(runs(hoisted(before, 8 * 8 * 4).module())).isEqualTo(1);
  }

  /** The inner loop's state is passed on as a whole, the outer loop runs three times. */
  @Test
  void leavesLoopsInLoops() {
    String outer =
        """
        fewer {
          state = (s32[], f32[8,8], f32[8,8]) parameter(0)
          i = s32[] get-tuple-element(state), index=0
          n = s32[] constant(3)
          ROOT more = pred[] compare(i, n), direction=LT
        }
        outer {
          state = (s32[], f32[8,8], f32[8,8]) parameter(0)
          i = s32[] get-tuple-element(state), index=0
          x = f32[8,8] get-tuple-element(state), index=1
          w = f32[8,8] get-tuple-element(state), index=2
          zero = s32[] constant(0)
          start = (s32[], f32[8,8], f32[8,8]) tuple(zero, x, w)
          end = (s32[], f32[8,8], f32[8,8]) while(start), condition=less, body=turn, backend_config={"known_trip_count":{"n":"6"}}
          y = f32[8,8] get-tuple-element(end), index=1
          one = s32[] constant(1)
          next = s32[] add(i, one)
          ROOT r = (s32[], f32[8,8], f32[8,8]) tuple(next, y, w)
        }
        """;
    String entry =
        ENTRY
            .replace("condition=less, body=turn", "condition=fewer, body=outer")
            .replace("\"6\"", "\"3\"");
    Partitioned before = partitioned(loop("w") + outer + entry);
    assertThat(runs(before.module())).isEqualTo(18);
    assertThat(runs(hoisted(before, HoistCollectives.LIMIT).module())).isEqualTo(1);
  }

  @Test
  void theLoopMayBeTheResult() {
    String entry =
        """
        ENTRY main {
          x = f32[8,8] parameter(0), sharding={devices=[4,1]<=[4]}
          w = f32[8,8] parameter(1), sharding={devices=[4,1]<=[4]}
          zero = s32[] constant(0)
          start = (s32[], f32[8,8], f32[8,8]) tuple(zero, x, w)
          ROOT end = (s32[], f32[8,8], f32[8,8]) while(start), condition=less, body=turn, backend_config={"known_trip_count":{"n":"6"}}
        }
        """;
    Partitioned before = partitioned(loop("w") + entry);
    Partitioned after = hoisted(before, HoistCollectives.LIMIT);
    assertThat(runs(after.module())).isEqualTo(1);
    assertThat(after.module().entry().root().type())
        .isEqualTo(before.module().entry().root().type());
  }
}
