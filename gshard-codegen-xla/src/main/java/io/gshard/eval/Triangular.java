package io.gshard.eval;

import io.gshard.hlo.ArrayOp;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/** Cholesky's factorisation and triangular systems, matrix by matrix, in double. */
final class Triangular {
  private static final ComplexMath ZERO = new ComplexMath(0, 0);

  private Triangular() {}

  /**
   * The factor, with zeros in the other triangle; only the named triangle of x is read. NaN where x
   * is not positive definite.
   */
  static Literal cholesky(ArrayOp.Cholesky op, Literal x) {
    Shape shape = x.shape();
    int n = Math.toIntExact(shape.dim(shape.rank() - 1));
    Cells result = new Cells(shape);
    for (long first = 0; first < shape.elements(); first += (long) n * n) {
      ComplexMath[][] l = new ComplexMath[n][n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          ComplexMath sum = element(x, first, n, op.lower() ? i : j, op.lower() ? j : i);
          // The upper triangle holds the conjugate of the lower.
          sum = op.lower() ? sum : sum.conjugate();
          for (int k = 0; k < j; k++) {
            sum = sum.minus(l[i][k].times(l[j][k].conjugate()));
          }
          l[i][j] = i == j ? new ComplexMath(Math.sqrt(sum.re()), 0) : sum.over(l[j][j]);
          if (op.lower()) {
            put(result, first + (long) i * n + j, l[i][j]);
          } else {
            put(result, first + (long) j * n + i, l[i][j].conjugate());
          }
        }
      }
    }
    return result.literal();
  }

  /** By substitution; only the named triangle of a is read. */
  static Literal solve(ArrayOp.TriangularSolve op, Literal a, Literal b) {
    Shape shape = b.shape();
    int rank = shape.rank();
    int rows = Math.toIntExact(shape.dim(rank - 2));
    int columns = Math.toIntExact(shape.dim(rank - 1));
    int n = op.leftSide() ? rows : columns;
    int systems = op.leftSide() ? columns : rows;
    Cells result = new Cells(shape);
    for (long first = 0; first < shape.elements(); first += (long) rows * columns) {
      long firstA = first / ((long) rows * columns) * n * n;
      ComplexMath[][] m = matrix(op, a, firstA, n);
      for (int system = 0; system < systems; system++) {
        ComplexMath[] x = new ComplexMath[n];
        long step = op.leftSide() ? columns : 1;
        long start = first + (op.leftSide() ? system : (long) system * columns);
        for (int i : order(m, n)) {
          ComplexMath sum = Elementwise.complex(b, start + i * step);
          for (int k = 0; k < n; k++) {
            if (k != i && x[k] != null) {
              sum = sum.minus(m[i][k].times(x[k]));
            }
          }
          x[i] = sum.over(m[i][i]);
          put(result, start + i * step, x[i]);
        }
      }
    }
    return result.literal();
  }

  /** The matrix M of the systems M x = b, once transposed for x A = b, once more for op(A). */
  private static ComplexMath[][] matrix(ArrayOp.TriangularSolve op, Literal a, long first, int n) {
    boolean transposed = op.transposeA() != ArrayOp.Transposition.NO_TRANSPOSE;
    ComplexMath[][] m = new ComplexMath[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        boolean inside = i == j || (op.lower() ? i > j : i < j);
        ComplexMath value = inside ? element(a, first, n, i, j) : ZERO;
        if (i == j && op.unitDiagonal()) {
          value = new ComplexMath(1, 0);
        }
        if (op.transposeA() == ArrayOp.Transposition.ADJOINT) {
          value = value.conjugate();
        }
        boolean swapped = transposed == op.leftSide();
        m[swapped ? j : i][swapped ? i : j] = value;
      }
    }
    return m;
  }

  /** Rows downwards if nothing lies right of the diagonal, else upwards. */
  private static List<Integer> order(ComplexMath[][] m, int n) {
    List<Integer> down = IntStream.range(0, n).boxed().toList();
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        if (m[i][j].re() != 0 || m[i][j].im() != 0) {
          return down.reversed();
        }
      }
    }
    return down;
  }

  private static ComplexMath element(Literal x, long first, int n, int row, int column) {
    return Elementwise.complex(x, first + (long) row * n + column);
  }

  private static void put(Cells cells, long at, ComplexMath value) {
    cells.real(at, value.re());
    if (cells.isComplex()) {
      cells.imaginary(at, value.im());
    }
  }
}
