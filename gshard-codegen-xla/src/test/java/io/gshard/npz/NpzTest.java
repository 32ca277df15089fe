package io.gshard.npz;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against files that NumPy itself wrote: src/test/resources/npz. */
final class NpzTest {
  @TempDir Path folder;

  @Test
  void readsEveryElementType() throws IOException {
    Map<String, Literal> arrays = Npz.read(resource("all.npz"));
    assertThat(arrays.keySet())
        .containsAtLeast("pred", "int8", "uint64", "float16", "complex128", "scalar", "empty");
    assertThat(arrays.get("pred")).isEqualTo(Literal.ofIntegers(Shape.of(DType.PRED, 3), 1, 0, 1));
    Map<String, DType> signed =
        Map.of("int8", DType.S8, "int16", DType.S16, "int32", DType.S32, "int64", DType.S64);
    signed.forEach(
        (name, type) ->
            assertThat(arrays.get(name))
                .isEqualTo(Literal.ofIntegers(Shape.of(type, 2, 3), -3, -2, -1, 0, 1, 2)));
    Map<String, DType> unsigned =
        Map.of("uint8", DType.U8, "uint16", DType.U16, "uint32", DType.U32);
    unsigned.forEach(
        (name, type) ->
            assertThat(arrays.get(name))
                .isEqualTo(Literal.ofIntegers(Shape.of(type, 2, 3), 245, 246, 247, 248, 249, 250)));
    assertThat(arrays.get("uint64"))
        .isEqualTo(Literal.ofIntegers(Shape.of(DType.U64, 2, 3), 0, 1, 2, 3, 4, -1));
    Map<String, DType> floats =
        Map.of("float16", DType.F16, "float32", DType.F32, "float64", DType.F64);
    floats.forEach(
        (name, type) ->
            assertThat(arrays.get(name))
                .isEqualTo(Literal.ofReals(Shape.of(type, 2, 3), -3, -2, -1, 0, 1, 2)));
    assertThat(arrays.get("complex64"))
        .isEqualTo(
            Literal.ofComplex(
                Shape.of(DType.C64, 2, 3),
                new double[] {0, 1, 2, 3, 4, 5},
                new double[] {-2, -1, 0, 1, 2, 3}));
    assertThat(arrays.get("complex128").imaginary(5)).isEqualTo(-5.0);
    assertThat(arrays.get("scalar")).isEqualTo(Literal.scalar(DType.F32, 2.5));
    assertThat(arrays.get("empty").shape()).isEqualTo(Shape.of(DType.F32, 0, 4));
    assertThat(arrays.get("special").text(0)).isEqualTo("NaN");
    assertThat(arrays.get("special").text(2)).isEqualTo("-Infinity");
    assertThat(arrays.get("special").text(3)).isEqualTo("-0.0");
  }

  @Test
  void readsOrdersVersionsAndDeflatedEntries() throws IOException {
    Map<String, Literal> orders = Npz.read(resource("orders.npz"));
    for (int i = 0; i < 24; i++) {
      assertThat(orders.get("fortran").real(i)).isEqualTo((double) i);
    }
    assertThat(orders.get("big")).isEqualTo(Literal.ofReals(Shape.of(DType.F64, 4), 0, 1, 2, 3));
    assertThat(orders.get("bigints"))
        .isEqualTo(Literal.ofIntegers(Shape.of(DType.S16, 4), 0, 1, 2, 3));
    Npz.read(resource("versions.npz"))
        .forEach(
            (name, array) ->
                assertWithMessage(name)
                    .that(array)
                    .isEqualTo(Literal.ofIntegers(Shape.of(DType.S32, 3), 0, 1, 2)));
    assertThat(Npz.read(resource("deflated.npz")).get("x").integer(99)).isEqualTo(99);
    assertThat(Npz.read(resource("bf16.npz")).get("x"))
        .isEqualTo(Literal.ofReals(Shape.of(DType.BF16, 2), 1.5, -2));
  }

  @Test
  void readsWhatItWrote() throws IOException {
    Map<String, Literal> arrays = new LinkedHashMap<>(Npz.read(resource("all.npz")));
    Path file = folder.resolve("again.npz");
    Npz.write(file, arrays);
    assertThat(Npz.read(file)).isEqualTo(arrays);
    Npz.write(file, Map.of("b", Literal.ofReals(Shape.of(DType.BF16, 2), 1.5, 3)));
    assertThat(Npz.read(file))
        .containsExactly("b", Literal.ofReals(Shape.of(DType.F32, 2), 1.5, 3));
    try (var files = Files.list(folder)) {
      assertThat(files.toList()).containsExactly(file, folder.resolve("all.npz"));
    }
  }

  @Test
  void refusesWhatIsNone() throws IOException {
    assertThat(refused(resource("text.npz"))).contains("array 'x': element type '<U3'");
    assertThat(refused(resource("record.npz"))).contains("array 'x': the header has no 'descr'");
    Path file = folder.resolve("bad.npz");
    Files.writeString(file, "no zip");
    assertThat(refused(file)).contains("bad.npz is no .npz file");
    assertThat(refused(zip("x.npy", "no npy".getBytes(StandardCharsets.UTF_8))))
        .contains("array 'x': no NumPy array");
    assertThat(
            refused(zip("x.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"))))
        .contains("array 'x': the array ends early: 12 bytes of 12 are missing");
    assertThat(
            refused(
                zip(
                    "x.npy",
                    npy(
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }"))))
        .contains("is larger than 2 GiB");
    assertThat(
            refused(
                zip(
                    "x.npy",
                    npy(
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }"))))
        .contains("the shape");
  }

  /** Whatever is broken in an archive, the answer is one of the two documented exceptions. */
  @Test
  void survivesDamage() throws IOException {
    byte[] good;
    try (InputStream in = NpzTest.class.getResourceAsStream("/npz/all.npz")) {
      good = in.readAllBytes();
    }
    long seed = 7;
    Random random = new Random(seed);
    Path file = folder.resolve("damaged.npz");
    int refused = 0;
    for (int i = 0; i < 500; i++) {
      byte[] bad = good.clone();
      for (int k = random.nextInt(1, 4); k > 0; k--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      Files.write(
          file, i % 5 == 0 ? java.util.Arrays.copyOf(bad, random.nextInt(bad.length)) : bad);
      try {
        Npz.read(file);
      } catch (NpzException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", case " + i, e);
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  private static String refused(Path file) {
    String message = assertThrows(NpzException.class, () -> Npz.read(file)).getMessage();
    assertThat(message.lines().count()).isEqualTo(1);
    return message;
  }

  private Path zip(String name, byte[] content) throws IOException {
    Path file = folder.resolve("made.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
    }
    return file;
  }

  private static byte[] npy(String header) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0});
    out.write(header.getBytes(StandardCharsets.ISO_8859_1));
    return out.toByteArray();
  }

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = NpzTest.class.getResourceAsStream("/npz/" + name)) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }
}
