package io.gshard.spmd;

import io.gshard.hlo.HloModule;
import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;
import java.util.List;

/**
 * A program for one device of a mesh, and how its parameters and results lie on the devices.
 *
 * @param module shapes are what each device holds; collectives name mesh axes
 * @param parameterShapes the entry parameters' global shapes
 * @param resultShapes the global shapes of the leaves of the root tuple
 */
public record Partitioned(
    HloModule module,
    List<Shape> parameterShapes,
    List<Sharding> parameterShardings,
    List<Shape> resultShapes,
    List<Sharding> resultShardings,
    CommunicationReport report) {
  public Partitioned {
    parameterShapes = List.copyOf(parameterShapes);
    parameterShardings = List.copyOf(parameterShardings);
    resultShapes = List.copyOf(resultShapes);
    resultShardings = List.copyOf(resultShardings);
  }
}
