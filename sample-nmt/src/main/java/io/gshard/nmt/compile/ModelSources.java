package io.gshard.nmt.compile;

import io.gshard.nmt.model.Nmt;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The model's own source files, which travel with its classes. */
final class ModelSources {
  private static final String FOLDER = "/META-INF/nmt/sources/io/gshard/nmt/model/";

  private static final Pattern CONFIG = Pattern.compile("(?m)^@Config\\([^()]*\\)\n");

  private ModelSources() {}

  /** Copies all of them into a folder and returns the copies. */
  static List<Path> copyTo(Path folder) throws IOException {
    URL found = Nmt.class.getResource(FOLDER + "Nmt.java");
    if (found == null) {
      throw new IllegalStateException(
          "the model's sources are not on the class path at " + FOLDER + ": build with Maven");
    }
    try {
      URI uri = found.toURI();
      if (!uri.getScheme().equals("jar")) {
        return copy(Path.of(uri).getParent(), folder);
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return copy(jar.getPath(FOLDER), folder);
      }
    } catch (URISyntaxException e) {
      throw new IOException("no path to " + found, e);
    }
  }

  /** The source without its configs, each line where it was: only the one asked for is compiled. */
  static String withoutConfigs(String source) {
    return CONFIG.matcher(source).replaceAll(found -> "\n".repeat(lines(found.group())));
  }

  private static int lines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count();
  }

  private static List<Path> copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    List<Path> copies = new ArrayList<>();
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.sorted().toList()) {
        Path copy = to.resolve(file.getFileName().toString());
        Files.writeString(copy, withoutConfigs(Files.readString(file)));
        copies.add(copy);
      }
    }
    return copies;
  }
}
