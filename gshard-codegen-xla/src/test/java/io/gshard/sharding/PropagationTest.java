package io.gshard.sharding;

import static com.google.common.truth.Truth.assertThat;
import static io.gshard.tensor.Ops.einsum;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.text.HloParser;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.Tracer;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Where shardings go from annotations, and where they do not. */
final class PropagationTest {
  private static final MeshShape MESH = MeshShape.parse("a=2,b=4");

  private static Shape f32(long... dims) {
    return Shape.of(DType.F32, dims);
  }

  private static HloModule module(List<Shape> shapes, Function<List<Tensor>, List<Tensor>> body) {
    return Tracer.trace("test", MESH, shapes, body);
  }

  private static List<Sharding> results(HloModule module) {
    return Propagation.run(module).entry().root().shardings();
  }

  private static List<Sharding> parameters(HloModule module) {
    return Propagation.run(module).entry().parameters().stream()
        .map(Instruction::sharding)
        .toList();
  }

  private static Sharding s(String... axes) {
    return Ops.sharding(axes);
  }

  @Test
  void forwardsAndBackwardsThroughElementwise() {
    HloModule module =
        module(
            List.of(f32(8, 4), f32(8, 4)),
            x -> List.of(Ops.tanh(Ops.shard(x.get(0).plus(x.get(1)), "a", "b"))));
    assertThat(parameters(module)).containsExactly(s("a", "b"), s("a", "b"));
    assertThat(results(module)).containsExactly(s("a", "b"));
  }

  @Test
  void hloTextMayAnnotateAnyInstruction() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=2
            ENTRY e {
              x = f32[4,4] parameter(0), sharding={replicated}
              y = f32[4,4] negate(x), sharding={devices=[2,1]<=[2]}
              z = f32[4,4] negate(y), sharding={devices=[1,2]<=[2]}
              ROOT t = (f32[4,4], f32[4,4]) tuple(y, z)
            }
            """);
    assertThat(parameters(module)).containsExactly(Sharding.replicated(2));
    assertThat(results(module)).containsExactly(s("d", ""), s("", "d")).inOrder();
  }

  @Test
  void batchDimsBeforeFreeOnes() {
    HloModule module =
        module(
            List.of(f32(8, 4, 6), f32(8, 6, 8)),
            x ->
                List.of(
                    einsum(
                        "GSM,GMH->GSH",
                        Ops.shard(x.get(0), "a", "", ""),
                        Ops.shard(x.get(1), "", "", "a"))));
    assertThat(results(module)).containsExactly(s("a", "", ""));
  }

  @Test
  void axesOfBothOperandsMeetInAProduct() {
    HloModule module =
        module(
            List.of(f32(8, 6), f32(6, 8)),
            x ->
                List.of(
                    einsum(
                        "BM,MH->BH", Ops.shard(x.get(0), "a", ""), Ops.shard(x.get(1), "", "b"))));
    assertThat(results(module)).containsExactly(s("a", "b"));
  }

  @Test
  void anAxisIsUsedOnceAndTheLargerOperandHasIt() {
    HloModule module =
        module(
            List.of(f32(800, 6), f32(6, 8)),
            x ->
                List.of(
                    einsum(
                        "BM,MH->BH", Ops.shard(x.get(0), "a", ""), Ops.shard(x.get(1), "", "a"))));
    assertThat(results(module)).containsExactly(s("a", ""));
  }

  @Test
  void throughReshapesWhereShardsLineUp() {
    HloModule module =
        module(
            List.of(f32(16, 64)),
            x -> {
              Tensor split = Ops.shard(x.get(0), "b", "a");
              return List.of(
                  Ops.reshape(split, 8, 128),
                  Ops.reshape(split, 16, 8, 8),
                  Ops.reshape(split, 1024));
            });
    // [16, 64] by b=4 rows of 4 is [8, 128] by rows of 2; the columns' split is not one of 128.
    assertThat(results(module)).containsExactly(s("b", ""), s("b", "a", ""), s("b")).inOrder();
  }

  @Test
  void throughReshapesWhosePartsAreShiftedByNoMoreThanAHalo() {
    HloModule module =
        module(
            List.of(f32(10, 4), f32(10, 4), f32(40), f32(12, 6), f32(5, 7)),
            x ->
                List.of(
                    // Parts of 3 rows of 4 against parts of 10 elements, and back.
                    Ops.reshape(Ops.shard(x.get(0), "b", ""), 40),
                    Ops.reshape(x.get(1), 20, 2),
                    Ops.reshape(Ops.shard(x.get(2), "b"), 10, 4),
                    // Parts of 3 rows of 6 are two of 9.
                    Ops.reshape(Ops.shard(x.get(3), "b", ""), 8, 9),
                    // Three parts of 14 against four of 9: whole parts would move.
                    Ops.reshape(Ops.shard(x.get(4), "b", ""), 35)));
    assertThat(results(module))
        .containsExactly(s("b"), s("", ""), s("b", ""), s("b", ""), s(""))
        .inOrder();
  }

  @Test
  void annotationsAreKept() {
    HloModule module =
        module(
            List.of(f32(8, 4)),
            x ->
                List.of(Ops.replicate(Ops.shard(x.get(0), "a", "")), Ops.shard(x.get(0), "", "b")));
    assertThat(results(module)).containsExactly(s("", ""), s("", "b")).inOrder();
    HloModule done = Propagation.run(module);
    assertThat(
            done.entry().instructions().stream()
                .filter(OpRules::isAnnotation)
                .map(Instruction::sharding))
        .containsExactly(s("a", ""), s("", ""), s("", "b"))
        .inOrder();
  }

  @Test
  void aSharedZeroTiesNobodyTogether() {
    HloModule module =
        module(
            List.of(f32(8, 8), f32(8, 8)),
            x -> {
              Tensor zeros = Ops.zeros(f32(8, 8));
              return List.of(
                  Ops.maximum(Ops.shard(x.get(0), "a", ""), zeros), Ops.maximum(x.get(1), zeros));
            });
    assertThat(results(module)).containsExactly(s("a", ""), s("", "")).inOrder();
  }

  @Test
  void aliasedOutputsAreSplitAsTheirParameters() {
    HloModule traced =
        module(
            List.of(f32(8, 4), f32(8, 4)),
            x -> List.of(x.get(0).plus(Ops.shard(x.get(1), "a", ""))));
    HloModule module =
        new HloModule("test", MESH, traced.entry(), List.of(new HloModule.Alias(0, 0)), false);
    HloModule done = Propagation.run(module);
    assertThat(done.entry().root().shardings().getFirst())
        .isEqualTo(done.entry().parameters().getFirst().sharding());
  }

  @Test
  void everyInstructionHasShardingsAndAReason() {
    HloModule module =
        module(
            List.of(f32(8, 4)),
            x -> List.of(Ops.tanh(Ops.shard(x.get(0), "a", "")), Ops.sum(x.get(0))));
    PropagationResult result = Propagation.analyze(module);
    for (Instruction i : result.module().entry().instructions()) {
      assertThat(i.shardings()).hasSize(i.type().leaves().size());
      assertThat(result.explain(i.name()).leaves()).hasSize(i.type().leaves().size());
    }
    Instruction tanh =
        result.module().entry().instructions().stream()
            .filter(i -> i.op() instanceof Op.Unary)
            .findFirst()
            .orElseThrow();
    assertThat(result.explain(tanh.name()).toString()).contains("from there through %tanh = tanh");
    assertThat(result.explain(tanh.operand(0).name()).toString()).endsWith("is annotated so");
  }

  @Test
  void partitionedModulesAreRefused() {
    HloModule traced = module(List.of(f32(8)), x -> x);
    HloModule module = new HloModule("test", MESH, traced.entry(), List.of(), true);
    assertThat(assertThrows(IllegalArgumentException.class, () -> Propagation.run(module)))
        .hasMessageThat()
        .isEqualTo("test is partitioned already");
  }
}
