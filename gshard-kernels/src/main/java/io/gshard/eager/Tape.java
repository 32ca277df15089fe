package io.gshard.eager;

import io.gshard.op.Op;
import io.gshard.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/**
 * Notes on each result how it was made. The notes hang on the results themselves, so what nobody
 * holds is collected. A result that is held over many steps (a list of losses) must not keep all
 * that went before: {@link #next} makes the results of the step before last forget.
 */
final class Tape {
  private Set<ArrayTensor> last = weakSet();
  private Set<ArrayTensor> recorded = weakSet();
  private boolean paused;

  private static Set<ArrayTensor> weakSet() {
    return Collections.newSetFromMap(new WeakHashMap<>());
  }

  void record(ArrayTensor result, Op op, List<Tensor> operands) {
    if (!paused && !operands.isEmpty()) {
      result.producer(new ArrayTensor.Producer(op, operands));
      recorded.add(result);
    }
  }

  /** Runs the body without notes. */
  <R> R pausing(Supplier<R> body) {
    boolean before = paused;
    paused = true;
    try {
      return body.get();
    } finally {
      paused = before;
    }
  }

  /** A step is over. */
  void next() {
    last.forEach(ArrayTensor::forget);
    last = recorded;
    recorded = weakSet();
  }
}
