package io.gshard.eval;

import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Ops that sum or fold over dims. Floating sums are made in double and rounded once. */
final class Contraction {
  private Contraction() {}

  static Literal dot(Op.Dot op, Literal lhs, Literal rhs, Shape shape) {
    List<Integer> lhsFree = Op.Dot.free(lhs.shape().rank(), op.lhsBatch(), op.lhsContracting());
    List<Integer> rhsFree = Op.Dot.free(rhs.shape().rank(), op.rhsBatch(), op.rhsContracting());
    List<Long> contracted = op.lhsContracting().stream().map(lhs.shape()::dim).toList();
    int batches = op.lhsBatch().size();
    Cells result = new Cells(shape);
    Indices.forEach(
        shape.dims(),
        out -> {
          long at = Indices.position(shape.dims(), out);
          long[] left = new long[lhs.shape().rank()];
          long[] right = new long[rhs.shape().rank()];
          for (int i = 0; i < batches; i++) {
            left[op.lhsBatch().get(i)] = out[i];
            right[op.rhsBatch().get(i)] = out[i];
          }
          for (int i = 0; i < lhsFree.size(); i++) {
            left[lhsFree.get(i)] = out[batches + i];
          }
          for (int i = 0; i < rhsFree.size(); i++) {
            right[rhsFree.get(i)] = out[batches + lhsFree.size() + i];
          }
          Indices.forEach(
              contracted,
              inner -> {
                for (int i = 0; i < inner.length; i++) {
                  left[op.lhsContracting().get(i)] = inner[i];
                  right[op.rhsContracting().get(i)] = inner[i];
                }
                addProduct(
                    result,
                    at,
                    lhs,
                    Indices.position(lhs.shape().dims(), left),
                    rhs,
                    Indices.position(rhs.shape().dims(), right));
              });
        });
    return result.literal();
  }

  /** On predicates the product is "and", the sum "or". */
  static void addProduct(Cells sums, long at, Literal x, long xAt, Literal y, long yAt) {
    if (sums.isComplex()) {
      ComplexMath product = Elementwise.complex(x, xAt).times(Elementwise.complex(y, yAt));
      sums.real(at, sums.real(at) + product.re());
      sums.imaginary(at, sums.imaginary(at) + product.im());
    } else if (sums.isFloating()) {
      sums.real(at, sums.real(at) + x.real(xAt) * y.real(yAt));
    } else if (sums.type() == DType.PRED) {
      sums.integer(at, sums.integer(at) | (x.integer(xAt) & y.integer(yAt)));
    } else {
      sums.integer(at, sums.integer(at) + x.integer(xAt) * y.integer(yAt));
    }
  }

  static Literal reduce(Op.Reduce op, Literal x, Shape shape) {
    Cells result = Fold.identity(op.combiner(), new Cells(shape), shape.type());
    Indices.forEach(
        x.shape().dims(),
        index ->
            Fold.into(
                op.combiner(),
                result,
                Indices.position(shape.dims(), without(index, op.dimensions())),
                x,
                Indices.position(x.shape().dims(), index)));
    return result.literal();
  }

  static long[] without(long[] index, List<Integer> dims) {
    List<Long> kept = new ArrayList<>();
    for (int i = 0; i < index.length; i++) {
      if (!dims.contains(i)) {
        kept.add(index[i]);
      }
    }
    return kept.stream().mapToLong(Long::longValue).toArray();
  }

  static Literal cumulative(Op.Cumulative op, Literal x) {
    Shape shape = x.shape();
    Cells result = Fold.identity(op.combiner(), new Cells(shape), shape.type());
    Indices.forEach(
        shape.dims(),
        index -> {
          long at = Indices.position(shape.dims(), index);
          long[] from = index.clone();
          for (long i = 0; i < shape.dim(op.dimension()); i++) {
            long place = index[op.dimension()];
            boolean before = op.reverse() ? i > place : i < place;
            if (before || (i == place && !op.exclusive())) {
              from[op.dimension()] = i;
              Fold.into(op.combiner(), result, at, x, Indices.position(shape.dims(), from));
            }
          }
        });
    return result.literal();
  }
}
