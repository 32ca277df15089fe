package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import java.util.List;

/**
 * Reduce-precision, on the bits of the elements: dropped bits of the mantissa are rounded, ties to
 * even; what is too large for the exponent becomes infinite, what is too small zero; NaN stays.
 */
final class Rounding {
  private final Arrays arrays;
  private final List<Long> dims;
  private final DType bits;

  private Rounding(Arrays arrays, Instruction x) {
    this.arrays = arrays;
    this.dims = x.shape().dims();
    this.bits =
        switch (x.shape().type().bits()) {
          case 16 -> DType.U16;
          case 32 -> DType.U32;
          default -> DType.U64;
        };
  }

  static Instruction reduce(Arrays arrays, ArrayOp.ReducePrecision op, Instruction x) {
    return new Rounding(arrays, x).reduce(op, x);
  }

  private Instruction reduce(ArrayOp.ReducePrecision op, Instruction x) {
    DType type = x.shape().type();
    int mantissa =
        switch (type) {
          case F64 -> 52;
          case F32 -> 23;
          case F16 -> 10;
          default -> 7;
        };
    int exponent = type.bits() - 1 - mantissa;
    Instruction all = arrays.emit(new Op.BitcastConvert(bits), x);
    Instruction sign = arrays.binary(Op.BinaryKind.AND, all, word(1L << (type.bits() - 1)));
    Instruction size = arrays.binary(Op.BinaryKind.XOR, all, sign);
    int dropped = mantissa - op.mantissaBits();
    if (dropped > 0) {
      Instruction odd = arrays.binary(Op.BinaryKind.AND, shifted(size, dropped), word(1));
      Instruction half = arrays.binary(Op.BinaryKind.ADD, odd, word((1L << (dropped - 1)) - 1));
      Instruction raised = arrays.binary(Op.BinaryKind.ADD, size, half);
      size = arrays.binary(Op.BinaryKind.AND, raised, word(-1L << dropped));
    }
    if (op.exponentBits() < exponent) {
      long bias = (1L << (exponent - 1)) - 1;
      long reducedBias = (1L << (op.exponentBits() - 1)) - 1;
      Instruction field = shifted(size, mantissa);
      Instruction infinite = word(((1L << exponent) - 1) << mantissa);
      Instruction large = arrays.compare(Op.Direction.GT, field, word(bias + reducedBias));
      Instruction small = arrays.compare(Op.Direction.LE, field, word(bias - reducedBias));
      size = arrays.select(small, word(0), arrays.select(large, infinite, size));
    }
    Instruction joined = arrays.binary(Op.BinaryKind.OR, sign, size);
    Instruction rounded = arrays.emit(new Op.BitcastConvert(type), joined);
    return arrays.select(arrays.compare(Op.Direction.NE, x, x), x, rounded);
  }

  private Instruction shifted(Instruction x, int by) {
    return arrays.binary(Op.BinaryKind.SHIFT_RIGHT_LOGICAL, x, word(by));
  }

  private Instruction word(long value) {
    return arrays.filled(dims, arrays.constant(bits, value));
  }
}
