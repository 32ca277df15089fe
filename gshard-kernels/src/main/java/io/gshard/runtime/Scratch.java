package io.gshard.runtime;

import java.util.Arrays;

/**
 * A worker's blocks of {@link #BLOCK} elements for the intermediates of fused loops; few enough to
 * stay in L1.
 */
public final class Scratch {
  /** Elements of a block. */
  public static final int BLOCK = 1024;

  private float[][] f32 = new float[8][];
  private int[][] s32 = new int[8][];
  private short[][] bf16 = new short[8][];
  private byte[][] pred = new byte[8][];
  private long[][] s64 = new long[8][];
  private double[][] f64 = new double[8][];

  public float[] f32(int slot) {
    if (slot >= f32.length) {
      f32 = Arrays.copyOf(f32, 2 * slot);
    }
    if (f32[slot] == null) {
      f32[slot] = new float[BLOCK];
    }
    return f32[slot];
  }

  public int[] s32(int slot) {
    if (slot >= s32.length) {
      s32 = Arrays.copyOf(s32, 2 * slot);
    }
    if (s32[slot] == null) {
      s32[slot] = new int[BLOCK];
    }
    return s32[slot];
  }

  public short[] bf16(int slot) {
    if (slot >= bf16.length) {
      bf16 = Arrays.copyOf(bf16, 2 * slot);
    }
    if (bf16[slot] == null) {
      bf16[slot] = new short[BLOCK];
    }
    return bf16[slot];
  }

  public byte[] pred(int slot) {
    if (slot >= pred.length) {
      pred = Arrays.copyOf(pred, 2 * slot);
    }
    if (pred[slot] == null) {
      pred[slot] = new byte[BLOCK];
    }
    return pred[slot];
  }

  public long[] s64(int slot) {
    if (slot >= s64.length) {
      s64 = Arrays.copyOf(s64, 2 * slot);
    }
    if (s64[slot] == null) {
      s64[slot] = new long[BLOCK];
    }
    return s64[slot];
  }

  public double[] f64(int slot) {
    if (slot >= f64.length) {
      f64 = Arrays.copyOf(f64, 2 * slot);
    }
    if (f64[slot] == null) {
      f64[slot] = new double[BLOCK];
    }
    return f64[slot];
  }
}
