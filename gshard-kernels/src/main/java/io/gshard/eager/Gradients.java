package io.gshard.eager;

import io.gshard.op.Vjp;
import io.gshard.tensor.Ops;
import io.gshard.tensor.ShapeException;
import io.gshard.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Walks what a {@link Tape} noted from a loss back to the tensors it was made of. */
final class Gradients {
  private Gradients() {}

  /**
   * The gradients, zero for tensors that the loss does not depend on.
   *
   * @throws ShapeException if the loss is not a floating scalar
   * @throws IllegalStateException if the way to a tensor is forgotten
   */
  static List<Tensor> of(Tensor loss, List<Tensor> wrt) {
    if (!loss.shape().isScalar() || !loss.type().isFloating()) {
      throw new ShapeException(
          "gradients of " + loss.shape() + ": the loss must be a floating scalar");
    }
    List<Tensor> order = ancestors(loss);
    Set<Tensor> targets = Collections.newSetFromMap(new IdentityHashMap<>());
    targets.addAll(wrt);
    Set<Tensor> leading = leading(order, targets);
    if (order.stream().anyMatch(t -> t instanceof ArrayTensor a && a.isForgotten())
        && !leading.containsAll(targets)) {
      throw new IllegalStateException(
          "gradients of a loss from an earlier step: its computation is forgotten; take gradients in the step itself");
    }
    Map<Tensor, Tensor> cotangents = new IdentityHashMap<>();
    cotangents.put(loss, Ops.ones(loss.shape()));
    for (Tensor result : order.reversed()) {
      Tensor cotangent = cotangents.get(result);
      ArrayTensor.Producer producer = producer(result);
      if (cotangent == null
          || producer == null
          || producer.operands().stream().noneMatch(leading::contains)) {
        continue;
      }
      List<Tensor> operands = producer.operands();
      List<Tensor> contributions = Vjp.apply(producer.op(), operands, result, cotangent);
      for (int i = 0; i < operands.size(); i++) {
        if (contributions.get(i) != null && leading.contains(operands.get(i))) {
          cotangents.merge(operands.get(i), contributions.get(i), Ops::add);
        }
      }
      if (!targets.contains(result)) {
        cotangents.remove(result);
      }
    }
    List<Tensor> gradients = new ArrayList<>();
    for (Tensor tensor : wrt) {
      Tensor found = cotangents.get(tensor);
      gradients.add(found == null ? Ops.zerosLike(tensor) : found);
    }
    return gradients;
  }

  private static ArrayTensor.Producer producer(Tensor tensor) {
    return tensor instanceof ArrayTensor array ? array.producer() : null;
  }

  /** Those of the targets and what depends on them. */
  private static Set<Tensor> leading(List<Tensor> order, Set<Tensor> targets) {
    Set<Tensor> leading = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Tensor tensor : order) {
      ArrayTensor.Producer producer = producer(tensor);
      if (targets.contains(tensor)
          || (producer != null && producer.operands().stream().anyMatch(leading::contains))) {
        leading.add(tensor);
      }
    }
    return leading;
  }

  /**
   * All that a tensor was made of and itself, operands before results. No recursion: graphs are
   * deep.
   */
  static List<Tensor> ancestors(Tensor root) {
    List<Tensor> order = new ArrayList<>();
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Tensor> done = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Tensor> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Tensor next = open.peek();
      if (seen.add(next)) {
        ArrayTensor.Producer producer = producer(next);
        if (producer != null) {
          producer.operands().stream().filter(o -> !seen.contains(o)).forEach(open::push);
        }
      } else {
        open.pop();
        if (done.add(next)) {
          order.add(next);
        }
      }
    }
    return order;
  }
}
