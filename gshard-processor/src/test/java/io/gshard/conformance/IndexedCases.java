package io.gshard.conformance;

import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import java.util.ArrayList;
import java.util.List;

/** Gathers and scatters of any dimension numbers. */
final class IndexedCases {
  private final Values values;

  IndexedCases(Values values) {
    this.values = values;
  }

  /** What gather and scatter have in common: an operand, windows of it, and indices. */
  private final class Plan {
    final List<Long> operand = values.dims(values.between(1, 4));
    final List<Integer> batching = new ArrayList<>();
    final List<Integer> indicesBatching = new ArrayList<>();
    final List<Integer> collapsed = new ArrayList<>();
    final List<Integer> indexed = new ArrayList<>();
    final List<Long> window = new ArrayList<>();
    final List<Long> kept = new ArrayList<>();
    final List<Long> batch;
    final List<Long> indices;
    final int vectorDim;

    Plan(int maxBatch, boolean batchingAllowed) {
      int own = batchingAllowed && values.sometimes() ? values.between(0, operand.size() - 1) : -1;
      for (int dim : values.permutation(operand.size())) {
        if (dim != own && values.random().nextBoolean()) {
          indexed.add(dim);
        }
      }
      for (int dim = 0; dim < operand.size(); dim++) {
        if (dim == own) {
          batching.add(dim);
          window.add(1L);
        } else if (values.random().nextBoolean()) {
          collapsed.add(dim);
          window.add(1L);
        } else {
          long size = values.between(1, operand.get(dim).intValue());
          window.add(size);
          kept.add(size);
        }
      }
      batch = new ArrayList<>(values.dims(values.between(0, maxBatch)));
      int batchPlace = -1;
      if (own >= 0) {
        batchPlace = values.between(0, batch.size());
        batch.add(batchPlace, operand.get(own));
      }
      indices = new ArrayList<>(batch);
      // A vector of one part may be left implicit.
      vectorDim =
          indexed.size() == 1 && values.random().nextBoolean()
              ? indices.size()
              : values.between(0, indices.size());
      if (indexed.size() != 1 || vectorDim < indices.size() || values.random().nextBoolean()) {
        indices.add(vectorDim, (long) indexed.size());
      }
      if (batchPlace >= 0) {
        indicesBatching.add(
            indices.size() > batch.size() && batchPlace >= vectorDim ? batchPlace + 1 : batchPlace);
      }
    }

    Literal indexValues() {
      return values.integers(values.sometimes() ? DType.U32 : DType.S32, indices, -2, 6);
    }

    /** Places of the window's dims among all dims of the result or the updates. */
    List<Integer> windowPlaces() {
      int rank = batch.size() + kept.size();
      return values.permutation(rank).subList(0, kept.size()).stream().sorted().toList();
    }
  }

  OpCase gather() {
    Plan plan = new Plan(2, true);
    Op op =
        new Op.Gather(
            plan.windowPlaces(),
            plan.collapsed,
            plan.batching,
            plan.indicesBatching,
            plan.indexed,
            plan.vectorDim,
            plan.window);
    DType type = Values.ALL.get(values.random().nextInt(Values.ALL.size()));
    return OpCase.of(op, values.any(type, plan.operand), plan.indexValues());
  }

  OpCase scatter() {
    DType type = Values.ALL.get(values.random().nextInt(Values.ALL.size()));
    Combiner combiner = combiner(type);
    // Where two updates meet and none is combined, which one stays is not said: one window then.
    Plan plan = combiner == null ? new Plan(0, false) : new Plan(2, true);
    List<Integer> places = plan.windowPlaces();
    Op op =
        new Op.Scatter(
            combiner,
            places,
            plan.collapsed,
            plan.batching,
            plan.indicesBatching,
            plan.indexed,
            plan.vectorDim);
    List<Long> updates = new ArrayList<>();
    int nextBatch = 0;
    int nextWindow = 0;
    for (int i = 0; i < plan.batch.size() + plan.kept.size(); i++) {
      updates.add(places.contains(i) ? plan.kept.get(nextWindow++) : plan.batch.get(nextBatch++));
    }
    return OpCase.of(
        op, values.tame(type, plan.operand), plan.indexValues(), values.tame(type, updates));
  }

  private Combiner combiner(DType type) {
    List<Combiner> fitting =
        switch (type) {
          case PRED -> List.of(Combiner.AND, Combiner.OR, Combiner.MAXIMUM, Combiner.MINIMUM);
          case S32, U32 -> List.of(Combiner.values());
          default -> List.of(Combiner.ADD, Combiner.MULTIPLY, Combiner.MAXIMUM, Combiner.MINIMUM);
        };
    int choice = values.random().nextInt(fitting.size() + 1);
    return choice == fitting.size() ? null : fitting.get(choice);
  }
}
