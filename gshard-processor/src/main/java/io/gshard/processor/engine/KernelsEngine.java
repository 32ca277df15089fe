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
import java.util.Iterator;
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
    HloModule own =
        module.partitioned() ? module : Partitioner.run(Propagation.run(module)).module();
    HloModule local = FlatParameters.of(own);
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
    List<Shape> results = own.entry().root().type().leaves();
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
      Shape row = row(places.getFirst().shape(), mesh);
      if (row.type().isComplex()) {
        Shape part = row.withType(row.type().part());
        rows.add(new Row(join(places, part, Literal::real)));
        rows.add(new Row(join(places, part, Literal::imaginary)));
      } else if (row.type().isFloating()) {
        rows.add(new Row(join(places, row, Literal::real)));
      } else {
        rows.add(new Row(integers(places, row)));
      }
    }
    return rows;
  }

  private interface Part {
    double of(Literal literal, long at);
  }

  private static Literal join(List<Literal> parts, Shape row, Part part) {
    int each = Math.toIntExact(parts.getFirst().shape().elements());
    double[] values = new double[Math.toIntExact(row.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = part.of(parts.get(i / each), i % each);
    }
    return Literal.ofReals(row, values);
  }

  private static Literal integers(List<Literal> parts, Shape row) {
    int each = Math.toIntExact(parts.getFirst().shape().elements());
    long[] values = new long[Math.toIntExact(row.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = parts.get(i / each).integer(i % each);
    }
    return Literal.ofIntegers(row, values);
  }

  private static List<List<Literal>> cut(List<Tensor> rows, List<Shape> shapes, MeshShape mesh) {
    List<List<Literal>> held = new ArrayList<>();
    List<Literal> whole = rows.stream().map(Tensor::literal).toList();
    for (int device = 0; device < mesh.devices(); device++) {
      int place = mesh.place(device);
      Iterator<Literal> rest = whole.iterator();
      held.add(shapes.stream().map(shape -> part(rest, shape, place)).toList());
    }
    return held;
  }

  /** What a device has of the next result; of a complex one two rows come. */
  private static Literal part(Iterator<Literal> rows, Shape shape, int place) {
    Literal row = rows.next();
    int each = Math.toIntExact(shape.elements());
    int first = each * place;
    if (shape.type().isComplex()) {
      return Literal.ofComplex(shape, reals(row, first, each), reals(rows.next(), first, each));
    }
    return shape.type().isFloating()
        ? Literal.ofReals(shape, reals(row, first, each))
        : Literal.ofIntegers(
            shape, IntStream.range(0, each).mapToLong(i -> row.integer(first + i)).toArray());
  }

  private static double[] reals(Literal row, int first, int count) {
    return IntStream.range(first, first + count).mapToDouble(row::real).toArray();
  }

  /** A literal where a tensor is asked for. */
  private record Row(Literal literal) implements Tensor {
    @Override
    public Shape shape() {
      return literal.shape();
    }
  }
}
