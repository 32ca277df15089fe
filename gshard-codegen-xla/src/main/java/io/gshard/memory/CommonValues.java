package io.gshard.memory;

import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.passes.fusion.Block;
import io.gshard.passes.fusion.LoweredProgram;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.passes.fusion.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds what is the same on all devices: replicated parameters, what a collective over the whole
 * mesh gives everybody, and what is computed from such values alone. A process keeps these values
 * once and computes them once, however many devices it holds.
 *
 * <p>Steps that run once and steps that run on every device take turns; within a stretch between
 * two collectives they are put in an order with few turns.
 */
public final class CommonValues {
  private final MeshShape mesh;
  private final Set<Root.Value> parameters;

  /** What may differ between devices. */
  private final Set<Root> own = identitySet();

  /** What does not. */
  private final Set<Root.Value> common = identitySet();

  private CommonValues(MeshShape mesh, Set<Root.Value> parameters) {
    this.mesh = mesh;
    this.parameters = parameters;
  }

  /**
   * The program with its common values found and its steps in order.
   *
   * @param common the parameters that are the same on all devices
   */
  public static LoweredProgram find(
      LoweredProgram program, MeshShape mesh, Collection<Root.Value> common) {
    if (mesh.devices() == 1) {
      return program;
    }
    Set<Root.Value> shared = identitySet();
    shared.addAll(common);
    CommonValues values = new CommonValues(mesh, shared);
    program.parameters().stream().filter(p -> !shared.contains(p)).forEach(values.own::add);
    int before;
    do {
      before = values.own.size();
      values.spread(program.block());
    } while (values.own.size() > before);
    values.common.addAll(shared);
    values.collect(program.block());
    return new LoweredProgram(
        values.ordered(program.block()),
        program.parameters(),
        program.outputs(),
        program.updated(),
        values.common);
  }

  static <T> Set<T> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Whether a step runs once for all devices: all that it writes is common. */
  public static boolean runsOnce(Step step, Set<Root.Value> common) {
    List<Root.Value> writes = writes(step).toList();
    return !writes.isEmpty() && common.containsAll(writes);
  }

  // --- what may differ

  private void spread(Block block) {
    for (Step step : block.steps()) {
      switch (step) {
        case Step.Collective c -> {
          if (!sameForAll(c)) {
            own.add(c.result());
          }
        }
        case Step.Loop loop when loop.communicates() -> {
          if (loop.condition() != null) {
            spread(loop.condition());
          }
          spread(loop.body());
        }
        // A loop inside a segment runs there whole; so does a branch, which may not be taken.
        case Step.Loop loop -> {
          if (writes(step).anyMatch(own::contains) || reads(step).anyMatch(this::differs)) {
            spreadTo(step);
          }
        }
        case Step.Branch b -> spreadTo(step);
        case Step.DeviceId d -> own.add(d.result());
        case Step.DrawNumber d -> own.add(d.result());
        default -> {
          if (reads(step).anyMatch(this::differs) || writes(step).anyMatch(own::contains)) {
            spreadTo(step);
          }
        }
      }
    }
  }

  /** A replicated parameter stays common: all devices store the same, so that one's will do. */
  private void spreadTo(Step step) {
    writes(step).filter(v -> !parameters.contains(v)).forEach(own::add);
  }

  private boolean differs(View view) {
    return own.contains(view.root()) || view.terms().stream().anyMatch(t -> differs(t.index()));
  }

  private boolean sameForAll(Step.Collective collective) {
    List<String> axes =
        switch (collective.op()) {
          case Op.AllReduce a -> a.axes();
          case Op.AllGather a -> a.axes();
          default -> List.of();
        };
    return mesh.size(axes) == mesh.devices();
  }

  private void collect(Block block) {
    block.steps().stream()
        .flatMap(CommonValues::writes)
        .filter(v -> !own.contains(v))
        .forEach(common::add);
  }

  // --- order

  private Block ordered(Block block) {
    Block result = new Block();
    List<Step> stretch = new ArrayList<>();
    for (Step step : block.steps()) {
      switch (step) {
        case Step.Collective c -> {
          flush(stretch, result);
          result.steps().add(ownOperand(c, result));
        }
        case Step.Loop loop when loop.communicates() -> {
          flush(stretch, result);
          result.steps().add(loop.map(this::ordered));
        }
        default -> stretch.add(step);
      }
    }
    flush(stretch, result);
    return result;
  }

  /** Collectives read the memory of each device: a common operand is copied there. */
  private Step ownOperand(Step.Collective collective, Block block) {
    View operand = collective.operand();
    if (own.contains(operand.root())) {
      return collective;
    }
    Root.Value copy = ((Root.Value) operand.root()).another(operand.shape());
    own.add(copy);
    block
        .steps()
        .add(
            new Step.Assemble(
                "copy",
                null,
                List.of(new Step.Part(operand, View.of(copy).strides(), 0, List.of())),
                copy,
                copy.source()));
    return new Step.Collective(collective.op(), View.of(copy), collective.result());
  }

  /** A step's turn: even ones run once, odd ones on every device. */
  private final class Turns {
    private final Map<Root, int[]> written = new IdentityHashMap<>();
    private final Map<Root, int[]> read = new IdentityHashMap<>();

    int of(Step step) {
      boolean each = !runsOnce(step, common);
      int turn = each ? 1 : 0;
      Set<Root> reads = roots(step);
      List<Root.Value> writes = writes(step).toList();
      for (Root root : reads) {
        turn = after(turn, each, written.get(root));
      }
      for (Root root : writes) {
        turn = after(after(turn, each, written.get(root)), each, read.get(root));
      }
      for (Root root : reads) {
        note(read, root, turn);
      }
      for (Root root : writes) {
        note(written, root, turn);
      }
      return turn;
    }

    /** The first turn of a kind that is no earlier than the last of either kind. */
    private static int after(int turn, boolean each, int[] last) {
      if (last == null) {
        return turn;
      }
      int same = last[each ? 1 : 0];
      int other = last[each ? 0 : 1];
      return Math.max(turn, Math.max(same, other < 0 ? -1 : other + 1));
    }

    private static void note(Map<Root, int[]> last, Root root, int turn) {
      int[] turns = last.computeIfAbsent(root, r -> new int[] {-1, -1});
      turns[turn % 2] = Math.max(turns[turn % 2], turn);
    }
  }

  private void flush(List<Step> stretch, Block result) {
    Turns turns = new Turns();
    Map<Step, Integer> turn = new IdentityHashMap<>();
    stretch.forEach(step -> turn.put(step, turns.of(step)));
    stretch.stream().sorted(Comparator.comparingInt(turn::get)).forEach(result.steps()::add);
    stretch.clear();
  }

  // --- accesses, of what is inside a loop or branch too

  private static Stream<Step> within(Step step) {
    Stream<Step> inside =
        switch (step) {
          case Step.Loop l ->
              Stream.concat(
                  l.condition() == null ? Stream.of() : l.condition().steps().stream(),
                  l.body().steps().stream());
          case Step.Branch b -> b.blocks().stream().flatMap(block -> block.steps().stream());
          default -> Stream.of();
        };
    return Stream.concat(Stream.of(step), inside.flatMap(CommonValues::within));
  }

  static Stream<Root.Value> writes(Step step) {
    return within(step).flatMap(s -> Accesses.writes(s).stream());
  }

  private static Stream<View> reads(Step step) {
    return within(step)
        .flatMap(
            s ->
                s instanceof Step.Loop l && l.predicate() != null
                    ? Stream.of(l.predicate())
                    : Accesses.reads(s).stream());
  }

  static Set<Root> roots(Step step) {
    Set<Root> roots = identitySet();
    reads(step).forEach(view -> addRoots(view, roots));
    return roots;
  }

  private static void addRoots(View view, Set<Root> roots) {
    roots.add(view.root());
    view.terms().forEach(t -> addRoots(t.index(), roots));
  }
}
