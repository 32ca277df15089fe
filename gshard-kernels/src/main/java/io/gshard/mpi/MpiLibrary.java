package io.gshard.mpi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * The functions of a loaded MPI library that are used here. Handles are longs, whatever the library
 * has.
 */
final class MpiLibrary {
  private static final int OLDEST = 3;
  private static final int VERSION_BYTES = 8192;
  private static final int ERROR_BYTES = 512;
  private static final int SERIALIZED = 2;

  private final String name;
  private final SymbolLookup symbols;
  private final MpiAbi abi;
  private final long world;
  private final long bytes;
  private final MethodHandle isend;
  private final MethodHandle irecv;
  private final MethodHandle testall;

  private MpiLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
    this.abi = MpiAbi.of(version(), name);
    this.world = abi.world(symbols);
    this.bytes = abi.bytes(symbols);
    this.isend = function("MPI_Isend", "pihiihp");
    this.irecv = function("MPI_Irecv", "pihiihp");
    this.testall = function("MPI_Testall", "ippl");
  }

  /**
   * Loads the first of the candidates that there is.
   *
   * @throws MpiException if there is none, or it is too old or unknown
   */
  static MpiLibrary load(List<String> candidates) {
    keepSignals();
    for (String candidate : candidates) {
      SymbolLookup symbols;
      try {
        symbols = SymbolLookup.libraryLookup(candidate, Arena.global());
      } catch (IllegalArgumentException e) {
        continue;
      }
      if (symbols.find("MPI_Init").isEmpty()) {
        throw new MpiException(
            candidate + " is no MPI library, it has no MPI_Init: set GSHARD_MPI to one");
      }
      return new MpiLibrary(candidate, symbols);
    }
    if (candidates.size() == 1) {
      throw new MpiException(
          candidates.getFirst()
              + " cannot be loaded, it is no library for this machine: set GSHARD_MPI to MPI's library or folder");
    }
    throw new MpiException(
        "no MPI library is found (looked for %s): install Open MPI or MPICH, or set GSHARD_MPI to its library or folder"
            .formatted(String.join(", ", candidates)));
  }

  /** What the library says of itself; it may be asked before anything else. */
  private String version() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocate(8);
      call("MPI_Get_version", "pp", numbers, numbers.asSlice(4));
      int found = numbers.get(JAVA_INT, 0);
      if (found < OLDEST) {
        throw new MpiException(
            "%s is of MPI %d.%d: MPI %d.0 or newer is needed"
                .formatted(name, found, numbers.get(JAVA_INT, 4), OLDEST));
      }
      MemorySegment text = arena.allocate(VERSION_BYTES);
      call("MPI_Get_library_version", "pp", text, numbers);
      return text.getString(0);
    }
  }

  MpiAbi abi() {
    return abi;
  }

  long world() {
    return world;
  }

  @Override
  public String toString() {
    return "%s (%s)".formatted(abi.title(), name);
  }

  // --- functions

  /** Starts MPI; errors are returned from now on. */
  void start() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment provided = arena.allocate(JAVA_INT);
      call("MPI_Init_thread", "llip", 0L, 0L, SERIALIZED, provided);
      if (provided.get(JAVA_INT, 0) < SERIALIZED) {
        throw new MpiException(
            this + " serves one thread alone: use a library that is built with threads");
      }
    }
    call("MPI_Comm_set_errhandler", "hh", world, abi.errorsReturn(symbols));
  }

  /**
   * UCX, which MPI may use, puts its own handlers in the place of the virtual machine's, which
   * needs them for its ordinary work. It reads the variable when it is loaded.
   */
  private static void keepSignals() {
    Linker linker = Linker.nativeLinker();
    MethodHandle setenv =
        linker.downcallHandle(
            linker.defaultLookup().find("setenv").orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int ignored =
          (int)
              setenv.invokeExact(
                  arena.allocateFrom("UCX_ERROR_SIGNALS"), arena.allocateFrom(""), 0);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  void end() {
    call("MPI_Finalize", "");
  }

  /** Ends all processes; may not return. */
  void abort(int status) {
    call("MPI_Abort", "hi", world, status);
  }

  int rank(long communicator) {
    return number("MPI_Comm_rank", communicator);
  }

  int size(long communicator) {
    return number("MPI_Comm_size", communicator);
  }

  private int number(String function, long communicator) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_INT);
      call(function, "hp", communicator, result);
      return result.get(JAVA_INT, 0);
    }
  }

  /** A communicator of those who give the same color, in the order of the world's ranks. */
  long split(int color) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_LONG);
      call("MPI_Comm_split", "hiip", world, color, rank(world), result);
      return handle(result);
    }
  }

  /** A communicator of those on the same machine. */
  long splitByMachine() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_LONG);
      call(
          "MPI_Comm_split_type",
          "hiihp",
          world,
          abi.shared(),
          rank(world),
          abi.noInfo(symbols),
          result);
      return handle(result);
    }
  }

  private long handle(MemorySegment result) {
    return abi.handle().byteSize() == 4 ? result.get(JAVA_INT, 0) : result.get(JAVA_LONG, 0);
  }

  /** Bytes of a request's handle. */
  long requestBytes() {
    return abi.handle().byteSize();
  }

  void send(MemorySegment data, int to, int tag, long communicator, MemorySegment request) {
    try {
      int n = Math.toIntExact(data.byteSize());
      check("MPI_Isend", (int) isend.invokeExact(data, n, bytes, to, tag, communicator, request));
    } catch (Throwable e) {
      throw rethrown("MPI_Isend", e);
    }
  }

  void receive(MemorySegment data, int from, int tag, long communicator, MemorySegment request) {
    try {
      int n = Math.toIntExact(data.byteSize());
      check("MPI_Irecv", (int) irecv.invokeExact(data, n, bytes, from, tag, communicator, request));
    } catch (Throwable e) {
      throw rethrown("MPI_Irecv", e);
    }
  }

  /** Whether all of some requests have been met. */
  boolean test(int count, MemorySegment requests, MemorySegment flag) {
    try {
      check("MPI_Testall", (int) testall.invokeExact(count, requests, flag, abi.ignoredStatuses()));
      return flag.get(JAVA_INT, 0) != 0;
    } catch (Throwable e) {
      throw rethrown("MPI_Testall", e);
    }
  }

  // --- calls

  private void call(String function, String signature, Object... arguments) {
    try {
      check(function, (int) function(function, signature).invokeWithArguments(arguments));
    } catch (Throwable e) {
      throw rethrown(function, e);
    }
  }

  private static RuntimeException rethrown(String function, Throwable e) {
    return e instanceof RuntimeException known
        ? known
        : new MpiException(function + " cannot be called: " + e, e);
  }

  private void check(String function, int code) {
    if (code == 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(ERROR_BYTES);
      int ignored =
          (int)
              function("MPI_Error_string", "ipp")
                  .invokeWithArguments(code, text, arena.allocate(JAVA_INT));
      throw new MpiException("%s of %s: %s".formatted(function, this, text.getString(0)));
    } catch (MpiException e) {
      throw e;
    } catch (Throwable e) {
      throw new MpiException("%s of %s failed with code %d".formatted(function, this, code), e);
    }
  }

  /**
   * A function that returns an error code.
   *
   * @param signature a letter for each argument: i an int, l a long, p a pointer, h a handle
   */
  private MethodHandle function(String function, String signature) {
    MemorySegment address =
        symbols
            .find(function)
            .orElseThrow(
                () ->
                    new MpiException(
                        "%s has no %s: MPI %d.0 or newer is needed"
                            .formatted(name, function, OLDEST)));
    MemoryLayout[] layouts = new MemoryLayout[signature.length()];
    MethodType type = MethodType.methodType(int.class);
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] =
          switch (signature.charAt(i)) {
            case 'i' -> JAVA_INT;
            case 'l' -> JAVA_LONG;
            case 'h' -> abi.handle();
            default -> ADDRESS;
          };
      type =
          type.appendParameterTypes(
              switch (signature.charAt(i)) {
                case 'i' -> int.class;
                case 'l', 'h' -> long.class;
                default -> MemorySegment.class;
              });
    }
    MethodHandle handle =
        Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(JAVA_INT, layouts));
    return MethodHandles.explicitCastArguments(handle, type);
  }
}
