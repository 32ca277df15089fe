package io.gshard.runtime;

import static com.google.common.truth.Truth.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.mesh.MeshShape;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Safetensors files: the bytes, other meshes, and every kind of bad file. */
class CheckpointTest {
  @TempDir Path folder;

  private static Launcher model(Mesh mesh) {
    return new DoubleItTiny(mesh, mesh.shape());
  }

  private Path saved() {
    Path file = folder.resolve("a.safetensors");
    try (Mesh mesh = Mesh.local("d=3");
        Launcher model = model(mesh)) {
      model.init(9);
      model.save(file, Map.of("step", "17"));
    }
    return file;
  }

  @Test
  void loadsOnAnotherMesh() {
    Path file = saved();
    try (Mesh mesh = Mesh.local(MeshShape.parse("d=4"));
        Launcher model = model(mesh)) {
      assertThat(model.load(file)).containsExactly("step", "17");
      for (int i = 0; i < 21; i++) {
        assertThat(model.parameter("layer.w").literal().real(i)).isEqualTo(9.0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"C64", "C128"})
  void elementsTakeTheBytesOfTheirType(DType type) throws IOException {
    Path file = folder.resolve("t.safetensors");
    Shape shape = Shape.of(type, 5);
    Literal values =
        type.isFloating()
            ? Literal.ofReals(shape, 0.1, -2.5, Double.NaN, Double.POSITIVE_INFINITY, -0.0)
            : Literal.ofIntegers(shape, 0, 1, -1, Long.MAX_VALUE, 1L << (type.bits() - 1));
    Checkpoint.write(file, Map.of(), Map.of("t", shape), name -> HostTensor.of(values));
    assertThat(Checkpoint.open(file).tensor("t").literal()).isEqualTo(values);
    byte[] bytes = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat(bytes.length - 8 - header).isEqualTo(shape.bytes());
    String name =
        switch (type.kind()) {
          case PREDICATE -> "BOOL";
          case SIGNED -> "I" + type.bits();
          default -> type.name();
        };
    assertThat(new String(bytes, UTF_8)).contains("\"dtype\":\"" + name + "\"");
  }

  @Test
  void halvesAreIeeesBits() throws IOException {
    Path file = folder.resolve("h.safetensors");
    Shape shape = Shape.of(DType.F16, 2);
    HostTensor tensor = HostTensor.of(Literal.ofReals(shape, 1, -2));
    Checkpoint.write(file, Map.of(), Map.of("h", shape), name -> tensor);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(data.getShort(bytes.length - 4)).isEqualTo((short) 0x3c00);
    assertThat(data.getShort(bytes.length - 2)).isEqualTo((short) 0xc000);
  }

  @Test
  void theBytesAreSafetensors() throws IOException {
    Path file = folder.resolve("b.safetensors");
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("f", HostTensor.of(new float[] {1.5f, -2f}, 2));
    tensors.put("i", HostTensor.scalar(-7));
    tensors.put("h", HostTensor.of(Shape.of(DType.BF16, 1), new short[] {0x3f80}));
    tensors.put("p", HostTensor.of(Shape.of(DType.PRED, 2), new byte[] {1, 0}));
    Map<String, Shape> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    Checkpoint.write(file, Map.of("k", "v \"quoted\""), shapes, tensors::get);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    byte[] header = new byte[length];
    bytes.get(header);
    assertThat(length % 8).isEqualTo(0);
    assertThat(new String(header, UTF_8).strip())
        .isEqualTo(
            "{\"__metadata__\":{\"k\":\"v \\\"quoted\\\"\"},"
                + "\"f\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"i\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[8,12]},"
                + "\"h\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[12,14]},"
                + "\"p\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[14,16]}}");
    assertThat(bytes.getFloat()).isEqualTo(1.5f);
    assertThat(bytes.getFloat()).isEqualTo(-2f);
    assertThat(bytes.getInt()).isEqualTo(-7);
    assertThat(bytes.getShort()).isEqualTo(0x3f80);
    assertThat(bytes.get()).isEqualTo(1);
    Checkpoint read = Checkpoint.open(file);
    assertThat(read.names()).containsExactly("f", "i", "h", "p").inOrder();
    tensors.forEach(
        (name, tensor) -> assertThat(read.tensor(name).literal()).isEqualTo(tensor.literal()));
  }

  @Test
  void truncatedAnywhereIsDamaged() throws IOException {
    byte[] whole = Files.readAllBytes(saved());
    Path cut = folder.resolve("cut");
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(cut, java.util.Arrays.copyOf(whole, length));
      CheckpointException e = assertThrows(CheckpointException.class, () -> Checkpoint.open(cut));
      assertThat(e).hasMessageThat().startsWith("checkpoint " + cut + " is damaged: ");
      assertThat(e).hasMessageThat().doesNotContain("\n");
    }
  }

  @Test
  void foreignFilesAreRefused() throws IOException {
    Path file = folder.resolve("x");
    assertMessage(() -> Checkpoint.open(file), "checkpoint " + file + " does not exist");
    assertMessage(() -> Checkpoint.open(folder), "checkpoint " + folder + " is not a file");
    Files.writeString(file, "hello, I am a text and no checkpoint");
    assertMessage(
        () -> Checkpoint.open(file), file + " is not a checkpoint in the safetensors format");
    for (String json :
        new String[] {
          "[1, 2]  ", "{\"a\":1}", "{\"a\":{}}", "{\"a\":{\"dtype\":\"F64\"}}", "{\"a\" nonsense"
        }) {
      ByteBuffer bytes = ByteBuffer.allocate(8 + json.length()).order(ByteOrder.LITTLE_ENDIAN);
      Files.write(file, bytes.putLong(json.length()).put(json.getBytes(UTF_8)).array());
      assertThat(assertThrows(CheckpointException.class, () -> Checkpoint.open(file)))
          .hasMessageThat()
          .startsWith(
              file + " is not a checkpoint in the safetensors format, or its header is damaged: ");
    }
  }

  @Test
  void otherModelsAreRefusedAndNothingChanges() {
    Path file = folder.resolve("other");
    HostTensor w = HostTensor.of(new float[4], 2, 2);
    Checkpoint.write(file, Map.of(), Map.of("layer.w", w.shape()), name -> w);
    Path empty = folder.resolve("empty");
    Checkpoint.write(empty, Map.of(), Map.of(), name -> w);
    try (Mesh mesh = Mesh.local("d=3");
        Launcher model = model(mesh)) {
      model.init(4);
      assertMessage(
          () -> model.load(file),
          "checkpoint %s: tensor 'layer.w' is f32[2,2], the model expects f32[7,3]; it was saved by another config"
              .formatted(file));
      assertMessage(
          () -> model.load(empty),
          "checkpoint %s has no tensor 'layer.w' (it has 0 others); it was saved by another model or config"
              .formatted(empty));
      assertThat(model.parameter("layer.w").literal().real(0)).isEqualTo(4.0);
    }
  }

  @Test
  void aFailureLeavesTheOldFileAndNoOther() throws IOException {
    Path file = saved();
    byte[] before = Files.readAllBytes(file);
    assertThrows(
        IllegalStateException.class,
        () ->
            Checkpoint.write(
                file,
                Map.of(),
                Map.of("w", Shape.of(DType.F32, 2)),
                name -> {
                  throw new IllegalStateException("in the middle");
                }));
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    try (var files = Files.list(folder)) {
      assertThat(files.toList()).containsExactly(file);
    }
  }

  private static void assertMessage(org.junit.jupiter.api.function.Executable body, String text) {
    assertThat(assertThrows(CheckpointException.class, body)).hasMessageThat().isEqualTo(text);
  }
}
