package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.HloModule;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form of sharding is read and printed. */
final class ShardingTextTest {

  private static HloModule module(int devices, String... shardings) {
    StringBuilder text =
        new StringBuilder("HloModule m, num_partitions=" + devices + "\nENTRY %e {\n");
    for (int i = 0; i < shardings.length; i++) {
      text.append(
          "  %%p%d = f32[12,24] parameter(%d), sharding=%s\n".formatted(i, i, shardings[i]));
    }
    return HloParser.parse(text.append("}\n").toString());
  }

  private static Sharding read(int devices, String sharding) {
    return module(devices, sharding).entry().parameters().getFirst().sharding();
  }

  private static List<String> printed(HloModule module) {
    return module.entry().parameters().stream()
        .map(p -> ShardingText.print(p.sharding(), module.mesh()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{replicated}",
        "{manual}",
        "{unreduced}",
        "{unknown}",
        "{maximal device=3}",
        "{devices=[2,4]<=[8]}",
        "{devices=[4,2]<=[2,4]T(1,0)}",
        "{devices=[2,2,2]<=[8] last_tile_dim_replicate}",
        "{devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}",
        "{devices=[2,1,4]<=[8] last_tile_dims={manual}}",
        "{devices=[2,1,4]<=[8] last_tile_dims={unreduced}}",
        "{devices=[2,1,2,2]<=[8] last_tile_dims={manual, replicated}}",
        "{devices=[1,1,2,4]<=[8] last_tile_dims={manual, unreduced}}",
        "{devices=[1,1,2,2,2]<=[8] last_tile_dims={manual, unreduced, replicated}}",
        "{devices=[8,1]0,3,1,2,7,6,5,4}",
        "{devices=[2,2,2]0,3,1,2,4,7,5,6 last_tile_dim_replicate}",
        "{devices=[2,1,2,2]0,3,1,2,7,6,5,4 last_tile_dims={manual, replicated}}",
        "{replicated shard_as 7}",
        "{devices=[2,4]<=[8] shard_like 1}",
      })
  void everyFormComesBack(String text) {
    assertThat(printed(module(8, text))).containsExactly(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{devices=[2,4]0,1,2,3,4,5,6,7}|{devices=[2,4]<=[8]}",
        "{devices=[4,2]0,4,1,5,2,6,3,7}|{devices=[4,2]<=[2,4]T(1,0)}",
        "{devices=[2,1,4]<=[8] last_tile_dims={replicated}}"
            + "|{devices=[2,1,4]<=[8] last_tile_dim_replicate}",
        "{devices=[2,1,4]3,2,1,0,7,5,6,4 last_tile_dim_replicate}"
            + "|{devices=[2,1,4]<=[8] last_tile_dim_replicate}",
        "{devices=[1,1,8]<=[8] last_tile_dim_replicate}|{replicated}",
        "{devices=[2,4]<=[8] metadata={op_name=\"a\"}}|{devices=[2,4]<=[8]}",
        "{replicated metadata={{op_name=\"a\"}, {op_name=\"b\"}}}|{replicated}",
        "{devices=[2,1,2,2]<=[8] last_tile_dims={replicated, manual} metadata={op_name=\"a\"}"
            + " shard_as 2}"
            + "|{devices=[2,1,2,2]<=[2,2,2]T(0,2,1) last_tile_dims={manual, replicated} shard_as 2}",
      })
  void oneFormForOneMeaning(String text, String printed) {
    assertThat(printed(module(8, text))).containsExactly(printed);
  }

  /** XLA's third form, over the axes of a mesh. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{mesh['x'=2,'y'=4], [{'x'}, {'y'}]}|{devices=[2,4]<=[8]}",
        "{mesh[x=2,y=4], [{y}, {x}]}|{devices=[4,2]<=[2,4]T(1,0)}",
        "{mesh['x'=2,'y'=4], [{'x', 'y'}, {}]}|{devices=[8,1]<=[8]}",
        "{mesh['x'=2,'y'=4], [{'y', 'x'}, {}]}|{devices=[8,1]<=[2,4]T(1,0)}",
        "{mesh['a.b'=2,'<axis> def'=4], [{'<axis> def':(2)2}, {}]}"
            + "|{devices=[2,1,4]<=[4,2]T(1,0) last_tile_dim_replicate}",
        "{mesh['x'=2,'y'=4], [{'x'},{'y':(1)2}], unreduced={'y':(2)2}}"
            + "|{devices=[2,2,2]<=[8] last_tile_dims={unreduced}}",
        "{mesh['x'=2,'y'=4], [{}, {'x'}], replicated={'y':(1)2}, manual={'y':(2)2}}"
            + "|{devices=[1,2,2,2]<=[2,2,2]T(0,2,1) last_tile_dims={manual, replicated}}",
        "{mesh['x'=2,'y'=4,'z'=1], [{'z'}, {}], unreduced={'x'}, manual={'y'}}"
            + "|{devices=[1,1,4,2]<=[2,4]T(1,0) last_tile_dims={manual, unreduced}}",
        "{mesh['x'=2,'y'=4], replicated}|{replicated}",
        "{mesh[], replicated, metadata={{op_name=\"a\"}}}|{replicated}",
        "{mesh['x'=2,'y'=4], manual}|{manual}",
        "{mesh['x'=2,'y'=4], unreduced}|{unreduced}",
        "{maximal_mesh[device_id=5]}|{maximal device=5}",
        "{mesh['x'=2,'y'=4], device_ids=([4,2]T(1,0)), [{'y'}, {'x'}]}|{devices=[4,2]<=[8]}",
        "{mesh['x'=4,'y'=2], device_ids=(0,3,1,2,7,6,5,4), [{'x'}, {}], metadata={op_name=\"a\"}}"
            + "|{devices=[4,1,2]0,3,1,2,6,7,4,5 last_tile_dim_replicate}",
        "{mesh['x'=2,'y'=4], [{?}, {?}]}|{unknown}",
      })
  void shardingsOverTheAxesOfAMesh(String text, String printed) {
    assertThat(printed(module(8, text))).containsExactly(printed);
  }

  @Test
  void aDimWithAQuestionMarkIsOpen() {
    Sharding sharding = read(8, "{mesh['x'=2,'y'=4], [{'x', ?}, {'y':(1)2}]}");
    assertThat(sharding.details().open()).containsExactly(0);
    assertThat(read(8, "{mesh['x'=2,'y'=4], [{'x'}, {}]}").details().open()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{mesh['x'=2,'y'=4], [{'z'}, {}]}|the mesh has no axis 'z', it has [x, y]",
        "{mesh['x'=2,'y'=4], [{'x'}, {'x'}]}|axis 'x' is used twice",
        "{mesh['x'=2,'y'=4], [{'y'}, {'y':(1)2}]}|axis 'y' is used twice",
        "{mesh['x'=2,'x'=4], [{'x'}, {}]}|the mesh has two axes 'x'",
        "{mesh['x'=2,'y'=4], [{'y':(2)4}, {}]}|(2)4 is no part of axis 'y' of size 4",
        "{mesh['x'=2,'y'=4], [{'y':(0)2}, {}]}|(0)2 is no part of axis 'y' of size 4",
        "{mesh['x'=2,'y'=4], [{'y':(4)4611686018427387904}, {}]}|is no part of axis 'y' of size 4",
        "{mesh['x'=2,'y'=4], [{'x'}]}|a sharding of 1 dims for f32[12,24]",
        "{mesh['x'=2,'y'=2], [{'x'}, {}]}|is for 4 devices, the module has num_partitions=8",
        "{mesh['x'=2,'y'=4], [{}, {}], unreduced=max{'x'}}|cannot express the sharding unreduced='max'",
        "{mesh['x'=2,'y'=4], unreduced=max{'x', 'y'}}|cannot express the sharding 'unreduced' of a mesh",
        "{mesh['x'=2,'y'=4], maximal}|cannot express the sharding 'maximal' of a mesh",
        "{mesh['x'=2,'y'=4], [{'x}, {}]}|a name that does not end",
        "{mesh['x'=0], replicated}|[0] is no number of devices",
        "{mesh['x'=2,'y'=4], device_ids=(0,1,2,3), [{'x'}, {}]}|[2, 4] has 4 device ids",
        "{mesh['x'=32768,'y'=32768], device_ids=([32768,32768]T(1,0)), [{'x'}, {}]}"
            + "|more than 1048576 devices in an order of their own",
        "{maximal_mesh[device_id=8]}|maximal device=8 of a module of 8 devices",
      })
  void whatTheAxesOfAMeshCannotSay(String text, String reason) {
    HloSyntaxException e = assertThrows(HloSyntaxException.class, () -> module(8, text));
    assertThat(e).hasMessageThat().contains(reason);
    assertThat(e.line()).isEqualTo(3);
  }

  /** Independent of tiles: where the mesh has a device, and what part of an axis that is. */
  @Test
  void aDeviceHasThePartThatItsPlaceInTheMeshSays() {
    List<Integer> ids = List.of(4, 7, 1, 0, 11, 2, 9, 3, 6, 5, 10, 8);
    HloModule module =
        module(
            12,
            "{mesh['x'=2,'y'=6], device_ids=(4,7,1,0,11,2,9,3,6,5,10,8), [{'y':(1)3}, {'y':(3)2, 'x'}]}",
            "{mesh['x'=2,'y'=6], device_ids=(4,7,1,0,11,2,9,3,6,5,10,8), [{}, {'x', 'y':(3)2}]}");
    for (int place = 0; place < 12; place++) {
      int device = ids.get(place);
      int x = place / 6;
      int major = place % 6 / 2;
      int minor = place % 2;
      List<Sharding> shardings =
          module.entry().parameters().stream().map(p -> p.sharding()).toList();
      assertThat(shardings.get(0).part(module.mesh(), device, 0)).isEqualTo(major);
      assertThat(shardings.get(0).part(module.mesh(), device, 1)).isEqualTo(minor * 2 + x);
      assertThat(shardings.get(1).part(module.mesh(), device, 1)).isEqualTo(x * 2 + minor);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "4|mesh['x'=2,'y'=4] {'y'}|[2,4]<=[8]",
        "2|mesh['x'=2,'y'=4] {'x'}|[4,2]<=[2,4]T(1,0)",
        "8|mesh['x'=2,'y'=4] {'y', 'x'}|[1,8]<=[2,4]T(1,0)",
        "8|mesh['x'=2,'y'=4] {'x', 'y'}|[1,8]<=[8]",
        "2|mesh['x'=2,'y'=4] {'y':(1)2}|[4,2]<=[2,2,2]T(0,2,1)",
        "2|mesh['x'=2,'y'=4], device_ids=([4,2]T(1,0)) {'x'}|[4,2]<=[8]",
      })
  void groupsOverTheAxesOfAMesh(int size, String groups, String same) {
    assertThat(HloPrinter.print(gather(size, groups)))
        .isEqualTo(HloPrinter.print(gather(size, same)));
  }

  private static HloModule gather(int size, String groups) {
    return HloParser.parse(
        """
        HloModule m, num_partitions=8
        ENTRY %%e {
          %%p = f32[4] parameter(0)
          ROOT %%g = f32[%d] all-gather(%%p), channel_id=1, replica_groups=%s, dimensions={0}, use_global_device_ids=true
        }
        """
            .formatted(4 * size, groups));
  }

  @Test
  void anExplicitOrderThatAllShareIsTheMeshes() {
    HloModule module =
        module(
            8,
            "{devices=[8,1]0,3,1,2,7,6,5,4}",
            "{devices=[2,4]0,3,1,2,7,6,5,4}",
            "{replicated}",
            "{devices=[2,1,4]0,1,2,3,4,5,6,7 last_tile_dim_replicate}");
    assertThat(module.mesh().toString()).isEqualTo("d0=2, d1=4; devices=0 3 1 2 7 6 5 4");
    assertThat(module.entry().parameters().get(1).sharding().toString()).isEqualTo("[{d0}, {d1}]");
    assertThat(MeshShape.parse(module.mesh().toString())).isEqualTo(module.mesh());
    HloModule again = HloParser.parse(HloPrinter.print(module));
    assertThat(printed(again)).isEqualTo(printed(module));
    assertThat(again.mesh()).isEqualTo(module.mesh());
  }

  @Test
  void anOrderOfItsOwnIsTheShardings() {
    HloModule module =
        module(8, "{devices=[8,1]<=[8]}", "{devices=[8,1]0,3,1,2,7,6,5,4}", "{devices=[1,8]<=[8]}");
    assertThat(module.mesh()).isEqualTo(MeshShape.parse("d=8"));
    Sharding odd = module.entry().parameters().get(1).sharding();
    assertThat(odd.toString()).isEqualTo("[{d}, {}] devices=(0 3 1 2 7 6 5 4)");
    assertThat(odd.part(module.mesh(), 3, 0)).isEqualTo(1);
    assertThat(printed(HloParser.parse(HloPrinter.print(module)))).isEqualTo(printed(module));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "6|{devices=[3,2]<=[6]}|{devices=[2,3]<=[6]}",
        "6|{devices=[6,1]<=[2,3]T(1,0)}|{devices=[2,3]<=[3,2]T(1,0)}",
        "12|{devices=[4,3]<=[12]}|{devices=[3,4]<=[12]}",
        "12|{devices=[2,6]<=[12]}|{devices=[6,2]<=[4,3]T(1,0)}",
        "8|{devices=[2,4]<=[8]}|{devices=[4,2]<=[2,4]T(1,0)}",
        "24|{devices=[12,2]<=[24]}|{devices=[1,8,3]<=[24] last_tile_dim_replicate}",
      })
  void factorisationsThatDoNotFitOneMesh(int devices, String one, String other) {
    HloModule module =
        module(devices, one, other, "{devices=[1," + devices + "]<=[" + devices + "]}");
    assertThat(printed(module).subList(0, 2)).containsExactly(one, other).inOrder();
    assertThat(printed(HloParser.parse(HloPrinter.print(module)))).isEqualTo(printed(module));
  }

  /** Independent of axes: which tile a device has, from the text's ids alone. */
  @Test
  void aDeviceHasTheTileThatTheTextSays() {
    List<Integer> ids = List.of(5, 0, 3, 1, 4, 2);
    HloModule module =
        module(6, "{devices=[3,2]5,0,3,1,4,2}", "{devices=[2,3]<=[6]}", "{devices=[3,2]<=[6]}");
    Sharding sharding = module.entry().parameters().getFirst().sharding();
    for (int position = 0; position < 6; position++) {
      int device = ids.get(position);
      assertThat(sharding.part(module.mesh(), device, 0)).isEqualTo(position / 2);
      assertThat(sharding.part(module.mesh(), device, 1)).isEqualTo(position % 2);
    }
  }

  @Test
  void oneShardingForATupleIsForAllItsLeaves() {
    HloModule module =
        HloParser.parse(
            """
            HloModule m, num_partitions=4
            ENTRY %e {
              ROOT %p = (f32[8], (f32[4], s32[16])) parameter(0), sharding={devices=[4]<=[4]}
            }
            """);
    assertThat(module.entry().root().shardings())
        .containsExactly(
            Sharding.split(1, 0, "d"), Sharding.split(1, 0, "d"), Sharding.split(1, 0, "d"));
  }

  @Test
  void canonicalFormsOfManyDevicesListNone() {
    HloModule module =
        module(65536, "{devices=[256,256]<=[65536]}", "{devices=[65536,1]<=[65536]}");
    assertThat(HloPrinter.print(module).length()).isLessThan(500);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{devices=[2,1,2,2]<=[8] last_tile_dims={maximal, replicated}}|subgroup of kind maximal",
        "{devices=[8,1]0,1,2,3,4,5,6,6}|expected each of 0 to 7 once",
        "{devices=[8,1]0,1,2,3,4,5,6,8}|expected each of 0 to 7 once",
        "{maximal device=8}|maximal device=8 of a module of 8 devices",
        "{maximal device=-1}|there is no device -1",
        "{devices=[2,4]<=[8] last_tile_dims={replicated, manual, manual}}|3 subgroups in 2 dims",
        "{devices=[4]<=[4]}|[4]<=[4] is for 4 devices, the module has num_partitions=8",
        "{devices=[8]<=[8]}|a sharding of 1 dims for f32[12,24]",
        "{fancy}|cannot express the sharding 'fancy'",
        "{devices=[]<=[] last_tile_dim_replicate}|a tiling without dims has no last one",
      })
  void whatIsNoShardingIsRefused(String text, String reason) {
    Exception e = assertThrows(HloSyntaxException.class, () -> read(8, text));
    assertThat(e).hasMessageThat().contains(reason);
  }
}
