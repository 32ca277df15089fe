package io.gshard.processor.engine;

import com.google.auto.service.AutoService;
import com.palantir.javapoet.JavaFile;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.mesh.MeshAxis;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.processor.java.JavaBackend;
import io.gshard.processor.program.CompiledModel;
import io.gshard.processor.program.CompiledProgram;
import io.gshard.processor.program.ResultType;
import io.gshard.sharding.Propagation;
import io.gshard.spmd.CommunicationReport;
import io.gshard.spmd.Partitioned;
import io.gshard.spmd.Partitioner;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import io.gshard.tensor.Tensor;
import io.gshard.tool.Engine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Runs programs as the annotation processor's users run theirs: as Java, on the kernels and a mesh
 * of this JVM. The kernels are on the class path alone: the generated class names them, and is
 * known here as a function of tensors.
 *
 * <p>The launcher cuts and joins whole tensors. To give each device its own arrays, and to see what
 * each holds, a parameter is said to be a row of all devices' elements, split over all axes.
 */
@AutoService(Engine.class)
public final class KernelsEngine implements Engine {
  private static final String PACKAGE = "generated";
  private static final String LAUNCHER = "Module";
  private static final String PROGRAM = "main";
  private static final String START = "Start";

  private static final String START_CODE =
      """
      package generated;

      import io.gshard.runtime.Mesh;
      import io.gshard.tensor.Tensor;
      import java.util.List;
      import java.util.function.UnaryOperator;

      public final class Start implements UnaryOperator<List<Tensor>> {
        @Override
        public List<Tensor> apply(List<Tensor> arguments) {
          try (Mesh mesh = Mesh.local("%s"); Module module = new Module(mesh)) {
            return module.run("main", arguments);
          }
        }
      }
      """;

  @Override
  public String name() {
    return "kernels";
  }

  @Override
  public Loaded load(HloModule module) {
    HloModule local =
        FlatParameters.of(
            module.partitioned() ? module : Partitioner.run(Propagation.run(module)).module());
    MeshShape mesh = local.mesh();
    Partitioned rows = rows(local);
    List<CompiledProgram.Argument> arguments =
        IntStream.range(0, rows.parameterShapes().size())
            .mapToObj(i -> new CompiledProgram.Argument("arg" + i))
            .toList();
    CompiledProgram program =
        new CompiledProgram(PROGRAM, List.of(), arguments, new ResultType.Nothing(), rows);
    CompiledModel model =
        new CompiledModel(
            PACKAGE, LAUNCHER, "java.lang.Object", "", mesh, List.of(), List.of(program));
    Map<String, String> sources = new LinkedHashMap<>();
    for (JavaFile file : JavaBackend.write(model)) {
      sources.put(PACKAGE + "." + file.typeSpec().name(), file.toString());
    }
    sources.put(PACKAGE + "." + START, START_CODE.formatted(mesh));
    UnaryOperator<List<Tensor>> start = new MemoryCompiler(sources).start(PACKAGE + "." + START);
    List<Shape> results = local.entry().root().type().leaves();
    return parts -> cut(start.apply(joined(parts, mesh)), results, mesh);
  }

  private static Partitioned rows(HloModule local) {
    List<Shape> parameters =
        local.entry().parameters().stream()
            .map(Instruction::type)
            .flatMap(t -> t.stream())
            .toList();
    List<Shape> results = local.entry().root().type().leaves();
    Sharding all = new Sharding(List.of(local.mesh().axes().stream().map(MeshAxis::name).toList()));
    return new Partitioned(
        local,
        parameters.stream().map(s -> row(s, local.mesh())).toList(),
        parameters.stream().map(s -> all).toList(),
        results.stream().map(s -> row(s, local.mesh())).toList(),
        results.stream().map(s -> all).toList(),
        new CommunicationReport(List.of()));
  }

  private static Shape row(Shape part, MeshShape mesh) {
    return part.withDims(List.of(part.elements() * mesh.devices()));
  }

  /** For each parameter the row of what the devices hold, in the order of their places. */
  private static List<Tensor> joined(List<List<Literal>> parts, MeshShape mesh) {
    List<Tensor> rows = new ArrayList<>();
    for (int i = 0; i < parts.getFirst().size(); i++) {
      int at = i;
      List<Literal> places =
          IntStream.range(0, mesh.devices())
              .mapToObj(place -> parts.get(mesh.device(place)).get(at))
              .toList();
      rows.add(new Row(join(places, row(places.getFirst().shape(), mesh))));
    }
    return rows;
  }

  private static Literal join(List<Literal> parts, Shape row) {
    int each = Math.toIntExact(parts.getFirst().shape().elements());
    int all = Math.toIntExact(row.elements());
    if (row.type().isFloating()) {
      double[] values = new double[all];
      for (int i = 0; i < all; i++) {
        values[i] = parts.get(i / each).real(i % each);
      }
      return Literal.ofReals(row, values);
    }
    long[] values = new long[all];
    for (int i = 0; i < all; i++) {
      values[i] = parts.get(i / each).integer(i % each);
    }
    return Literal.ofIntegers(row, values);
  }

  private static List<List<Literal>> cut(List<Tensor> rows, List<Shape> shapes, MeshShape mesh) {
    List<List<Literal>> held = new ArrayList<>();
    List<Literal> whole = rows.stream().map(Tensor::literal).toList();
    for (int device = 0; device < mesh.devices(); device++) {
      List<Literal> results = new ArrayList<>();
      for (int i = 0; i < shapes.size(); i++) {
        results.add(part(whole.get(i), shapes.get(i), mesh.place(device)));
      }
      held.add(results);
    }
    return held;
  }

  private static Literal part(Literal row, Shape shape, int place) {
    int each = Math.toIntExact(shape.elements());
    int first = each * place;
    return shape.type().isFloating()
        ? Literal.ofReals(
            shape, IntStream.range(0, each).mapToDouble(i -> row.real(first + i)).toArray())
        : Literal.ofIntegers(
            shape, IntStream.range(0, each).mapToLong(i -> row.integer(first + i)).toArray());
  }

  /** A literal where a tensor is asked for. */
  private record Row(Literal literal) implements Tensor {
    @Override
    public Shape shape() {
      return literal.shape();
    }
  }
}
