package io.gshard.spmd;

import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.InvalidModuleException;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.sharding.ManualRegions;
import io.gshard.sharding.OpRules;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Partitions one computation; those that it calls are partitioned already. */
final class ComputationPartitioner {

  /** A partitioned computation and what it sends. */
  record Result(Computation computation, List<CommunicationReport.Collective> collectives) {}

  private record Placed(Instruction value, Sharding sharding) {}

  private final MeshShape mesh;
  private final OwnAxes own;
  private final Computation source;
  private final Function<Computation, Result> called;
  private final GraphBuilder builder;
  private final Ledger ledger = new Ledger();
  private final Resharder resharder;
  private final OpPartitioner ops;
  private final Map<Instruction, Instruction> locals = new IdentityHashMap<>();
  private final Map<Placed, Instruction> elsewhere = new HashMap<>();

  ComputationPartitioner(
      MeshShape mesh,
      ReshardPlanner planner,
      OwnAxes own,
      Computation source,
      Function<Computation, Result> called) {
    this.mesh = mesh;
    this.own = own;
    this.source = source;
    this.called = called;
    this.builder = new GraphBuilder(source.name(), mesh);
    Emitter emit = new Emitter(builder, ledger);
    this.resharder = new Resharder(mesh, planner, emit);
    this.ops =
        new OpPartitioner(
            mesh, own, new Strategy(mesh, planner, own), resharder, emit, this::local);
  }

  Result run() {
    for (Instruction parameter : source.parameters()) {
      builder.at(parameter.source());
      locals.put(
          parameter,
          builder.parameter(parameter.name(), local(parameter.type(), parameter.shardings())));
    }
    for (Instruction instruction : source.instructions()) {
      builder.at(instruction.source());
      if (!(instruction.op() instanceof HloOp.Parameter)) {
        locals.put(instruction, partition(instruction));
      }
    }
    Instruction root = locals.get(source.root());
    List<Instruction> alive = alive(builder.instructions(), root);
    return new Result(new Computation(source.name(), alive, root), ledger.of(alive));
  }

  /** The type that a device holds. */
  private Type local(Type type, List<Sharding> shardings) {
    return switch (type) {
      case Type.Array(Shape shape) -> new Type.Array(shardings.getFirst().local(mesh, shape));
      case Type.Tuple(List<Type> elements) -> {
        List<Type> local = new ArrayList<>();
        int leaf = 0;
        for (Type element : elements) {
          int size = element.leaves().size();
          local.add(local(element, shardings.subList(leaf, leaf + size)));
          leaf += size;
        }
        yield new Type.Tuple(local);
      }
    };
  }

  private Instruction partition(Instruction instruction) {
    return switch (instruction.op()) {
      case HloOp.Tuple t -> {
        List<Instruction> elements = new ArrayList<>();
        int leaf = 0;
        for (Instruction operand : instruction.operands()) {
          int size = operand.type().leaves().size();
          elements.add(
              whole(operand, instruction.shardings().subList(leaf, leaf + size), instruction));
          leaf += size;
        }
        yield builder.tuple(elements);
      }
      case HloOp.GetTupleElement g ->
          builder.element(locals.get(instruction.operand(0)), g.index());
      case HloOp.While w ->
          call(instruction, List.of(w.body().parameters().getFirst()), w.tripCount());
      case HloOp.Call c -> call(instruction, c.computation().parameters(), 1);
      case HloOp.Conditional c -> {
        List<Instruction> wanted = new ArrayList<>();
        wanted.add(instruction.operand(0));
        c.branches().forEach(b -> wanted.add(b.parameters().getFirst()));
        yield call(instruction, wanted, 1);
      }
      case HloOp.CustomCall c when OpRules.isAnnotation(instruction) -> {
        Instruction operand = instruction.operand(0);
        Emitter.Cause cause =
            new Emitter.Cause(
                instruction.source(),
                true,
                "annotated: %s goes from %s to %s"
                    .formatted(operand.shape(), operand.sharding(), instruction.sharding()));
        yield local(operand, instruction.sharding(), cause);
      }
      case HloOp.CustomCall c when ManualRegions.enters(instruction) -> entered(instruction);
      case HloOp.CustomCall c when ManualRegions.leaves(instruction) -> left(instruction);
      default -> {
        if (OpRules.isFree(instruction)) {
          yield make(instruction, instruction.sharding());
        }
        yield ordered(instruction);
      }
    };
  }

  /**
   * A device's part of a whole is what it holds of it once that is cut along the manual axes; the
   * other axes cut the part.
   */
  private Instruction entered(Instruction instruction) {
    Instruction whole = instruction.operand(0);
    Shape global = whole.shape();
    Sharding cut = cut(whole.sharding(), instruction, whole);
    Shape part = cut.local(mesh, global);
    if (!part.equals(instruction.shape())) {
      throw new InvalidModuleException(
          "%s takes parts %s of %s, split as %s; a device holds %s"
              .formatted(instruction, instruction.shape(), global, cut, part),
          instruction.source());
    }
    Sharding inside = instruction.sharding();
    Emitter.Cause cause = cause(whole, instruction);
    Sharding both = both(global, cut, inside);
    return both == null
        ? resharder.reshard(
            local(whole, cut, cause), part, Sharding.replicated(part.rank()), inside, cause)
        : local(whole, both, cause);
  }

  private Instruction left(Instruction instruction) {
    Shape global = instruction.shape();
    Instruction operand = instruction.operand(0);
    Shape part = operand.shape();
    Sharding cut = cut(instruction.sharding(), operand, instruction);
    Shape local = cut.local(mesh, global);
    if (!part.equals(local)) {
      throw new InvalidModuleException(
          "%s makes %s, split as %s, of parts %s; they should be %s"
              .formatted(instruction, global, cut, part, local),
          instruction.source());
    }
    Emitter.Cause cause = cause(operand, instruction);
    Sharding both = both(global, cut, operand.sharding());
    return both == null
        ? resharder.reshard(
            local(operand, Sharding.replicated(part.rank()), cause),
            global,
            cut,
            instruction.sharding(),
            cause)
        : resharder.reshard(locals.get(operand), global, both, instruction.sharding(), cause);
  }

  /** How a whole is cut to a region's parts, along the axes that are manual only inside. */
  private Sharding cut(Sharding whole, Instruction inside, Instruction outside) {
    Set<String> axes = new TreeSet<>(own.of(inside));
    axes.removeAll(own.of(outside));
    return ManualRegions.cut(whole, axes);
  }

  /** How a whole is split whose parts are split further, or null if that is no sharding of it. */
  private Sharding both(Shape global, Sharding cut, Sharding inside) {
    if (inside.isReplicated()) {
      return cut;
    }
    Sharding both = inside;
    for (int d = 0; d < global.rank(); d++) {
      if (!ReshardPlanner.nests(global.dim(d), mesh.size(cut.axes(d)), mesh.size(inside.axes(d)))) {
        return null;
      }
      both = both.with(d, ReshardPlanner.joined(cut.axes(d), inside.axes(d)));
    }
    return cut.order() == null ? both : null;
  }

  private Instruction make(Instruction instruction, Sharding sharding) {
    boolean uniform = instruction.op() instanceof Op.Broadcast;
    Instruction made =
        ops.make(
            instruction,
            sharding.ordered(null),
            uniform ? locals.get(instruction.operand(0)) : null);
    return sharding.order() == null || uniform
        ? made
        : resharder.reshard(
            made,
            instruction.shape(),
            sharding.ordered(null),
            sharding,
            cause(instruction, instruction));
  }

  /**
   * An op on arrays whose result may be wanted in an explicit order of devices. Ops that do not ask
   * where a device stands are done in that order; others in the devices' own.
   */
  private Instruction ordered(Instruction instruction) {
    List<Sharding> wanted = instruction.shardings();
    if (wanted.stream().allMatch(s -> s.order() == null)
        || OpPartitioner.worksInAnyOrder(instruction)) {
      return ops.partition(instruction);
    }
    List<Sharding> straight = wanted.stream().map(s -> s.ordered(null)).toList();
    return repacked(
        ops.partition(instruction.withShardings(straight)),
        instruction.type(),
        straight,
        wanted,
        cause(instruction, instruction));
  }

  /** An instruction that calls computations, with operands as their parameters are. */
  private Instruction call(Instruction instruction, List<Instruction> wanted, long tripCount) {
    List<Instruction> operands = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      operands.add(whole(instruction.operand(i), wanted.get(i).shardings(), instruction));
    }
    Map<Computation, Computation> replaced = new IdentityHashMap<>();
    List<CommunicationReport.Collective> sent = new ArrayList<>();
    for (Computation c : Computation.calledBy(instruction)) {
      Result result = called.apply(c);
      replaced.put(c, result.computation());
      sent.addAll(result.collectives());
    }
    Instruction result =
        builder.add(
            Computation.calling((HloOp) instruction.op(), replaced::get),
            local(instruction.type(), instruction.shardings()),
            operands);
    ledger.addAll(result, sent, tripCount);
    return result;
  }

  /** A value, array or tuple, with these shardings of its leaves. */
  private Instruction whole(Instruction value, List<Sharding> wanted, Instruction user) {
    if (value.shardings().equals(wanted)) {
      return locals.get(value);
    }
    if (value.type() instanceof Type.Array) {
      return local(value, wanted.getFirst(), cause(value, user));
    }
    return repacked(locals.get(value), value.type(), value.shardings(), wanted, cause(value, user));
  }

  private Instruction repacked(
      Instruction local,
      Type type,
      List<Sharding> found,
      List<Sharding> wanted,
      Emitter.Cause cause) {
    if (found.equals(wanted)) {
      return local;
    }
    return switch (type) {
      case Type.Array(Shape shape) ->
          resharder.reshard(local, shape, found.getFirst(), wanted.getFirst(), cause);
      case Type.Tuple(List<Type> elements) -> {
        List<Instruction> parts = new ArrayList<>();
        int leaf = 0;
        for (int i = 0; i < elements.size(); i++) {
          int next = leaf + elements.get(i).leaves().size();
          parts.add(
              repacked(
                  builder.element(local, i),
                  elements.get(i),
                  found.subList(leaf, next),
                  wanted.subList(leaf, next),
                  cause));
          leaf = next;
        }
        yield builder.tuple(parts);
      }
    };
  }

  private static Emitter.Cause cause(Instruction value, Instruction user) {
    return new Emitter.Cause(
        value.source(),
        false,
        "%s takes %s in another sharding than it has, %s"
            .formatted(
                ShapeInference.name(user.op()),
                value.type(),
                OpPartitioner.describe(value.shardings())));
  }

  /** What this device holds of an array in a sharding; resharded once for all who ask. */
  private Instruction local(Instruction value, Sharding sharding, Emitter.Cause cause) {
    if (value.sharding().equals(sharding)) {
      return locals.get(value);
    }
    Placed key = new Placed(value, sharding);
    Instruction known = elsewhere.get(key);
    if (known == null) {
      known =
          OpRules.isFree(value)
              ? make(value, sharding)
              : resharder.reshard(
                  locals.get(value), value.shape(), value.sharding(), sharding, cause);
      elsewhere.put(key, known);
    }
    return known;
  }

  /** Without what the root does not need; parameters stay. */
  private static List<Instruction> alive(List<Instruction> instructions, Instruction root) {
    Set<Instruction> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    needed.add(root);
    for (Instruction instruction : instructions.reversed()) {
      if (needed.contains(instruction)) {
        needed.addAll(instruction.operands());
      }
    }
    return instructions.stream()
        .filter(i -> needed.contains(i) || i.op() instanceof HloOp.Parameter)
        .toList();
  }
}
