package io.gshard.tool;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A program's whole arguments, {@code arg0}, {@code arg1}, ..., and results in files. */
final class Arguments {
  /** What {@link #random} draws, for the user. */
  static final String RANDOM =
      "random, seed %d: floats and parts of complex numbers in [-1, 1), integers in [0, 8), predicates even";

  private static final int BOUND = 8;

  private Arguments() {}

  /** The arrays of a file, as the parameters' types; each has to be there, and no other. */
  static List<Literal> read(Path file, List<Shape> shapes) {
    Map<String, Literal> arrays = ToolFiles.arrays(file);
    List<Literal> arguments = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      Literal array = arrays.remove("arg" + i);
      if (array == null) {
        throw new ToolException(
            "%s has no array 'arg%d'; the program takes %d arguments, the one is %s"
                .formatted(file, i, shapes.size(), shapes.get(i)));
      }
      arguments.add(fitting(file, "arg" + i, array, shapes.get(i)));
    }
    if (!arrays.isEmpty()) {
      throw new ToolException(
          "%s has an array '%s'; the program takes %s"
              .formatted(
                  file,
                  arrays.keySet().iterator().next(),
                  shapes.isEmpty()
                      ? "no arguments"
                      : shapes.size() == 1 ? "arg0 alone" : "arg0 to arg" + (shapes.size() - 1)));
    }
    return arguments;
  }

  private static Literal fitting(Path file, String name, Literal array, Shape shape) {
    Shape travels = travelling(shape);
    if (!array.shape().equals(travels)) {
      throw new ToolException(
          "%s: '%s' is %s, the program takes %s%s"
              .formatted(
                  file,
                  name,
                  array.shape(),
                  shape,
                  travels.equals(shape) ? "" : " (which travels as " + travels + ")"));
    }
    if (travels.equals(shape)) {
      return array;
    }
    double[] values = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.real(i);
    }
    return Literal.ofReals(shape, values);
  }

  /** Numpy has no bf16. */
  private static Shape travelling(Shape shape) {
    return shape.type() == DType.BF16 ? shape.withType(DType.F32) : shape;
  }

  static List<Literal> random(List<Shape> shapes, long seed) {
    Random random = new Random(seed);
    List<Literal> arguments = new ArrayList<>();
    for (Shape shape : shapes) {
      int n = Math.toIntExact(shape.elements());
      arguments.add(
          switch (shape.type().kind()) {
            case FLOATING -> Literal.ofReals(shape, random.doubles(n, -1, 1).toArray());
            case COMPLEX ->
                Literal.ofComplex(
                    shape, random.doubles(n, -1, 1).toArray(), random.doubles(n, -1, 1).toArray());
            case PREDICATE ->
                Literal.ofIntegers(shape, random.ints(n, 0, 2).asLongStream().toArray());
            case SIGNED, UNSIGNED ->
                Literal.ofIntegers(shape, random.ints(n, 0, BOUND).asLongStream().toArray());
          });
    }
    return arguments;
  }

  static void write(Path file, List<Literal> results) {
    Map<String, Literal> arrays = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      arrays.put("result" + i, results.get(i));
    }
    ToolFiles.write(file, arrays);
  }
}
