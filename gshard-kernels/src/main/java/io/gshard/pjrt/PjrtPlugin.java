package io.gshard.pjrt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A PJRT plugin: the library through which XLA (or another compiler) runs programs on some kind of
 * device. Loaded and initialised once in a process.
 */
public final class PjrtPlugin {
  private static final Map<Path, PjrtPlugin> LOADED = new ConcurrentHashMap<>();

  private final Path library;
  private final PjrtApi api;

  private PjrtPlugin(Path library) {
    this.library = library;
    this.api = PjrtApi.load(library);
    try (Arena arena = Arena.ofConfined()) {
      api.call(PjrtFunction.PLUGIN_INITIALIZE, new Struct(arena, 0));
    }
  }

  /**
   * The plugin in a library.
   *
   * @throws PjrtException if it cannot be loaded
   */
  public static PjrtPlugin load(Path library) {
    return LOADED.computeIfAbsent(library.toAbsolutePath().normalize(), PjrtPlugin::new);
  }

  public Path library() {
    return library;
  }

  /** The version of the API that the plugin speaks, such as {@code 0.81}. */
  public String apiVersion() {
    return api.version();
  }

  /**
   * Devices of the plugin.
   *
   * @param options what the plugin takes, such as {@code cpu_device_count=8L}
   */
  public PjrtClient client(Map<String, Object> options) {
    try (Arena arena = Arena.ofConfined()) {
      Struct create =
          new Struct(arena, 7).set(0, NamedValue.options(arena, options)).set(1, options.size());
      api.call(PjrtFunction.CLIENT_CREATE, create);
      return new PjrtClient(this, api, create.pointer(6));
    }
  }

  /**
   * At least so many devices; of a processor, that many.
   *
   * @throws PjrtException if the plugin has fewer
   */
  public PjrtClient devices(int count) {
    PjrtClient client = client(Map.of("cpu_device_count", (long) count));
    if (client.devices() < count) {
      int found = client.devices();
      client.close();
      throw new PjrtException(
          "%d devices are needed, the plugin %s offers %d".formatted(count, library, found));
    }
    return client;
  }

  /**
   * A machine to compile for, which need not be there.
   *
   * @param name as the plugin names them, such as {@code v3:32x32}
   * @throws PjrtException if the plugin knows no such machine
   */
  public PjrtTopology topology(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = Struct.bytes(arena, name);
      Struct create = new Struct(arena, 5).text(0, text);
      try {
        api.call(PjrtFunction.TOPOLOGY_DESCRIPTION_CREATE, create);
      } catch (PjrtException e) {
        throw new PjrtException(
            "the plugin knows no machine '%s': expected one such as v3:2x2 (8 cores) or v3:32x32 (2,048); it says: %s"
                .formatted(name, e.getMessage()),
            e);
      }
      return new PjrtTopology(api, name, create.pointer(4));
    }
  }
}
