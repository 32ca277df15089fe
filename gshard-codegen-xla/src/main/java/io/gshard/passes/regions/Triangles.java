package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.op.Op.BinaryKind;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.List;

/** Cholesky's factorisation and triangular systems: a loop with a turn for each row. */
final class Triangles {
  private static final List<Integer> SWAPPED = List.of(0, 2, 1);

  private final Arrays arrays;

  Triangles(Arrays arrays) {
    this.arrays = arrays;
  }

  /**
   * The factor with zeros in the other triangle, and NaN where there is none. Row i of the
   * conjugate of the upper factor U is the rest of row i of the upper triangle, over its root.
   */
  Instruction cholesky(ArrayOp.Cholesky op, Instruction x) {
    Instruction matrices = matrices(x);
    // Of a Hermitian matrix one triangle is the conjugate transpose of the other.
    Instruction upper = op.lower() ? adjoint(arrays, matrices) : matrices;
    Instruction factor =
        rows(
            upper.shape(),
            List.of(upper),
            false,
            (turn, done, i, rest) -> {
              Instruction column = turn.row(turn.transpose(done, SWAPPED), i);
              Instruction known = turn.product(turn.conjugate(column), done);
              Instruction left =
                  turn.binary(BinaryKind.SUBTRACT, turn.row(rest.getFirst(), i), known);
              Instruction root =
                  turn.emit(new Op.Unary(Op.UnaryKind.SQRT), turn.real(element(turn, left, i)));
              Shape row = left.shape();
              Instruction over =
                  turn.binary(
                      BinaryKind.DIVIDE, left, wide(turn, turn.convert(root, row.type()), row));
              Instruction places = turn.count(DType.S32, row.dims(), 2);
              Instruction here = turn.filled(row.dims(), i);
              Instruction begun =
                  turn.select(
                      turn.compare(Op.Direction.LT, places, here), turn.filled(row, 0), over);
              return turn.select(
                  turn.compare(Op.Direction.EQ, places, here),
                  wide(turn, turn.convert(root, row.type()), row),
                  begun);
            });
    return arrays.reshape(op.lower() ? adjoint(arrays, factor) : factor, x.shape().dims());
  }

  /** By substitution, for all right sides at once. */
  Instruction solve(ArrayOp.TriangularSolve op, Instruction a, Instruction b) {
    Instruction known = matrices(a);
    Shape shape = known.shape();
    Instruction rows = arrays.count(DType.S32, shape.dims(), 1);
    Instruction columns = arrays.count(DType.S32, shape.dims(), 2);
    Instruction outside =
        arrays.compare(op.lower() ? Op.Direction.LT : Op.Direction.GT, rows, columns);
    Instruction diagonal = arrays.compare(Op.Direction.EQ, rows, columns);
    known = arrays.select(outside, arrays.filled(shape, 0), known);
    if (op.unitDiagonal()) {
      known = arrays.select(diagonal, arrays.filled(shape, 1), known);
    }
    if (op.transposeA() == ArrayOp.Transposition.ADJOINT) {
      known = arrays.conjugate(known);
    }
    // Systems M x = b: x op(A) = b is transposed once more.
    boolean swapped = (op.transposeA() != ArrayOp.Transposition.NO_TRANSPOSE) == op.leftSide();
    Instruction m = swapped ? arrays.transpose(known, SWAPPED) : known;
    Instruction right = matrices(b);
    right = op.leftSide() ? right : arrays.transpose(right, SWAPPED);
    Instruction solved =
        rows(
            right.shape(),
            List.of(m, right),
            op.lower() == swapped,
            (turn, done, i, rest) -> {
              Instruction row = turn.row(rest.get(0), i);
              Instruction left =
                  turn.binary(
                      BinaryKind.SUBTRACT, turn.row(rest.get(1), i), turn.product(row, done));
              return turn.binary(
                  BinaryKind.DIVIDE, left, wide(turn, element(turn, row, i), left.shape()));
            });
    Instruction back = op.leftSide() ? solved : arrays.transpose(solved, SWAPPED);
    return arrays.reshape(back, b.shape().dims());
  }

  /** A row of the result, of the rows that are done; the others are zeros. */
  private interface Row {
    Instruction apply(Arrays arrays, Instruction done, Instruction i, List<Instruction> rest);
  }

  private Instruction rows(Shape result, List<Instruction> constants, boolean reverse, Row row) {
    Instruction numbers = arrays.count(DType.S32, List.of(result.dim(1)), 0);
    return arrays
        .loop(
            List.of(arrays.filled(result, 0)),
            List.of(numbers),
            constants,
            reverse,
            (turn, carries, rest) -> {
              Instruction done = carries.getFirst();
              Instruction i = rest.getFirst();
              Instruction made = row.apply(turn, done, i, rest.subList(1, rest.size()));
              return List.of(turn.withRow(done, made, i));
            })
        .getFirst();
  }

  private Instruction matrices(Instruction x) {
    Shape shape = x.shape();
    int rank = shape.rank();
    long count = shape.dims().subList(0, rank - 2).stream().reduce(1L, Math::multiplyExact);
    return arrays.reshape(x, List.of(count, shape.dim(rank - 2), shape.dim(rank - 1)));
  }

  private static Instruction adjoint(Arrays arrays, Instruction x) {
    return arrays.conjugate(arrays.transpose(x, SWAPPED));
  }

  /** Element i of each of the rows [b, 1, n]: [b, 1, 1]. */
  private static Instruction element(Arrays arrays, Instruction rows, Instruction i) {
    Instruction zero = arrays.constant(DType.S32, 0);
    Op.DynamicSlice one = new Op.DynamicSlice(rows.shape().withDim(2, 1).dims());
    return arrays.emit(one, rows, zero, zero, i);
  }

  /** [b, 1, 1] along whole rows. */
  private static Instruction wide(Arrays arrays, Instruction x, Shape rows) {
    Instruction each = arrays.reshape(x, List.of(rows.dim(0)));
    return arrays.emit(new Op.Broadcast(rows.dims(), List.of(0)), each);
  }
}
