package io.gshard.pjrt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Compiled programs on disk, a file each. A file's name is a digest of all that it depends on: the
 * program, the options, the plugin and the processor's features. The folder may be deleted at any
 * time.
 */
final class CompileCache {
  private static final Path CPU = Path.of("/proc/cpuinfo");

  private final Path folder;

  CompileCache(Path folder) {
    this.folder = folder;
  }

  /**
   * The name of a program's file.
   *
   * @param plugin the library, whose size and date stand for its contents
   * @param version what the plugin says of itself
   */
  static String key(Path plugin, String version, String program, byte[] options) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part :
          new String[] {
            version,
            Files.size(plugin) + " " + Files.getLastModifiedTime(plugin).toMillis(),
            System.getProperty("os.arch"),
            features(),
            program
          }) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest(options));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    } catch (IOException e) {
      throw new PjrtException("%s cannot be read: %s".formatted(plugin, e.getMessage()), e);
    }
  }

  /** What the processor can do: programs for CPUs are made for it alone. */
  private static String features() {
    try {
      return Files.readAllLines(CPU).stream()
          .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      // Not Linux; the architecture has to do.
      return "";
    }
  }

  Optional<byte[]> read(String key) {
    try {
      return Optional.of(Files.readAllBytes(folder.resolve(key)));
    } catch (IOException e) {
      // Not there, or not for us to read: it is compiled anew.
      return Optional.empty();
    }
  }

  /** Keeps a program, as a whole or not at all. */
  void write(String key, byte[] program) {
    try {
      Files.createDirectories(folder);
      Path file = Files.createTempFile(folder, key, ".part");
      Files.write(file, program);
      Files.move(file, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // A folder that cannot be written to costs the next start its time, no more.
      System.getLogger(CompileCache.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "a compiled program cannot be kept in {0}: {1}",
              folder,
              e.getMessage());
    }
  }
}
