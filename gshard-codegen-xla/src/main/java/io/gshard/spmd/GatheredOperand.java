package io.gshard.spmd;

import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A product of an all-gather's result, which nothing else uses. Where the parts are not all of one
 * size a slice between them drops the padding; in the loop the padding is multiplied too, and what
 * comes of it dropped at the end. Of a contracted dim it is zero on both sides.
 *
 * @param side of the product on which the operand stands
 * @param operand the gathered value without padding: the all-gather, or the slice of it
 * @param factor the gathered dim
 */
record GatheredOperand(
    Instruction product, Instruction collective, Instruction operand, int side, DotFactor factor)
    implements RingProduct {

  /** The operand's place in the state of the loop, the result's, the other operand's. */
  private static final int CHUNK = 0;

  private static final int RESULT = 1;
  private static final int OTHER = 2;

  /** The operand of the product on that side, or null if it is none. */
  static GatheredOperand of(Instruction product, int side, Map<Instruction, Integer> uses) {
    Instruction operand = product.operand(side);
    boolean cut = operand.op() instanceof Op.Slice;
    Instruction gather = cut ? operand.operand(0) : operand;
    if (!(gather.op() instanceof Op.AllGather(int dim, List<String> axes))
        || uses.get(operand) != 1
        || uses.get(gather) != 1
        || (operand.op() instanceof Op.Slice slice && !dropsPadding(slice, gather, dim))) {
      return null;
    }
    DotFactor factor =
        DotFactor.of(
                (Op.Dot) product.op(),
                product.operand(0).shape().rank(),
                product.operand(1).shape().rank())
            .stream()
            .filter(f -> f.operand(side) == dim)
            .findFirst()
            .orElseThrow();
    return new GatheredOperand(product, gather, operand, side, factor);
  }

  /** Whether a slice takes the first elements of one dim, and all of the others. */
  private static boolean dropsPadding(Op.Slice slice, Instruction gather, int dim) {
    List<Long> zeros = Collections.nCopies(gather.shape().rank(), 0L);
    List<Long> ones = Collections.nCopies(gather.shape().rank(), 1L);
    return slice.equals(
        new Op.Slice(zeros, gather.shape().withDim(dim, slice.limits().get(dim)).dims(), ones));
  }

  Instruction other() {
    return product.operand(1 - side);
  }

  /** Whether the loop adds up partial sums. */
  boolean sums() {
    return factor.result() < 0;
  }

  @Override
  public Instruction end() {
    return product;
  }

  @Override
  public List<Instruction> skipped() {
    return List.of(collective, operand);
  }

  @Override
  public long bytes() {
    return collective.shape().bytes();
  }

  @Override
  public Instruction emit(Rewriter rewriter, Emitter emit) {
    Op.AllGather gather = (Op.AllGather) collective.op();
    GraphBuilder builder = rewriter.target();
    RingLoop loop = new RingLoop(builder.mesh(), gather.axes());
    long size = operand.shape().dim(gather.dimension());
    long padded = collective.shape().dim(gather.dimension());
    Instruction chunk = rewriter.get(collective.operand(0));
    Instruction other = rewriter.get(other());
    int partner = factor.operand(1 - side);
    if (sums()) {
      chunk = emit.masked(chunk, gather.dimension(), gather.axes(), size, 0);
    }
    if (partner >= 0) {
      other = emit.resized(other, partner, padded);
    }
    Instruction result =
        emit.fill(sums() ? product.shape() : product.shape().withDim(factor.result(), padded), 0);
    Instruction place = emit.offset(gather.axes(), 1);
    List<Instruction> start = List.of(chunk, result, other);
    Instruction end =
        loop.add(builder, place, multiply(builder, place, start), RESULT, this::multiply);
    return sums() ? end : emit.resized(end, factor.result(), size);
  }

  /** Multiplies one part, and puts or adds the product where it belongs. */
  private List<Instruction> multiply(
      GraphBuilder builder, Instruction part, List<Instruction> state) {
    Instruction chunk = state.get(CHUNK);
    long length = chunk.shape().dim(factor.operand(side));
    Instruction partner =
        RingLoop.part(builder, state.get(OTHER), factor.operand(1 - side), length, part);
    Instruction one =
        builder.add(product.op(), side == 0 ? List.of(chunk, partner) : List.of(partner, chunk));
    Instruction result = state.get(RESULT);
    if (sums()) {
      result = builder.add(new Op.Binary(Op.BinaryKind.ADD), result, one);
    } else {
      List<Instruction> operands = new ArrayList<>(List.of(result, one));
      operands.addAll(
          RingLoop.starts(builder, result.shape().rank(), factor.result(), length, part));
      result = builder.add(new Op.DynamicUpdateSlice(), operands);
    }
    return List.of(chunk, result, state.get(OTHER));
  }
}
