package io.gshard.pjrt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds a plugin's library for a platform: where the environment says ({@code
 * GSHARD_PJRT_CPU=/path}), where {@code bin/gshard-pjrt install} put it, or among installed Python
 * packages.
 */
public final class PjrtPlugins {
  private static final int DEPTH = 3;

  /** What the libraries in the Python packages are called. */
  private static final Map<String, List<String>> LIBRARIES =
      Map.of(
          "cpu", List.of("pjrt_c_api_cpu_plugin.so", "libpjrt_cpu.so", "xla_cpu_pjrt.so"),
          "tpu", List.of("libtpu.so"),
          "cuda", List.of("xla_cuda_plugin.so"));

  private PjrtPlugins() {}

  /** The platforms that are known by name. */
  public static List<String> platforms() {
    return LIBRARIES.keySet().stream().sorted().toList();
  }

  /** The folder that plugins are installed in. */
  public static Path folder(String platform) {
    return home().resolve("pjrt").resolve(platform);
  }

  /** The folder of what is kept for the user between runs. */
  static Path home() {
    return Path.of(
        Optional.ofNullable(System.getenv("GSHARD_HOME_FOLDER"))
            .orElse(System.getProperty("user.home") + "/.gshard"));
  }

  /**
   * The library of a platform's plugin.
   *
   * @throws PjrtException if the platform is unknown or no plugin is found
   */
  public static Path find(String platform) {
    List<String> names = LIBRARIES.get(platform);
    if (names == null) {
      throw new PjrtException(
          "no PJRT platform is called '%s'; there are %s".formatted(platform, platforms()));
    }
    String variable = "GSHARD_PJRT_" + platform.toUpperCase(Locale.ROOT);
    String said = System.getProperty("gshard.pjrt." + platform, System.getenv(variable));
    if (said != null && !said.isBlank()) {
      return Path.of(said);
    }
    List<Path> places = new ArrayList<>(List.of(folder(platform)));
    places.addAll(sitePackages());
    return places.stream()
        .filter(Files::isDirectory)
        .flatMap(place -> libraries(place, names).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new PjrtException(
                    "no PJRT plugin for %s is found: run `bin/gshard-pjrt install %s`, or set %s to its library"
                        .formatted(platform, platform, variable)));
  }

  private static List<Path> libraries(Path place, List<String> names) {
    try (Stream<Path> files = Files.walk(place, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      return files.filter(f -> names.contains(f.getFileName().toString())).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      // A folder that cannot be read holds no plugin for us.
      return List.of();
    }
  }

  /** Folders of Python packages: of the virtual environment, the user and the system. */
  private static List<Path> sitePackages() {
    List<Path> roots = new ArrayList<>();
    Optional.ofNullable(System.getenv("VIRTUAL_ENV")).map(Path::of).ifPresent(roots::add);
    roots.add(Path.of(System.getProperty("user.home"), ".local"));
    roots.add(Path.of("/usr/local"));
    roots.add(Path.of("/usr"));
    List<Path> found = new ArrayList<>();
    for (Path root : roots) {
      try (Stream<Path> versions = Files.list(root.resolve("lib"))) {
        versions
            .filter(v -> v.getFileName().toString().startsWith("python3"))
            .sorted()
            .forEach(
                v ->
                    Arrays.asList("site-packages", "dist-packages")
                        .forEach(name -> found.add(v.resolve(name))));
      } catch (IOException | UncheckedIOException e) {
        // No Python there.
        continue;
      }
    }
    return found;
  }
}
