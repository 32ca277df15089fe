package io.gshard.spmd;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import io.gshard.op.Route;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Products of an operand that is gathered only for them, in a partitioned program: instead of the
 * gathered operand, which may not fit, its parts go round the devices one after the other, and each
 * is multiplied where it comes by. As many bytes are sent, while the last part is multiplied; a
 * device never holds more than one part. The loop is the same for any number of devices.
 */
public final class WindowedDots {
  private final MeshShape mesh;
  private final long threshold;
  private final Map<Computation, Computation> done = new IdentityHashMap<>();

  private WindowedDots(MeshShape mesh, long threshold) {
    this.mesh = mesh;
    this.threshold = threshold;
  }

  /**
   * The program with such products as loops.
   *
   * @param threshold how many bytes a gathered operand must have on a device
   * @throws IllegalArgumentException if the module is not partitioned
   */
  public static HloModule run(HloModule partitioned, long threshold) {
    if (!partitioned.partitioned()) {
      throw new IllegalArgumentException(partitioned.name() + " is not partitioned yet");
    }
    WindowedDots pass = new WindowedDots(partitioned.mesh(), threshold);
    return partitioned.withEntry(pass.rewrite(partitioned.entry()));
  }

  /** The all-gathers that {@link #run} does without. */
  public static Set<CommunicationReport.Place> replaced(HloModule partitioned, long threshold) {
    Set<CommunicationReport.Place> places = new HashSet<>();
    for (Computation computation : partitioned.computations()) {
      for (Window window : windows(computation, threshold).values()) {
        places.add(new CommunicationReport.Place(computation.name(), window.gather().name()));
      }
    }
    return places;
  }

  private Computation rewrite(Computation computation) {
    Computation known = done.get(computation);
    if (known == null) {
      known = rewritten(computation);
      done.put(computation, known);
    }
    return known;
  }

  /** The products of a computation that become loops. */
  private static Map<Instruction, Window> windows(Computation computation, long threshold) {
    Map<Instruction, Integer> uses = new HashMap<>();
    for (Instruction instruction : computation.instructions()) {
      instruction.operands().forEach(o -> uses.merge(o, 1, Integer::sum));
    }
    Map<Instruction, Window> windows = new HashMap<>();
    for (Instruction instruction : computation.instructions()) {
      Window window = Window.of(instruction, uses, threshold);
      if (window != null) {
        windows.put(instruction, window);
      }
    }
    return windows;
  }

  private Computation rewritten(Computation computation) {
    Map<Instruction, Window> windows = windows(computation, threshold);
    Set<Instruction> skipped = new HashSet<>();
    windows.values().forEach(window -> skipped.add(window.gather()));
    Rewriter rewriter = new Rewriter(new GraphBuilder(computation.name(), mesh));
    Emitter emit = new Emitter(rewriter.target(), new Ledger());
    for (Instruction instruction : computation.instructions()) {
      rewriter.target().at(instruction.source());
      if (instruction.op() instanceof HloOp.Parameter) {
        rewriter.parameter(instruction);
      } else if (windows.containsKey(instruction)) {
        rewriter.put(instruction, loop(instruction, windows.get(instruction), rewriter, emit));
      } else if (!skipped.contains(instruction)) {
        Instruction image = instruction;
        if (image.op() instanceof HloOp op && !Computation.calledBy(image).isEmpty()) {
          image = image.withOp(Computation.calling(op, this::rewrite));
        }
        rewriter.put(
            instruction,
            rewriter.target().add(image.withOperands(rewriter.get(instruction.operands()))));
      }
    }
    return rewriter.target().build(rewriter.get(computation.root()));
  }

  /** A product whose operand {@code side} is an all-gather that nothing else uses. */
  private record Window(Op.Dot dot, Instruction gather, int side, int dim, List<String> axes) {

    static Window of(Instruction instruction, Map<Instruction, Integer> uses, long threshold) {
      if (!(instruction.op() instanceof Op.Dot dot)) {
        return null;
      }
      for (int side = 0; side < 2; side++) {
        Instruction operand = instruction.operand(side);
        if (operand.op() instanceof Op.AllGather(int dim, List<String> axes)
            && uses.get(operand) == 1
            && operand.shape().bytes() >= threshold) {
          Window window = new Window(dot, operand, side, dim, axes);
          // Partial sums are only as exact as the result's type.
          boolean exact = instruction.shape().type().bits() >= 32;
          if (exact || !window.contracting().contains(dim)) {
            return window;
          }
        }
      }
      return null;
    }

    List<Integer> contracting() {
      return side == 0 ? dot.lhsContracting() : dot.rhsContracting();
    }

    /** The dim of the other operand that goes with the gathered one, or -1. */
    int other() {
      int batch = (side == 0 ? dot.lhsBatch() : dot.rhsBatch()).indexOf(dim);
      if (batch >= 0) {
        return (side == 0 ? dot.rhsBatch() : dot.lhsBatch()).get(batch);
      }
      int sum = contracting().indexOf(dim);
      return sum < 0 ? -1 : (side == 0 ? dot.rhsContracting() : dot.lhsContracting()).get(sum);
    }

    /** The result's dim that is the gathered one, or -1 if it is summed over. */
    int result(int lhsRank) {
      int batch = (side == 0 ? dot.lhsBatch() : dot.rhsBatch()).indexOf(dim);
      if (batch >= 0) {
        return batch;
      }
      if (contracting().contains(dim)) {
        return -1;
      }
      List<Integer> left = Op.Dot.free(lhsRank, dot.lhsBatch(), dot.lhsContracting());
      if (side == 0) {
        return dot.lhsBatch().size() + left.indexOf(dim);
      }
      int rank = gather.shape().rank();
      return dot.lhsBatch().size()
          + left.size()
          + Op.Dot.free(rank, dot.rhsBatch(), dot.rhsContracting()).indexOf(dim);
    }
  }

  private Instruction loop(Instruction product, Window window, Rewriter rewriter, Emitter emit) {
    int parts = mesh.size(window.axes());
    Instruction chunk = rewriter.get(window.gather().operand(0));
    Instruction other = rewriter.get(product.operand(1 - window.side()));
    int result = window.result(product.operand(0).shape().rank());
    GraphBuilder builder = rewriter.target();
    Instruction place = emit.offset(window.axes(), 1);
    Instruction zeros = emit.fill(product.shape(), 0);
    Instruction first = step(builder, window, result, chunk, other, zeros, place);
    List<Instruction> state = List.of(emit.number(1), chunk, first, other, place);
    Type type = new Type.Tuple(state.stream().map(Instruction::type).toList());
    HloOp.While loop =
        new HloOp.While(
            condition(type, parts, product),
            body(type, window, result, parts, product),
            parts - 1L);
    Instruction end = builder.add(loop, type, List.of(builder.tuple(state)));
    return builder.element(end, 2);
  }

  private Computation condition(Type type, int parts, Instruction at) {
    GraphBuilder builder = new GraphBuilder("windows_left", mesh);
    builder.at(at.source());
    Instruction state = builder.parameter("state", type);
    Instruction count = builder.element(state, 0);
    return builder.build(
        builder.add(new Op.Compare(Op.Direction.LT), count, number(builder, parts)));
  }

  private Computation body(Type type, Window window, int result, int parts, Instruction at) {
    GraphBuilder builder = new GraphBuilder("window", mesh);
    builder.at(at.source());
    Instruction state = builder.parameter("state", type);
    Instruction count = builder.element(state, 0);
    Instruction sum = builder.element(state, 2);
    Instruction other = builder.element(state, 3);
    Instruction place = builder.element(state, 4);
    Instruction chunk =
        builder.add(
            new Op.CollectivePermute(
                window.axes(), new Route(parts, device -> Math.floorMod(device - 1, parts))),
            builder.element(state, 1));
    Instruction from =
        builder.add(
            new Op.Binary(Op.BinaryKind.REMAINDER),
            builder.add(new Op.Binary(Op.BinaryKind.ADD), place, count),
            number(builder, parts));
    Instruction next = step(builder, window, result, chunk, other, sum, from);
    Instruction more = builder.add(new Op.Binary(Op.BinaryKind.ADD), count, number(builder, 1));
    return builder.build(builder.tuple(List.of(more, chunk, next, other, place)));
  }

  /** Multiplies one part, the {@code from}-th, and puts or adds the product where it belongs. */
  private static Instruction step(
      GraphBuilder builder,
      Window window,
      int result,
      Instruction chunk,
      Instruction other,
      Instruction sum,
      Instruction from) {
    long length = chunk.shape().dim(window.dim());
    Instruction start =
        builder.add(new Op.Binary(Op.BinaryKind.MULTIPLY), from, number(builder, length));
    Instruction partner = other;
    if (window.other() >= 0) {
      List<Instruction> operands = new ArrayList<>(List.of(other));
      operands.addAll(starts(builder, other.shape().rank(), window.other(), start));
      partner =
          builder.add(
              new Op.DynamicSlice(other.shape().withDim(window.other(), length).dims()), operands);
    }
    Instruction product =
        builder.add(
            window.dot(), window.side() == 0 ? List.of(chunk, partner) : List.of(partner, chunk));
    if (result < 0) {
      return builder.add(new Op.Binary(Op.BinaryKind.ADD), sum, product);
    }
    List<Instruction> operands = new ArrayList<>(List.of(sum, product));
    operands.addAll(starts(builder, sum.shape().rank(), result, start));
    return builder.add(new Op.DynamicUpdateSlice(), operands);
  }

  private static List<Instruction> starts(
      GraphBuilder builder, int rank, int dim, Instruction start) {
    List<Instruction> starts = new ArrayList<>(Collections.nCopies(rank, number(builder, 0)));
    starts.set(dim, start);
    return starts;
  }

  private static Instruction number(GraphBuilder builder, long value) {
    return builder.add(new Op.Constant(Literal.ofIntegers(Shape.scalar(DType.S32), value)));
  }
}
