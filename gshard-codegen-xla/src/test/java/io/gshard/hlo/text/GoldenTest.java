package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.hlo.HloModule;
import io.gshard.stablehlo.StableHloPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The text as it stands in src/test/resources/golden; {@code -Dgolden=update} rewrites it. */
class GoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden");

  static List<HloModule> modules() {
    return Modules.all();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void hlo(HloModule module) throws IOException {
    check(module.name() + ".hlo", HloPrinter.print(module));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void stableHlo(HloModule module) throws IOException {
    check(module.name() + ".mlir", StableHloPrinter.print(module));
  }

  /** A sharding of every form, at every place where one can stand. */
  @Test
  void shardy() throws IOException {
    HloModule module = HloParser.parse(Files.readString(Path.of("src/test/resources/shardy.hlo")));
    check("shardy.global.mlir", StableHloPrinter.printShardy(module));
    for (String name : List.of("shard_map", "two_regions", "nested_regions")) {
      Path manual = Path.of("src/test/resources/manual/" + name + ".hlo");
      check(
          name + ".global.mlir",
          StableHloPrinter.printShardy(HloParser.parse(Files.readString(manual))));
    }
    check("sharded.global.mlir", StableHloPrinter.printShardy(Modules.sharded()));
  }

  @Test
  void shardyRefusesWhatItHasNoWordFor() {
    assertThat(
            refusal(
                HloParser.parse(
                    """
                    HloModule unknown, num_partitions=4
                    ENTRY main {
                      x = f32[8] parameter(0)
                      part = f32[2] custom-call(x), custom_call_target="SPMDFullToShardShape", sharding={manual}
                      ROOT y = f32[8] custom-call(part), custom_call_target="SPMDShardToFullShape", sharding={devices=[4]<=[4]}
                    }
                    """)))
        .contains("%part at unknown: no sharding says how its whole is cut");
    assertThat(refusal(Modules.collectives())).contains("is partitioned");
    assertThat(
            refusal(
                HloParser.parse(
                    """
                    HloModule tied, num_partitions=4
                    ENTRY main {
                      ROOT x = f32[8] parameter(0), sharding={devices=[4]<=[4] shard_like 1}
                    }
                    """)))
        .contains("'shard_like 1', for which Shardy has no word");
  }

  private static String refusal(HloModule module) {
    return assertThrows(IllegalArgumentException.class, () -> StableHloPrinter.printShardy(module))
        .getMessage();
  }

  private static void check(String name, String text) throws IOException {
    Path file = FOLDER.resolve(name);
    if ("update".equals(System.getProperty("golden"))) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, text);
    }
    assertWithMessage(name + " (-Dgolden=update rewrites it)")
        .that(text)
        .isEqualTo(Files.readString(file));
  }
}
