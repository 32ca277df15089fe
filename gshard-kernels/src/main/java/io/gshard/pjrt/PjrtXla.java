package io.gshard.pjrt;

import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.xla.CompiledProgram;
import io.gshard.xla.Xla;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** XLA through the PJRT plugins that are installed: {@code tpu} compiles, {@code cpu} runs. */
public final class PjrtXla implements Xla {
  /** gRPC's status for "out of memory". */
  private static final int RESOURCE_EXHAUSTED = 8;

  /**
   * Without these libtpu asks a cloud's metadata server which machine it is on, and waits for the
   * answer.
   */
  private static final Map<String, String> NO_MACHINE =
      Map.of("TPU_SKIP_MDS_QUERY", "1", "TPU_WORKER_HOSTNAMES", "localhost");

  /** By number of devices: a client's threads are worth keeping for the next program. */
  private static final Map<Integer, PjrtClient> CLIENTS = new ConcurrentHashMap<>();

  @Override
  public int devices(String name) {
    try (PjrtTopology topology = topology(name)) {
      return topology.devices();
    }
  }

  private static PjrtTopology topology(String name) {
    NO_MACHINE.forEach(PjrtXla::setUnlessSet);
    return PjrtPlugin.load(PjrtPlugins.find("tpu")).topology(name);
  }

  @Override
  public Outcome compile(String stablehlo, int devices, String name) {
    try (PjrtTopology topology = topology(name)) {
      if (topology.devices() != devices) {
        throw new PjrtException(
            "the topology %s has %d devices, the program is for %d: give the topology of as many"
                .formatted(name, topology.devices(), devices));
      }
      long start = System.nanoTime();
      try {
        CompiledProgram program = topology.compile(stablehlo, new CompileOptions(devices));
        return new Outcome.Fits(seconds(start), program);
      } catch (PjrtException e) {
        if (e.code() == RESOURCE_EXHAUSTED) {
          return new Outcome.TooLarge(seconds(start), e.getMessage());
        }
        throw e;
      }
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** C's setenv: Java cannot change the environment that a library of its process sees. */
  private static void setUnlessSet(String name, String value) {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      int failed =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow("setenv"),
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT,
                          ValueLayout.ADDRESS,
                          ValueLayout.ADDRESS,
                          ValueLayout.JAVA_INT))
                  .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 0);
      if (failed != 0) {
        throw new PjrtException("the environment variable %s cannot be set".formatted(name));
      }
    } catch (PjrtException e) {
      throw e;
    } catch (Throwable e) {
      throw new PjrtException("setenv failed", e);
    }
  }

  @Override
  public Executable load(String stablehlo, int devices, List<Shape> results) {
    PjrtClient client =
        CLIENTS.computeIfAbsent(
            devices, count -> PjrtPlugin.load(PjrtPlugins.find("cpu")).devices(count));
    return new Loaded(client, client.compile(stablehlo, new CompileOptions(devices)), results);
  }

  private record Loaded(PjrtClient client, PjrtExecutable program, List<Shape> results)
      implements Executable {

    @Override
    public List<List<Literal>> run(List<List<Literal>> arguments) {
      List<List<PjrtBuffer>> given = new ArrayList<>();
      List<List<PjrtBuffer>> found = List.of();
      try {
        for (int device = 0; device < arguments.size(); device++) {
          given.add(new ArrayList<>());
          for (Literal argument : arguments.get(device)) {
            given.getLast().add(upload(device, argument));
          }
        }
        found = program.run(given, results);
        return found.stream().map(held -> held.stream().map(Loaded::download).toList()).toList();
      } finally {
        given.forEach(buffers -> buffers.forEach(PjrtBuffer::close));
        found.forEach(buffers -> buffers.forEach(PjrtBuffer::close));
      }
    }

    private PjrtBuffer upload(int device, Literal value) {
      return client.upload(
          device, value.shape(), Transfer.SHARE, target -> Literals.write(value, target));
    }

    private static Literal download(PjrtBuffer buffer) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes = Literals.segment(arena, buffer.shape());
        buffer.read(bytes);
        return Literals.read(buffer.shape(), bytes);
      }
    }

    @Override
    public void close() {
      program.close();
    }
  }
}
