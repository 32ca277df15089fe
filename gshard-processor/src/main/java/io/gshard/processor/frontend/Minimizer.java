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
import io.gshard.tensor.Ops;
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
import java.util.stream.IntStream;

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
    Map<Stack, List<Move>> byStack = new LinkedHashMap<>();
    for (int i = 0; i < trained.size(); i++) {
      Declared parameter = trained.get(i);
      Move move =
          new Move(parameter, values.get(i), gradients.get(i), states(parameter, optimizer));
      Stack stack = new Stack(parameter.stacks(), source(gradients.get(i)));
      byStack.computeIfAbsent(stack, k -> new ArrayList<>()).add(move);
    }
    byStack.forEach((stack, moves) -> move(stack.lengths(), moves, optimizer, step));
  }

  /**
   * What is moved in one loop: parameters of like stacks, whose gradients come from one loop too,
   * so that the two can become one.
   */
  private record Stack(List<Long> lengths, Instruction source) {}

  /** The loop that a gradient comes from, else null. */
  private Instruction source(Tensor gradient) {
    Instruction instruction = session.tracer().instruction(gradient);
    return instruction.op() instanceof HloOp.GetTupleElement ? instruction.operand(0) : null;
  }

  /** A parameter that is to be moved, with its gradient and its state. */
  private record Move(Declared parameter, Tensor value, Tensor gradient, List<State> states) {
    /** What its update changes, stacked as it is: the parameter and its state. */
    List<Tensor> kept(Session session) {
      List<Tensor> all = new ArrayList<>(List.of(value));
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
    List<Tensor> kept = moves.stream().flatMap(m -> m.kept(session).stream()).toList();
    List<Tensor> gradients = moves.stream().map(Move::gradient).toList();
    Update update = new Update(moves, optimizer, step);
    List<Tensor> results = update.run(stacks, kept, gradients, session.tracer());
    int next = 0;
    for (Move move : moves) {
      int count = 1 + move.states().size();
      move.store(session, results.subList(next, next + count));
      next += count;
    }
  }

  /** The optimizer's work on the parameters of like stacks. */
  private record Update(List<Move> moves, Optimizer optimizer, Tensor step) {

    /** What becomes of tensors that have the dims of these stacks in front. */
    List<Tensor> run(List<Long> stacks, List<Tensor> kept, List<Tensor> gradients, Tracer tracer) {
      return stacks.isEmpty() ? layer(kept, gradients) : loop(stacks, kept, gradients, tracer);
    }

    private List<Tensor> layer(List<Tensor> kept, List<Tensor> gradients) {
      List<Tensor> results = new ArrayList<>();
      for (int i = 0; i < moves.size(); i++) {
        int first = results.size();
        int end = first + 1 + moves.get(i).states().size();
        Optimizer.Update update =
            optimizer.update(kept.get(first), gradients.get(i), kept.subList(first + 1, end), step);
        results.add(update.parameter());
        results.addAll(update.slots());
      }
      return results;
    }

    /**
     * A loop over the first stack. Parameters and state are carried whole, and a turn puts its
     * layer back where it was: so they are updated in place, without a second copy.
     */
    private List<Tensor> loop(
        List<Long> stacks, List<Tensor> kept, List<Tensor> gradients, Tracer tracer) {
      long length = stacks.getFirst();
      Tracer body = tracer.nested("update");
      List<Tensor> wholes = kept.stream().map(k -> body.parameter("kept", k.shape())).toList();
      Tensor turn = body.parameter("turn", Shape.of(DType.S32));
      List<Tensor> slices =
          gradients.stream()
              .map(g -> body.parameter("gradient", g.shape().withDims(layerDims(g))))
              .toList();
      List<Tensor> results =
          Engine.with(
              body,
              () -> {
                List<Tensor> layer = wholes.stream().map(w -> layer(w, turn)).toList();
                List<Tensor> updated = run(stacks.subList(1, stacks.size()), layer, slices, body);
                return IntStream.range(0, wholes.size())
                    .mapToObj(i -> put(wholes.get(i), updated.get(i), turn))
                    .toList();
              });
      Computation computation = body.build(results);
      List<Tensor> operands = new ArrayList<>(kept);
      operands.add(Engine.with(tracer, () -> Ops.iota(Shape.of(DType.S32, length), 0)));
      operands.addAll(gradients);
      operands.addAll(body.captured());
      return tracer.applyTuple(
          new HloOp.Scan(computation, length, kept.size(), 1 + gradients.size(), false, false),
          Type.tuple(kept.stream().map(Tensor::shape).toList()),
          operands);
    }

    private static List<Long> layerDims(Tensor stack) {
      return stack.shape().dims().subList(1, stack.rank());
    }

    private static Tensor layer(Tensor stack, Tensor turn) {
      long[] dims = layerDims(stack).stream().mapToLong(Long::longValue).toArray();
      return Ops.reshape(Ops.dynamicSlice(stack, 0, turn, 1), dims);
    }

    private static Tensor put(Tensor stack, Tensor layer, Tensor turn) {
      return Ops.dynamicUpdate(stack, Ops.expandDim(layer, 0), 0, turn);
    }
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
