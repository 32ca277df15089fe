package io.gshard.sharding;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parts of a program that are written for one device already (paper, section 3.2: manual mode),
 * along all axes of the mesh or some: from custom-call {@value #ENTER}, which gives a device's part
 * of a whole, to custom-call {@value #LEAVE}, which makes a whole of the parts. Between them the
 * manual axes are spent: shapes are divided by them, collectives may run along them, each device
 * holds its own, and nothing is split over them. Over the other axes the program is a global one,
 * which propagation and partitioner treat as any.
 */
public final class ManualRegions {
  private static final String ENTER = HloOp.CustomCall.FULL_TO_SHARD;
  private static final String LEAVE = HloOp.CustomCall.SHARD_TO_FULL;

  private final Values values;
  private final Set<String> all;
  private boolean changed;

  private ManualRegions(HloModule module, Values values) {
    this.values = values;
    this.all = new TreeSet<>();
    for (MeshAxis axis : module.mesh().axes()) {
      if (axis.size() > 1) {
        all.add(axis.name());
      }
    }
  }

  /** Notes along which axes each value is a device's own. */
  static void mark(HloModule module, Values values) {
    if (!module.hasManualRegions()) {
      return;
    }
    ManualRegions regions = new ManualRegions(module, values);
    do {
      regions.changed = false;
      // Callers before those that they call, whose parameters then are known to be manual.
      for (Computation computation : module.computations().reversed()) {
        computation.instructions().forEach(regions::visit);
      }
    } while (regions.changed);
    for (Computation computation : module.computations()) {
      computation.instructions().forEach(regions::check);
      computation.instructions().forEach(regions::spend);
    }
  }

  /** Whether an instruction begins a manual region. */
  public static boolean enters(Instruction instruction) {
    return instruction.op() instanceof HloOp.CustomCall c && c.target().equals(ENTER);
  }

  /** Whether an instruction ends a manual region. */
  public static boolean leaves(Instruction instruction) {
    return instruction.op() instanceof HloOp.CustomCall c && c.target().equals(LEAVE);
  }

  /** How a whole is cut to the parts that a region has: what its sharding says of these axes. */
  public static Sharding cut(Sharding whole, Set<String> manual) {
    return new Sharding(
            whole.dims().stream()
                .map(axes -> axes.stream().filter(manual::contains).toList())
                .toList())
        .ordered(whole.order());
  }

  /**
   * The rule of a region's two ends: a dim of the whole is that of the parts, below the axes that
   * are manual.
   */
  static void rule(RuleBuilder rule, Instruction end) {
    if (end.operands().size() != 1) {
      return;
    }
    Shape operand = end.operand(0).shape();
    Shape result = end.type().leaves().getFirst();
    Shape whole = enters(end) ? operand : result;
    Shape part = enters(end) ? result : operand;
    for (int d = 0; d < whole.rank() && whole.rank() == part.rank(); d++) {
      long times = part.dim(d) == 0 ? 0 : whole.dim(d) / part.dim(d);
      if (times * part.dim(d) != whole.dim(d) || times == 0) {
        continue;
      }
      if (times > 1) {
        int cut = rule.pass(times);
        if (enters(end)) {
          rule.operand(0, d, cut);
        } else {
          rule.result(d, cut);
        }
      }
      int rest = rule.pass(part.dim(d));
      rule.operand(0, d, rest).result(d, rest);
    }
  }

  private void visit(Instruction instruction) {
    if (values.follow(instruction, (operand, from, to) -> add(to, from.manual))) {
      return;
    }
    if (enters(instruction) || leaves(instruction)) {
      values.of(instruction).forEach(result -> add(result, said(instruction)));
      return;
    }
    Set<String> own = new HashSet<>();
    instruction.operands().forEach(o -> values.of(o).forEach(v -> own.addAll(v.manual)));
    switch (instruction.op()) {
      case Op.Collective c -> own.addAll(c.axes());
      case Op.PartitionId p -> own.addAll(all);
      default -> {}
    }
    values.of(instruction).forEach(result -> add(result, own));
  }

  private Set<String> said(Instruction end) {
    if (end.isSharded()) {
      return Set.copyOf(end.sharding().details().manual());
    }
    return enters(end) ? all : Set.of();
  }

  private void add(Values.Value value, Set<String> axes) {
    if (!value.manual.containsAll(axes)) {
      Set<String> more = new TreeSet<>(value.manual);
      more.addAll(axes);
      value.manual = more;
      changed = true;
    }
  }

  private void spend(Instruction end) {
    if (end.operands().size() != 1 || !enters(end) && !leaves(end)) {
      return;
    }
    Values.Value operand = values.of(end.operand(0), 0);
    Values.Value result = values.of(end, 0);
    Values.Value whole = enters(end) ? operand : result;
    Set<String> axes = new TreeSet<>(enters(end) ? result.manual : operand.manual);
    axes.removeAll(whole.manual);
    axes.addAll(whole.spent);
    whole.spent = axes;
  }

  private void check(Instruction instruction) {
    if (enters(instruction) && said(instruction).isEmpty() && !all.isEmpty()) {
      throw new InvalidModuleException(
          "%s begins a manual region, but its sharding names no manual axes".formatted(instruction),
          instruction.source());
    }
    if (instruction.op() instanceof Op.Collective c) {
      for (Instruction operand : instruction.operands()) {
        Set<String> own = values.of(operand, 0).manual;
        for (String axis : c.axes()) {
          if (!own.isEmpty() && all.contains(axis) && !own.contains(axis)) {
            throw new InvalidModuleException(
                "%s is %s over mesh axis %s, which is not manual there; manual are %s"
                    .formatted(instruction, ShapeInference.name(c), axis, List.copyOf(own)),
                instruction.source());
          }
        }
      }
    }
  }
}
