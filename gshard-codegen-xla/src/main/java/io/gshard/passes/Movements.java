package io.gshard.passes;

import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Identities of ops that move elements: what is moved twice, or not at all. */
final class Movements {
  private Movements() {}

  static Instruction broadcast(Emitter emitter, Op.Broadcast b, Instruction x) {
    if (b.dims().equals(x.shape().dims())) {
      return x;
    }
    if (x.op() instanceof Op.Broadcast inner && !x.isSharded()) {
      List<Integer> places = inner.dimensions().stream().map(b.dimensions()::get).toList();
      return emitter.emit(new Op.Broadcast(b.dims(), places), x.operand(0));
    }
    return null;
  }

  static Instruction reshape(Emitter emitter, Op.Reshape r, Instruction x) {
    if (r.dims().equals(x.shape().dims())) {
      return x;
    }
    if (x.isSharded()) {
      return null;
    }
    return switch (x.op()) {
      case Op.Reshape inner -> emitter.emit(r, x.operand(0));
      case Op.Broadcast b when x.operand(0).shape().isScalar() ->
          emitter.emit(new Op.Broadcast(r.dims(), List.of()), x.operand(0));
      default -> null;
    };
  }

  static Instruction transpose(Emitter emitter, Op.Transpose t, Instruction x) {
    if (t.permutation().equals(range(x.shape().rank()))) {
      return x;
    }
    if (x.isSharded()) {
      return null;
    }
    return switch (x.op()) {
      case Op.Transpose inner ->
          emitter.emit(
              new Op.Transpose(t.permutation().stream().map(inner.permutation()::get).toList()),
              x.operand(0));
      case Op.Broadcast b -> {
        List<Integer> places = b.dimensions().stream().map(t.permutation()::indexOf).toList();
        List<Long> dims = t.permutation().stream().map(b.dims()::get).toList();
        yield ascending(places) ? emitter.emit(new Op.Broadcast(dims, places), x.operand(0)) : null;
      }
      default -> null;
    };
  }

  /** A dot names its dims, so it takes most transposed operands as they were before. */
  static Instruction dot(Emitter emitter, Op.Dot d, Instruction x, Instruction y) {
    if (transposed(x)) {
      List<Integer> source = ((Op.Transpose) x.op()).permutation();
      if (keepsFree(source, x.shape().rank(), d.lhsBatch(), d.lhsContracting())) {
        Op.Dot direct =
            new Op.Dot(
                through(source, d.lhsBatch()),
                d.rhsBatch(),
                through(source, d.lhsContracting()),
                d.rhsContracting(),
                d.preferred());
        return emitter.emit(direct, x.operand(0), y);
      }
    }
    if (transposed(y)) {
      List<Integer> source = ((Op.Transpose) y.op()).permutation();
      if (keepsFree(source, y.shape().rank(), d.rhsBatch(), d.rhsContracting())) {
        Op.Dot direct =
            new Op.Dot(
                d.lhsBatch(),
                through(source, d.rhsBatch()),
                d.lhsContracting(),
                through(source, d.rhsContracting()),
                d.preferred());
        return emitter.emit(direct, x, y.operand(0));
      }
    }
    return null;
  }

  private static boolean transposed(Instruction x) {
    return x.op() instanceof Op.Transpose && !x.isSharded();
  }

  /** The order of the result's dims stays only if the free dims keep theirs. */
  private static boolean keepsFree(
      List<Integer> source, int rank, List<Integer> batch, List<Integer> contracting) {
    return ascending(through(source, Op.Dot.free(rank, batch, contracting)));
  }

  private static List<Integer> through(List<Integer> source, List<Integer> dims) {
    return dims.stream().map(source::get).toList();
  }

  private static boolean ascending(List<Integer> list) {
    List<Integer> sorted = new ArrayList<>(list);
    Collections.sort(sorted);
    return sorted.equals(list);
  }

  private static List<Integer> range(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}
