package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.eval.Evaluator;
import io.gshard.eval.Shards;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.text.HloParser;
import io.gshard.sharding.Propagation;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What lies in the padding is neither chosen nor written, whatever the type of the indices. */
class PaddedIndicesTest {
  private static final String SUM =
      "HloModule m, num_partitions=4\n%sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }\n";

  private static void agrees(String body, List<Literal> arguments) {
    HloModule module = HloParser.parse(SUM + "ENTRY %main {\n" + body + "\n}\n");
    Partitioned partitioned = Partitioner.run(Propagation.run(module));
    List<List<Literal>> held = new ArrayList<>();
    for (int device = 0; device < 4; device++) {
      held.add(new ArrayList<>());
    }
    for (int i = 0; i < arguments.size(); i++) {
      List<Literal> shards =
          Shards.split(arguments.get(i), partitioned.parameterShardings().get(i), module.mesh());
      for (int device = 0; device < 4; device++) {
        held.get(device).add(shards.get(device));
      }
    }
    List<List<Literal>> results = SpmdEvaluator.run(partitioned.module(), held);
    List<Literal> expected = Evaluator.run(module, arguments);
    for (int leaf = 0; leaf < expected.size(); leaf++) {
      int at = leaf;
      Literal joined =
          Shards.join(
              results.stream().map(r -> r.get(at)).toList(),
              partitioned.resultShardings().get(leaf),
              module.mesh(),
              expected.get(leaf).shape());
      assertThat(joined).isEqualTo(expected.get(leaf));
    }
  }

  private static Literal ones(long... dims) {
    Shape shape = Shape.of(DType.F32, dims);
    return Literal.ofReals(
        shape, IntStream.range(0, (int) shape.elements()).mapToDouble(i -> 1).toArray());
  }

  @Test
  void narrowUnsignedIndicesOfSplitUpdates() {
    agrees(
        """
        %x = f32[300] parameter(0), sharding={replicated}
        %i = u8[5] parameter(1), sharding={devices=[4]<=[4]}
        %u = f32[5] parameter(2), sharding={devices=[4]<=[4]}
        ROOT %y = f32[300] scatter(%x, %i, %u), update_window_dims={}, inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=%sum, sharding={replicated}
        """,
        List.of(ones(300), Literal.ofIntegers(Shape.of(DType.U8, 5), 0, 7, 255, 3, 255), ones(5)));
  }

  @Test
  void updatesOfNoIndex() {
    agrees(
        """
        %x = f32[3] parameter(0), sharding={replicated}
        %i = s32[5,0] parameter(1), sharding={devices=[4,1]<=[4]}
        %u = f32[5,3] parameter(2), sharding={devices=[4,1]<=[4]}
        ROOT %y = f32[3] scatter(%x, %i, %u), update_window_dims={1}, inserted_window_dims={}, scatter_dims_to_operand_dims={}, index_vector_dim=1, to_apply=%sum, sharding={replicated}
        """,
        List.of(ones(3), Literal.ofIntegers(Shape.of(DType.S32, 5, 0)), ones(5, 3)));
  }

  @Test
  void theSmallestAmongNaNs() {
    agrees(
        """
        %x = f32[5] parameter(0), sharding={devices=[4]<=[4]}
        ROOT %y = (f32[4], s32[4]) topk(%x), k=4, largest=false
        """,
        List.of(Literal.ofReals(Shape.of(DType.F32, 5), Double.NaN, 2, Double.NaN, 1, Double.NaN)));
  }
}
