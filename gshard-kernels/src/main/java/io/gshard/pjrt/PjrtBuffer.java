package io.gshard.pjrt;

import io.gshard.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** An array in a device's memory. */
public final class PjrtBuffer implements AutoCloseable {
  private final PjrtClient client;
  private final Shape shape;
  private MemorySegment handle;

  PjrtBuffer(PjrtClient client, Shape shape, MemorySegment handle) {
    this.client = client;
    this.shape = shape;
    this.handle = handle;
    client.counts().bufferMade();
  }

  public Shape shape() {
    return shape;
  }

  MemorySegment handle() {
    if (handle == null) {
      throw new IllegalStateException("the buffer of " + shape + " is closed");
    }
    return handle;
  }

  /**
   * Copies the elements, row-major, to the host's memory, and waits until they are there.
   *
   * @param target as many bytes as the shape has
   * @throws PjrtException if the program that makes them failed
   */
  public void read(MemorySegment target) {
    startRead(target).await();
  }

  /**
   * Copies each buffer to the memory beside it, all at the same time.
   *
   * @param targets as many bytes each as the buffer's shape has
   * @throws PjrtException if a program that makes them failed
   */
  public static void read(List<PjrtBuffer> buffers, List<MemorySegment> targets) {
    List<PjrtEvent> reads = new ArrayList<>();
    try {
      for (int i = 0; i < buffers.size(); i++) {
        reads.add(buffers.get(i).startRead(targets.get(i)));
      }
    } finally {
      // The memory has to stay until all are done, whatever happened.
      PjrtEvent.await(reads);
    }
  }

  private PjrtEvent startRead(MemorySegment target) {
    if (target.byteSize() != shape.bytes()) {
      throw new IllegalArgumentException(
          "%s has %d bytes, %d given".formatted(shape, shape.bytes(), target.byteSize()));
    }
    try (Arena arena = Arena.ofConfined()) {
      Struct read =
          new Struct(arena, 5)
              .set(0, handle())
              .set(1, client.rowMajor(arena, shape.rank()))
              .set(2, target)
              .set(3, target.byteSize());
      client.api().call(PjrtFunction.BUFFER_TO_HOST_BUFFER, read);
      return new PjrtEvent(client, read.pointer(4));
    }
  }

  /** Frees the device's memory once nothing that runs needs it. */
  @Override
  public void close() {
    if (handle != null) {
      client.api().destroy(PjrtFunction.BUFFER_DESTROY, handle);
      handle = null;
      client.counts().bufferGone();
      client.freeUnused();
    }
  }
}
