package io.gshard.runtime;

/**
 * A virtual device: one arena for each storage class. Generated segments read and write them
 * directly.
 */
public final class Device {
  /** The row-major position in the mesh. */
  public final int id;

  public final float[] f32;

  /** s32 and u32. */
  public final int[] s32;

  public final short[] bf16;

  /** 0 or 1. */
  public final byte[] pred;

  private final Scratch scratch;

  Device(int id, Layout layout, Scratch scratch) {
    this.id = id;
    this.f32 = new float[(int) layout.f32()];
    this.s32 = new int[(int) layout.s32()];
    this.bf16 = new short[(int) layout.bf16()];
    this.pred = new byte[(int) layout.pred()];
    this.scratch = scratch;
  }

  /** Blocks for intermediates, shared by the devices that the same worker runs. */
  public Scratch scratch() {
    return scratch;
  }
}
