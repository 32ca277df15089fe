package io.gshard.mpi;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where MPI's library is looked for, and what is said when it is not there or no good. */
class MpiLibrariesTest {
  @TempDir private Path folder;

  private static String error(Runnable body) {
    return assertThrows(MpiException.class, body::run).getMessage();
  }

  @Test
  void theLaunchersOwnLibraryComesFirst() {
    assertThat(MpiLibraries.candidates(null, Map.of()))
        .containsExactly("libmpi.so.40", "libmpi.so.12", "libmpich.so.12", "libmpi.so")
        .inOrder();
    assertThat(MpiLibraries.candidates(" ", Map.of("PMI_SIZE", "4")).getFirst())
        .isEqualTo("libmpi.so.12");
    assertThat(
            MpiLibraries.candidates("", Map.of("PMI_SIZE", "4", "OMPI_COMM_WORLD_SIZE", "4"))
                .getFirst())
        .isEqualTo("libmpi.so.40");
  }

  @Test
  void librariesBesideMpirunComeBeforeTheSystems() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    assertThat(Files.createFile(bin.resolve("mpirun")).toFile().setExecutable(true)).isTrue();
    Path lib = Files.createDirectories(folder.resolve("lib"));
    Path library = Files.createFile(lib.resolve("libmpi.so.12"));
    assertThat(MpiLibraries.candidates(null, Map.of("PATH", bin.toString())))
        .containsExactly(
            library.toString(), "libmpi.so.40", "libmpi.so.12", "libmpich.so.12", "libmpi.so")
        .inOrder();
  }

  @Test
  void debiansFolderHoldsBoth() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    assertThat(Files.createFile(bin.resolve("mpirun")).toFile().setExecutable(true)).isTrue();
    Path lib = Files.createDirectories(folder.resolve("lib/x86_64-linux-gnu"));
    String openMpi = Files.createFile(lib.resolve("libmpi.so.40")).toString();
    String mpich = Files.createFile(lib.resolve("libmpich.so.12")).toString();
    assertThat(MpiLibraries.candidates(null, Map.of("PATH", bin.toString())).getFirst())
        .isEqualTo(openMpi);
    assertThat(
            MpiLibraries.candidates(null, Map.of("PATH", bin.toString(), "PMI_SIZE", "4"))
                .getFirst())
        .isEqualTo(mpich);
    assertThat(MpiLibraries.candidates(folder.toString(), Map.of()))
        .containsExactly(openMpi, mpich)
        .inOrder();
  }

  @Test
  void whatTheUserSaysCountsAlone() throws IOException {
    Path library = Files.createFile(folder.resolve("libmpi.so.40"));
    assertThat(MpiLibraries.candidates(library.toString(), Map.of()))
        .containsExactly(library.toString());
    assertThat(MpiLibraries.candidates(folder.toString(), Map.of()))
        .containsExactly(library.toString());
  }

  @Test
  void nothingWhereTheUserSays() throws IOException {
    Path missing = folder.resolve("libmpi.so");
    assertThat(error(() -> MpiLibraries.candidates(missing.toString(), Map.of())))
        .isEqualTo(
            "GSHARD_MPI (or gshard.mpi.home) is %s, which is no file that can be read: set it to MPI's library or folder"
                .formatted(missing));
    assertThat(error(() -> MpiLibraries.candidates(folder.toString(), Map.of())))
        .isEqualTo(
            "GSHARD_MPI (or gshard.mpi.home) is the folder %s, which has no libmpi.so.40 or libmpi.so.12 or libmpich.so.12 or libmpi.so, nor has its lib: set it to MPI's library or folder"
                .formatted(folder));
  }

  @Test
  void noLibraryAtAll() {
    assertThat(error(() -> MpiLibrary.load(List.of("libnompi.so.1", "libnompi.so.2"))))
        .isEqualTo(
            "no MPI library is found (looked for libnompi.so.1, libnompi.so.2): install Open MPI or MPICH, or set GSHARD_MPI to its library or folder");
  }

  @Test
  void aFileThatIsNoLibrary() throws IOException {
    String file = Files.writeString(folder.resolve("libmpi.so"), "no ELF").toString();
    assertThat(error(() -> MpiLibrary.load(List.of(file))))
        .isEqualTo(
            file
                + " cannot be loaded, it is no library for this machine: set GSHARD_MPI to MPI's library or folder");
  }

  @Test
  void aLibraryOfSomethingElse() {
    assertThat(error(() -> MpiLibrary.load(List.of("libc.so.6"))))
        .isEqualTo("libc.so.6 is no MPI library, it has no MPI_Init: set GSHARD_MPI to one");
  }

  @Test
  void anMpiThatIsNotKnown() {
    assertThat(MpiAbi.of("Open MPI v5.0.11, package: x", "a")).isEqualTo(MpiAbi.OPEN_MPI);
    assertThat(MpiAbi.of("MPICH Version:      5.0.2\nMPICH", "a")).isEqualTo(MpiAbi.MPICH);
    assertThat(MpiAbi.of("Intel(R) MPI Library 2021.9 for Linux* OS", "a")).isEqualTo(MpiAbi.MPICH);
    assertThat(error(() -> MpiAbi.of("Other MPI 2.1\nmore", "/x/libmpi.so")))
        .isEqualTo(
            "the library /x/libmpi.so is of 'Other MPI 2.1', which is neither Open MPI nor MPICH: set GSHARD_MPI to one of theirs");
  }

  @Test
  void anotherMpiThanTheLaunchers() {
    MpiJob.checkSize("MPICH (x)", 4, 4);
    MpiJob.checkSize("MPICH (x)", 1, 0);
    assertThat(MpiLibraries.started(Map.of("OMPI_COMM_WORLD_SIZE", "4"))).isEqualTo(4);
    Map<String, String> openMpi = Map.of("OMPI_COMM_WORLD_SIZE", "4");
    Map<String, String> hydra = Map.of("MPI_LOCALNRANKS", "4", "PMI_SIZE", "4");
    MpiLibraries.checkLauncher(MpiAbi.OPEN_MPI, "x", openMpi);
    MpiLibraries.checkLauncher(MpiAbi.MPICH, "x", hydra);
    MpiLibraries.checkLauncher(MpiAbi.MPICH, "x", Map.of());
    assertThat(error(() -> MpiLibraries.checkLauncher(MpiAbi.OPEN_MPI, "Open MPI (x)", hydra)))
        .isEqualTo(
            "mpirun is MPICH's, but the library is Open MPI (x): set GSHARD_MPI to the library of that mpirun");
    assertThat(error(() -> MpiLibraries.checkLauncher(MpiAbi.MPICH, "MPICH (x)", openMpi)))
        .isEqualTo(
            "mpirun is Open MPI's, but the library is MPICH (x): set GSHARD_MPI to the library of that mpirun");
    assertThat(error(() -> MpiJob.checkSize("MPICH (x)", 1, 4)))
        .isEqualTo(
            "mpirun started 4 processes, but by the library MPICH (x) each is alone: set GSHARD_MPI to the library of that mpirun");
  }

  @Test
  void largeMessagesGoInChunks() {
    assertThat(MpiChannel.chunks(1, 1L << 30)).isEqualTo(1);
    assertThat(MpiChannel.chunks(1L << 30, 1L << 30)).isEqualTo(1);
    assertThat(MpiChannel.chunks((5L << 30) + 1, 1L << 30)).isEqualTo(6);
  }
}
