package io.gshard.mpi;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where MPI's library may be: where the system property {@code gshard.mpi.home} or the environment
 * variable {@code GSHARD_MPI} says (the library, or the folder that MPI is installed in), beside
 * the mpirun on the path, or where the system's linker finds it by name.
 */
final class MpiLibraries {
  private static final String OPEN_MPI = "libmpi.so.40";
  private static final String MPICH = "libmpi.so.12";

  /** Debian's MPICH, which leaves the other name to whatever is the default MPI. */
  private static final String MPICH_OF_DEBIAN = "libmpich.so.12";

  private static final String ANY = "libmpi.so";

  private MpiLibraries() {}

  /**
   * Names and paths, the most promising first.
   *
   * @param said the property or variable, or null
   * @param environment what a launcher of processes leaves there says whose it is
   * @throws MpiException if there is nothing where the user says
   */
  static List<String> candidates(String said, Map<String, String> environment) {
    List<String> names = names(environment);
    if (said != null && !said.isBlank()) {
      Path path = Path.of(said);
      if (!Files.isDirectory(path)) {
        if (!Files.isReadable(path)) {
          throw new MpiException(
              "GSHARD_MPI (or gshard.mpi.home) is %s, which is no file that can be read: set it to MPI's library or folder"
                  .formatted(said));
        }
        return List.of(said);
      }
      List<String> inside = inside(path, names);
      if (inside.isEmpty()) {
        throw new MpiException(
            "GSHARD_MPI (or gshard.mpi.home) is the folder %s, which has no %s, nor has its lib: set it to MPI's library or folder"
                .formatted(said, String.join(" or ", names)));
      }
      return inside;
    }
    Set<String> all = new LinkedHashSet<>();
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path bin = Path.of(folder);
      if (Files.isExecutable(bin.resolve("mpirun")) && bin.toAbsolutePath().getParent() != null) {
        all.addAll(inside(bin.toAbsolutePath().getParent(), names));
      }
    }
    all.addAll(names);
    return List.copyOf(all);
  }

  private static List<String> inside(Path home, List<String> names) {
    List<Path> folders = new ArrayList<>(List.of(home, home.resolve("lib")));
    folders.addAll(architectures(home.resolve("lib")));
    List<String> found = new ArrayList<>();
    for (String name : names) {
      for (Path folder : folders) {
        if (Files.isReadable(folder.resolve(name))) {
          found.add(folder.resolve(name).toString());
        }
      }
    }
    return found;
  }

  /** Debian keeps libraries apart by the machines that they are for. */
  private static List<Path> architectures(Path lib) {
    try (Stream<Path> folders = Files.list(lib)) {
      return folders
          .filter(folder -> folder.getFileName().toString().endsWith("-linux-gnu"))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // no folder, or none of ours
    }
  }

  /** The libraries' names: first the one whose mpirun started this process. */
  private static List<String> names(Map<String, String> environment) {
    return environment.containsKey("OMPI_COMM_WORLD_SIZE") || !environment.containsKey("PMI_SIZE")
        ? List.of(OPEN_MPI, MPICH, MPICH_OF_DEBIAN, ANY)
        : List.of(MPICH, MPICH_OF_DEBIAN, OPEN_MPI, ANY);
  }

  /**
   * Checks that a library is of the mpirun that started this process: else it ends the process
   * without a word of ours.
   */
  static void checkLauncher(MpiAbi library, String name, Map<String, String> environment) {
    MpiAbi launcher =
        environment.containsKey("OMPI_COMM_WORLD_SIZE")
            ? MpiAbi.OPEN_MPI
            : environment.containsKey("MPI_LOCALNRANKS") ? MpiAbi.MPICH : library;
    if (launcher != library) {
      throw new MpiException(
          "mpirun is %s's, but the library is %s: set GSHARD_MPI to the library of that mpirun"
              .formatted(launcher.title(), name));
    }
  }

  /** How many processes the launcher says it started, or 0 if it says nothing. */
  static int started(Map<String, String> environment) {
    for (String variable : List.of("OMPI_COMM_WORLD_SIZE", "PMI_SIZE")) {
      String size = environment.get(variable);
      if (size != null && size.matches("[0-9]{1,9}")) {
        return Integer.parseInt(size);
      }
    }
    return 0;
  }
}
