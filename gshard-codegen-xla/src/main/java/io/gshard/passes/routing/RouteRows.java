package io.gshard.passes.routing;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.passes.Emitter;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Products with one-hot arrays, and sums of what they select, as gathers and scatters of rows. For
 * Algorithm 2 of the paper (dispatch and combine, and their gradients) the work falls from tokens
 * times places times width to tokens times width, and the masks need not exist.
 *
 * <p>One-hot arrays are known by how they are computed ({@link Masks}), not by name. What the dense
 * form multiplies by zero the sparse form leaves out: the results differ where such a factor is
 * infinite or NaN.
 */
public final class RouteRows {
  /**
   * A row that is moved costs as much as about so many places of a dense product: it goes through
   * memory some times, the product is arithmetic in cache.
   */
  private static final long PLACES_PER_ROW = 16;

  private final HloModule module;
  private final Map<Computation, Computation> done = new IdentityHashMap<>();

  private RouteRows(HloModule module) {
    this.module = module;
  }

  /** The same program, with dense products by one-hot arrays only where these have few places. */
  public static HloModule run(HloModule module) {
    return module.withEntry(new RouteRows(module).rewrite(module.entry()));
  }

  private Computation rewrite(Computation computation) {
    Computation known = done.get(computation);
    if (known == null) {
      GraphBuilder graph = new GraphBuilder(computation.name(), module.mesh());
      known = new Body(graph).rewrite(computation);
      done.put(computation, known);
    }
    return known;
  }

  /** One computation. */
  private final class Body {
    private final GraphBuilder graph;
    private final Rewriter rewriter;
    private final Emitter emitter;
    private final Masks masks;

    Body(GraphBuilder graph) {
      this.graph = graph;
      this.rewriter = new Rewriter(graph);
      this.emitter = new Emitter(graph);
      this.masks = new Masks(emitter);
    }

    Computation rewrite(Computation computation) {
      for (Instruction instruction : computation.instructions()) {
        graph.at(instruction.source());
        switch (instruction.op()) {
          case HloOp.Parameter p -> rewriter.parameter(instruction);
          case Op.Dot d ->
              dot(d, rewriter.get(instruction.operand(0)), rewriter.get(instruction.operand(1)))
                  .ifPresentOrElse(
                      rows -> rewriter.put(instruction, rows), () -> rewriter.copy(instruction));
          case Op.Reduce r ->
              sum(r, rewriter.get(instruction.operand(0)))
                  .ifPresentOrElse(
                      rows -> rewriter.put(instruction, rows), () -> rewriter.copy(instruction));
          case HloOp op when !Computation.calledBy(instruction).isEmpty() ->
              rewriter.put(
                  instruction,
                  graph.add(
                      instruction
                          .withOp(Computation.calling(op, RouteRows.this::rewrite))
                          .withOperands(rewriter.get(instruction.operands()))));
          default -> rewriter.copy(instruction);
        }
      }
      return graph.build(rewriter.get(computation.root()));
    }

    // --- products

    private Optional<Instruction> dot(Op.Dot op, Instruction lhs, Instruction rhs) {
      if (lhs.shape().type() != DType.F32 || rhs.shape().type() != DType.F32) {
        return Optional.empty();
      }
      Side left = new Side(lhs, op.lhsBatch(), op.lhsContracting());
      Side right = new Side(rhs, op.rhsBatch(), op.rhsContracting());
      return masked(left, right, true).or(() -> masked(right, left, false));
    }

    private Optional<Instruction> masked(Side mask, Side other, boolean maskFirst) {
      Optional<OneHot> found = masks.oneHot(mask.x());
      if (found.isEmpty() || !pays(found.get().count(), found.get().terms().size())) {
        return Optional.empty();
      }
      OneHot hot = found.get();
      if (sameSet(hot.places(), mask.free())) {
        return Optional.of(dispatch(hot, mask, other, maskFirst));
      }
      if (sameSet(hot.places(), mask.contracting())) {
        return Optional.of(combine(hot, mask, other, maskFirst));
      }
      return Optional.empty();
    }

    /** result[b, p, f] = sum over t of mask[b, t, p] * x[b, t, f]: rows of x go to their places. */
    private Instruction dispatch(OneHot hot, Side mask, Side x, boolean maskFirst) {
      Instruction rows = flat(x.x(), x.batch(), x.contracting(), x.free());
      List<Integer> order = tokenOrder(hot, mask.batch(), mask.contracting());
      long groups = rows.shape().dim(0);
      Instruction sum =
          masks.filled(Shape.of(DType.F32, groups, hot.count(), rows.shape().dim(2)), 0);
      if (!hot.terms().isEmpty()) {
        List<Instruction> slots =
            hot.terms().stream().map(t -> choice(perRow(t.slot(), order, rows))).toList();
        // One scatter of all choices: [b, choice, n] slots, and the rows once for each choice.
        sum =
            emitter.emit(
                new Op.Scatter(
                    Combiner.ADD, List.of(3), List.of(1), List.of(0), List.of(0), List.of(1), 3),
                sum,
                choices(slots),
                weightedChoices(hot, order, rows));
      }
      return result(sum, mask.batchDims(), sizes(hot.shape(), hot.places()), x, maskFirst);
    }

    /** result[b, t, f] = sum over p of mask[b, t, p] * x[b, p, f]: each token fetches its rows. */
    private Instruction combine(OneHot hot, Side mask, Side x, boolean maskFirst) {
      List<Integer> places =
          hot.places().stream()
              .map(p -> x.contracting().get(mask.contracting().indexOf(p)))
              .toList();
      Instruction table = flat(x.x(), x.batch(), places, x.free());
      List<Integer> order = tokenOrder(hot, mask.batch(), mask.free());
      List<Instruction> slots = new ArrayList<>();
      List<Instruction> values = new ArrayList<>();
      for (OneHot.Term term : hot.terms()) {
        Instruction slot = grouped(transposed(term.slot(), order), table.shape().dim(0));
        Instruction sent = masks.isPlace(slot, hot.count());
        Instruction value = perRow(term.value(), order, table);
        slots.add(slot);
        values.add(
            value == null
                ? sent
                : emitter.emit(new Op.Select(), sent, value, masks.filled(value.shape(), 0)));
      }
      // Slots and weights are known: one loop fetches the rows, weighs and adds them.
      List<Instruction> fetched = slots.stream().map(slot -> rows(table, slot)).toList();
      Instruction sum = null;
      for (int i = 0; i < slots.size(); i++) {
        Instruction chosen =
            hot.terms().get(i).value() == null
                ? whereSent(values.get(i), fetched.get(i))
                : weighted(fetched.get(i), values.get(i));
        sum = sum == null ? chosen : emitter.emit(new Op.Binary(Op.BinaryKind.ADD), sum, chosen);
      }
      if (sum == null) {
        long tokens = product(sizes(hot.shape(), mask.free()));
        sum =
            masks.filled(
                Shape.of(DType.F32, table.shape().dim(0), tokens, table.shape().dim(2)), 0);
      }
      return result(sum, mask.batchDims(), sizes(hot.shape(), mask.free()), x, maskFirst);
    }

    /**
     * [b, n, f] as the dot gives it: batch, then what comes of the left operand, then the right.
     */
    private Instruction result(
        Instruction flat, List<Long> batch, List<Long> middle, Side x, boolean maskFirst) {
      List<Long> dims = new ArrayList<>(batch);
      dims.addAll(middle);
      List<Long> free = sizes(x.x().shape(), x.free());
      dims.addAll(free);
      Instruction shaped = emitter.emit(new Op.Reshape(dims), flat);
      if (maskFirst) {
        return shaped;
      }
      int at = batch.size();
      int end = at + middle.size();
      return transposed(shaped, join(range(0, at), range(end, dims.size()), range(at, end)));
    }

    // --- sums

    private Optional<Instruction> sum(Op.Reduce reduce, Instruction x) {
      if (reduce.combiner() != Combiner.ADD || x.shape().type() != DType.F32) {
        return Optional.empty();
      }
      return masks
          .picked(x)
          .filter(picked -> sameSet(picked.mask().places(), reduce.dimensions()))
          .filter(picked -> picked.from().op() instanceof Op.Dot)
          .flatMap(picked -> pick(picked.mask(), picked.from()))
          .or(() -> masks.oneHot(x).flatMap(hot -> totals(reduce, hot)));
    }

    /** The elements of a product at the slots: a dot of each token's row with the row it is at. */
    private Optional<Instruction> pick(Masks.Mask mask, Instruction product) {
      Op.Dot op = (Op.Dot) product.op();
      Side left = new Side(product.operand(0), op.lhsBatch(), op.lhsContracting());
      Side right = new Side(product.operand(1), op.rhsBatch(), op.rhsContracting());
      int batch = op.lhsBatch().size();
      int middle = batch + left.free().size();
      Side table;
      Side tokens;
      if (mask.places().equals(range(middle, product.shape().rank()))) {
        table = right;
        tokens = left;
      } else if (mask.places().equals(range(batch, middle))) {
        table = left;
        tokens = right;
      } else {
        return Optional.empty();
      }
      long places = product(sizes(table.x().shape(), table.free()));
      if (!pays(places, 1)) {
        return Optional.empty();
      }
      Instruction rows = flat(table.x(), table.batch(), table.free(), table.contracting());
      Instruction own = flat(tokens.x(), tokens.batch(), tokens.free(), tokens.contracting());
      Instruction slot = grouped(mask.slot(), rows.shape().dim(0));
      Instruction products =
          emitter.emit(new Op.Binary(Op.BinaryKind.MULTIPLY), rows(rows, slot), own);
      Instruction sums = emitter.emit(new Op.Reduce(Combiner.ADD, List.of(2)), products);
      Instruction zero = masks.filled(sums.shape(), 0);
      Instruction chosen = emitter.emit(new Op.Select(), masks.isPlace(slot, places), sums, zero);
      return Optional.of(emitter.emit(new Op.Reshape(mask.slot().shape().dims()), chosen));
    }

    /** Sums over all tokens: each value is added at its place. */
    private Optional<Instruction> totals(Op.Reduce reduce, OneHot hot) {
      if (!reduce.dimensions().containsAll(hot.tokens()) || hot.tokens().isEmpty()) {
        return Optional.empty();
      }
      Instruction sum = masks.filled(Shape.of(DType.F32, hot.count()), 0);
      for (OneHot.Term term : hot.terms()) {
        long n = term.slot().shape().elements();
        Instruction slot = emitter.emit(new Op.Reshape(List.of(n)), term.slot());
        Instruction value =
            term.value() == null
                ? masks.filled(Shape.of(DType.F32, n), 1)
                : emitter.emit(new Op.Reshape(List.of(n)), term.value());
        sum =
            emitter.emit(
                new Op.Scatter(
                    Combiner.ADD, List.of(), List.of(0), List.of(), List.of(), List.of(0), 1),
                sum,
                slot,
                value);
      }
      Instruction shaped = emitter.emit(new Op.Reshape(sizes(hot.shape(), hot.places())), sum);
      List<Integer> rest =
          IntStream.range(0, hot.places().size())
              .filter(i -> reduce.dimensions().contains(hot.places().get(i)))
              .boxed()
              .toList();
      return Optional.of(
          rest.isEmpty() ? shaped : emitter.emit(new Op.Reduce(Combiner.ADD, rest), shaped));
    }

    // --- pieces

    /** [b, n] as [b, 1, n]. */
    private Instruction choice(Instruction perRow) {
      Shape shape = perRow.shape();
      return emitter.emit(new Op.Reshape(List.of(shape.dim(0), 1L, shape.dim(1))), perRow);
    }

    private Instruction choices(List<Instruction> each) {
      return each.size() == 1
          ? each.getFirst()
          : emitter.emit(new Op.Concatenate(1), each.toArray(Instruction[]::new));
    }

    /** Rows [b, n, f] as [b, choice, n, f], times the value of each choice. */
    private Instruction weightedChoices(OneHot hot, List<Integer> order, Instruction rows) {
      Shape shape = rows.shape();
      long count = hot.terms().size();
      List<Long> dims = List.of(shape.dim(0), count, shape.dim(1), shape.dim(2));
      Instruction repeated = emitter.emit(new Op.Broadcast(dims, List.of(0, 2, 3)), rows);
      if (hot.terms().stream().allMatch(t -> t.value() == null)) {
        return repeated;
      }
      List<Instruction> values = new ArrayList<>();
      for (OneHot.Term term : hot.terms()) {
        values.add(
            term.value() == null
                ? masks.filled(Shape.of(DType.F32, shape.dim(0), 1, shape.dim(1)), 1)
                : choice(perRow(term.value(), order, rows)));
      }
      return emitter.emit(
          new Op.Binary(Op.BinaryKind.MULTIPLY),
          emitter.emit(new Op.Broadcast(dims, List.of(0, 1, 2)), choices(values)),
          repeated);
    }

    /** Rows [b, n, f] of a table [b, p, f]; any row where the slot is no place. */
    private Instruction rows(Instruction table, Instruction slot) {
      return emitter.emit(
          new Op.Gather(
              List.of(2),
              List.of(1),
              List.of(0),
              List.of(0),
              List.of(1),
              2,
              List.of(1L, 1L, table.shape().dim(2))),
          table,
          slot);
    }

    private Instruction whereSent(Instruction sent, Instruction rows) {
      Instruction mask = emitter.emit(new Op.Broadcast(rows.shape().dims(), List.of(0, 1)), sent);
      return emitter.emit(new Op.Select(), mask, rows, masks.filled(rows.shape(), 0));
    }

    private Instruction weighted(Instruction rows, Instruction value) {
      return value == null
          ? rows
          : emitter.emit(
              new Op.Binary(Op.BinaryKind.MULTIPLY),
              emitter.emit(new Op.Broadcast(rows.shape().dims(), List.of(0, 1)), value),
              rows);
    }

    /** What each token has, as [b, n] of rows [b, n, f]; null stays null. */
    private Instruction perRow(Instruction perToken, List<Integer> order, Instruction rows) {
      return perToken == null ? null : grouped(transposed(perToken, order), rows.shape().dim(0));
    }

    private Instruction grouped(Instruction perToken, long groups) {
      long rest = groups == 0 ? 0 : perToken.shape().elements() / groups;
      return emitter.emit(new Op.Reshape(List.of(groups, rest)), perToken);
    }

    /** An array as three dims, each made of some of its own. */
    private Instruction flat(
        Instruction x, List<Integer> first, List<Integer> second, List<Integer> third) {
      Shape shape = x.shape();
      return emitter.emit(
          new Op.Reshape(
              List.of(
                  product(sizes(shape, first)),
                  product(sizes(shape, second)),
                  product(sizes(shape, third)))),
          transposed(x, join(first, second, third)));
    }

    private Instruction transposed(Instruction x, List<Integer> order) {
      return order.equals(range(0, order.size())) ? x : emitter.emit(new Op.Transpose(order), x);
    }
  }

  /** An operand of a dot. */
  private record Side(Instruction x, List<Integer> batch, List<Integer> contracting) {
    List<Integer> free() {
      return Op.Dot.free(x.shape().rank(), batch, contracting);
    }

    List<Long> batchDims() {
      return sizes(x.shape(), batch);
    }
  }

  private static boolean pays(long places, int terms) {
    return places > PLACES_PER_ROW * Math.max(1, terms);
  }

  /** The order of a term's dims in which batch comes first, then the rest as listed. */
  private static List<Integer> tokenOrder(OneHot hot, List<Integer> batch, List<Integer> rest) {
    List<Integer> tokens = hot.tokens();
    return join(batch, rest, List.of()).stream().map(tokens::indexOf).toList();
  }

  private static boolean sameSet(List<Integer> a, List<Integer> b) {
    return a.size() == b.size() && b.containsAll(a);
  }

  private static List<Long> sizes(Shape shape, List<Integer> dims) {
    return dims.stream().map(shape::dim).toList();
  }

  private static long product(List<Long> sizes) {
    return sizes.stream().reduce(1L, Math::multiplyExact);
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static List<Integer> join(List<Integer> a, List<Integer> b, List<Integer> c) {
    List<Integer> all = new ArrayList<>(a);
    all.addAll(b);
    all.addAll(c);
    return all;
  }
}
