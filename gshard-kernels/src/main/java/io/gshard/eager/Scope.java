package io.gshard.eager;

import io.gshard.nn.Optimizer;
import io.gshard.tensor.DType;
import io.gshard.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;

/** What ops on this thread belong to: a recording and, where there is one, the running model. */
interface Scope {
  Tape tape();

  long size(String dim);

  DType activations();

  void minimize(Tensor loss, Optimizer optimizer, Tensor step);

  /** A recording without a model. */
  record Recording(Tape tape) implements Scope {
    @Override
    public long size(String dim) {
      throw outside("size(\"" + dim + "\")");
    }

    @Override
    public DType activations() {
      throw outside("activations()");
    }

    @Override
    public void minimize(Tensor loss, Optimizer optimizer, Tensor step) {
      throw outside("minimize");
    }
  }

  /** The innermost one that is open on this thread, or null. */
  static Scope current() {
    return Open.STACK.get().peek();
  }

  static void open(Scope scope) {
    Open.STACK.get().push(scope);
  }

  static void close(Scope scope) {
    Open.STACK.get().removeIf(s -> s == scope);
  }

  static IllegalStateException outside(String what) {
    return new IllegalStateException(
        what
            + " outside of a model: open one on this thread with Eager.of(Model.class, config, seed)");
  }

  /** The open scopes of each thread, innermost first. */
  final class Open {
    private Open() {}

    private static final ThreadLocal<Deque<Scope>> STACK = ThreadLocal.withInitial(ArrayDeque::new);
  }
}
