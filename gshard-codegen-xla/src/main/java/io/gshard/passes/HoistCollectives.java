package io.gshard.passes;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.spmd.CommunicationReport;
import io.gshard.spmd.CommunicationReport.Place;
import io.gshard.spmd.Partitioned;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collectives of a loop's body that give the same in every turn, since the loop only reads what
 * they are made of, run once before it: their results become part of the loop's state.
 *
 * <pre>{@code
 * while (..) { y = y * all-gather(w) }   becomes   g = all-gather(w); while (..) { y = y * g }
 * }</pre>
 *
 * <p>The results are there all the while the loop runs, so no more are taken out of a loop than a
 * number of bytes.
 */
public final class HoistCollectives {
  /** The most bytes of results that are taken out of a loop. */
  public static final long LIMIT = 64L << 20;

  private final MeshShape mesh;
  private final long limit;
  private final Map<Computation, Computation> done = new IdentityHashMap<>();
  private final List<Move> moves = new ArrayList<>();

  /** A collective that ran {@code turns} times as often where it was; -1 if that is not known. */
  private record Move(Place from, Place to, long turns) {
    CommunicationReport.Collective of(CommunicationReport.Collective collective) {
      if (!collective.place().equals(from)) {
        return collective;
      }
      long trips = collective.tripCount();
      return collective.at(to, turns < 0 || trips < 0 ? -1 : trips / turns);
    }
  }

  private HoistCollectives(MeshShape mesh, long limit) {
    this.mesh = mesh;
    this.limit = limit;
  }

  /**
   * The program with such collectives before their loops.
   *
   * @param limit the most bytes of results that are taken out of a loop
   */
  public static Partitioned run(Partitioned program, long limit) {
    HoistCollectives pass = new HoistCollectives(program.module().mesh(), limit);
    Computation entry = pass.rewrite(program.module().entry());
    List<CommunicationReport.Collective> collectives =
        new ArrayList<>(program.report().collectives());
    pass.moves.forEach(move -> collectives.replaceAll(move::of));
    return new Partitioned(
        program.module().withEntry(entry),
        program.parameterShapes(),
        program.parameterShardings(),
        program.resultShapes(),
        program.resultShardings(),
        new CommunicationReport(collectives));
  }

  private Computation rewrite(Computation computation) {
    Computation known = done.get(computation);
    if (known == null) {
      boolean plain =
          computation.instructions().stream().allMatch(i -> Computation.calledBy(i).isEmpty());
      known = plain ? computation : rewritten(computation);
      done.put(computation, known);
    }
    return known;
  }

  private Computation rewritten(Computation computation) {
    Set<Instruction> whole = usedWhole(computation);
    Rewriter rewriter = new Rewriter(new GraphBuilder(computation.name(), mesh));
    for (Instruction old : computation.instructions()) {
      if (old.op() instanceof HloOp.Parameter) {
        rewriter.parameter(old);
        continue;
      }
      // Inner loops first: what they give up may leave the outer one too.
      Instruction inner =
          old.op() instanceof HloOp op ? old.withOp(Computation.calling(op, this::rewrite)) : old;
      Instruction image = inner.withOperands(rewriter.get(old.operands()));
      Loop loop = inner.op() instanceof HloOp.While w ? Loop.of(w, limit) : null;
      if (loop == null || loop.hoisted().isEmpty()) {
        rewriter.put(old, rewriter.target().add(image));
      } else {
        Instruction end = hoist(loop, image, rewriter.target());
        rewriter.put(old, whole.contains(old) ? front(rewriter.target(), end, old.type()) : end);
      }
    }
    return rewriter.target().build(rewriter.get(computation.root()));
  }

  /** The tuples of which not only elements are used. */
  private static Set<Instruction> usedWhole(Computation computation) {
    Set<Instruction> found = new HashSet<>(Set.of(computation.root()));
    for (Instruction instruction : computation.instructions()) {
      if (!(instruction.op() instanceof HloOp.GetTupleElement)) {
        found.addAll(instruction.operands());
      }
    }
    return found;
  }

  /** The elements that a longer tuple begins with. */
  private static Instruction front(GraphBuilder builder, Instruction longer, Type type) {
    return builder.tuple(elements(builder, longer).subList(0, size(type)));
  }

  private static List<Instruction> elements(GraphBuilder builder, Instruction tuple) {
    if (tuple.op() instanceof HloOp.Tuple) {
      return tuple.operands();
    }
    List<Instruction> elements = new ArrayList<>();
    for (int i = 0; i < size(tuple.type()); i++) {
      elements.add(builder.element(tuple, i));
    }
    return elements;
  }

  private static int size(Type tuple) {
    return ((Type.Tuple) tuple).elements().size();
  }

  /** Writes the collectives, and then the loop with their results in its state. */
  private Instruction hoist(Loop loop, Instruction old, GraphBuilder builder) {
    List<Instruction> start = elements(builder, old.operand(0));
    Map<Instruction, Instruction> images = new IdentityHashMap<>();
    for (Instruction instruction : loop.needed()) {
      builder.at(instruction.source());
      images.put(
          instruction,
          instruction.op() instanceof HloOp.GetTupleElement g
              ? start.get(g.index())
              : builder.add(
                  instruction.withOperands(
                      instruction.operands().stream().map(images::get).toList())));
    }
    builder.at(old.source());
    List<Instruction> state = new ArrayList<>(start);
    for (Instruction hoisted : loop.hoisted()) {
      Instruction image = images.get(hoisted);
      state.add(image);
      moves.add(
          new Move(
              new Place(loop.op().body().name(), hoisted.name()),
              new Place(builder.name(), image.name()),
              loop.op().tripCount()));
    }
    Instruction longer = builder.tuple(state);
    HloOp.While op =
        new HloOp.While(
            condition(loop.op().condition(), longer.type()),
            body(loop, longer.type()),
            loop.op().tripCount());
    return builder.add(
        Instruction.of(old.name(), op, longer.type(), List.of(longer), old.source()));
  }

  private Computation condition(Computation old, Type state) {
    Rewriter rewriter = new Rewriter(new GraphBuilder(old.name(), mesh));
    return rewriter
        .target()
        .build(
            rewriter.inline(
                old,
                List.of(rewriter.target().parameter(old.parameters().getFirst().name(), state))));
  }

  private Computation body(Loop loop, Type state) {
    Computation old = loop.op().body();
    Instruction parameter = old.parameters().getFirst();
    Rewriter rewriter = new Rewriter(new GraphBuilder(old.name(), mesh));
    GraphBuilder builder = rewriter.target();
    Instruction longer = builder.parameter(parameter.name(), state);
    rewriter.put(parameter, longer);
    List<Instruction> results = new ArrayList<>();
    for (Instruction hoisted : loop.hoisted()) {
      Instruction result = builder.element(longer, size(parameter.type()) + results.size());
      rewriter.put(hoisted, result);
      results.add(result);
    }
    Set<Instruction> live = loop.live();
    for (Instruction instruction : old.instructions()) {
      if (live.contains(instruction) && !rewriter.has(instruction)) {
        rewriter.copy(instruction);
      }
    }
    List<Instruction> turn = new ArrayList<>(elements(builder, rewriter.get(old.root())));
    turn.addAll(results);
    return builder.build(builder.tuple(turn));
  }

  /**
   * A loop and what leaves it.
   *
   * @param hoisted collectives that give the same in every turn
   * @param needed what they are made of in the body, and they themselves, in the body's order
   */
  private record Loop(HloOp.While op, List<Instruction> hoisted, List<Instruction> needed) {

    /** Null if the state is not a tuple of which elements alone are used. */
    static Loop of(HloOp.While op, long limit) {
      Instruction state = op.body().parameters().getFirst();
      Instruction tested = op.condition().parameters().getFirst();
      if (!(state.type() instanceof Type.Tuple)
          || op.tripCount() == 0
          || op.tripCount() == 1
          || usedWhole(op.body()).contains(state)
          || usedWhole(op.condition()).contains(tested)) {
        return null;
      }
      Set<Instruction> constant = new HashSet<>();
      List<Instruction> hoisted = new ArrayList<>();
      long bytes = 0;
      for (Instruction instruction : op.body().instructions()) {
        if (instruction.op() instanceof HloOp.GetTupleElement(int index)
            && instruction.operand(0) == state
            && instruction.type() instanceof Type.Array
            && isPassedOn(op.body().root(), index, state)) {
          constant.add(instruction);
        } else if (isFunction(instruction.op()) && constant.containsAll(instruction.operands())) {
          if (!(instruction.op() instanceof Op.Collective)) {
            constant.add(instruction);
          } else if (bytes + instruction.shape().bytes() <= limit) {
            constant.add(instruction);
            hoisted.add(instruction);
            bytes += instruction.shape().bytes();
          }
        }
      }
      Set<Instruction> needed = reached(hoisted, Set.of());
      return new Loop(
          op, hoisted, op.body().instructions().stream().filter(needed::contains).toList());
    }

    /** Whether the op gives the same for the same operands, whenever it runs. */
    private static boolean isFunction(Op op) {
      return !(op instanceof Op.Structural || op instanceof Op.OptimizationBarrier);
    }

    private static boolean isPassedOn(Instruction root, int index, Instruction state) {
      return root.op() instanceof HloOp.Tuple
          && root.operand(index).op() instanceof HloOp.GetTupleElement(int from)
          && from == index
          && root.operand(index).operand(0) == state;
    }

    /** What the body still computes. */
    Set<Instruction> live() {
      return reached(List.of(op.body().root()), new HashSet<>(hoisted));
    }

    /**
     * All that some values are made of, in the computation, but for what given ones are made of.
     */
    private static Set<Instruction> reached(List<Instruction> from, Set<Instruction> given) {
      Set<Instruction> found = new HashSet<>();
      List<Instruction> open = new ArrayList<>(from);
      while (!open.isEmpty()) {
        Instruction next = open.removeLast();
        boolean isState = next.op() instanceof HloOp.Parameter;
        if (!isState && !given.contains(next) && found.add(next)) {
          open.addAll(next.operands());
        }
      }
      return found;
    }
  }
}
