package io.gshard.sharding;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The parts of a program that are written for one device already (paper, section 3.2: manual mode):
 * from custom-call {@value #ENTER}, which gives a device's part of a whole, to custom-call {@value
 * #LEAVE}, which makes a whole of the parts. Between them shapes are a device's own, and
 * collectives may stand. Propagation and partitioner treat such values as they are: whole on every
 * device, though each holds its own.
 */
public final class ManualRegions {
  private static final String ENTER = HloOp.CustomCall.FULL_TO_SHARD;
  private static final String LEAVE = HloOp.CustomCall.SHARD_TO_FULL;

  private final MeshShape mesh;
  private final Set<Instruction> manual = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Computation> entered = Collections.newSetFromMap(new IdentityHashMap<>());

  private ManualRegions(MeshShape mesh) {
    this.mesh = mesh;
  }

  /**
   * The instructions whose values are a device's own.
   *
   * @throws InvalidModuleException if a region is manual along some axes only
   */
  static Set<Instruction> of(HloModule module) {
    ManualRegions regions = new ManualRegions(module.mesh());
    // Callers before those that they call, whose parameters then are known to be manual.
    for (Computation computation : module.computations().reversed()) {
      regions.visit(computation);
    }
    return regions.manual;
  }

  /** Whether an instruction begins a manual region. */
  public static boolean enters(Instruction instruction) {
    return instruction.op() instanceof HloOp.CustomCall c && c.target().equals(ENTER);
  }

  /** Whether an instruction ends a manual region. */
  public static boolean leaves(Instruction instruction) {
    return instruction.op() instanceof HloOp.CustomCall c && c.target().equals(LEAVE);
  }

  private void visit(Computation computation) {
    for (Instruction instruction : computation.instructions()) {
      boolean inside =
          entered.contains(computation)
              || instruction.operands().stream().anyMatch(manual::contains);
      if (enters(instruction)) {
        checkWhole(instruction);
        manual.add(instruction);
      } else if (inside && !leaves(instruction)) {
        manual.add(instruction);
        entered.addAll(Computation.calledBy(instruction));
      }
    }
  }

  private void checkWhole(Instruction enter) {
    Set<String> said =
        enter.isSharded()
            ? Set.copyOf(enter.sharding().details().manual())
            : mesh.axes().stream().map(MeshAxis::name).collect(java.util.stream.Collectors.toSet());
    for (MeshAxis axis : mesh.axes()) {
      if (axis.size() > 1 && !said.contains(axis.name())) {
        throw new InvalidModuleException(
            "%s is manual along %s alone; a region that is manual along some of the mesh '%s' is not supported: make it manual along all"
                .formatted(enter, said.stream().sorted().toList(), mesh),
            enter.source());
      }
    }
  }
}
