package io.gshard.processor.frontend;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.Sharding;
import io.gshard.nn.Optimizer;
import io.gshard.processor.frontend.ModelVariables.Declared;
import io.gshard.tensor.DType;
import io.gshard.tensor.Engine;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.trace.TracedTensor;
import io.gshard.trace.Tracer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code minimize}: moves all parameters that the loss depends on by an optimizer, whose state
 * becomes variables of the program. The layers of a stack are moved each for itself, in one loop.
 */
final class Minimizer {
  /** Optimizer state that a program uses: its dims and split are its parameter's, some left out. */
  record State(String path, Shape shape, Sharding sharding) {}

  private final Session session;
  private final ModelVariables model;
  private final Map<String, State> states = new LinkedHashMap<>();

  Minimizer(Session session, ModelVariables model) {
    this.session = session;
    this.model = model;
  }

  /** The state of the program, in the order of its making. */
  List<State> states() {
    return List.copyOf(states.values());
  }

  void minimize(Tensor loss, Optimizer optimizer, Tensor step) {
    Set<Instruction> used = reachable(session.tracer().instruction(loss));
    List<Declared> trained = new ArrayList<>();
    List<Tensor> values = new ArrayList<>();
    for (Declared parameter : model.parameters().values()) {
      Tensor value = session.read(parameter.path());
      if (value.type().isFloating() && used.contains(((TracedTensor) value).instruction())) {
        trained.add(parameter);
        values.add(value);
      }
    }
    List<Tensor> gradients = session.tracer().gradients(loss, values);
    Map<List<Long>, List<Move>> byStack = new LinkedHashMap<>();
    for (int i = 0; i < trained.size(); i++) {
      Declared parameter = trained.get(i);
      Move move =
          new Move(parameter, values.get(i), gradients.get(i), states(parameter, optimizer));
      byStack.computeIfAbsent(parameter.stacks(), k -> new ArrayList<>()).add(move);
    }
    byStack.forEach((stacks, moves) -> move(stacks, moves, optimizer, step));
  }

  /** A parameter that is to be moved, with its gradient and its state. */
  private record Move(Declared parameter, Tensor value, Tensor gradient, List<State> states) {
    /** The operands of its update, stacked as it is. */
    List<Tensor> operands(Session session) {
      List<Tensor> all = new ArrayList<>(List.of(value, gradient));
      states.forEach(s -> all.add(session.read(s.path())));
      return all;
    }

    void store(Session session, List<Tensor> results) {
      session.write(parameter.path(), results.getFirst());
      for (int i = 0; i < states.size(); i++) {
        session.write(states.get(i).path(), results.get(i + 1));
      }
    }
  }

  private List<State> states(Declared parameter, Optimizer optimizer) {
    int stacks = parameter.stacks().size();
    List<State> result = new ArrayList<>();
    for (Optimizer.Slot slot : optimizer.slots(parameter.single())) {
      List<Long> dims = new ArrayList<>(parameter.stacks());
      List<List<String>> axes = new ArrayList<>(Collections.nCopies(stacks, List.of()));
      for (int dim : slot.dims()) {
        dims.add(parameter.shape().dim(stacks + dim));
        axes.add(parameter.sharding().axes(stacks + dim));
      }
      State state =
          new State(
              parameter.path() + "#" + slot.name(), new Shape(DType.F32, dims), new Sharding(axes));
      if (states.putIfAbsent(state.path(), state) == null) {
        session.variable(state.path(), state.shape());
      }
      result.add(state);
    }
    return result;
  }

  private void move(List<Long> stacks, List<Move> moves, Optimizer optimizer, Tensor step) {
    List<Tensor> operands = moves.stream().flatMap(m -> m.operands(session).stream()).toList();
    List<Tensor> results = update(stacks, moves, operands, optimizer, step, session.tracer());
    int next = 0;
    for (Move move : moves) {
      int count = 1 + move.states().size();
      move.store(session, results.subList(next, next + count));
      next += count;
    }
  }

  /** The updates of operands that have the dims of these stacks in front: a loop for each stack. */
  private List<Tensor> update(
      List<Long> stacks,
      List<Move> moves,
      List<Tensor> operands,
      Optimizer optimizer,
      Tensor step,
      Tracer tracer) {
    if (stacks.isEmpty()) {
      List<Tensor> results = new ArrayList<>();
      int next = 0;
      for (Move move : moves) {
        int end = next + 2 + move.states().size();
        Optimizer.Update update =
            optimizer.update(
                operands.get(next), operands.get(next + 1), operands.subList(next + 2, end), step);
        results.add(update.parameter());
        results.addAll(update.slots());
        next = end;
      }
      return results;
    }
    Tracer body = tracer.nested("update");
    List<Tensor> slices = new ArrayList<>();
    for (Tensor operand : operands) {
      Shape shape = operand.shape();
      slices.add(body.parameter("slice", shape.withDims(shape.dims().subList(1, shape.rank()))));
    }
    List<Tensor> results =
        Engine.with(
            body,
            () -> update(stacks.subList(1, stacks.size()), moves, slices, optimizer, step, body));
    Computation computation = body.build(results);
    List<Tensor> all = new ArrayList<>(operands);
    all.addAll(body.captured());
    List<Shape> shapes =
        results.stream()
            .map(
                r -> {
                  List<Long> dims = new ArrayList<>(r.shape().dims());
                  dims.addFirst(stacks.getFirst());
                  return r.shape().withDims(dims);
                })
            .toList();
    return tracer.applyTuple(
        new HloOp.Scan(computation, stacks.getFirst(), 0, operands.size(), false, false),
        Type.tuple(shapes),
        all);
  }

  private static Set<Instruction> reachable(Instruction root) {
    Set<Instruction> seen = new HashSet<>();
    Deque<Instruction> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Instruction next = open.pop();
      if (seen.add(next)) {
        open.addAll(next.operands());
      }
    }
    return seen;
  }
}
