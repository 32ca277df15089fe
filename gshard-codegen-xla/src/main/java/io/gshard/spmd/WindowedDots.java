package io.gshard.spmd;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.mesh.MeshShape;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Products in a partitioned program with a value that may not fit. Instead of an operand that is
 * gathered only for a product, its parts go round the devices one after the other, and each is
 * multiplied where it comes by. Instead of a partial result that is only reduce-scattered, the sum
 * of one part goes round, and each device adds what it has of that part. As many bytes are sent,
 * while the next part is multiplied; a device never holds more than one part. The loop is the same
 * for any number of devices.
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
   * @param threshold how many bytes a gathered operand, or a partial result, must have on a device
   * @throws IllegalArgumentException if the module is not partitioned
   */
  public static HloModule run(HloModule partitioned, long threshold) {
    if (!partitioned.partitioned()) {
      throw new IllegalArgumentException(partitioned.name() + " is not partitioned yet");
    }
    WindowedDots pass = new WindowedDots(partitioned.mesh(), threshold);
    return partitioned.withEntry(pass.rewrite(partitioned.entry()));
  }

  /** The all-gathers and reduce-scatters that {@link #run} does without. */
  public static Set<CommunicationReport.Place> replaced(HloModule partitioned, long threshold) {
    Set<CommunicationReport.Place> places = new HashSet<>();
    for (Computation computation : partitioned.computations()) {
      for (RingProduct ring : rings(computation, threshold)) {
        places.add(new CommunicationReport.Place(computation.name(), ring.collective().name()));
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

  /** The products of a computation that become loops, each in the way that saves most. */
  private static Collection<RingProduct> rings(Computation computation, long threshold) {
    Map<Instruction, Integer> uses = new HashMap<>(Map.of(computation.root(), 1));
    for (Instruction instruction : computation.instructions()) {
      instruction.operands().forEach(o -> uses.merge(o, 1, Integer::sum));
    }
    Map<Instruction, RingProduct> rings = new LinkedHashMap<>();
    for (Instruction instruction : computation.instructions()) {
      for (RingProduct ring : at(instruction, uses)) {
        if (ring.bytes() >= threshold) {
          rings.merge(ring.product(), ring, (a, b) -> a.bytes() >= b.bytes() ? a : b);
        }
      }
    }
    return rings.values();
  }

  private static List<RingProduct> at(Instruction instruction, Map<Instruction, Integer> uses) {
    List<RingProduct> found = new ArrayList<>();
    if (instruction.op() instanceof Op.Dot) {
      for (int side = 0; side < 2; side++) {
        GatheredOperand operand = GatheredOperand.of(instruction, side, uses);
        if (operand != null && (!operand.sums() || sumsExactly(instruction))) {
          found.add(operand);
        }
      }
    } else {
      ScatteredResult result = ScatteredResult.of(instruction, uses);
      if (result != null && sumsExactly(instruction)) {
        found.add(result);
      }
    }
    return found;
  }

  /** Partial sums are only as exact as the result's type. */
  private static boolean sumsExactly(Instruction result) {
    return result.shape().type().bits() >= 32;
  }

  private Computation rewritten(Computation computation) {
    Map<Instruction, RingProduct> ends = new HashMap<>();
    Set<Instruction> skipped = new HashSet<>();
    for (RingProduct ring : rings(computation, threshold)) {
      ends.put(ring.end(), ring);
      skipped.addAll(ring.skipped());
    }
    Rewriter rewriter = new Rewriter(new GraphBuilder(computation.name(), mesh));
    Emitter emit = new Emitter(rewriter.target(), new Ledger());
    for (Instruction instruction : computation.instructions()) {
      rewriter.target().at(instruction.source());
      if (instruction.op() instanceof HloOp.Parameter) {
        rewriter.parameter(instruction);
      } else if (ends.containsKey(instruction)) {
        rewriter.put(instruction, ends.get(instruction).emit(rewriter, emit));
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
}
