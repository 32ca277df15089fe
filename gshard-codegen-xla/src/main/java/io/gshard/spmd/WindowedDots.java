package io.gshard.spmd;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Rewriter;
import io.gshard.hlo.Uniformity;
import io.gshard.op.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private final HloModule module;
  private final long threshold;
  private final Map<Computation, Computation> done = new IdentityHashMap<>();
  private final Map<Computation, Collection<RingProduct>> rings = new IdentityHashMap<>();
  private Map<Instruction, Set<String>> differing;

  private WindowedDots(HloModule module, long threshold) {
    this.module = module;
    this.threshold = threshold;
  }

  /**
   * The program with such products as loops; as it was if a condition depends on one of them that
   * must be the same on all devices. Each device puts the parts together in another order, so that
   * nobody could see that it is.
   *
   * @param threshold how many bytes a gathered operand, or a partial result, must have on a device
   * @throws IllegalArgumentException if the module is not partitioned
   */
  public static HloModule run(HloModule partitioned, long threshold) {
    if (!partitioned.partitioned()) {
      throw new IllegalArgumentException(partitioned.name() + " is not partitioned yet");
    }
    return new WindowedDots(partitioned, threshold).run();
  }

  /** The all-gathers and reduce-scatters that {@link #run} does without. */
  public static Set<CommunicationReport.Place> replaced(HloModule partitioned, long threshold) {
    WindowedDots pass = new WindowedDots(partitioned, threshold);
    Set<CommunicationReport.Place> places = new HashSet<>();
    if (pass.run() == partitioned) {
      return places;
    }
    for (Computation computation : partitioned.computations()) {
      for (RingProduct ring : pass.rings(computation)) {
        places.add(new CommunicationReport.Place(computation.name(), ring.collective().name()));
      }
    }
    return places;
  }

  private HloModule run() {
    if (module.computations().stream().allMatch(c -> rings(c).isEmpty())) {
      return module;
    }
    HloModule windowed = module.withEntry(rewrite(module.entry()));
    return Uniformity.holds(windowed) ? windowed : module;
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
  private Collection<RingProduct> rings(Computation computation) {
    return rings.computeIfAbsent(computation, this::found);
  }

  private Collection<RingProduct> found(Computation computation) {
    Map<Instruction, Integer> uses = new HashMap<>(Map.of(computation.root(), 1));
    for (Instruction instruction : computation.instructions()) {
      instruction.operands().forEach(o -> uses.merge(o, 1, Integer::sum));
    }
    Map<Instruction, RingProduct> rings = new LinkedHashMap<>();
    for (Instruction instruction : computation.instructions()) {
      for (RingProduct ring : at(instruction, uses)) {
        if (ring.bytes() >= threshold && sumsWell(ring)) {
          rings.merge(ring.product(), ring, (a, b) -> a.bytes() >= b.bytes() ? a : b);
        }
      }
    }
    return rings.values();
  }

  private static List<RingProduct> at(Instruction instruction, Map<Instruction, Integer> uses) {
    List<RingProduct> found = new ArrayList<>();
    if (instruction.op() instanceof Op.Dot) {
      found.add(GatheredOperand.of(instruction, 0, uses));
      found.add(GatheredOperand.of(instruction, 1, uses));
    } else {
      found.add(ScatteredResult.of(instruction, uses));
    }
    found.removeIf(Objects::isNull);
    return found;
  }

  /**
   * Whether the result is as good as without the loop. Partial sums are only as exact as its type;
   * and devices that gather the same and sum in another order would have results that differ a
   * little, where they should be the same.
   */
  private boolean sumsWell(RingProduct ring) {
    boolean exact = ring.product().shape().type().bits() >= Integer.SIZE;
    return switch (ring) {
      case GatheredOperand o when !o.sums() -> true;
      case GatheredOperand o -> exact && differs(o.other()).containsAll(axes(o.collective()));
      case ScatteredResult r -> exact;
    };
  }

  /** The axes along which a value may differ between devices. */
  private Set<String> differs(Instruction value) {
    if (differing == null) {
      differing = Uniformity.differing(module);
    }
    return differing.getOrDefault(value, Set.of());
  }

  private Set<String> axes(Instruction collective) {
    Set<String> axes = new HashSet<>(((Op.Collective) collective.op()).axes());
    axes.removeIf(axis -> module.mesh().size(axis) == 1);
    return axes;
  }

  private Computation rewritten(Computation computation) {
    Map<Instruction, RingProduct> ends = new HashMap<>();
    Set<Instruction> skipped = new HashSet<>();
    for (RingProduct ring : rings(computation)) {
      ends.put(ring.end(), ring);
      skipped.addAll(ring.skipped());
    }
    Rewriter rewriter = new Rewriter(new GraphBuilder(computation.name(), module.mesh()));
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
