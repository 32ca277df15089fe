package io.gshard.hlo;

import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * What a partitioned program's parameters and results are as a whole: their global shapes and how
 * these lie on the devices. One entry for each leaf, in order.
 */
public record Boundary(
    List<Shape> parameterShapes,
    List<Sharding> parameterShardings,
    List<Shape> resultShapes,
    List<Sharding> resultShardings) {
  public Boundary {
    parameterShapes = List.copyOf(parameterShapes);
    parameterShardings = List.copyOf(parameterShardings);
    resultShapes = List.copyOf(resultShapes);
    resultShardings = List.copyOf(resultShardings);
  }

  /** Of a program for one device, or whose devices all hold everything. */
  public static Boundary whole(List<Shape> parameters, List<Shape> results) {
    return new Boundary(parameters, replicated(parameters), results, replicated(results));
  }

  private static List<Sharding> replicated(List<Shape> shapes) {
    return shapes.stream().map(s -> Sharding.replicated(s.rank())).toList();
  }
}
