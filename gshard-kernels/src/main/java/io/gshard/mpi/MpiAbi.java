package io.gshard.mpi;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/**
 * How libraries differ in their binary interface. Open MPI's handles are pointers, its constants
 * the addresses of variables; MPICH's (and Intel MPI's, which keeps to it) are numbers.
 */
enum MpiAbi {
  OPEN_MPI("Open MPI", ValueLayout.JAVA_LONG, 0),
  MPICH("MPICH", ValueLayout.JAVA_INT, 1);

  private static final long MPICH_WORLD = 0x44000000L;
  private static final long MPICH_BYTE = 0x4c00010dL;
  private static final long MPICH_ERRORS_RETURN = 0x54000001L;

  private final String title;
  private final MemoryLayout handle;
  private final int shared;

  MpiAbi(String title, MemoryLayout handle, int shared) {
    this.title = title;
    this.handle = handle;
    this.shared = shared;
  }

  /**
   * By what a library says of itself.
   *
   * @throws MpiException if it is none that is known
   */
  static MpiAbi of(String version, String library) {
    if (version.startsWith("Open MPI")) {
      return OPEN_MPI;
    }
    if (version.startsWith("MPICH") || version.startsWith("Intel(R) MPI")) {
      return MPICH;
    }
    throw new MpiException(
        "the library %s is of '%s', which is neither Open MPI nor MPICH: set GSHARD_MPI to one of theirs"
            .formatted(library, version.lines().findFirst().orElse("")));
  }

  String title() {
    return title;
  }

  MemoryLayout handle() {
    return handle;
  }

  /** The address that stands for statuses that nobody wants. */
  long ignoredStatuses() {
    return this == OPEN_MPI ? 0 : 1;
  }

  /** The number of {@code MPI_COMM_TYPE_SHARED}. */
  int shared() {
    return shared;
  }

  long world(SymbolLookup symbols) {
    return this == MPICH ? MPICH_WORLD : address(symbols, "ompi_mpi_comm_world");
  }

  long bytes(SymbolLookup symbols) {
    return this == MPICH ? MPICH_BYTE : address(symbols, "ompi_mpi_byte");
  }

  long errorsReturn(SymbolLookup symbols) {
    return this == MPICH ? MPICH_ERRORS_RETURN : address(symbols, "ompi_mpi_errors_return");
  }

  long noInfo(SymbolLookup symbols) {
    return this == MPICH ? 0x1c000000L : address(symbols, "ompi_mpi_info_null");
  }

  private static long address(SymbolLookup symbols, String name) {
    return symbols
        .find(name)
        .orElseThrow(() -> new MpiException("Open MPI's library has no symbol " + name))
        .address();
  }
}
