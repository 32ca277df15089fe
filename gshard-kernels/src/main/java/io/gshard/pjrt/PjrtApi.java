package io.gshard.pjrt;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** The table of functions that a plugin's {@code GetPjrtApi} gives, and how to call them. */
final class PjrtApi {
  /** The oldest plugin that was tried; older ones may hold the functions in another order. */
  private static final int OLDEST_MINOR = 81;

  private static final int MAJOR = 0;
  private static final int HEADER_BYTES = 40;

  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
  private static final MethodHandle CALL_VOID =
      Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

  private final Path library;
  private final MemorySegment table;
  private final int minor;

  private PjrtApi(Path library, MemorySegment table, int minor) {
    this.library = library;
    this.table = table;
    this.minor = minor;
  }

  /**
   * Loads a plugin's library; it stays loaded as long as the process lives, as plugins demand.
   *
   * @throws PjrtException if it is no library, no PJRT plugin, or of another version
   */
  static PjrtApi load(Path library) {
    if (!Files.isRegularFile(library)) {
      throw new PjrtException(
          "no PJRT plugin at %s: give the path of a plugin's library (.so)".formatted(library));
    }
    MemorySegment getApi;
    try {
      getApi =
          SymbolLookup.libraryLookup(library.toAbsolutePath(), Arena.global())
              .find("GetPjrtApi")
              .orElseThrow(
                  () ->
                      new PjrtException(
                          "%s has no function GetPjrtApi: it is no PJRT plugin"
                              .formatted(library)));
    } catch (IllegalArgumentException e) {
      throw new PjrtException(
          "%s cannot be loaded: it is no shared library of this system, or one that it needs is missing"
              .formatted(library),
          e);
    }
    try {
      MemorySegment found =
          (MemorySegment)
              Linker.nativeLinker()
                  .downcallHandle(getApi, FunctionDescriptor.of(ValueLayout.ADDRESS))
                  .invokeExact();
      MemorySegment head = found.reinterpret(HEADER_BYTES);
      long size = head.get(ValueLayout.JAVA_LONG, 0);
      int major = head.get(ValueLayout.JAVA_INT, 32);
      int minor = head.get(ValueLayout.JAVA_INT, 36);
      if (major != MAJOR || minor < OLDEST_MINOR) {
        throw new PjrtException(
            "%s speaks PJRT API %d.%d, expected %d.%d or newer: install a newer plugin"
                .formatted(library, major, minor, MAJOR, OLDEST_MINOR));
      }
      return new PjrtApi(library, found.reinterpret(size), minor);
    } catch (PjrtException e) {
      throw e;
    } catch (Throwable e) {
      throw new PjrtException("GetPjrtApi of %s failed".formatted(library), e);
    }
  }

  String version() {
    return MAJOR + "." + minor;
  }

  /** Calls a function that may give an error. */
  void call(PjrtFunction function, Struct arguments) {
    MemorySegment error;
    try {
      error = (MemorySegment) CALL.invokeExact(address(function), arguments.memory());
    } catch (Throwable e) {
      throw new PjrtException(function.cName() + " of " + library + " failed", e);
    }
    if (error.address() != 0) {
      throw exception(function, error);
    }
  }

  private PjrtException exception(PjrtFunction function, MemorySegment error) {
    try (Arena arena = Arena.ofConfined()) {
      Struct message = new Struct(arena, 3).set(0, error);
      callVoid(PjrtFunction.ERROR_MESSAGE, message);
      Struct code = new Struct(arena, 2).set(0, error);
      call(PjrtFunction.ERROR_GET_CODE, code);
      String text = message.text(1);
      int number = code.integer(1);
      callVoid(PjrtFunction.ERROR_DESTROY, new Struct(arena, 1).set(0, error));
      return new PjrtException(number, function.cName() + ": " + text, null);
    }
  }

  private void callVoid(PjrtFunction function, Struct arguments) {
    try {
      CALL_VOID.invokeExact(address(function), arguments.memory());
    } catch (Throwable e) {
      throw new PjrtException(function.cName() + " of " + library + " failed", e);
    }
  }

  private MemorySegment address(PjrtFunction function) {
    long at = HEADER_BYTES + 8L * function.ordinal();
    MemorySegment found =
        at + 8 <= table.byteSize() ? table.get(ValueLayout.ADDRESS, at) : MemorySegment.NULL;
    if (found.address() == 0) {
      throw new PjrtException(
          "the plugin %s (PJRT API %s) has no %s: install a newer one"
              .formatted(library, version(), function.cName()));
    }
    return found;
  }

  /** Calls a function that frees what a pointer says. */
  void destroy(PjrtFunction function, MemorySegment object) {
    try (Arena arena = Arena.ofConfined()) {
      call(function, new Struct(arena, 1).set(0, object));
    }
  }

  /** Frees an object by the function that the plugin gave for it. */
  void delete(MemorySegment deleter, MemorySegment object) {
    try {
      CALL_VOID.invokeExact(deleter, object);
    } catch (Throwable e) {
      throw new PjrtException("a deleter of " + library + " failed", e);
    }
  }
}
