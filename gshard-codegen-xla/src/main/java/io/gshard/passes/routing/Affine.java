package io.gshard.passes.routing;

import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** An integer array whose element [i, j, ...] is offset + i * strides[0] + j * strides[1] + ... */
record Affine(List<Long> strides, long offset) {

  /** What an instruction computes, if it is made of iota, sums and products with constants. */
  static Optional<Affine> of(Instruction x) {
    int rank = x.shape().rank();
    return switch (x.op()) {
      case Op.Constant(Literal value)
          when value.shape().isScalar() && !value.shape().type().isFloating() ->
          Optional.of(new Affine(List.of(), value.integer(0)));
      case Op.Iota i -> {
        List<Long> strides = new ArrayList<>(Collections.nCopies(rank, 0L));
        strides.set(i.dimension(), 1L);
        yield Optional.of(new Affine(strides, 0));
      }
      case Op.Broadcast b ->
          of(x.operand(0))
              .map(
                  a -> {
                    List<Long> strides = new ArrayList<>(Collections.nCopies(rank, 0L));
                    for (int i = 0; i < b.dimensions().size(); i++) {
                      strides.set(b.dimensions().get(i), a.strides.get(i));
                    }
                    return new Affine(strides, a.offset);
                  });
      case Op.Binary(Op.BinaryKind kind) when kind == Op.BinaryKind.ADD ->
          both(x, (a, b) -> Optional.of(a.plus(b)));
      case Op.Binary(Op.BinaryKind kind) when kind == Op.BinaryKind.MULTIPLY ->
          both(
              x,
              (a, b) ->
                  a.isConstant()
                      ? Optional.of(b.times(a.offset))
                      : b.isConstant() ? Optional.of(a.times(b.offset)) : Optional.empty());
      default -> Optional.empty();
    };
  }

  private interface Join {
    Optional<Affine> of(Affine a, Affine b);
  }

  private static Optional<Affine> both(Instruction x, Join join) {
    return of(x.operand(0)).flatMap(a -> of(x.operand(1)).flatMap(b -> join.of(a, b)));
  }

  private boolean isConstant() {
    return strides.stream().allMatch(s -> s == 0);
  }

  private Affine plus(Affine other) {
    return new Affine(
        IntStream.range(0, strides.size())
            .mapToObj(i -> strides.get(i) + other.strides.get(i))
            .toList(),
        offset + other.offset);
  }

  private Affine times(long factor) {
    return new Affine(strides.stream().map(s -> s * factor).toList(), offset * factor);
  }

  /** The dims that it depends on. */
  List<Integer> dims(Shape shape) {
    return IntStream.range(0, strides.size())
        .filter(i -> strides.get(i) != 0 && shape.dim(i) != 1)
        .boxed()
        .toList();
  }

  /** Whether it counts the elements of the dims it depends on, from 0, the last fastest. */
  boolean isRowMajor(Shape shape) {
    long stride = 1;
    List<Integer> dims = dims(shape);
    for (int dim : dims.reversed()) {
      if (strides.get(dim) != stride) {
        return false;
      }
      stride *= shape.dim(dim);
    }
    return offset == 0 && !dims.isEmpty();
  }
}
