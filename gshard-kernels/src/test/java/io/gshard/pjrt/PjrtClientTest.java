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

  private static PjrtBuffer upload(PjrtClient client, Transfer transfer, double... values) {
    Literal literal = Literal.ofReals(SHAPE, values);
    return client.upload(0, SHAPE, transfer, target -> Literals.write(literal, target));
  }

  private static PjrtBuffer run(PjrtExecutable program, PjrtBuffer x) {
    return program.run(List.of(List.of(x)), List.of(SHAPE)).getFirst().getFirst();
  }

  private static Literal read(PjrtBuffer buffer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = Literals.segment(arena, SHAPE);
      buffer.read(bytes);
      return Literals.read(SHAPE, bytes);
    }
  }

  private static Literal run(PjrtClient client, PjrtExecutable program) {
    try (PjrtBuffer x = upload(client, Transfer.SHARE, 1, 2, 3, 4);
        PjrtBuffer y = run(program, x)) {
      return read(y);
    }
  }

  private static void assertNothingIsLeft(PjrtClient client) {
    client.freeUnused();
    assertThat(client.lent()).isEqualTo(0);
    assertThat(client.counts().buffers()).isEqualTo(0);
    assertThat(client.counts().events()).isEqualTo(0);
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
        assertNothingIsLeft(client);
        assertThat(client.counts().programs()).isEqualTo(0);
      }
    }
  }

  /** A CPU's buffer is the host's memory, as long as it is open; a copy needs it no more. */
  @Test
  void sharedMemoryStaysAsLongAsItsBuffer() {
    try (PjrtClient client = client()) {
      PjrtBuffer copied = upload(client, Transfer.COPY, 1, 2, 3, 4);
      PjrtBuffer shared = upload(client, Transfer.SHARE, 5, 6, 7, 8);
      assertThat(read(copied)).isEqualTo(Literal.ofReals(SHAPE, 1, 2, 3, 4));
      assertThat(read(shared)).isEqualTo(Literal.ofReals(SHAPE, 5, 6, 7, 8));
      client.freeUnused();
      assertThat(client.lent()).isEqualTo(1);
      assertThat(client.counts().events()).isEqualTo(1);
      copied.close();
      client.freeUnused();
      assertThat(client.lent()).isEqualTo(1);
      shared.close();
      assertNothingIsLeft(client);
    }
  }

  /** Twenty programs are started one after the other; only the end is waited for. */
  @Test
  void programsNeedNotBeWaitedFor() {
    try (PjrtClient client = client();
        PjrtExecutable program =
            client.compile(DOUBLED, new CompileOptions(1), new CompileCache(folder))) {
      long before = client.counts().eventsEver();
      PjrtBuffer x = upload(client, Transfer.SHARE, 1, 2, 3, 4);
      for (int i = 0; i < 20; i++) {
        PjrtBuffer doubled = run(program, x);
        x.close();
        x = doubled;
      }
      assertThat(read(x)).isEqualTo(Literal.ofReals(SHAPE, 1 << 20, 2 << 20, 3 << 20, 4 << 20));
      x.close();
      assertNothingIsLeft(client);
      // One for the memory that was shared, one for what was read.
      assertThat(client.counts().eventsEver() - before).isEqualTo(2);
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
