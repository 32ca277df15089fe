package io.gshard.pjrt;

import io.gshard.xla.CompiledProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A machine that programs can be compiled for without it. */
public final class PjrtTopology implements AutoCloseable {
  private final PjrtApi api;
  private final String name;
  private MemorySegment handle;

  PjrtTopology(PjrtApi api, String name, MemorySegment handle) {
    this.api = api;
    this.name = name;
    this.handle = handle;
  }

  public String name() {
    return name;
  }

  /** How many devices it has. */
  public int devices() {
    try (Arena arena = Arena.ofConfined()) {
      Struct found = new Struct(arena, 3).set(0, handle);
      api.call(PjrtFunction.TOPOLOGY_DESCRIPTION_GET_DEVICE_DESCRIPTIONS, found);
      return Math.toIntExact(found.number(2));
    }
  }

  /**
   * Compiles a program for the machine.
   *
   * @throws PjrtException with the compiler's message if it does not compile or does not fit
   */
  public CompiledProgram compile(String stablehlo, CompileOptions options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment wanted = Struct.bytes(arena, options.serialize());
      Struct compile =
          new Struct(arena, 6)
              .set(0, handle)
              .set(1, PjrtClient.program(arena, stablehlo).memory())
              .text(2, wanted);
      api.call(PjrtFunction.COMPILE, compile);
      MemorySegment executable = compile.pointer(5);
      try {
        return CompiledPrograms.of(api, executable);
      } finally {
        api.destroy(PjrtFunction.EXECUTABLE_DESTROY, executable);
      }
    }
  }

  @Override
  public void close() {
    if (handle != null) {
      api.destroy(PjrtFunction.TOPOLOGY_DESCRIPTION_DESTROY, handle);
      handle = null;
    }
  }
}
