package io.gshard.spmd;

import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.op.Route;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Halo exchange, the one mechanism by which devices see what their neighbours hold (paper, section
 * 3.3.2): each gets a window of a split dim, whose place is linear in the device's. Slices of the
 * neighbours' parts come by collective-permute, are joined with the own part, and each device cuts
 * its window out of that. What it costs and when the whole parts or all of them are sent instead is
 * {@link HaloPlan}'s to say.
 */
final class Halo {
  private final MeshShape mesh;
  private final Emitter emit;

  Halo(MeshShape mesh, Emitter emit) {
    this.mesh = mesh;
    this.emit = emit;
  }

  /**
   * This device's window.
   *
   * @param x what the device holds
   * @param size the dim's global size; what lies behind it in x is junk
   * @param fill a scalar to stand for what lies outside of the dim; null if nobody looks there
   */
  Instruction window(
      Instruction x,
      int dim,
      List<String> axes,
      long size,
      HaloPlan.Need need,
      Instruction fill,
      Emitter.Cause cause) {
    HaloPlan plan = HaloPlan.of(size, mesh.size(axes), need);
    Instruction window =
        switch (plan.kind()) {
          case NOTHING -> emit.fill(x.shape().withDim(dim, need.length()), 0);
          case SHIFT -> shift(x, dim, axes, plan, cause);
          case ROUTE -> route(x, dim, axes, plan, cause);
          case GATHER -> {
            Instruction all = emit.allGather(x, dim, axes, cause);
            yield cut(all, dim, axes, plan, need, 0);
          }
        };
    return fill == null ? window : masked(window, dim, axes, plan, fill);
  }

  /** Each device's part, in the opposite order of devices and of elements. */
  Instruction mirrored(Instruction x, int dim, List<String> axes, Emitter.Cause cause) {
    int parts = mesh.size(axes);
    Instruction local = emit.add(new Op.Reverse(List.of(dim)), x);
    return emit.permute(local, axes, new Route(parts, i -> parts - 1 - i), cause);
  }

  private Instruction shift(
      Instruction x, int dim, List<String> axes, HaloPlan plan, Emitter.Cause cause) {
    long local = plan.local();
    long first = Math.floorDiv(plan.from(), local);
    long last = Math.floorDiv(plan.to() - 1, local);
    int users = plan.need().users();
    List<Instruction> pieces = new ArrayList<>();
    for (long hop = first; hop <= last; hop++) {
      long low = Math.max(plan.from() - hop * local, 0);
      long high = Math.min(plan.to() - hop * local, local);
      Instruction piece = sliced(x, dim, low, high);
      int by = Math.toIntExact(hop);
      if (by != 0) {
        Route route = new Route(plan.parts(), j -> j - by >= 0 && j - by < users ? j - by : -1);
        piece = emit.permute(piece, axes, route, cause);
      }
      pieces.add(piece);
    }
    HaloPlan.Need need = plan.need();
    return cut(joined(pieces, dim), dim, axes, plan, need, local);
  }

  /** Cuts the window out of elements that begin at {@code plan.from} of every device's part. */
  private Instruction cut(
      Instruction x, int dim, List<String> axes, HaloPlan plan, HaloPlan.Need need, long local) {
    long begin = local == 0 ? 0 : plan.from();
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (long i : HaloPlan.samples(plan.size(), need)) {
      long offset = need.start(i) - i * local - begin;
      least = Math.min(least, offset);
      most = Math.max(most, offset);
    }
    long held = x.shape().dim(dim);
    if (least == most) {
      return padded(x, dim, -least, least + need.length() - held);
    }
    long low = Math.max(0, -least);
    Instruction wide = padded(x, dim, low, Math.max(0, most + need.length() - held));
    Instruction start;
    if (need.divisor() == 1) {
      start = plus(emit.offset(axes, need.slope() - local), need.base() - begin + low);
    } else {
      start = plus(linear(axes, need.slope(), need.base(), need.divisor()), low - begin);
      start =
          local == 0
              ? start
              : emit.add(new Op.Binary(Op.BinaryKind.SUBTRACT), start, emit.offset(axes, local));
    }
    return cutAt(wide, dim, start, need.length());
  }

  private Instruction route(
      Instruction x, int dim, List<String> axes, HaloPlan plan, Emitter.Cause cause) {
    HaloPlan.Need need = plan.need();
    long local = plan.local();
    long period = local * need.divisor();
    int rounds = plan.rounds();
    List<Instruction> pieces = new ArrayList<>();
    for (int hop = 0; hop < plan.hops(); hop++) {
      Instruction piece = null;
      for (int round = 0; round < rounds; round++) {
        Instruction arrived = emit.permute(x, axes, route(plan, hop, round, period), cause);
        piece = piece == null ? arrived : select(axes, rounds, round, arrived, piece);
      }
      pieces.add(piece);
    }
    Instruction held = joined(pieces, dim);
    long missing = local - 1 + need.length() - held.shape().dim(dim);
    Instruction wide = padded(held, dim, 0, Math.max(0, missing));
    // The first part that the window lies in, and where in it the window begins.
    Instruction part = linear(axes, need.slope(), need.base(), period);
    Instruction begin = emit.add(new Op.Binary(Op.BinaryKind.MULTIPLY), part, emit.number(local));
    Instruction start =
        emit.add(
            new Op.Binary(Op.BinaryKind.SUBTRACT),
            linear(axes, need.slope(), need.base(), need.divisor()),
            begin);
    return cutAt(wide, dim, start, need.length());
  }

  /** Sends part j to the device of this round whose need begins {@code hop} parts before it. */
  private static Route route(HaloPlan plan, int hop, int round, long period) {
    HaloPlan.Need need = plan.need();
    int rounds = plan.rounds();
    return new Route(
        plan.parts(),
        j -> {
          long earliest = Math.ceilDiv((j - hop) * period - need.base(), need.slope());
          long device = earliest + Math.floorMod(round - earliest, (long) rounds);
          boolean begins = Math.floorDiv(need.slope() * device + need.base(), period) == j - hop;
          return begins && device >= 0 && device < need.users() ? (int) device : -1;
        });
  }

  /** On devices of this round what arrived in it. */
  private Instruction select(
      List<String> axes, int rounds, int round, Instruction arrived, Instruction other) {
    Instruction turn =
        emit.add(new Op.Binary(Op.BinaryKind.REMAINDER), emit.offset(axes, 1), emit.number(rounds));
    Instruction now = emit.add(new Op.Compare(Op.Direction.EQ), turn, emit.number(round));
    Shape where = arrived.shape().withType(DType.PRED);
    return emit.add(new Op.Select(), emit.spread(now, where), arrived, other);
  }

  /** The window with the fill where it lies outside of the dim. */
  private Instruction masked(
      Instruction window, int dim, List<String> axes, HaloPlan plan, Instruction fill) {
    boolean below = plan.underflows();
    boolean above = plan.overflows();
    if (plan.kind() == HaloPlan.Kind.NOTHING) {
      return emit.spread(fill, window.shape());
    }
    if (!below && !above) {
      return window;
    }
    HaloPlan.Need need = plan.need();
    Shape line = Shape.of(DType.S32, need.length());
    Instruction start = linear(axes, need.slope(), need.base(), need.divisor());
    Instruction here =
        emit.add(
            new Op.Binary(Op.BinaryKind.ADD),
            emit.add(new Op.Iota(line, 0)),
            emit.spread(start, line));
    Instruction inside = null;
    if (below) {
      inside = emit.add(new Op.Compare(Op.Direction.GE), here, emit.fill(line, 0));
    }
    if (above) {
      Instruction end = emit.spread(emit.number(plan.size()), line);
      Instruction before = emit.add(new Op.Compare(Op.Direction.LT), here, end);
      inside = inside == null ? before : emit.add(new Op.Binary(Op.BinaryKind.AND), inside, before);
    }
    Instruction where = emit.add(new Op.Broadcast(window.shape().dims(), List.of(dim)), inside);
    return emit.add(new Op.Select(), where, window, emit.spread(fill, window.shape()));
  }

  /** floor((slope * device + base) / divisor) in s32, whose division rounds to zero. */
  Instruction linear(List<String> axes, long slope, long base, long divisor) {
    if (divisor == 1) {
      return plus(emit.offset(axes, slope), base);
    }
    long bias = Math.max(0, Math.ceilDiv(-base, divisor));
    Instruction quotient =
        emit.add(
            new Op.Binary(Op.BinaryKind.DIVIDE),
            plus(emit.offset(axes, slope), base + bias * divisor),
            emit.number(divisor));
    return plus(quotient, -bias);
  }

  Instruction plus(Instruction x, long value) {
    return emit.add(new Op.Binary(Op.BinaryKind.ADD), x, emit.number(value));
  }

  Instruction sliced(Instruction x, int dim, long low, long high) {
    if (low == 0 && high == x.shape().dim(dim)) {
      return x;
    }
    List<Long> starts = new ArrayList<>(Collections.nCopies(x.shape().rank(), 0L));
    List<Long> limits = new ArrayList<>(x.shape().dims());
    starts.set(dim, low);
    limits.set(dim, high);
    return emit.add(new Op.Slice(starts, limits, Collections.nCopies(x.shape().rank(), 1L)), x);
  }

  /** With elements of no meaning at the ends; negative numbers crop. */
  private Instruction padded(Instruction x, int dim, long low, long high) {
    if (low == 0 && high == 0) {
      return x;
    }
    if (low <= 0 && high <= 0) {
      return sliced(x, dim, -low, x.shape().dim(dim) + high);
    }
    List<Long> zeros = Collections.nCopies(x.shape().rank(), 0L);
    List<Long> lows = new ArrayList<>(zeros);
    List<Long> highs = new ArrayList<>(zeros);
    lows.set(dim, low);
    highs.set(dim, high);
    return emit.add(new Op.Pad(lows, highs, zeros), x, emit.scalar(x.shape().type(), 0));
  }

  private Instruction joined(List<Instruction> pieces, int dim) {
    return pieces.size() == 1
        ? pieces.getFirst()
        : emit.builder().add(new Op.Concatenate(dim), pieces);
  }

  /** This many elements of a dim from a place on. */
  Instruction cutAt(Instruction x, int dim, Instruction start, long length) {
    List<Instruction> operands = new ArrayList<>();
    operands.add(x);
    for (int d = 0; d < x.shape().rank(); d++) {
      operands.add(d == dim ? start : emit.scalar(DType.S32, 0));
    }
    return emit.builder().add(new Op.DynamicSlice(x.shape().withDim(dim, length).dims()), operands);
  }
}
