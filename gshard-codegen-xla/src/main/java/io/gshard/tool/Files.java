package io.gshard.tool;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Verifier;
import io.gshard.hlo.text.HloParser;
import io.gshard.hlo.text.HloSyntaxException;
import io.gshard.npz.Npz;
import io.gshard.npz.NpzException;
import io.gshard.tensor.Literal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.OptionalInt;

/** Reads and writes the tool's files; whatever is wrong with one is a {@link ToolException}. */
final class Files {
  private Files() {}

  /** A verified module. */
  static HloModule module(Path file, OptionalInt devices) {
    String text;
    try {
      // Bytes that are no UTF-8 become a sign that the parser refuses where it stands.
      text = new String(java.nio.file.Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException | OutOfMemoryError e) {
      throw new ToolException(why(file, "read", e), e);
    }
    HloModule module;
    try {
      module = HloParser.parse(text, devices);
    } catch (HloSyntaxException e) {
      throw new ToolException(file + ":" + e.getMessage(), e);
    }
    try {
      Verifier.verify(module);
    } catch (InvalidModuleException e) {
      throw new ToolException(file + ": " + e.getMessage(), e);
    }
    return module;
  }

  static Map<String, Literal> arrays(Path file) {
    try {
      return Npz.read(file);
    } catch (NpzException e) {
      throw new ToolException(e.getMessage(), e);
    } catch (IOException e) {
      throw new ToolException(why(file, "read", e), e);
    }
  }

  static void write(Path file, Map<String, Literal> arrays) {
    try {
      Npz.write(file, arrays);
    } catch (IOException e) {
      throw new ToolException(why(file, "written", e), e);
    }
  }

  /** Writes a text; a file that is there is replaced only when all is written. */
  static void write(Path file, String text) {
    try {
      Path absolute = file.toAbsolutePath();
      Path part =
          java.nio.file.Files.createTempFile(
              absolute.getParent(), absolute.getFileName().toString(), ".part");
      try {
        java.nio.file.Files.writeString(part, text);
        java.nio.file.Files.move(part, absolute, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        java.nio.file.Files.deleteIfExists(part);
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
          default -> e.getMessage();
        };
    return "%s cannot be %s: %s".formatted(file, what, reason);
  }
}
