package io.gshard.tool;

import io.gshard.npz.Npz;
import io.gshard.npz.NpzException;
import io.gshard.tensor.Literal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** Reads and writes the tool's files; whatever is wrong with one is a {@link ToolException}. */
final class ToolFiles {
  private ToolFiles() {}

  /** A text; bytes that are no UTF-8 become a sign that the parser refuses where it stands. */
  static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException | OutOfMemoryError e) {
      throw new ToolException(why(file, "read", e), e);
    }
  }

  static Map<String, Literal> arrays(Path file) {
    try {
      return Npz.read(file);
    } catch (NpzException e) {
      throw new ToolException(e.getMessage(), e);
    } catch (IOException | OutOfMemoryError e) {
      throw new ToolException(why(file, "read", e), e);
    }
  }

  static void write(Path file, Map<String, Literal> arrays) {
    try {
      Npz.write(file, arrays);
    } catch (IOException | OutOfMemoryError e) {
      throw new ToolException(why(file, "written", e), e);
    }
  }

  /** Writes a text; a file that is there is replaced only when all is written. */
  static void write(Path file, String text) {
    try {
      Path part = file.resolveSibling(file.getFileName() + ".part");
      try {
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new ToolException(why(file, "written", e), e);
    }
  }

  private static String why(Path file, String what, Throwable e) {
    String reason =
        switch (e) {
          case NoSuchFileException n -> "there is no such file or folder";
          case AccessDeniedException a -> "access is denied";
          case OutOfMemoryError o -> "it does not fit into memory";
          default -> Files.isDirectory(file) ? "it is a folder" : e.getMessage();
        };
    return "%s cannot be %s: %s".formatted(file, what, reason);
  }
}
