package io.gshard.processor.java;

import io.gshard.passes.fusion.Contraction;
import io.gshard.passes.fusion.Step;

/**
 * How a kernel is shared by several workers.
 *
 * @param n what is shared, from 0 on
 * @param grain parts begin at multiples of it, so that all elements are computed as by one worker
 */
record Split(long n, long grain) {
  /** Elements times ops of the smallest loop that is shared; it takes some tens of microseconds. */
  private static final long WORK = 1 << 18;

  /** The same for products, in multiplications. */
  private static final long MULTIPLICATIONS = 1 << 21;

  /** A part of a product has at least so many batches, or rows or columns. */
  private static final int BATCHES = 8;

  private static final int LINES = 64;

  /** Null where a kernel is not shared. */
  static Split of(Step step) {
    return switch (step) {
      case Step.Fused loop -> of(loop);
      case Step.Product p -> of(p.contraction());
      default -> null;
    };
  }

  private static Split of(Step.Fused loop) {
    if (loop.n() * loop.stages().size() < WORK) {
      return null;
    }
    long row = loop.row();
    if (row > Step.Fused.BLOCK) {
      return loop.n() > row ? new Split(loop.n() / row, 1) : null;
    }
    return new Split(loop.n(), Step.Fused.BLOCK / row * row);
  }

  private static Split of(Contraction c) {
    long batches = c.batch().stream().reduce(1L, Math::multiplyExact);
    if (batches * c.m() * c.n() * c.k() < MULTIPLICATIONS) {
      return null;
    }
    if (byBatch(c)) {
      return new Split(c.batch().getLast(), 1);
    }
    long lines = Math.max(c.m(), c.n());
    return lines > LINES ? new Split(lines, LINES) : null;
  }

  /** Whether a product's parts are batches; else they are columns, or rows where those are more. */
  static boolean byBatch(Contraction c) {
    return !c.batch().isEmpty() && c.batch().getLast() >= BATCHES;
  }

  static boolean byColumns(Contraction c) {
    return c.n() >= c.m();
  }
}
