package io.gshard.pjrt;

import static com.google.common.truth.Truth.assertThat;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a plugin: {@code mvn verify -Ppjrt} after {@code bin/gshard-pjrt install cpu}. */
@Tag("pjrt")
final class PjrtClientTest {
  private static final Shape SHAPE = Shape.of(DType.F32, 4);
  private static final String DOUBLED =
      """
      module @m attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
        func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {
          %y = "stablehlo.add"(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
          "func.return"(%y) : (tensor<4xf32>) -> ()
        }
      }
      """;

  @TempDir Path folder;

  private static PjrtClient client() {
    return PjrtPlugin.load(PjrtPlugins.find("cpu")).client(Map.of("cpu_device_count", 1L));
  }

  private static Literal run(PjrtClient client, PjrtExecutable program) {
    try (Arena arena = Arena.ofConfined();
        PjrtBuffer x =
            client.upload(0, SHAPE, Literals.segment(arena, Literal.ofReals(SHAPE, 1, 2, 3, 4)));
        PjrtBuffer y = program.run(List.of(List.of(x)), List.of(SHAPE)).getFirst().getFirst()) {
      MemorySegment bytes = Literals.segment(arena, SHAPE);
      y.read(bytes);
      return Literals.read(SHAPE, bytes);
    }
  }

  @Test
  void nothingLeaks() {
    try (PjrtClient client = client()) {
      for (int round = 0; round < 3; round++) {
        try (PjrtExecutable program =
            client.compile(DOUBLED, new CompileOptions(1), new CompileCache(folder))) {
          assertThat(client.counts().programs()).isEqualTo(1);
          assertThat(run(client, program)).isEqualTo(Literal.ofReals(SHAPE, 2, 4, 6, 8));
        }
        assertThat(client.counts().buffers()).isEqualTo(0);
        assertThat(client.counts().events()).isEqualTo(0);
        assertThat(client.counts().programs()).isEqualTo(0);
      }
    }
  }

  @Test
  void programsAreKeptOnDisk() throws IOException {
    CompileCache cache = new CompileCache(folder);
    try (PjrtClient client = client()) {
      client.compile(DOUBLED, new CompileOptions(1), cache).close();
      List<Path> files = files();
      assertThat(files).hasSize(1);
      long written = Files.getLastModifiedTime(files.getFirst()).toMillis();
      try (PjrtExecutable program = client.compile(DOUBLED, new CompileOptions(1), cache)) {
        assertThat(run(client, program)).isEqualTo(Literal.ofReals(SHAPE, 2, 4, 6, 8));
      }
      assertThat(Files.getLastModifiedTime(files.getFirst()).toMillis()).isEqualTo(written);
      // A damaged file is compiled again.
      Files.writeString(files.getFirst(), "no program");
      try (PjrtExecutable program = client.compile(DOUBLED, new CompileOptions(1), cache)) {
        assertThat(run(client, program)).isEqualTo(Literal.ofReals(SHAPE, 2, 4, 6, 8));
      }
      assertThat(Files.size(files.getFirst())).isGreaterThan(100);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
