package io.gshard.eval;

import io.gshard.hlo.ArrayOp;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;

/** Discrete Fourier transforms by their definition, one dim after the other, in double. */
final class Fourier {
  private final double[] real;
  private final double[] imaginary;
  private final Shape shape;

  private Fourier(Literal x, Shape shape) {
    this.shape = shape;
    int size = Math.toIntExact(shape.elements());
    real = new double[size];
    imaginary = new double[size];
  }

  static Literal transform(ArrayOp.Fft op, Literal x) {
    int rank = x.shape().rank();
    int first = rank - op.lengths().size();
    boolean inverse = op.kind() == ArrayOp.FftKind.IFFT || op.kind() == ArrayOp.FftKind.IRFFT;
    Shape full = x.shape();
    for (int i = first; i < rank; i++) {
      full = full.withDim(i, op.lengths().get(i - first));
    }
    Fourier work = new Fourier(x, full);
    work.fill(x, op.kind() == ArrayOp.FftKind.IRFFT, first);
    for (int dim = first; dim < rank; dim++) {
      work.along(dim, inverse);
    }
    return work.result(op.kind(), x.shape().type());
  }

  /**
   * The elements of x. Of a real signal's spectrum only half is given; the other half is the
   * conjugate at the negated frequencies.
   */
  private void fill(Literal x, boolean halved, int first) {
    Shape given = x.shape();
    int last = shape.rank() - 1;
    Indices.forEach(
        shape.dims(),
        index -> {
          int to = (int) Indices.position(shape.dims(), index);
          long[] from = index.clone();
          boolean mirrored = halved && index[last] >= given.dim(last);
          if (mirrored) {
            for (int dim = first; dim < from.length; dim++) {
              from[dim] = (shape.dim(dim) - from[dim]) % shape.dim(dim);
            }
          }
          long at = Indices.position(given.dims(), from);
          real[to] = x.real(at);
          imaginary[to] = mirrored ? -x.imaginary(at) : x.imaginary(at);
        });
  }

  private void along(int dim, boolean inverse) {
    int length = Math.toIntExact(shape.dim(dim));
    int stride = (int) shape.strides()[dim];
    double[] re = new double[length];
    double[] im = new double[length];
    for (int line = 0; line < real.length; line++) {
      if (line / stride % length != 0) {
        continue;
      }
      for (int k = 0; k < length; k++) {
        re[k] = 0;
        im[k] = 0;
        for (int n = 0; n < length; n++) {
          double angle = 2 * Math.PI * ((long) k * n % length) / length * (inverse ? 1 : -1);
          double cos = Math.cos(angle);
          double sin = Math.sin(angle);
          int at = line + n * stride;
          re[k] += real[at] * cos - imaginary[at] * sin;
          im[k] += real[at] * sin + imaginary[at] * cos;
        }
      }
      for (int k = 0; k < length; k++) {
        real[line + k * stride] = inverse ? re[k] / length : re[k];
        imaginary[line + k * stride] = inverse ? im[k] / length : im[k];
      }
    }
  }

  private Literal result(ArrayOp.FftKind kind, DType given) {
    boolean wide = given == DType.F64 || given == DType.C128;
    Shape out =
        kind == ArrayOp.FftKind.IRFFT
            ? shape.withType(wide ? DType.F64 : DType.F32)
            : shape.withType(wide ? DType.C128 : DType.C64);
    int last = shape.rank() - 1;
    Shape kept = kind == ArrayOp.FftKind.RFFT ? out.withDim(last, out.dim(last) / 2 + 1) : out;
    Cells result = new Cells(kept);
    Indices.forEach(
        kept.dims(),
        index -> {
          int from = (int) Indices.position(shape.dims(), index);
          long to = Indices.position(kept.dims(), index);
          result.real(to, real[from]);
          if (result.isComplex()) {
            result.imaginary(to, imaginary[from]);
          }
        });
    return result.literal();
  }
}
