package io.gshard.hlo;

import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.tensor.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks what every pass has to keep: operands before their users, unique names, types as the ops
 * give them, shardings that fit rank and mesh, collectives in partitioned programs alone and never
 * where devices may part ways.
 */
public final class Verifier {
  private final HloModule module;
  private Boolean mayMeet;

  private Verifier(HloModule module) {
    this.module = module;
  }

  /**
   * Returns if all is well.
   *
   * @throws InvalidModuleException naming the instruction, what was found and what was expected
   */
  public static void verify(HloModule module) {
    Verifier verifier = new Verifier(module);
    module.computations().forEach(verifier::computation);
    verifier.aliases();
    if (module.partitioned()) {
      Uniformity.check(module);
    }
  }

  private void computation(Computation computation) {
    Set<Instruction> seen = new HashSet<>();
    Set<String> names = new HashSet<>();
    Set<Integer> parameters = new HashSet<>();
    for (Instruction i : computation.instructions()) {
      for (Instruction operand : i.operands()) {
        require(
            seen.contains(operand),
            computation,
            i,
            "operand %s is not in the computation before it",
            operand);
      }
      require(names.add(i.name()), computation, i, "another instruction has its name");
      if (i.op() instanceof HloOp.Parameter(int index)) {
        require(
            parameters.add(index), computation, i, "another parameter has the number %d", index);
      }
      instruction(computation, i);
      seen.add(i);
    }
    for (int index = 0; index < parameters.size(); index++) {
      if (!parameters.contains(index)) {
        throw new InvalidModuleException(
            "%s has %d parameters, but none with the number %d"
                .formatted(computation, parameters.size(), index));
      }
    }
    require(
        seen.contains(computation.root()),
        computation,
        computation.root(),
        "the root is not in the computation");
  }

  private void instruction(Computation computation, Instruction i) {
    Type expected;
    try {
      expected = expected(i);
    } catch (IllegalArgumentException e) {
      throw new InvalidModuleException(where(computation, i) + e.getMessage(), i.source());
    }
    require(
        i.type().equals(expected),
        computation,
        i,
        "found type %s, expected %s",
        i.type(),
        expected);
    require(
        !i.op().needsMesh() || mayMeet(),
        computation,
        i,
        "%s in a program that is not partitioned",
        ShapeInference.name(i.op()));
    List<Shape> leaves = i.type().leaves();
    for (int leaf = 0; leaf < i.shardings().size(); leaf++) {
      sharding(computation, i, i.shardings().get(leaf), leaves.get(leaf));
    }
  }

  /** Whether collectives may stand in the module. */
  private boolean mayMeet() {
    if (mayMeet == null) {
      mayMeet = module.partitioned() || module.hasManualRegions();
    }
    return mayMeet;
  }

  private Type expected(Instruction i) {
    if (i.op() instanceof Op.CollectivePermute(List<String> axes, List<Integer> targets)) {
      permutation(targets, module.mesh().size(axes));
    }
    return typeOf(i, this::size);
  }

  /**
   * The type that an instruction's op gives for its operands.
   *
   * @throws IllegalArgumentException if they do not fit
   */
  public static Type typeOf(Instruction i, ShapeInference.AxisSizes mesh) {
    if (i.op() instanceof HloOp op) {
      return StructuralTypes.infer(op, i, mesh);
    }
    List<Shape> shapes = i.operands().stream().map(Verifier::array).toList();
    return new Type.Array(ShapeInference.infer(i.op(), shapes, mesh));
  }

  private int size(List<String> axes) {
    if (new HashSet<>(axes).size() != axes.size()) {
      throw new IllegalArgumentException("an axis is named twice in " + axes);
    }
    return module.mesh().size(axes);
  }

  private static void permutation(List<Integer> targets, int devices) {
    Set<Integer> reached = new HashSet<>();
    for (int target : targets) {
      if (target < -1 || target >= devices || target >= 0 && !reached.add(target)) {
        throw new IllegalArgumentException(
            "collective-permute to %s: expected each of 0 to %d at most once, or -1"
                .formatted(targets, devices - 1));
      }
    }
  }

  static Shape array(Instruction i) {
    if (i.type() instanceof Type.Array(Shape shape)) {
      return shape;
    }
    throw new IllegalArgumentException("operand %s is a tuple: %s".formatted(i, i.type()));
  }

  private void sharding(Computation computation, Instruction i, Sharding sharding, Shape shape) {
    MeshShape mesh = module.mesh();
    require(
        sharding.rank() == shape.rank(),
        computation,
        i,
        "sharding %s has %d dims, %s has %d",
        sharding,
        sharding.rank(),
        shape,
        shape.rank());
    for (String axis : sharding.usedAxes()) {
      require(
          mesh.has(axis),
          computation,
          i,
          "sharding %s names the axis %s, the mesh is '%s'",
          sharding,
          axis,
          mesh);
    }
  }

  private void aliases() {
    List<Shape> results = module.entry().root().type().leaves();
    List<Instruction> parameters = module.entry().parameters();
    Set<Integer> outputs = new HashSet<>();
    Set<Integer> inputs = new HashSet<>();
    for (HloModule.Alias alias : module.aliases()) {
      if (alias.output() < 0
          || alias.output() >= results.size()
          || alias.parameter() < 0
          || alias.parameter() >= parameters.size()) {
        throw new InvalidModuleException(
            "%s: there are %d results and %d parameters"
                .formatted(alias, results.size(), parameters.size()));
      }
      if (!outputs.add(alias.output()) || !inputs.add(alias.parameter())) {
        throw new InvalidModuleException(alias + ": the result or parameter has an alias already");
      }
      Type wanted = parameters.get(alias.parameter()).type();
      Type found = new Type.Array(results.get(alias.output()));
      if (!found.equals(wanted)) {
        throw new InvalidModuleException(
            "%s: the result is %s, the parameter %s".formatted(alias, found, wanted));
      }
    }
  }

  private static void require(
      boolean holds, Computation computation, Instruction i, String message, Object... details) {
    if (!holds) {
      throw new InvalidModuleException(
          where(computation, i) + message.formatted(details), i.source());
    }
  }

  static String where(Computation computation, Instruction i) {
    return "%s = %s in %s at %s: "
        .formatted(i, ShapeInference.name(i.op()), computation, i.source());
  }
}
