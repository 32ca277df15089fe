package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.trace.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From any sharding to any other: right, and by the cheapest chain. */
final class ReshardTest {

  @Test
  void anyToAny() {
    for (int seed = 0; seed < 600; seed++) {
      Random random = new Random(seed);
      MeshShape mesh = Checks.mesh(random);
      Shape shape = Shape.of(DType.F32, random.longs(random.nextInt(1, 4), 1, 10).toArray());
      Sharding from = Checks.sharding(random, mesh, shape.rank());
      Sharding to = Checks.sharding(random, mesh, shape.rank());
      HloModule module = reshard(mesh, shape, from, to);
      Partitioned partitioned =
          Checks.agrees(module, Checks.values(random, module, 9), "seed " + seed);
      assertWithMessage("seed %s", seed).that(partitioned.resultShardings()).containsExactly(to);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // nothing to do, or only to forget
        "a=4 | 8,8 | a, | a, | ",
        "a=4 | 8,8 | , | a, | ",
        "a=2,b=2 | 8,8 | a, | a,b | ",
        // one collective
        "a=4 | 8,8 | a, | , | all-gather",
        "a=4 | 8,8 | a, | ,a | all-to-all",
        "a=4 | 7,5 | a, | ,a | all-to-all",
        "a=2,b=2 | 8,8 | a, | b, | collective-permute",
        "a=2,b=2 | 8,8 | a,b | b,a | collective-permute",
        "a=2,b=2 | 8,8 | a+b, | b+a, | collective-permute",
        "a=2,b=2 | 8,8 | a+b, | ,a+b | all-to-all",
        "a=2,b=2 | 8,8 | a+b, | a,b | all-to-all",
        "a=2,b=4 | 8,8 | a,b | a, | all-gather",
        // slice first, then gather less
        "a=2,b=3 | 6,6 | a, | ,b | all-gather",
        // shards of shards that do not line up: 5 in (3,2) and in (2,2,1,0)
        "a=2,b=2 | 5 | a+b | a | all-gather"
      })
  void cheapestChain(String mesh, String dims, String from, String to, String expected) {
    Shape shape =
        Shape.of(DType.F32, List.of(dims.split(",")).stream().mapToLong(Long::parseLong).toArray());
    HloModule module =
        reshard(
            MeshShape.parse(mesh),
            shape,
            Ops.sharding(from.split(",", -1)),
            Ops.sharding(to.split(",", -1)));
    List<String> kinds =
        Checks.agrees(module, Checks.values(new Random(1), module, 9), "reshard")
            .report()
            .collectives()
            .stream()
            .map(CommunicationReport.Collective::kind)
            .toList();
    assertThat(String.join(" ", kinds)).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void reductionThenSliceIsOneReduceScatter() {
    for (String mesh : List.of("a=2", "a=3", "a=4")) {
      HloModule traced =
          Tracer.trace(
              "sum",
              MeshShape.parse(mesh),
              List.of(Shape.of(DType.F32, 256, 7)),
              a -> List.of(Ops.sum(a.get(0), 0)));
      HloModule module =
          with(traced, List.of(Ops.sharding("a", ""), Ops.sharding("a"), Ops.sharding("a")));
      Partitioned partitioned =
          Checks.agrees(module, Checks.values(new Random(1), module, 9), mesh);
      assertThat(
              partitioned.module().entry().instructions().stream()
                  .filter(i -> i.op() instanceof Op.ReduceScatter)
                  .count())
          .isEqualTo(1);
      assertThat(partitioned.report().collectives()).hasSize(1);
    }
  }

  @Test
  void onlyPermutesListDevices() {
    HloModule module =
        reshard(
            MeshShape.parse("a=64,b=64"),
            Shape.of(DType.F32, 4096, 4096),
            Ops.sharding("a", "b"),
            Ops.sharding("b", "a"));
    Partitioned partitioned = Partitioner.run(module);
    assertThat(partitioned.module().size()).isLessThan(8);
  }

  private static HloModule reshard(MeshShape mesh, Shape shape, Sharding from, Sharding to) {
    HloModule traced =
        Tracer.trace(
            "reshard", mesh, List.of(shape), a -> List.of(Engine.current().annotate(a.get(0), to)));
    return with(traced, List.of(from, to, to));
  }

  /** The module with these shardings of its instructions, in order. */
  private static HloModule with(HloModule module, List<Sharding> shardings) {
    List<Instruction> copies = new ArrayList<>();
    List<Instruction> old = module.entry().instructions();
    for (int i = 0; i < old.size(); i++) {
      List<Instruction> operands =
          old.get(i).operands().stream().map(o -> copies.get(old.indexOf(o))).toList();
      copies.add(old.get(i).withOperands(operands).withShardings(List.of(shardings.get(i))));
    }
    return module.withEntry(new Computation("main", copies, copies.getLast()));
  }
}
