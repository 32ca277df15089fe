package io.gshard.hlo;

import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * The ops on arrays that the language has no words for: HLO text brings them. Names, attributes and
 * semantics are HLO's (XLA's "Operation Semantics").
 */
public sealed interface ArrayOp extends HloOp {

  /**
   * (lhs, rhs): convolution.
   *
   * @param window over the spatial dims, in the order of {@code dims}' spatial lists
   * @param preferred the result's element type, or null for the operands'
   */
  record Convolution(
      Window window, ConvolutionDims dims, long featureGroups, long batchGroups, DType preferred)
      implements ArrayOp {}

  /** Which dims of lhs, rhs and result are what (HLO's {@code dim_labels=b01f_01io->b01f}). */
  record ConvolutionDims(
      int inputBatch,
      int inputFeature,
      List<Integer> inputSpatial,
      int kernelInputFeature,
      int kernelOutputFeature,
      List<Integer> kernelSpatial,
      int outputBatch,
      int outputFeature,
      List<Integer> outputSpatial) {
    public ConvolutionDims {
      inputSpatial = List.copyOf(inputSpatial);
      kernelSpatial = List.copyOf(kernelSpatial);
      outputSpatial = List.copyOf(outputSpatial);
    }
  }

  /**
   * (n arrays, n scalar starts): each result element folds a window, with a computation of 2n
   * scalars. One array in: an array; several: a tuple.
   */
  record ReduceWindow(Computation computation, Window window) implements ArrayOp {}

  /**
   * (x, source, scalar start): each source element is folded in where its window of x has the
   * element that {@code select} (a, b -> keep a) prefers.
   */
  record SelectAndScatter(Computation select, Computation scatter, Window window)
      implements ArrayOp {}

  /**
   * (n arrays, indices, n updates): scatter with any computation of 2n scalars. {@link
   * io.gshard.op.Op.Scatter} is the common form; its combiner here is not looked at.
   */
  record ScatterRegion(Computation computation, Op.Scatter dims) implements ArrayOp {}

  /** (n arrays of the same dims): a computation of n scalars on every place. */
  record Map(Computation computation) implements ArrayOp {}

  /** (x): the k largest (or smallest) of the last dim with their s32 positions, as a tuple. */
  record TopK(long k, boolean largest) implements ArrayOp {}

  /** (x): discrete Fourier transform over the last {@code lengths.size()} dims. */
  record Fft(FftKind kind, List<Long> lengths) implements ArrayOp {
    public Fft {
      lengths = List.copyOf(lengths);
    }
  }

  enum FftKind {
    FFT,
    IFFT,
    RFFT,
    IRFFT
  }

  /** (x [.., n, n]): the triangular factor; the other triangle of the result is unspecified. */
  record Cholesky(boolean lower) implements ArrayOp {}

  /** (a [.., n, n], b): solves op(a) x = b, or x op(a) = b if not {@code leftSide}. */
  record TriangularSolve(
      boolean leftSide, boolean lower, boolean unitDiagonal, Transposition transposeA)
      implements ArrayOp {}

  enum Transposition {
    NO_TRANSPOSE,
    TRANSPOSE,
    ADJOINT
  }

  /** (two scalars: a and b): uniform in [a, b), or normal of mean a and deviation b. */
  record Rng(Shape shape, Distribution distribution) implements ArrayOp {}

  enum Distribution {
    RNG_UNIFORM,
    RNG_NORMAL
  }

  /** (state): new state and random bits, as a tuple of the given type. */
  record RngBitGenerator(String algorithm, Type type) implements ArrayOp {}

  /** (x): rounded to a format of these exponent and mantissa bits; the type stays. */
  record ReducePrecision(int exponentBits, int mantissaBits) implements ArrayOp {}

  /**
   * (x, y): comparison of floating numbers in total order: -NaN < -infinity < ... < -0 < 0 < ... <
   * infinity < NaN.
   */
  record CompareTotal(Op.Direction direction) implements ArrayOp {}

  /** (real, imaginary): a complex array. */
  record Complex() implements ArrayOp {}

  /** (complex): its real part. */
  record Real() implements ArrayOp {}

  /** (complex): its imaginary part. */
  record Imag() implements ArrayOp {}

  /**
   * (n arrays): the same collective on each, in one message; a tuple. What merging of collectives
   * makes.
   */
  record Merged(Op.Collective collective) implements ArrayOp {}
}
