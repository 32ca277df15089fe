package io.gshard.pjrt;

import io.gshard.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The devices that a plugin found, and what is on them. */
public final class PjrtClient implements AutoCloseable {
  /** What XLA's CPUs want of memory that they use as it is. */
  private static final long ALIGNMENT = 64;

  private final PjrtPlugin plugin;
  private final PjrtApi api;
  private final Counts counts = new Counts();
  private final List<MemorySegment> devices;
  private final List<HostMemory> lent = new ArrayList<>();
  private MemorySegment handle;

  PjrtClient(PjrtPlugin plugin, PjrtApi api, MemorySegment handle) {
    this.plugin = plugin;
    this.api = api;
    this.handle = handle;
    try (Arena arena = Arena.ofConfined()) {
      Struct found = new Struct(arena, 3).set(0, handle);
      api.call(PjrtFunction.CLIENT_ADDRESSABLE_DEVICES, found);
      long count = found.number(2);
      MemorySegment list = found.pointer(1).reinterpret(count * 8);
      List<MemorySegment> all = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        all.add(list.getAtIndex(ValueLayout.ADDRESS, i));
      }
      this.devices = List.copyOf(all);
    }
  }

  PjrtApi api() {
    return api;
  }

  Counts counts() {
    return counts;
  }

  public PjrtPlugin plugin() {
    return plugin;
  }

  /** How many devices this process can use. */
  public int devices() {
    return devices.size();
  }

  /** What kind of devices they are, such as {@code cpu}. */
  public String platform() {
    return text(PjrtFunction.CLIENT_PLATFORM_NAME);
  }

  /** The plugin's own version text. */
  public String platformVersion() {
    return text(PjrtFunction.CLIENT_PLATFORM_VERSION);
  }

  private String text(PjrtFunction function) {
    try (Arena arena = Arena.ofConfined()) {
      Struct asked = new Struct(arena, 3).set(0, handle);
      api.call(function, asked);
      return asked.text(1);
    }
  }

  /**
   * Makes a buffer of an array on the host, without waiting until it is there: what needs it waits.
   *
   * @param fill writes the elements, row-major, into memory off the Java heap
   */
  @SuppressWarnings("MustBeClosedChecker") // The memory is freed when the plugin needs it no more.
  public PjrtBuffer upload(
      int device, Shape shape, Transfer transfer, Consumer<MemorySegment> fill) {
    freeUnused();
    Arena memory = Arena.ofShared();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = memory.allocate(Math.max(1, shape.bytes()), ALIGNMENT);
      fill.accept(data.asSlice(0, shape.bytes()));
      MemorySegment dims = arena.allocate(8L * Math.max(1, shape.rank()), 8);
      for (int i = 0; i < shape.rank(); i++) {
        dims.setAtIndex(ValueLayout.JAVA_LONG, i, shape.dim(i));
      }
      Struct given =
          new Struct(arena, 13)
              .set(0, handle)
              .set(1, data)
              .set(2, ElementType.of(shape.type()))
              .set(3, dims)
              .set(4, shape.rank())
              .set(7, transfer.semantics())
              .set(8, devices.get(device));
      api.call(PjrtFunction.CLIENT_BUFFER_FROM_HOST_BUFFER, given);
      lend(new HostMemory(memory, new PjrtEvent(this, given.pointer(11))));
      return new PjrtBuffer(this, shape, given.pointer(12));
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private void lend(HostMemory memory) {
    synchronized (lent) {
      lent.add(memory);
    }
  }

  /** Frees the host's memory that the plugin needs no more. */
  void freeUnused() {
    synchronized (lent) {
      lent.removeIf(HostMemory::freeIfUnused);
    }
  }

  /** How many arrays on the host the plugin still needs. */
  int lent() {
    synchronized (lent) {
      return lent.size();
    }
  }

  /**
   * Compiles a program, or loads it from the cache on disk ({@code ~/.gshard/cache/pjrt}) if it was
   * compiled before.
   *
   * @param stablehlo its text
   * @throws PjrtException with XLA's message if it does not compile
   */
  public PjrtExecutable compile(String stablehlo, CompileOptions options) {
    return compile(
        stablehlo, options, new CompileCache(PjrtPlugins.home().resolve("cache").resolve("pjrt")));
  }

  PjrtExecutable compile(String stablehlo, CompileOptions options, CompileCache cache) {
    byte[] wanted = options.serialize();
    String key = CompileCache.key(plugin.library(), platformVersion(), stablehlo, wanted);
    Optional<PjrtExecutable> kept = cache.read(key).flatMap(this::load);
    if (kept.isPresent()) {
      return kept.get();
    }
    try (Arena arena = Arena.ofConfined()) {
      Struct compile =
          new Struct(arena, 5)
              .set(0, handle)
              .set(1, program(arena, stablehlo).memory())
              .text(2, Struct.bytes(arena, wanted));
      api.call(PjrtFunction.CLIENT_COMPILE, compile);
      PjrtExecutable executable = new PjrtExecutable(this, compile.pointer(4));
      executable.serialize().ifPresent(bytes -> cache.write(key, bytes));
      return executable;
    }
  }

  /** A program that was compiled before; empty if the plugin does not take it any more. */
  private Optional<PjrtExecutable> load(byte[] serialized) {
    try (Arena arena = Arena.ofConfined()) {
      Struct load = new Struct(arena, 4).set(0, handle).text(1, Struct.bytes(arena, serialized));
      api.call(PjrtFunction.EXECUTABLE_DESERIALIZE_AND_LOAD, load);
      return Optional.of(new PjrtExecutable(this, load.pointer(3)));
    } catch (PjrtException e) {
      // Made by another build of the plugin, or damaged: it is compiled again, and replaced.
      return Optional.empty();
    }
  }

  /** A program in the format that every plugin takes. */
  static Struct program(Arena arena, String stablehlo) {
    return new Struct(arena, 4)
        .text(0, Struct.bytes(arena, stablehlo.getBytes(StandardCharsets.UTF_8)))
        .text(2, Struct.bytes(arena, "mlir"));
  }

  /** Says that an array on the host is dense and row-major. */
  MemorySegment rowMajor(Arena arena, int rank) {
    MemorySegment order = arena.allocate(8L * Math.max(1, rank), 8);
    for (int i = 0; i < rank; i++) {
      order.setAtIndex(ValueLayout.JAVA_LONG, i, rank - 1 - i);
    }
    // PJRT_Buffer_MemoryLayout: a header, the union (here: tiled, of seven words), the kind.
    MemorySegment layout = arena.allocate(8L * 10, 8).fill((byte) 0);
    layout.setAtIndex(ValueLayout.JAVA_LONG, 0, 8L * 9 + 4);
    layout.setAtIndex(ValueLayout.JAVA_LONG, 2, 8L * 7);
    layout.setAtIndex(ValueLayout.ADDRESS, 4, order);
    layout.setAtIndex(ValueLayout.JAVA_LONG, 5, rank);
    return layout;
  }

  /** Frees the client; its buffers and programs must be closed before. */
  @Override
  public void close() {
    if (handle != null) {
      lent.forEach(HostMemory::free);
      lent.clear();
      api.destroy(PjrtFunction.CLIENT_DESTROY, handle);
      handle = null;
    }
  }
}
