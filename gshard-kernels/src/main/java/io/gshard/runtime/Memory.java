package io.gshard.runtime;

/** One arena for each storage class. */
public class Memory {
  public final float[] f32;

  /** s32 and u32. */
  public final int[] s32;

  public final short[] bf16;

  /** 0 or 1. */
  public final byte[] pred;

  /** s64 and u64, and the integers of 8 and 16 bits. */
  public final long[] s64;

  /** f64 and f16. */
  public final double[] f64;

  /** How many arrays of random numbers have been drawn in this run of a program. */
  private final long[] draws;

  Memory(Layout.Sizes sizes) {
    this.f32 = new float[(int) sizes.f32()];
    this.s32 = new int[(int) sizes.s32()];
    this.bf16 = new short[(int) sizes.bf16()];
    this.pred = new byte[(int) sizes.pred()];
    this.s64 = new long[(int) sizes.s64()];
    this.f64 = new double[(int) sizes.f64()];
    this.draws = new long[1];
  }

  /** The same memory. */
  Memory(Memory other) {
    this.f32 = other.f32;
    this.s32 = other.s32;
    this.bf16 = other.bf16;
    this.pred = other.pred;
    this.s64 = other.s64;
    this.f64 = other.f64;
    this.draws = other.draws;
  }

  /** 0, 1, ... in a run of a program: the number of its next array of random numbers. */
  public long nextDraw() {
    return draws[0]++;
  }

  /** A run of a program begins. */
  void begin() {
    draws[0] = 0;
  }
}
