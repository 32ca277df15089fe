package io.gshard.kernels;

import io.gshard.op.Combiner;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Single kernels on one thread, on square arrays: {@code bin/bench jmh}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class KernelBenchmarks {
  /** Rows and columns. */
  @Param({"64", "512"})
  public int size;

  private float[] x;
  private float[] y;
  private float[] out;
  private short[] bf16;
  private int[] square;
  private int[] rowMajor;
  private int[] columnMajor;

  /** Draws the operands. */
  @Setup
  public void draw() {
    int elements = size * size;
    Random random = new Random(1);
    x = new float[elements];
    y = new float[elements];
    for (int i = 0; i < elements; i++) {
      x[i] = (float) random.nextGaussian();
      y[i] = (float) random.nextGaussian();
    }
    out = new float[elements];
    bf16 = new short[elements];
    Convert.convert(x, 0, bf16, 0, elements);
    square = new int[] {size, size};
    rowMajor = new int[] {size, 1};
    columnMajor = new int[] {1, size};
  }

  /** A product of matrices. */
  @Benchmark
  public float[] product() {
    Matmul.multiply(x, 0, 0, size, 1, y, 0, 0, size, 1, out, 0, 0, size, 1, size, size, size);
    return out;
  }

  /** A product whose right operand is transposed. */
  @Benchmark
  public float[] productTransposed() {
    Matmul.multiply(x, 0, 0, size, 1, y, 0, 0, 1, size, out, 0, 0, size, 1, size, size, size);
    return out;
  }

  /** A product of bf16 matrices. */
  @Benchmark
  public float[] productBf16() {
    Matmul.multiply(bf16, 0, 0, size, 1, bf16, 0, 0, size, 1, out, 0, 0, size, 1, size, size, size);
    return out;
  }

  /** An exponential of each element. */
  @Benchmark
  public float[] exponential() {
    Vec.exponential(x, 0, out, 0, size * size);
    return out;
  }

  /** A sum of each row. */
  @Benchmark
  public float[] sumOfRows() {
    Fold.reduce(Combiner.ADD, x, 0, size, size, 1, out, 0);
    return out;
  }

  /** A sum of each column. */
  @Benchmark
  public float[] sumOfColumns() {
    Fold.reduce(Combiner.ADD, x, 0, 1, size, size, out, 0);
    return out;
  }

  /** A transpose. */
  @Benchmark
  public float[] transpose() {
    Move.copy(x, 0, square, columnMajor, out, 0, rowMajor);
    return out;
  }

  /** A conversion from bf16. */
  @Benchmark
  public float[] fromBf16() {
    Convert.convert(bf16, 0, out, 0, size * size);
    return out;
  }
}
