package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.eval.Shards;
import io.gshard.eval.SpmdEvaluator;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.hlo.text.HloSyntaxException;
import io.gshard.sharding.Propagation;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Parts of a program that are written for one device, between parts that are not. */
class ManualRegionsTest {
  private static final String TEXT =
      """
      HloModule m, num_partitions=4
      %sum { %a = f32[] parameter(0) %b = f32[] parameter(1) ROOT %r = f32[] add(%a, %b) }
      %mine {
        %p = f32[2,6] parameter(0)
        %two = f32[] constant(2)
        %twos = f32[2,6] broadcast(%two), dimensions={}
        %scaled = f32[2,6] multiply(%p, %twos)
        ROOT %all = f32[2,6] all-reduce(%scaled), replica_groups={{0,1,2,3}}, to_apply=%sum
      }
      ENTRY %main {
        %x = f32[8,6] parameter(0)
        %y = f32[8,6] tanh(%x)
        %s = f32[8,6] custom-call(%y), custom_call_target="Sharding", sharding={devices=[4,1]<=[4]}
        %in = f32[2,6] custom-call(%s), custom_call_target="SPMDFullToShardShape", sharding={MANUAL}
        %c = f32[2,6] call(%in), to_apply=%mine
        %d = f32[2,6] add(%c, %in)
        %out = f32[8,6] custom-call(%d), custom_call_target="SPMDShardToFullShape", sharding={devices=[4,1]<=[4]}
        ROOT %z = f32[8,6] negate(%out)
      }
      """;

  /** Each device adds twice the sum of all parts to its own. */
  @Test
  void aPartIsWhatADeviceHolds() {
    HloModule module = HloParser.parse(TEXT.replace("MANUAL", "manual"));
    Verifier.verify(module);
    Partitioned partitioned = Partitioner.run(Propagation.run(module));
    Verifier.verify(partitioned.module());
    Shape shape = Shape.of(DType.F32, 8, 6);
    double[] x = IntStream.range(0, 48).mapToDouble(i -> 0.01 * i).toArray();
    List<List<Literal>> arguments = new ArrayList<>();
    Shards.split(
            Literal.ofReals(shape, x), partitioned.parameterShardings().getFirst(), module.mesh())
        .forEach(shard -> arguments.add(List.of(shard)));
    List<Literal> held =
        SpmdEvaluator.run(partitioned.module(), arguments).stream().map(List::getFirst).toList();
    Literal result =
        Shards.join(held, partitioned.resultShardings().getFirst(), module.mesh(), shape);
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 6; j++) {
        double sum = 0;
        for (int part = 0; part < 4; part++) {
          sum += Math.tanh(x[(part * 2 + i % 2) * 6 + j]);
        }
        double expected = -(2 * sum + Math.tanh(x[i * 6 + j]));
        assertThat(result.real(i * 6L + j)).isWithin(1e-5).of(expected);
      }
    }
    assertThat(
            partitioned.module().computations().stream()
                .flatMap(c -> c.instructions().stream())
                .filter(i -> i.op().needsMesh())
                .count())
        .isEqualTo(1);
  }

  @Test
  void aCollectiveOverAnAxisThatIsNotManualIsRefused() {
    HloModule module =
        HloParser.parse(
            TEXT.replace(
                "{MANUAL}", "{devices=[1,1,2,2]<=[4] last_tile_dims={manual,replicated}}"));
    InvalidModuleException e =
        assertThrows(InvalidModuleException.class, () -> Propagation.run(module));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo(
            "%all is all-reduce over mesh axis d1, which is not manual there; manual are [d0]");
  }

  @Test
  void anOrderOfDevicesStaysWithinTheRegion() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=6, frontend_attributes={gshard.mesh="m=2,a=3"}
            ENTRY %main {
              %x = f32[6,3] parameter(0), sharding={devices=[2,1,3]<=[6] last_tile_dim_replicate}
              %i = f32[3,3] custom-call(%x), custom_call_target="SPMDFullToShardShape", sharding={devices=[1,1,2,3]<=[6] last_tile_dims={manual, replicated}}
              %t = f32[3,3] custom-call(%i), custom_call_target="Sharding", sharding={devices=[3,1,2]1,3,2,0,4,5 last_tile_dims={manual}}
              ROOT %y = f32[6,3] custom-call(%t), custom_call_target="SPMDShardToFullShape", sharding={devices=[2,1,3]<=[6] last_tile_dim_replicate}
            }
            """);
    InvalidModuleException e =
        assertThrows(InvalidModuleException.class, () -> Propagation.run(module));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo(
            "%t is manual along mesh axis m, so that the order of devices cannot put device 0 in the stead of device 4, elsewhere along it: [{a}, {}] manual={m} devices=(1 2 4 3 0 5)");
  }

  /** {@code -Dregions=3000} runs that many, {@code -Dregions.seed=N} one. */
  @Test
  void regionsThatAreManualInPart() {
    long first = Long.getLong("regions.seed", 0);
    long count = Long.getLong("regions.seed") == null ? Long.getLong("regions", 150) : 1;
    int split = 0;
    int ordered = 0;
    for (long seed = first; seed < first + count; seed++) {
      RegionCase c = new RegionCase(seed);
      String label = "seed %d%n%s%n%s".formatted(seed, c.region(), c.stacked());
      HloModule module;
      Partitioned partitioned;
      HloModule meaning;
      try {
        module = HloParser.parse(c.region());
        Verifier.verify(module);
        partitioned = Partitioner.run(Propagation.run(module));
        Verifier.verify(partitioned.module());
        meaning = new HloModule("meaning", module.mesh(), HloParser.parse(c.stacked()).entry());
      } catch (RuntimeException e) {
        throw new AssertionError(label, e);
      }
      Checks.agrees(meaning, partitioned, Checks.values(new Random(seed), meaning, 1), label);
      split += meets(partitioned, "a") ? 1 : 0;
      ordered += c.region().matches("(?s).*devices=\\[[0-9,]*\\][0-9].*manual.*") ? 1 : 0;
    }
    // The other axis splits what is inside: many a product or sum is over parts.
    assertThat(split).isAtLeast(count > 1 ? (int) count / 4 : 0);
    assertThat(ordered).isAtLeast(count > 1 ? (int) count / 10 : 0);
  }

  private static boolean meets(Partitioned partitioned, String axis) {
    return partitioned.report().collectives().stream().anyMatch(c -> c.axes().contains(axis));
  }

  /**
   * What JAX 0.10.2 gives XLA's partitioner for {@code shard_map(body, in_specs=(P('m'), P()),
   * out_specs=P('m'), axis_names={'m'})} on a mesh of m=2, a=4: a product, a psum, a scan with a
   * ppermute.
   */
  @Test
  void aShardMapOfJaxOverSomeAxes() {
    HloModule module = HloParser.parse(resource("shard_map"));
    Verifier.verify(module);
    // By way of the text, which says what is manual.
    HloModule decided = HloParser.parse(HloPrinter.print(Propagation.run(module)));
    Partitioned partitioned = Partitioner.run(Propagation.run(decided));
    Verifier.verify(partitioned.module());
    HloModule meaning =
        new HloModule(
            "meaning", module.mesh(), HloParser.parse(resource("shard_map_meaning")).entry());
    Checks.agrees(meaning, partitioned, Checks.values(new Random(1), meaning, 1), "jax");
    // As XLA's partitioner does it.
    assertThat(
            partitioned.report().collectives().stream()
                .map(c -> "%s of %d bytes".formatted(c.kind(), c.bytesPerDevice()))
                .toList())
        .containsExactly(
            "all-gather of 192 bytes", "all-reduce of 48 bytes", "collective-permute of 48 bytes");
  }

  /**
   * What JAX 0.10.2 prints by way of Shardy for {@code shard_map(lambda x, y: (all_gather(x, 'y',
   * axis=1, tiled=True), psum_scatter(y, 'x', tiled=True)), in_specs=(P('x', 'y'), P(None, 'y')),
   * out_specs=(P('x'), P('x', 'y')))} on a mesh of x=2, y=4: all of x, and y twice.
   */
  @Test
  void aShardMapByWayOfShardy() {
    HloModule module = HloParser.parse(resource("shard_map_shardy"));
    Verifier.verify(module);
    assertThat(module.mesh().toString()).isEqualTo("x=2, y=4");
    HloModule meaning =
        HloParser.parse(
            """
            HloModule meaning
            ENTRY %main {
              %x = f32[16,8] parameter(0)
              %y = f32[16,8] parameter(1)
              %two = f32[16,8] add(%y, %y)
              ROOT %r = (f32[16,8], f32[16,8]) tuple(%x, %two)
            }
            """);
    Checks.agrees(
        new HloModule("meaning", module.mesh(), meaning.entry()),
        Partitioner.run(Propagation.run(module)),
        Checks.values(new Random(3), meaning, 1),
        "shardy");
    HloSyntaxException e =
        assertThrows(
            HloSyntaxException.class,
            () ->
                HloParser.parse(
                    resource("shard_map_shardy")
                        .replace("{}, {\\\"y\\\"}]>]>", "{}, {\\\"y\\\":(1)2}]>]>")));
    assertThat(e).hasMessageThat().contains("expected whole axes of the mesh 'x=2, y=4'");
  }

  /** A region that is manual along one axis, in it one that is manual along both. */
  @Test
  void aRegionInARegion() {
    HloModule module = HloParser.parse(resource("nested_regions"));
    HloModule meaning =
        HloParser.parse(
            """
            HloModule meaning
            ENTRY %main {
              %x = f32[8,4] parameter(0)
              %l = f32[8,2] slice(%x), slice={[0:8], [0:2]}
              %h = f32[8,2] slice(%x), slice={[0:8], [2:4]}
              %s = f32[8,2] add(%l, %h)
              %b = f32[8,4] concatenate(%s, %s), dimensions={1}
              ROOT %y = f32[8,4] tanh(%b)
            }
            """);
    Verifier.verify(module);
    Checks.agrees(
        new HloModule("meaning", module.mesh(), meaning.entry()),
        Partitioner.run(Propagation.run(module)),
        Checks.values(new Random(2), meaning, 1),
        "nested");
  }

  private static String resource(String name) {
    try (InputStream in = ManualRegionsTest.class.getResourceAsStream("/manual/" + name + ".hlo")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void partsOfAnotherShapeAreRefused() {
    HloModule module =
        Propagation.run(
            HloParser.parse(
                TEXT.replace("MANUAL", "manual")
                    .replace(
                        "\"Sharding\", sharding={devices=[4,1]<=[4]}",
                        "\"Sharding\", sharding={devices=[1,4]<=[4]}")));
    InvalidModuleException e =
        assertThrows(InvalidModuleException.class, () -> Partitioner.run(module));
    assertThat(e)
        .hasMessageThat()
        .isEqualTo(
            "%in takes parts f32[2,6] of f32[8,6], split as [{}, {d}]; a device holds f32[8,2]");
  }
}
