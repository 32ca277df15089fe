package io.gshard.spmd;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloPrinter;
import io.gshard.op.Op;
import io.gshard.sharding.Propagation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitioned equals whole, whatever form the shardings have. */
final class ShardingFormsTest {

  private static Partitioned agrees(String text) {
    HloModule module = HloParser.parse(text);
    Partitioned partitioned =
        Checks.agrees(Propagation.run(module), Checks.values(new Random(7), module, 100), text);
    // What is printed is the same program, on the same devices.
    HloModule again = HloParser.parse(HloPrinter.print(partitioned.module()));
    assertThat(HloPrinter.print(again)).isEqualTo(HloPrinter.print(partitioned.module()));
    return partitioned;
  }

  private static List<String> sends(Partitioned partitioned) {
    return partitioned.report().collectives().stream()
        .map(CommunicationReport.Collective::kind)
        .toList();
  }

  private static String product(String x, String w, String y) {
    return """
        HloModule m, num_partitions=8
        ENTRY %%e {
          %%x = f32[12,10] parameter(0), sharding=%s
          %%w = f32[10,7] parameter(1), sharding=%s
          %%y = f32[12,7] dot(%%x, %%w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
          ROOT %%z = f32[12,7] custom-call(%%y), custom_call_target="Sharding", sharding=%s
        }
        """
        .formatted(x, w, y);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{maximal device=3}",
        "{replicated}",
        "{unreduced}",
        "{unknown}",
        "{devices=[8,1]0,3,1,2,7,6,5,4}",
        "{devices=[2,4]0,3,1,2,7,6,5,4}",
        "{devices=[4,2]7,1,0,2,3,4,6,5}",
        "{devices=[2,1,4]0,3,1,6,7,2,5,4 last_tile_dim_replicate}",
        "{devices=[2,1,4]<=[8] last_tile_dims={unreduced}}",
        "{devices=[1,2,2,2]<=[8] last_tile_dims={unreduced, replicated}}",
      })
  void anyFormAnywhere(String form) {
    agrees(product(form, "{devices=[2,4]<=[8]}", "{devices=[4,2]<=[8]}"));
    agrees(product("{devices=[2,4]<=[8]}", form, "{replicated}"));
    agrees(product("{devices=[2,1,4]<=[8] last_tile_dim_replicate}", "{replicated}", form));
    agrees(product(form, form, form));
  }

  /** Over the axes of a mesh, as XLA's third form has them, with a region of one's own. */
  @Test
  void axesOfAMesh() throws IOException {
    String text;
    try (InputStream in = ShardingFormsTest.class.getResourceAsStream("/forms/mesh_axes.hlo")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    HloModule module = HloParser.parse(text);
    // Each half of u is the sum of both.
    String region = text.substring(text.indexOf("  %i = "), text.indexOf("  %s = f32[6,10]"));
    String halves =
        """
          %u0 = f32[3,7] slice(%u), slice={[0:3], [0:7]}
          %u1 = f32[3,7] slice(%u), slice={[3:6], [0:7]}
          %us = f32[3,7] add(%u0, %u1)
          %o = f32[6,7] concatenate(%us, %us), dimensions={0}
        """;
    HloModule meaning = HloParser.parse(text.replace(region, halves));
    Checks.agrees(
        new HloModule("meaning", module.mesh(), meaning.entry()),
        Partitioner.run(Propagation.run(module)),
        Checks.values(new Random(7), module, 100),
        text);
  }

  @Test
  void anOrderThatAllShareIsFree() {
    Partitioned partitioned =
        agrees(
            product(
                "{devices=[8,1]0,3,1,2,7,6,5,4}",
                "{replicated}",
                "{devices=[8,1]0,3,1,2,7,6,5,4}"));
    assertThat(partitioned.module().mesh().order()).isNotNull();
    assertThat(sends(partitioned)).isEmpty();
  }

  @Test
  void elementwiseOpsStayInTheirOrder() {
    Partitioned partitioned =
        agrees(
            """
            HloModule m, num_partitions=4
            ENTRY %e {
              %x = f32[8,6] parameter(0), sharding={devices=[4,1]0,2,3,1}
              %y = f32[8,6] parameter(1), sharding={devices=[4,1]0,2,3,1}
              %k = f32[8,6] parameter(2), sharding={devices=[4,1]<=[4]}
              %i = f32[8,6] iota(), iota_dimension=0
              %s = f32[8,6] add(%x, %y)
              %t = f32[6,8] transpose(%s), dimensions={1,0}
              %l = f32[8,6] tanh(%k)
              ROOT %r = (f32[6,8], f32[8,6]) tuple(%t, %l)
            }
            """);
    assertThat(partitioned.module().mesh().order()).isNull();
    assertThat(sends(partitioned)).isEmpty();
  }

  @Test
  void anotherOrderIsOnePermute() {
    Partitioned partitioned =
        agrees(
            """
            HloModule m, num_partitions=4
            ENTRY %e {
              %x = f32[8,6] parameter(0), sharding={devices=[4,1]0,2,3,1}
              ROOT %y = f32[8,6] custom-call(%x), custom_call_target="Sharding", sharding={devices=[4,1]<=[4]}
            }
            """);
    assertThat(sends(partitioned)).containsExactly("collective-permute");
  }

  @Test
  void factorisationsWithoutACommonMesh() {
    String text =
        """
        HloModule m, num_partitions=6
        ENTRY %e {
          %x = f32[12,9] parameter(0), sharding={devices=[3,2]<=[6]}
          %y = f32[12,9] parameter(1), sharding={devices=[2,3]<=[6]}
          %i = s32[12,9] iota(), iota_dimension=1, sharding={devices=[2,3]<=[3,2]T(1,0)}
          %f = f32[12,9] convert(%i)
          %s = f32[12,9] add(%x, %y)
          ROOT %r = f32[12,9] multiply(%s, %f), sharding={devices=[6,1]<=[6]}
        }
        """;
    agrees(text);
  }

  @Test
  void loopsCarryAnOrder() {
    agrees(
        """
        HloModule m, num_partitions=4
        %add {
          %a = f32[] parameter(0)
          %b = f32[] parameter(1)
          ROOT %c = f32[] add(%a, %b)
        }
        %cond {
          %p = (s32[], f32[8,6]) parameter(0)
          %i = s32[] get-tuple-element(%p), index=0
          %n = s32[] constant(3)
          ROOT %lt = pred[] compare(%i, %n), direction=LT
        }
        %body {
          %p = (s32[], f32[8,6]) parameter(0)
          %i = s32[] get-tuple-element(%p), index=0
          %x = f32[8,6] get-tuple-element(%p), index=1
          %one = s32[] constant(1)
          %next = s32[] add(%i, %one)
          %zero = f32[] constant(0)
          %sum = f32[6] reduce(%x, %zero), dimensions={0}, to_apply=%add
          %b = f32[8,6] broadcast(%sum), dimensions={1}
          %y = f32[8,6] add(%x, %b)
          ROOT %r = (s32[], f32[8,6]) tuple(%next, %y)
        }
        ENTRY %e {
          %x = f32[8,6] parameter(0), sharding={devices=[4,1]0,2,3,1}
          %other = f32[8,6] parameter(1), sharding={devices=[4,1]<=[4]}
          %z = s32[] constant(0)
          %t = (s32[], f32[8,6]) tuple(%z, %x)
          %w = (s32[], f32[8,6]) while(%t), condition=%cond, body=%body
          %v = f32[8,6] get-tuple-element(%w), index=1
          ROOT %r = f32[8,6] add(%v, %other)
        }
        """);
  }

  /** Random orders and factorisations on every parameter and on the result. */
  @Test
  void randomOrders() {
    long seed = Long.getLong("forms.seed", 20261123L);
    Random random = new Random(seed);
    int[][][] factors = {{{2, 3}, {3, 2}, {6, 1}, {1, 6}}, {{2, 2}, {4, 1}, {1, 4}, {2, 1}}};
    for (int n = 0; n < 40; n++) {
      int[][] some = factors[n % 2];
      int devices = n % 2 == 0 ? 6 : 4;
      String text =
          """
          HloModule m, num_partitions=%d
          ENTRY %%e {
            %%x = f32[7,6] parameter(0), sharding=%s
            %%w = f32[6,5] parameter(1), sharding=%s
            %%y = f32[7,5] parameter(2), sharding=%s
            %%d = f32[7,5] dot(%%x, %%w), lhs_contracting_dims={1}, rhs_contracting_dims={0}
            %%s = f32[7,5] subtract(%%d, %%y), sharding=%s
            %%v = f32[5,7] transpose(%%s), dimensions={1,0}
            ROOT %%r = f32[35] reshape(%%v)
          }
          """
              .formatted(
                  devices,
                  random(random, some, devices),
                  random(random, some, devices),
                  random(random, some, devices),
                  random(random, some, devices));
      try {
        agrees(text);
      } catch (RuntimeException e) {
        throw new AssertionError("-Dforms.seed=" + seed + ", case " + n + "\n" + text, e);
      }
    }
  }

  private static String random(Random random, int[][] factors, int devices) {
    int[] tiles = factors[random.nextInt(factors.length)];
    List<Integer> ids = new ArrayList<>(IntStream.range(0, devices).boxed().toList());
    if (random.nextBoolean()) {
      Collections.shuffle(ids, random);
    }
    int copies = devices / (tiles[0] * tiles[1]);
    return "{devices=[%d,%d%s]%s%s}"
        .formatted(
            tiles[0],
            tiles[1],
            copies > 1 ? "," + copies : "",
            ids.stream().map(String::valueOf).collect(Collectors.joining(",")),
            copies > 1 ? " last_tile_dim_replicate" : "");
  }

  @Test
  void partitionIdsAreDevicesNotPlaces() {
    Partitioned partitioned =
        agrees(
            """
            HloModule m, num_partitions=4
            ENTRY %e {
              %x = s32[9] parameter(0), sharding={devices=[4]3,1,0,2}
              %i = s32[9] iota(), iota_dimension=0
              ROOT %y = s32[9] add(%x, %i), sharding={devices=[4]3,1,0,2}
            }
            """);
    List<Instruction> all = partitioned.module().entry().instructions();
    assertThat(all.stream().anyMatch(i -> i.op() instanceof Op.PartitionId)).isTrue();
    assertThat(sends(partitioned)).isEmpty();
  }
}
