package io.gshard.hlo.text;

import io.gshard.hlo.Boundary;
import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The boundary of a partitioned program in the header of its text, among the attributes that XLA
 * leaves alone: {@code gshard.parameters="f32[10] {devices=[4]<=[4]}; f32[] {replicated}"}.
 */
final class BoundaryText {
  static final String PARAMETERS = "gshard.parameters";
  static final String RESULTS = "gshard.results";

  private BoundaryText() {}

  static String print(List<Shape> shapes, List<Sharding> shardings, MeshShape mesh) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < shapes.size(); i++) {
      text.append(i == 0 ? "" : "; ").append(shapes.get(i)).append(' ');
      text.append(ShardingText.print(shardings.get(i), mesh));
    }
    return text.toString();
  }

  /** The boundary that the attributes say, or null if they say none. */
  static Boundary read(Cursor at, Map<String, String> frontend, HloModule module) {
    if (!frontend.containsKey(PARAMETERS) || !frontend.containsKey(RESULTS)) {
      return null;
    }
    List<Shape> parameterShapes = new ArrayList<>();
    List<Sharding> parameterShardings = new ArrayList<>();
    List<Shape> resultShapes = new ArrayList<>();
    List<Sharding> resultShardings = new ArrayList<>();
    MeshShape mesh = module.mesh();
    try {
      read(frontend.get(PARAMETERS), mesh, parameterShapes, parameterShardings);
      read(frontend.get(RESULTS), mesh, resultShapes, resultShardings);
    } catch (HloSyntaxException e) {
      throw at.error(PARAMETERS + " or " + RESULTS + ": " + e.getMessage());
    }
    List<Shape> held =
        module.entry().parameters().stream().map(Instruction::type).flatMap(Type::stream).toList();
    check(at, PARAMETERS, held, parameterShapes, parameterShardings, mesh);
    check(at, RESULTS, module.entry().root().type().leaves(), resultShapes, resultShardings, mesh);
    return new Boundary(parameterShapes, parameterShardings, resultShapes, resultShardings);
  }

  private static void read(
      String text, MeshShape mesh, List<Shape> shapes, List<Sharding> shardings) {
    Cursor in = new Cursor(text);
    while (!in.atEnd()) {
      if (!shapes.isEmpty()) {
        in.expect(";");
      }
      if (!(TypeText.read(in) instanceof Type.Array(Shape shape))) {
        throw in.error("a tuple where an array is expected");
      }
      in.skipSpace();
      shapes.add(shape);
      shardings.addAll(ShardingText.read(in, new Type.Array(shape), mesh));
    }
  }

  private static void check(
      Cursor at,
      String what,
      List<Shape> held,
      List<Shape> shapes,
      List<Sharding> shardings,
      MeshShape mesh) {
    List<Shape> local = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      local.add(shardings.get(i).local(mesh, shapes.get(i)));
    }
    if (!local.equals(held)) {
      throw at.error(
          "%s says that a device holds %s, the program has %s".formatted(what, local, held));
    }
  }
}
