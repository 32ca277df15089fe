package io.gshard.runtime;

/** A virtual device. Generated segments read and write its memory directly. */
public final class Device extends Memory {
  /** The row-major position in the mesh. */
  public final int id;

  /** What is the same on all devices; written by segments that run once. */
  public final Memory common;

  private final Scratch scratch;

  Device(int id, Layout.Sizes sizes, Memory common, Scratch scratch) {
    super(sizes);
    this.id = id;
    this.common = common;
    this.scratch = scratch;
  }

  /** Blocks for intermediates, shared by the devices that the same worker runs. */
  public Scratch scratch() {
    return scratch;
  }
}
