package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.op.Op.BinaryKind;
import io.gshard.op.Op.UnaryKind;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * HLO's rng: what it gives is the implementation's choice, here the reference evaluator's. Element
 * i of call number c on device d is made of a hash (SplitMix64) of the three.
 */
final class Drawing {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private final Arrays arrays;
  private final List<Long> dims;

  /** A hash of the call and the device, at all places; made when it is first asked for. */
  private Instruction stream;

  private Drawing(Arrays arrays, List<Long> dims) {
    this.arrays = arrays;
    this.dims = dims;
  }

  static Instruction draw(Arrays arrays, ArrayOp.Rng op, Instruction a, Instruction b) {
    List<Long> flat = List.of(op.shape().elements());
    Drawing drawing = new Drawing(arrays, flat);
    DType type = op.shape().type();
    Instruction drawn =
        !type.isFloating()
            ? drawing.integers(type, arrays.filled(flat, a), arrays.filled(flat, b))
            : op.distribution() == ArrayOp.Distribution.RNG_UNIFORM
                ? drawing.uniform(type, arrays.filled(flat, a), arrays.filled(flat, b))
                : drawing.normal(type, arrays.filled(flat, a), arrays.filled(flat, b));
    return arrays.reshape(drawn, op.shape().dims());
  }

  private Instruction integers(DType type, Instruction a, Instruction b) {
    Instruction bits = hashes(0);
    if (type == DType.PRED) {
      Instruction last = arrays.binary(BinaryKind.AND, bits, word(1));
      return arrays.compare(Op.Direction.NE, last, word(0));
    }
    Instruction low = arrays.convert(a, DType.U64);
    Instruction span = arrays.binary(BinaryKind.SUBTRACT, arrays.convert(b, DType.U64), low);
    Instruction none = arrays.compare(Op.Direction.EQ, span, word(0));
    Instruction rest = arrays.binary(BinaryKind.REMAINDER, bits, span);
    Instruction within = arrays.select(none, word(0), rest);
    return arrays.convert(arrays.binary(BinaryKind.ADD, low, within), type);
  }

  /** Rounding must not reach the excluded end. */
  private Instruction uniform(DType type, Instruction a, Instruction b) {
    Instruction low = arrays.convert(a, DType.F64);
    Instruction span = arrays.binary(BinaryKind.SUBTRACT, arrays.convert(b, DType.F64), low);
    Instruction place = arrays.binary(BinaryKind.MULTIPLY, span, units(0));
    Instruction value = arrays.convert(arrays.binary(BinaryKind.ADD, low, place), type);
    return arrays.select(arrays.compare(Op.Direction.LT, value, b), value, a);
  }

  /** Box and Muller; 1 - first is never 0. */
  private Instruction normal(DType type, Instruction mean, Instruction deviation) {
    Instruction rest = arrays.binary(BinaryKind.SUBTRACT, number(1), units(0));
    Instruction log = arrays.emit(new Op.Unary(UnaryKind.LOG), rest);
    Instruction radius =
        arrays.emit(
            new Op.Unary(UnaryKind.SQRT), arrays.binary(BinaryKind.MULTIPLY, number(-2), log));
    Instruction angle = arrays.binary(BinaryKind.MULTIPLY, number(2 * Math.PI), units(1));
    Instruction cosine = arrays.emit(new Op.Unary(UnaryKind.COSINE), angle);
    Instruction wide = arrays.convert(deviation, DType.F64);
    Instruction far = arrays.binary(BinaryKind.MULTIPLY, wide, radius);
    Instruction from =
        arrays.binary(
            BinaryKind.ADD,
            arrays.convert(mean, DType.F64),
            arrays.binary(BinaryKind.MULTIPLY, far, cosine));
    return arrays.convert(from, type);
  }

  // --- bits

  /** In [0, 1), in steps of 2^-53. */
  private Instruction units(long which) {
    Instruction high = shifted(hashes(which), 11);
    return arrays.binary(BinaryKind.MULTIPLY, arrays.convert(high, DType.F64), number(0x1p-53));
  }

  /** For each element one of its two words. */
  private Instruction hashes(long which) {
    if (stream == null) {
      Instruction device = arrays.convert(arrays.emit(new Op.PartitionId()), DType.U64);
      Instruction call = hash(arrays.filled(dims, arrays.drawNumber()));
      stream = hash(arrays.binary(BinaryKind.ADD, call, arrays.filled(dims, device)));
    }
    Instruction count = arrays.count(DType.U64, dims, 0);
    Instruction place =
        arrays.binary(
            BinaryKind.ADD, arrays.binary(BinaryKind.MULTIPLY, count, word(2)), word(which));
    return hash(arrays.binary(BinaryKind.ADD, stream, place));
  }

  private Instruction hash(Instruction value) {
    Instruction z = arrays.binary(BinaryKind.ADD, value, word(GAMMA));
    z = mixed(z, 30, 0xbf58476d1ce4e5b9L);
    z = mixed(z, 27, 0x94d049bb133111ebL);
    return arrays.binary(BinaryKind.XOR, z, shifted(z, 31));
  }

  private Instruction mixed(Instruction z, int by, long factor) {
    Instruction folded = arrays.binary(BinaryKind.XOR, z, shifted(z, by));
    return arrays.binary(BinaryKind.MULTIPLY, folded, word(factor));
  }

  private Instruction shifted(Instruction x, int by) {
    return arrays.binary(BinaryKind.SHIFT_RIGHT_LOGICAL, x, word(by));
  }

  private Instruction word(long value) {
    Shape one = Shape.scalar(DType.U64);
    Literal exact = Literal.ofIntegers(one, value);
    return arrays.filled(dims, arrays.emit(new Op.Constant(exact)));
  }

  private Instruction number(double value) {
    return arrays.filled(dims, arrays.constant(value));
  }
}
