package io.gshard.hlo.text;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Verifier;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What XLA's own printer wrote for programs of JAX 0.10.2, before (.pre) and after (.opt) its
 * optimisation for the CPU, is read, survives our text, and is partitioned.
 */
class XlaDumpsTest {
  private static final Path FOLDER = Path.of("src/test/resources/xla");

  static List<String> dumps() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void thereAreMany() throws IOException {
    assertThat(dumps().size()).isAtLeast(60);
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void dumpIsRead(String name) throws IOException {
    HloModule module = HloParser.parse(Files.readString(FOLDER.resolve(name)));
    Verifier.verify(module);
    String printed = HloPrinter.print(module);
    assertThat(HloPrinter.print(HloParser.parse(printed))).isEqualTo(printed);
    if (!module.partitioned()) {
      Partitioned partitioned = Partitioner.run(Propagation.run(module));
      Verifier.verify(partitioned.module());
    }
  }
}
