package io.gshard.runtime;

import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Tensors and a few texts in a file in the safetensors format (8 bytes of header length, a JSON
 * header, the elements), which other tools read as well. Tensors are whole, so a checkpoint of one
 * mesh loads on any other.
 */
public final class Checkpoint {
  private static final int CHUNK = 1 << 20;

  private final Path file;
  private final SafetensorsHeader header;

  private Checkpoint(Path file, SafetensorsHeader header) {
    this.file = file;
    this.header = header;
  }

  /**
   * Writes a file. It appears under its name only when it is complete and on the disk, so that an
   * interruption leaves an older file of that name as it was.
   *
   * @param values gives each tensor when its turn comes, so that only one is in memory
   * @throws CheckpointException if it cannot be written
   */
  public static void write(
      Path file,
      Map<String, String> metadata,
      Map<String, Shape> shapes,
      Function<String, HostTensor> values) {
    Path target = file.toAbsolutePath();
    Path temporary =
        target.resolveSibling(target.getFileName() + ".tmp-" + ProcessHandle.current().pid());
    try {
      Files.createDirectories(target.getParent());
      try (FileChannel out =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        writeFully(out, ByteBuffer.wrap(SafetensorsHeader.encode(metadata, shapes)));
        for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
          HostTensor tensor = values.apply(entry.getKey());
          if (!tensor.shape().equals(entry.getValue())) {
            throw new IllegalArgumentException(
                entry.getKey() + ": announced " + entry.getValue() + ", found " + tensor.shape());
          }
          writeData(out, Storage.pack(tensor.shape().type(), tensor.data()));
        }
        out.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CheckpointException("cannot write checkpoint " + file + ": " + reason(e), e);
    } finally {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        // a left-over temporary file harms nobody
      }
    }
  }

  /**
   * Opens a file and checks its header against its length.
   *
   * @throws CheckpointException if there is no such file, or it is damaged or of another format
   */
  public static Checkpoint open(Path file) {
    if (!Files.exists(file)) {
      throw new CheckpointException("checkpoint " + file + " does not exist");
    }
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException("checkpoint " + file + " is not a file");
    }
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      return new Checkpoint(file, SafetensorsHeader.read(file, in));
    } catch (IOException e) {
      throw new CheckpointException("cannot read checkpoint " + file + ": " + reason(e), e);
    }
  }

  /** The texts that were saved with the tensors. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** The tensors' names, in the file's order. */
  public Set<String> names() {
    return header.tensors().keySet();
  }

  public Shape shape(String name) {
    return entry(name).shape();
  }

  /**
   * Checks that a tensor is there with a shape.
   *
   * @throws CheckpointException if it is missing or has another shape or element type
   */
  public void require(String name, Shape expected) {
    Shape found = entry(name).shape();
    if (!found.equals(expected)) {
      throw new CheckpointException(
          "checkpoint %s: tensor '%s' is %s, the model expects %s; it was saved by another config"
              .formatted(file, name, found, expected));
    }
  }

  /** Reads one tensor. */
  public HostTensor tensor(String name) {
    SafetensorsHeader.Entry entry = entry(name);
    DType type = entry.shape().type();
    Object data = Storage.packed(type).newArray(Math.toIntExact(entry.shape().elements()));
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      in.position(header.dataStart() + entry.begin());
      readData(in, data, entry);
    } catch (IOException e) {
      throw new CheckpointException("cannot read checkpoint " + file + ": " + reason(e), e);
    }
    return HostTensor.of(entry.shape(), Storage.unpack(type, data));
  }

  private SafetensorsHeader.Entry entry(String name) {
    SafetensorsHeader.Entry entry = header.tensors().get(name);
    if (entry == null) {
      throw new CheckpointException(
          "checkpoint %s has no tensor '%s' (it has %d others); it was saved by another model or config"
              .formatted(file, name, header.tensors().size()));
    }
    return entry;
  }

  private static String reason(IOException e) {
    return e.getMessage() == null
        ? e.getClass().getSimpleName()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  private static void writeData(FileChannel out, Object data) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    int length = java.lang.reflect.Array.getLength(data);
    int bytes = elementBytes(data);
    for (int at = 0; at < length; ) {
      int n = Math.min(length - at, CHUNK / bytes);
      chunk.clear();
      switch (data) {
        case float[] x -> chunk.asFloatBuffer().put(x, at, n);
        case int[] x -> chunk.asIntBuffer().put(x, at, n);
        case short[] x -> chunk.asShortBuffer().put(x, at, n);
        case long[] x -> chunk.asLongBuffer().put(x, at, n);
        case double[] x -> chunk.asDoubleBuffer().put(x, at, n);
        default -> chunk.put(0, (byte[]) data, at, n);
      }
      chunk.limit(n * bytes);
      writeFully(out, chunk);
      at += n;
    }
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private void readData(FileChannel in, Object data, SafetensorsHeader.Entry entry)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    int length = java.lang.reflect.Array.getLength(data);
    int bytes = elementBytes(data);
    for (int at = 0; at < length; ) {
      int n = Math.min(length - at, CHUNK / bytes);
      chunk.clear().limit(n * bytes);
      while (chunk.hasRemaining()) {
        if (in.read(chunk) < 0) {
          throw new CheckpointException(
              "checkpoint %s is damaged: it ends within tensor %s".formatted(file, entry.shape()));
        }
      }
      chunk.flip();
      switch (data) {
        case float[] x -> chunk.asFloatBuffer().get(x, at, n);
        case int[] x -> chunk.asIntBuffer().get(x, at, n);
        case short[] x -> chunk.asShortBuffer().get(x, at, n);
        case long[] x -> chunk.asLongBuffer().get(x, at, n);
        case double[] x -> chunk.asDoubleBuffer().get(x, at, n);
        default -> chunk.get(0, (byte[]) data, at, n);
      }
      at += n;
    }
  }

  private static int elementBytes(Object data) {
    return switch (data) {
      case float[] x -> 4;
      case int[] x -> 4;
      case short[] x -> 2;
      case long[] x -> 8;
      case double[] x -> 8;
      default -> 1;
    };
  }
}
