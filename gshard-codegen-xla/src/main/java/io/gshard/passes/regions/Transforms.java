package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.ArrayOp.FftKind;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.op.Op.BinaryKind;
import io.gshard.op.Op.UnaryKind;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Discrete Fourier transforms as products with matrices of roots of unity, one dim after the other.
 * A length that is not prime is cut in two factors (Cooley and Tukey, "An algorithm for the machine
 * calculation of complex Fourier series", 1965).
 */
final class Transforms {
  /** Shorter ones are one product. */
  private static final long WHOLE = 16;

  private final Arrays arrays;
  private final ArrayOp.Fft op;
  private final boolean inverse;

  Transforms(Arrays arrays, ArrayOp.Fft op) {
    this.arrays = arrays;
    this.op = op;
    inverse = op.kind() == FftKind.IFFT || op.kind() == FftKind.IRFFT;
  }

  Instruction transform(Instruction x) {
    int rank = x.shape().rank();
    int first = rank - op.lengths().size();
    Instruction result =
        switch (op.kind()) {
          case RFFT -> arrays.complex(x, arrays.filled(x.shape(), 0));
          case IRFFT -> spectrum(x, first);
          case FFT, IFFT -> x;
        };
    for (int dim = first; dim < rank; dim++) {
      result = along(result, dim);
    }
    return switch (op.kind()) {
      case RFFT -> {
        long last = op.lengths().getLast();
        yield arrays.slice(result, rank - 1, 0, last / 2 + 1, 1);
      }
      case IRFFT -> arrays.real(result);
      case FFT, IFFT -> result;
    };
  }

  /**
   * Of a real signal's spectrum half is given; the rest is the conjugate at negated frequencies.
   */
  private Instruction spectrum(Instruction half, int first) {
    int last = half.shape().rank() - 1;
    long given = half.shape().dim(last);
    long length = op.lengths().getLast();
    Instruction rest = arrays.slice(half, last, 1, length - given + 1, 1);
    for (int dim = first; dim < last; dim++) {
      long size = rest.shape().dim(dim);
      rest =
          arrays.concatenate(
              List.of(
                  arrays.slice(rest, dim, 0, 1, 1),
                  reversed(arrays.slice(rest, dim, 1, size, 1), dim)),
              dim);
    }
    return arrays.concatenate(List.of(half, arrays.conjugate(reversed(rest, last))), last);
  }

  private Instruction reversed(Instruction x, int dim) {
    return arrays.emit(new Op.Reverse(List.of(dim)), x);
  }

  private Instruction along(Instruction x, int dim) {
    List<Integer> swapped = new ArrayList<>(Arrays.range(x.shape().rank()));
    Collections.swap(swapped, dim, swapped.size() - 1);
    Instruction lines = arrays.transpose(x, swapped);
    long length = x.shape().dim(dim);
    List<Long> flat = List.of(x.shape().elements() / length, length);
    Instruction all = lines(arrays.reshape(lines, flat));
    if (inverse) {
      Shape shape = all.shape();
      all = arrays.binary(BinaryKind.DIVIDE, all, arrays.filled(shape, length));
    }
    return arrays.transpose(arrays.reshape(all, lines.shape().dims()), swapped);
  }

  /** Each row of [rows, n]: element k1 + a k2 of the result is made of all n1 b + n2. */
  private Instruction lines(Instruction x) {
    DType type = x.shape().type();
    long rows = x.shape().dim(0);
    long n = x.shape().dim(1);
    long a = factor(n);
    if (a == 1) {
      Op.Dot dot = new Op.Dot(List.of(), List.of(), List.of(1), List.of(0), null);
      return arrays.emit(dot, x, roots(type, n, n, n));
    }
    long b = n / a;
    List<Integer> swapped = List.of(0, 2, 1);
    Instruction outer = arrays.transpose(arrays.reshape(x, List.of(rows, a, b)), swapped);
    Instruction inner =
        arrays.reshape(lines(arrays.reshape(outer, List.of(rows * b, a))), List.of(rows, b, a));
    Instruction turns =
        arrays.emit(new Op.Broadcast(List.of(rows, b, a), List.of(1, 2)), roots(type, b, a, n));
    Instruction turned =
        arrays.transpose(arrays.binary(BinaryKind.MULTIPLY, inner, turns), swapped);
    Instruction done = lines(arrays.reshape(turned, List.of(rows * a, b)));
    return arrays.reshape(
        arrays.transpose(arrays.reshape(done, List.of(rows, a, b)), swapped), List.of(rows, n));
  }

  /** The largest factor that is not above the root; 1 where the length stays whole. */
  private static long factor(long n) {
    long factor = n <= WHOLE ? 1 : (long) Math.sqrt(n);
    while (n % factor != 0) {
      factor--;
    }
    return factor;
  }

  /** At (i, j) the n-th root of unity to the power i j, found in f64. */
  private Instruction roots(DType type, long rows, long columns, long n) {
    List<Long> dims = List.of(rows, columns);
    Instruction power =
        arrays.binary(
            BinaryKind.MULTIPLY,
            arrays.count(DType.S64, dims, 0),
            arrays.count(DType.S64, dims, 1));
    Instruction within =
        arrays.binary(BinaryKind.REMAINDER, power, arrays.filled(power.shape(), n));
    double step = (inverse ? 2 : -2) * Math.PI / n;
    Instruction turns = arrays.convert(within, DType.F64);
    Instruction angle =
        arrays.binary(BinaryKind.MULTIPLY, turns, arrays.filled(dims, arrays.constant(step)));
    return arrays.complex(
        arrays.convert(arrays.emit(new Op.Unary(UnaryKind.COSINE), angle), type.part()),
        arrays.convert(arrays.emit(new Op.Unary(UnaryKind.SINE), angle), type.part()));
  }
}
