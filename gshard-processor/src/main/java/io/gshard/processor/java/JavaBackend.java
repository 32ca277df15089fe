package io.gshard.processor.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.TypeSpec;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Source;
import io.gshard.memory.Arena;
import io.gshard.memory.BufferPlan;
import io.gshard.memory.BufferPlanner;
import io.gshard.memory.CommonValues;
import io.gshard.memory.StartCollectives;
import io.gshard.memory.Storage;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.passes.fusion.LoweredProgram;
import io.gshard.passes.fusion.Lowering;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.UnsupportedInstruction;
import io.gshard.passes.regions.LowerRegions;
import io.gshard.passes.routing.RouteRows;
import io.gshard.processor.program.CompiledModel;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.processor.program.Variable;
import io.gshard.spmd.Partitioned;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes Java for a partitioned model: a launcher with a typed method per program, and for each
 * program a class with its driver, segments and kernels, which run on gshard-kernels. The same
 * model gives the same text.
 */
public final class JavaBackend {
  private JavaBackend() {}

  /**
   * The generated files, the launcher first.
   *
   * @throws UnsupportedInstruction where the model needs what this back end has not
   */
  public static List<JavaFile> write(CompiledModel model) {
    Map<Arena, Long> ends = new HashMap<>();
    Map<String, Integer> offsets = new LinkedHashMap<>();
    for (Variable variable : model.variables()) {
      Shape local = variable.sharding().local(model.mesh(), variable.shape());
      Storage storage = storage(variable, local);
      Arena arena = new Arena(storage, isCommon(variable.sharding(), model.mesh()));
      long offset = ends.getOrDefault(arena, 0L);
      offsets.put(variable.path(), fits(offset, storage));
      ends.put(arena, offset + BufferPlanner.aligned(local.elements()));
    }
    Map<Arena, Long> sizes = new HashMap<>(ends);
    List<JavaFile> programs = new ArrayList<>();
    List<ClassName> classes = new ArrayList<>();
    for (CompiledProgram program : model.programs()) {
      ClassName name =
          ClassName.get(model.packageName(), model.launcherName() + capital(program.name()));
      classes.add(name);
      HloModule module = RouteRows.run(LowerRegions.run(program.partitioned().module()));
      LoweredProgram lowered = lowered(module, program.partitioned(), model.mesh());
      Map<Root.Value, Integer> fixed = new IdentityHashMap<>();
      for (int i = 0; i < program.variables().size(); i++) {
        fixed.put(lowered.parameters().get(i), offsets.get(program.variables().get(i)));
      }
      BufferPlan plan = BufferPlanner.plan(lowered, fixed, ends);
      plan.sizes().forEach((arena, size) -> sizes.merge(arena, size, Math::max));
      programs.add(file(model, new ProgramWriter(name, program, lowered, plan).write()));
    }
    sizes.forEach((arena, size) -> fits(size, arena.storage()));
    List<JavaFile> files = new ArrayList<>();
    files.add(file(model, new LauncherWriter(model, classes, offsets, sizes).write()));
    files.addAll(programs);
    return files;
  }

  private static LoweredProgram lowered(HloModule module, Partitioned of, MeshShape mesh) {
    LoweredProgram lowered = Lowering.lower(module);
    List<Root.Value> common =
        IntStream.range(0, lowered.parameters().size())
            .filter(i -> isCommon(of.parameterShardings().get(i), mesh))
            .mapToObj(lowered.parameters()::get)
            .toList();
    return StartCollectives.run(CommonValues.find(lowered, mesh, common));
  }

  /** Whether a process keeps one copy of a parameter for all its devices. */
  static boolean isCommon(Sharding sharding, MeshShape mesh) {
    return sharding.equals(Sharding.replicated(sharding.rank())) && mesh.devices() > 1;
  }

  private static Storage storage(Variable variable, Shape local) {
    if (local.type().isComplex()) {
      throw new UnsupportedInstruction(
          "the Java back end has no variables of element type %s: %s is %s; make it two of %s, its real and its imaginary part, or compile for XLA alone"
              .formatted(
                  local.type().hloName(),
                  variable.path(),
                  variable.shape(),
                  local.type().part().hloName()),
          Source.NONE);
    }
    return Storage.of(local.type());
  }

  private static int fits(long size, Storage storage) {
    if (size > Integer.MAX_VALUE - 16) {
      throw new UnsupportedInstruction(
          "the model needs %d %s elements on each device, a Java array holds 2147483631; split it over more devices"
              .formatted(size, Literals.arena(storage)),
          Source.NONE);
    }
    return (int) size;
  }

  private static JavaFile file(CompiledModel model, TypeSpec type) {
    return JavaFile.builder(model.packageName(), type)
        .indent("  ")
        .skipJavaLangImports(true)
        .build();
  }

  static String capital(String name) {
    return name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1);
  }
}
