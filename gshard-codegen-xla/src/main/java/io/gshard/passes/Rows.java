package io.gshard.passes;

import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import java.util.List;

/** Loops whose turns each have a row, along dim 0, of the arrays that are carried. */
final class Rows {
  private Rows() {}

  /**
   * Whether a turn reads of each array that the loop carries the row of its own number alone, and
   * writes that one: then the turns may be taken in any order.
   */
  static boolean only(Instruction scan) {
    HloOp.Scan op = (HloOp.Scan) scan.op();
    Instruction turn = turn(scan);
    if (turn == null || op.carries() == 0) {
      return false;
    }
    List<Instruction> results = op.body().root().operands();
    for (int i = 0; i < op.carries(); i++) {
      Instruction carry = op.body().parameters().get(i);
      Instruction result = results.get(i);
      boolean written =
          result.op() instanceof Op.DynamicUpdateSlice
              && result.operand(0) == carry
              && result.operand(1) != carry
              && result.operand(1).shape().dim(0) == 1
              && isRow(result.operands().subList(2, result.operands().size()), turn);
      if (!written || !readByRow(op, carry, result, turn)) {
        return false;
      }
    }
    return true;
  }

  private static boolean readByRow(
      HloOp.Scan op, Instruction carry, Instruction written, Instruction turn) {
    for (Instruction user : op.body().instructions()) {
      if (user != written && user.operands().contains(carry)) {
        boolean row =
            user.op() instanceof Op.DynamicSlice
                && user.shape().dim(0) == 1
                && isRow(user.operands().subList(1, user.operands().size()), turn);
        if (!row) {
          return false;
        }
      }
    }
    return op.body().root().operands().stream().filter(r -> r == written).count() == 1;
  }

  private static boolean isRow(List<Instruction> starts, Instruction turn) {
    return starts.getFirst() == turn
        && starts.stream()
            .skip(1)
            .allMatch(s -> s.op() instanceof Op.Constant c && c.value().real(0) == 0);
  }

  /**
   * The parameter of the body that has the number of the turn, its place in the stacks; or null.
   */
  static Instruction turn(Instruction scan) {
    HloOp.Scan op = (HloOp.Scan) scan.op();
    for (int i = op.carries(); i < op.carries() + op.slices(); i++) {
      if (scan.operand(i).op() instanceof Op.Iota iota
          && iota.dimension() == 0
          && scan.operand(i).shape().rank() == 1) {
        return op.body().parameters().get(i);
      }
    }
    return null;
  }
}
