package io.gshard.processor.frontend;

import io.gshard.mesh.Sharding;
import io.gshard.processor.ast.ClassDecl;
import io.gshard.processor.frontend.Values.ModuleValue;
import io.gshard.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model for one config before any program runs: its objects and its parameters.
 *
 * @param parameters by path, in the order of the fields
 */
record ModelVariables(ModuleValue model, Map<String, Declared> parameters) {
  ModelVariables {
    parameters = new LinkedHashMap<>(parameters);
  }

  /**
   * A parameter.
   *
   * @param shape with the dims of the stacks that it is in, in front
   * @param stacks the lengths of these stacks, the outermost first
   * @param start the field's {@code @Init}
   * @param fan the dim of one layer's parameter that {@code @Init} names, or -1
   */
  record Declared(
      String path,
      Shape shape,
      Sharding sharding,
      List<Long> stacks,
      Optional<ClassDecl.Start> start,
      int fan) {
    /** The shape of one layer's. */
    Shape single() {
      return shape.withDims(shape.dims().subList(stacks.size(), shape.rank()));
    }
  }
}
