package io.gshard.spmd;

import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A product whose partial results are summed by a reduce-scatter, and which nothing else uses. In
 * the loop the sum of one part goes round, and each device adds its own partial result of that
 * part; a device begins with the part of the next, and ends with its own. Where the parts are not
 * all of one size a pad stands between them; in the loop the operands are padded instead.
 *
 * @param size of the scattered dim without padding
 * @param factor the scattered dim
 */
record ScatteredResult(Instruction product, Instruction collective, long size, DotFactor factor)
    implements RingProduct {

  /** Of the product that this reduce-scatter sums, or null if there is none. */
  static ScatteredResult of(Instruction scatter, Map<Instruction, Integer> uses) {
    if (!(scatter.op() instanceof Op.ReduceScatter(Combiner combiner, int dim, List<String> axes))
        || combiner != Combiner.ADD) {
      return null;
    }
    Instruction operand = scatter.operand(0);
    boolean padded = operand.op() instanceof Op.Pad pad && padsWithZeros(pad, operand, dim);
    Instruction product = padded ? operand.operand(0) : operand;
    if (!(product.op() instanceof Op.Dot dot) || uses.get(operand) != 1 || uses.get(product) != 1) {
      return null;
    }
    DotFactor factor =
        DotFactor.of(dot, product.operand(0).shape().rank(), product.operand(1).shape().rank())
            .get(dim);
    return new ScatteredResult(product, scatter, product.shape().dim(dim), factor);
  }

  /** Whether a pad puts zeros behind one dim, and nothing else. */
  private static boolean padsWithZeros(Op.Pad pad, Instruction at, int dim) {
    List<Long> zeros = Collections.nCopies(at.shape().rank(), 0L);
    return pad.low().equals(zeros)
        && pad.interior().equals(zeros)
        && at.operand(0).shape().withDim(dim, at.shape().dim(dim)).equals(at.shape())
        && pad.high().get(dim) > 0
        && at.operand(1).op() instanceof Op.Constant zero
        && zero.value().real(0) == 0;
  }

  @Override
  public Instruction end() {
    return collective;
  }

  @Override
  public List<Instruction> skipped() {
    return List.of(product, collective.operand(0));
  }

  @Override
  public long bytes() {
    return collective.operand(0).shape().bytes();
  }

  @Override
  public Instruction emit(Rewriter rewriter, Emitter emit) {
    Op.ReduceScatter scatter = (Op.ReduceScatter) collective.op();
    GraphBuilder builder = rewriter.target();
    RingLoop loop = new RingLoop(builder.mesh(), scatter.axes());
    Instruction lhs = padded(rewriter.get(product.operand(0)), factor.lhs(), emit);
    Instruction rhs = padded(rewriter.get(product.operand(1)), factor.rhs(), emit);
    Instruction next = loop.next(builder, emit.offset(scatter.axes(), 1), emit.number(1));
    Instruction sum =
        loop.add(
            builder,
            next,
            List.of(multiply(builder, next, lhs, rhs), lhs, rhs),
            0,
            (body, part, state) -> {
              Instruction more = multiply(body, part, state.get(1), state.get(2));
              return List.of(
                  body.add(new Op.Binary(Op.BinaryKind.ADD), state.get(0), more),
                  state.get(1),
                  state.get(2));
            });
    // An infinite element of the other operand makes NaN of an operand's padding.
    return emit.masked(sum, scatter.dimension(), scatter.axes(), size, 0);
  }

  private Instruction padded(Instruction operand, int dim, Emitter emit) {
    return dim < 0 ? operand : emit.resized(operand, dim, whole());
  }

  /** The scattered dim with padding. */
  private long whole() {
    return collective.operand(0).shape().dim(factor.result());
  }

  /** One part of the partial result. */
  private Instruction multiply(
      GraphBuilder builder, Instruction part, Instruction lhs, Instruction rhs) {
    long length = collective.shape().dim(factor.result());
    return builder.add(
        product.op(),
        RingLoop.part(builder, lhs, factor.lhs(), length, part),
        RingLoop.part(builder, rhs, factor.rhs(), length, part));
  }
}
