package io.gshard.eager;

import io.gshard.nn.Optimizer;
import io.gshard.tensor.DType;
import io.gshard.tensor.Ops;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A parameter of a running model: a field, in as many objects as the stacks it is in have copies.
 * Compiled programs store the copies as one tensor with the stacks' dims in front; each copy is
 * moved by itself, with optimizer state of its own.
 */
final class Parameter {
  private final String path;
  private final Shape shape;
  private final List<Long> stack;
  private final Field field;
  private final List<Copy> copies = new ArrayList<>();

  /** One object's field and its optimizer state by slot name. */
  final class Copy {
    private final Object owner;
    private final Map<String, Tensor> slots = new LinkedHashMap<>();

    private Copy(Object owner) {
      this.owner = owner;
    }

    Tensor value() {
      try {
        return (Tensor) field.get(owner);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(path + " cannot be read", e);
      }
    }

    /** Sets a tensor of its own: gradients tell parameters apart by identity. */
    private void value(Tensor value) {
      try {
        field.set(owner, ArrayTensor.of(value).as(shape));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(path + " cannot be written: is it static or final?", e);
      }
    }

    void move(Optimizer optimizer, Tensor gradient, Tensor step) {
      List<Optimizer.Slot> wanted = optimizer.slots(shape);
      List<Tensor> state = new ArrayList<>();
      for (Optimizer.Slot slot : wanted) {
        Shape dims = new Shape(DType.F32, slot.dims().stream().map(shape::dim).toList());
        state.add(slots.computeIfAbsent(slot.name(), name -> Ops.zeros(dims)));
      }
      Optimizer.Update update = optimizer.update(value(), gradient, state, step);
      value(update.parameter());
      for (int i = 0; i < wanted.size(); i++) {
        slots.put(wanted.get(i).name(), update.slots().get(i));
      }
    }
  }

  Parameter(String path, Shape shape, List<Long> stack, Field field, List<Object> owners) {
    this.path = path;
    this.shape = shape;
    this.stack = List.copyOf(stack);
    this.field = field;
    owners.forEach(owner -> copies.add(new Copy(owner)));
  }

  String path() {
    return path;
  }

  List<Copy> copies() {
    return copies;
  }

  /** Sets all copies from one tensor that has the stacks' dims in front. */
  void set(Tensor whole) {
    List<Long> dims = new ArrayList<>(stack);
    dims.addAll(shape.dims());
    Shape expected = shape.withDims(dims);
    if (!whole.shape().equals(expected)) {
      throw new IllegalArgumentException(
          "%s is %s, found %s".formatted(path, expected, whole.shape()));
    }
    if (stack.isEmpty()) {
      copies.getFirst().value(whole);
      return;
    }
    Tensor rows = withFront(whole, shape, List.of((long) copies.size()));
    for (int i = 0; i < copies.size(); i++) {
      copies.get(i).value(withFront(Ops.slice(rows, 0, i, i + 1), shape, List.of()));
    }
  }

  /** All copies as one tensor with the stacks' dims in front. */
  Tensor whole() {
    return join(copies.stream().map(Copy::value).toList());
  }

  /** The state of a slot as one tensor; null if no optimizer has made it. */
  Tensor slot(String name) {
    List<Tensor> slots = copies.stream().map(c -> c.slots.get(name)).toList();
    return slots.contains(null) ? null : join(slots);
  }

  private Tensor join(List<Tensor> parts) {
    Shape single = parts.getFirst().shape();
    if (stack.isEmpty()) {
      return parts.getFirst();
    }
    Tensor[] rows =
        parts.stream().map(p -> withFront(p, single, List.of(1L))).toArray(Tensor[]::new);
    return withFront(Ops.concat(0, rows), single, stack);
  }

  private static Tensor withFront(Tensor x, Shape single, List<Long> front) {
    List<Long> dims = new ArrayList<>(front);
    dims.addAll(single.dims());
    return Ops.reshape(x, dims.stream().mapToLong(Long::longValue).toArray());
  }
}
