package io.gshard.passes;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes one loop of a loop that stacks gradients and the one that moves parameters by them: each
 * turn moves its layer at once, and the stack of gradients is never there.
 *
 * <p>A loop can follow another into its turns if all that it carries are {@linkplain Rows arrays of
 * which a turn reads and writes its own row}, so that the order of its turns does not matter, and
 * if of the other's results it needs the stacks alone. Where the other loop reads slices of an
 * array that is then carried, it reads the row that is not yet written.
 */
public final class FuseScans {
  private final MeshShape mesh;
  private final Computation entry;
  private final Instruction first;
  private final Instruction second;
  private final HloOp.Scan before;
  private final HloOp.Scan after;

  private FuseScans(MeshShape mesh, Computation entry, Instruction first, Instruction second) {
    this.mesh = mesh;
    this.entry = entry;
    this.first = first;
    this.second = second;
    this.before = (HloOp.Scan) first.op();
    this.after = (HloOp.Scan) second.op();
  }

  /** The module with the loops of its entry fused where they can be. */
  public static HloModule run(HloModule module) {
    HloModule result = module;
    for (Optional<Computation> next = once(result); next.isPresent(); next = once(result)) {
      result = result.withEntry(next.get());
    }
    return result;
  }

  private static Optional<Computation> once(HloModule module) {
    Computation entry = module.entry();
    for (Instruction second : entry.instructions()) {
      if (second.op() instanceof HloOp.Scan after && Rows.only(second)) {
        for (Instruction operand : slices(second, after)) {
          if (operand.op() instanceof HloOp.GetTupleElement
              && operand.operand(0).op() instanceof HloOp.Scan) {
            FuseScans pair = new FuseScans(module.mesh(), entry, operand.operand(0), second);
            if (pair.possible()) {
              return Optional.of(pair.fused());
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<Instruction> slices(Instruction scan, HloOp.Scan op) {
    return scan.operands().subList(op.carries(), op.carries() + op.slices());
  }

  private static List<Instruction> constants(Instruction scan, HloOp.Scan op) {
    return scan.operands().subList(op.carries() + op.slices(), scan.operands().size());
  }

  private static List<Instruction> carries(Instruction scan, HloOp.Scan op) {
    return scan.operands().subList(0, op.carries());
  }

  /** Whether an operand is an array that the first loop stacks. */
  private boolean stacked(Instruction operand) {
    return operand.op() instanceof HloOp.GetTupleElement g
        && operand.operand(0) == first
        && g.index() >= before.carries();
  }

  private List<Instruction> ownSlices() {
    return slices(second, after).stream().filter(o -> !stacked(o)).toList();
  }

  private boolean possible() {
    if (before.length() != after.length()) {
      return false;
    }
    Set<Instruction> needed =
        Simplify.live(
            Stream.of(carries(second, after), ownSlices(), constants(second, after))
                .flatMap(List::stream)
                .toArray(Instruction[]::new));
    return !needed.contains(first);
  }

  private Computation fused() {
    Rewriter rewriter = new Rewriter(new GraphBuilder(entry.name(), mesh));
    entry.parameters().forEach(rewriter::parameter);
    // What the second loop needs of elsewhere may stand behind the first.
    Set<Instruction> early =
        Simplify.live(
            Stream.concat(
                    first.operands().stream(),
                    Stream.of(carries(second, after), ownSlices(), constants(second, after))
                        .flatMap(List::stream))
                .toArray(Instruction[]::new));
    for (Instruction instruction : entry.instructions()) {
      if (early.contains(instruction) && !rewriter.has(instruction)) {
        rewriter.copy(instruction);
      }
    }
    rewriter.target().at(first.source());
    Instruction loop = loop(rewriter);
    for (Instruction instruction : entry.instructions()) {
      if (rewriter.has(instruction) || instruction == first || instruction == second) {
        continue;
      }
      if (instruction.op() instanceof HloOp.GetTupleElement g
          && (instruction.operand(0) == first || instruction.operand(0) == second)) {
        int place = place(instruction.operand(0) == first, g.index());
        rewriter.put(instruction, rewriter.target().element(loop, place));
      } else {
        rewriter.copy(instruction);
      }
    }
    return rewriter.target().build(rewriter.get(entry.root()));
  }

  /** Results: the first loop's carries, the second's, the first's stacks, the second's. */
  private int place(boolean ofFirst, int index) {
    int carries = before.carries() + after.carries();
    int stacks = first.type().leaves().size() - before.carries();
    if (ofFirst) {
      return index < before.carries() ? index : index + after.carries();
    }
    return index < after.carries()
        ? before.carries() + index
        : carries + stacks + index - after.carries();
  }

  private Instruction loop(Rewriter rewriter) {
    GraphBuilder body = new GraphBuilder(before.body().name(), mesh);
    Arguments arguments = new Arguments(body);
    List<Instruction> one = before.body().parameters();
    List<Instruction> two = after.body().parameters();
    arguments.take(carries(first, before), one);
    arguments.take(carries(second, after), two);
    Map<Instruction, Integer> carried = new IdentityHashMap<>();
    List<Instruction> kept = carries(second, after);
    for (int i = 0; i < kept.size(); i++) {
      carried.putIfAbsent(kept.get(i), i);
    }
    // Slices of what the second loop carries are rows of that, once there is a number of the turn.
    Map<Instruction, Instruction> rows = new HashMap<>();
    int slices = 0;
    for (int i = 0; i < before.slices(); i++) {
      Instruction operand = first.operand(before.carries() + i);
      Instruction parameter = one.get(before.carries() + i);
      if (carried.containsKey(operand)) {
        rows.put(parameter, two.get(carried.get(operand)));
      } else {
        arguments.take(operand, parameter);
        slices++;
      }
    }
    for (int i = after.carries(); i < after.carries() + after.slices(); i++) {
      if (!stacked(second.operand(i))) {
        arguments.take(second.operand(i), two.get(i));
        slices++;
      }
    }
    arguments.take(
        constants(first, before), one.subList(before.carries() + before.slices(), one.size()));
    arguments.take(
        constants(second, after), two.subList(after.carries() + after.slices(), two.size()));

    Instruction turn = arguments.image(Rows.turn(second));
    rows.forEach(
        (parameter, whole) -> arguments.put(parameter, row(arguments.image(whole), turn, body)));
    List<Instruction> firsts =
        new Rewriter(body).inline(before.body(), arguments.images(one)).operands();
    for (int i = after.carries(); i < after.carries() + after.slices(); i++) {
      if (stacked(second.operand(i))) {
        int index = ((HloOp.GetTupleElement) second.operand(i).op()).index();
        arguments.put(two.get(i), firsts.get(index));
      }
    }
    List<Instruction> seconds =
        new Rewriter(body).inline(after.body(), arguments.images(two)).operands();

    List<Instruction> results = new ArrayList<>(firsts.subList(0, before.carries()));
    results.addAll(seconds.subList(0, after.carries()));
    results.addAll(firsts.subList(before.carries(), firsts.size()));
    results.addAll(seconds.subList(after.carries(), seconds.size()));
    int carries = before.carries() + after.carries();
    List<Shape> shapes = new ArrayList<>();
    for (Instruction result : results) {
      List<Long> dims = new ArrayList<>(result.shape().dims());
      if (shapes.size() >= carries) {
        dims.addFirst(before.length());
      }
      shapes.add(result.shape().withDims(dims));
    }
    HloOp.Scan both =
        new HloOp.Scan(
            body.build(body.tuple(results)),
            before.length(),
            carries,
            slices,
            before.reverse(),
            false);
    return rewriter.target().add(both, Type.tuple(shapes), rewriter.get(arguments.operands()));
  }

  private static Instruction row(Instruction whole, Instruction turn, GraphBuilder body) {
    List<Instruction> operands = new ArrayList<>(List.of(whole, turn));
    Instruction zero = body.add(new Op.Constant(Literal.scalar(turn.shape().type(), 0)));
    operands.addAll(Collections.nCopies(whole.shape().rank() - 1, zero));
    Instruction slice = body.add(new Op.DynamicSlice(whole.shape().withDim(0, 1).dims()), operands);
    List<Long> dims = whole.shape().dims();
    return body.add(new Op.Reshape(dims.subList(1, dims.size())), slice);
  }

  /** The operands of the fused loop, and what stands for the parameters of both bodies in its. */
  private static final class Arguments {
    private final GraphBuilder body;
    private final List<Instruction> operands = new ArrayList<>();
    private final Map<Instruction, Instruction> images = new IdentityHashMap<>();

    Arguments(GraphBuilder body) {
      this.body = body;
    }

    void take(List<Instruction> more, List<Instruction> parameters) {
      for (int i = 0; i < more.size(); i++) {
        take(more.get(i), parameters.get(i));
      }
    }

    void take(Instruction operand, Instruction parameter) {
      operands.add(operand);
      images.put(parameter, body.parameter(parameter));
    }

    void put(Instruction parameter, Instruction image) {
      images.put(parameter, image);
    }

    Instruction image(Instruction parameter) {
      return images.get(parameter);
    }

    List<Instruction> images(List<Instruction> parameters) {
      return parameters.stream().map(images::get).toList();
    }

    List<Instruction> operands() {
      return operands;
    }
  }
}
