package io.gshard.hlo;

import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
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
 * Along which mesh axes the values of a partitioned program may differ between devices; and the
 * check that no collective stands where devices may take different ways, for there they would wait
 * for each other for ever.
 *
 * <p>An entry parameter differs along the axes that split it, as the boundary of a partitioned
 * program says, or its own sharding. One whose sharding is not known may differ along all, unless
 * it is a scalar, which cannot be split.
 */
public final class Uniformity {
  private final MeshShape mesh;
  private final Set<String> allAxes = new HashSet<>();
  private final Map<Instruction, Set<String>> arrays = new IdentityHashMap<>();

  private Uniformity(HloModule module) {
    mesh = module.mesh();
    module.mesh().axes().stream()
        .filter(a -> a.size() > 1)
        .map(MeshAxis::name)
        .forEach(allAxes::add);
  }

  /**
   * @throws InvalidModuleException for a collective under a condition that differs between devices
   */
  static void check(HloModule module) {
    differing(module);
  }

  /** Whether devices can be seen to take the same way wherever there is a collective. */
  public static boolean holds(HloModule module) {
    try {
      check(module);
      return true;
    } catch (InvalidModuleException e) {
      return false;
    }
  }

  /**
   * For each instruction of a partitioned program that gives an array the axes along which it may
   * differ. A device's place along one axis, worked out of its id, differs along that axis alone.
   *
   * @throws InvalidModuleException for a collective under a condition that differs between devices
   */
  public static Map<Instruction, Set<String>> differing(HloModule module) {
    Uniformity uniformity = new Uniformity(module);
    List<List<Set<String>>> parameters = new ArrayList<>();
    int leaf = 0;
    for (Instruction parameter : module.entry().parameters()) {
      int next = leaf + parameter.type().leafCount();
      parameters.add(
          module.boundary().isPresent()
              ? split(module.boundary().get().parameterShardings().subList(leaf, next))
              : uniformity.parameter(parameter));
      leaf = next;
    }
    uniformity.result(module.entry(), parameters);
    return uniformity.arrays;
  }

  private static List<Set<String>> split(List<Sharding> leaves) {
    return leaves.stream().map(s -> Set.copyOf(s.usedAxes())).toList();
  }

  private List<Set<String>> parameter(Instruction parameter) {
    List<Shape> leaves = parameter.type().leaves();
    List<Set<String>> differ = new ArrayList<>();
    for (int i = 0; i < leaves.size(); i++) {
      if (leaves.get(i).isScalar()) {
        differ.add(Set.of());
      } else if (parameter.isSharded()) {
        Sharding sharding = parameter.shardings().get(i);
        differ.add(Set.copyOf(sharding.usedAxes()));
      } else {
        differ.add(allAxes);
      }
    }
    return differ;
  }

  /** For each leaf of the result, the axes along which it may differ. */
  private List<Set<String>> result(Computation computation, List<List<Set<String>>> parameters) {
    Map<Instruction, List<Set<String>>> known = new HashMap<>();
    DevicePlaces places = new DevicePlaces(mesh);
    for (Instruction i : computation.instructions()) {
      List<List<Set<String>>> operands = i.operands().stream().map(known::get).toList();
      List<Set<String>> differ =
          switch (i.op()) {
            case HloOp op -> structural(computation, i, op, operands, parameters);
            default -> {
              Set<String> place = places.axes(i);
              yield List.of(place == null ? array(i.op(), union(operands)) : place);
            }
          };
      if (i.type() instanceof Type.Array) {
        arrays.merge(i, differ.getFirst(), Uniformity::with);
      }
      known.put(i, differ);
    }
    return known.get(computation.root());
  }

  private Set<String> array(Op op, Set<String> operands) {
    return switch (op) {
      case Op.PartitionId p -> allAxes;
      case Op.AllReduce a -> without(operands, a.axes());
      case Op.AllGather a -> without(operands, a.axes());
      case Op.ReduceScatter r -> with(operands, r.axes());
      case Op.AllToAll a -> with(operands, a.axes());
      case Op.CollectivePermute c -> with(operands, c.axes());
      default -> operands;
    };
  }

  private List<Set<String>> structural(
      Computation computation,
      Instruction i,
      HloOp op,
      List<List<Set<String>>> operands,
      List<List<Set<String>>> parameters) {
    return switch (op) {
      case HloOp.Parameter p -> parameters.get(p.index());
      case HloOp.Tuple t -> operands.stream().flatMap(List::stream).toList();
      case HloOp.GetTupleElement g -> {
        int from = 0;
        for (Type element : ((Type.Tuple) i.operand(0).type()).elements().subList(0, g.index())) {
          from += element.leaves().size();
        }
        yield operands.getFirst().subList(from, from + i.type().leaves().size());
      }
      case HloOp.While w -> loop(computation, i, w, operands.getFirst());
      case HloOp.Conditional c -> {
        Set<String> index = operands.getFirst().getFirst();
        List<Set<String>> result = null;
        for (int branch = 0; branch < c.branches().size(); branch++) {
          Computation taken = c.branches().get(branch);
          refuse(computation, i, index, taken);
          List<Set<String>> each = result(taken, List.of(operands.get(branch + 1)));
          result = result == null ? each : joined(result, each);
        }
        yield result.stream().map(leaf -> with(leaf, index)).toList();
      }
      case HloOp.Call c -> result(c.computation(), operands);
      default -> Collections.nCopies(i.type().leaves().size(), spread(op, operands));
    };
  }

  private Set<String> spread(HloOp op, List<List<Set<String>>> operands) {
    return op instanceof HloOp.CustomCall c && !c.target().equals("Sharding")
        ? allAxes
        : union(operands);
  }

  /** Runs the body until nothing more differs; each round adds an axis to a leaf, so it ends. */
  private List<Set<String>> loop(
      Computation computation, Instruction i, HloOp.While op, List<Set<String>> start) {
    List<Set<String>> state = start;
    while (true) {
      Set<String> condition = result(op.condition(), List.of(state)).getFirst();
      refuse(computation, i, condition, op.body());
      refuse(computation, i, condition, op.condition());
      List<Set<String>> next =
          joined(state, result(op.body(), List.of(state))).stream()
              .map(leaf -> with(leaf, condition))
              .toList();
      if (next.equals(state)) {
        return state;
      }
      state = next;
    }
  }

  private static void refuse(
      Computation computation, Instruction i, Set<String> condition, Computation taken) {
    if (condition.isEmpty()) {
      return;
    }
    for (Computation called : taken.closure()) {
      for (Instruction inner : called.instructions()) {
        if (inner.op() instanceof Op.Collective) {
          throw new InvalidModuleException(
              Verifier.where(computation, i)
                  + "its condition may differ between devices along %s, but %s in %s is a collective"
                      .formatted(condition.stream().sorted().toList(), inner, called),
              i.source());
        }
      }
    }
  }

  private static List<Set<String>> joined(List<Set<String>> one, List<Set<String>> other) {
    List<Set<String>> result = new ArrayList<>();
    for (int i = 0; i < one.size(); i++) {
      result.add(with(one.get(i), other.get(i)));
    }
    return result;
  }

  private static Set<String> union(List<List<Set<String>>> operands) {
    Set<String> result = new HashSet<>();
    operands.forEach(leaves -> leaves.forEach(result::addAll));
    return result;
  }

  private static Set<String> with(Set<String> axes, Iterable<String> more) {
    Set<String> result = new HashSet<>(axes);
    more.forEach(result::add);
    return result;
  }

  private static Set<String> without(Set<String> axes, List<String> gone) {
    Set<String> result = new HashSet<>(axes);
    gone.forEach(result::remove);
    return result;
  }
}
