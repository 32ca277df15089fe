package io.gshard.pjrt;

import io.gshard.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A program that is compiled and loaded on a client's devices. */
public final class PjrtExecutable implements AutoCloseable {
  private final PjrtClient client;
  private MemorySegment handle;

  PjrtExecutable(PjrtClient client, MemorySegment handle) {
    this.client = client;
    this.handle = handle;
    client.counts().programMade();
  }

  /** The compiled program as bytes; empty if the plugin cannot write its programs. */
  Optional<byte[]> serialize() {
    try (Arena arena = Arena.ofConfined()) {
      Struct asked = new Struct(arena, 2).set(0, handle);
      client.api().call(PjrtFunction.LOADED_EXECUTABLE_GET_EXECUTABLE, asked);
      MemorySegment executable = asked.pointer(1);
      try {
        Struct written = new Struct(arena, 5).set(0, executable);
        client.api().call(PjrtFunction.EXECUTABLE_SERIALIZE, written);
        byte[] bytes =
            written.pointer(1).reinterpret(written.number(2)).toArray(ValueLayout.JAVA_BYTE);
        client.api().delete(written.pointer(4), written.pointer(3));
        return Optional.of(bytes);
      } finally {
        client.api().destroy(PjrtFunction.EXECUTABLE_DESTROY, executable);
      }
    } catch (PjrtException e) {
      // Not every plugin can.
      return Optional.empty();
    }
  }

  /**
   * Starts the program on all its devices, and does not wait for its end: what reads a result does,
   * and is told if it failed. Arguments may be closed at once; those that the program declares as
   * donated are gone, close them too.
   *
   * @param arguments for each device its buffers
   * @param results the shapes of one device's results
   * @return for each device its results, to be closed by the caller
   */
  public List<List<PjrtBuffer>> run(List<List<PjrtBuffer>> arguments, List<Shape> results) {
    int devices = arguments.size();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argumentLists = pointers(arena, devices);
      MemorySegment resultLists = pointers(arena, devices);
      List<MemorySegment> outputs = new ArrayList<>();
      for (int device = 0; device < devices; device++) {
        List<PjrtBuffer> given = arguments.get(device);
        MemorySegment list = pointers(arena, given.size());
        for (int i = 0; i < given.size(); i++) {
          list.setAtIndex(ValueLayout.ADDRESS, i, given.get(i).handle());
        }
        argumentLists.setAtIndex(ValueLayout.ADDRESS, device, list);
        outputs.add(pointers(arena, results.size()));
        resultLists.setAtIndex(ValueLayout.ADDRESS, device, outputs.getLast());
      }
      Struct execute =
          new Struct(arena, 8)
              .set(0, handle)
              .set(1, new Struct(arena, 8).memory())
              .set(2, argumentLists)
              .set(3, devices)
              .set(4, arguments.getFirst().size())
              .set(5, resultLists);
      client.api().call(PjrtFunction.LOADED_EXECUTABLE_EXECUTE, execute);
      List<List<PjrtBuffer>> found = new ArrayList<>();
      for (MemorySegment list : outputs) {
        List<PjrtBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
          buffers.add(
              new PjrtBuffer(client, results.get(i), list.getAtIndex(ValueLayout.ADDRESS, i)));
        }
        found.add(buffers);
      }
      return found;
    }
  }

  private static MemorySegment pointers(Arena arena, int count) {
    return arena.allocate(8L * Math.max(1, count), 8).fill((byte) 0);
  }

  @Override
  public void close() {
    if (handle != null) {
      client.api().destroy(PjrtFunction.LOADED_EXECUTABLE_DESTROY, handle);
      handle = null;
      client.counts().programGone();
    }
  }
}
