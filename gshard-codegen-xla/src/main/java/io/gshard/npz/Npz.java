package io.gshard.npz;

import io.gshard.tensor.Literal;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Named arrays in one file, as {@code numpy.savez} writes and {@code numpy.load} reads them. */
public final class Npz {
  private static final String END = ".npy";

  private Npz() {}

  /**
   * The arrays by name, in the file's order.
   *
   * @throws NpzException if the file is no such archive, or an array in it cannot be read
   */
  public static Map<String, Literal> read(Path file) throws IOException {
    Map<String, Literal> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName();
        String key = name.endsWith(END) ? name.substring(0, name.length() - END.length()) : name;
        try (InputStream in = new BufferedInputStream(zip.getInputStream(entry))) {
          if (arrays.put(key, Npy.read(in)) != null) {
            throw new NpzException("it is there twice");
          }
        } catch (NpzException | ZipException | EOFException e) {
          throw new NpzException("%s: array '%s': %s".formatted(file, key, e.getMessage()));
        }
      }
    } catch (ZipException | EOFException e) {
      throw new NpzException("%s is no .npz file: %s".formatted(file, e.getMessage()));
    }
    return arrays;
  }

  /** Writes the arrays; a file that is there is replaced only when all is written. */
  public static void write(Path file, Map<String, Literal> arrays) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part));
          ZipOutputStream zip = new ZipOutputStream(out)) {
        zip.setLevel(1);
        for (Map.Entry<String, Literal> each : arrays.entrySet()) {
          zip.putNextEntry(new ZipEntry(each.getKey() + END));
          Npy.write(each.getValue(), zip);
          zip.closeEntry();
        }
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
