package io.gshard.hlo;

import io.gshard.op.ShapeInference;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The types of ops that hold computations or tuples, as {@link io.gshard.op.ShapeInference} has the
 * others'.
 */
final class StructuralTypes {
  private static final Type FLAG = new Type.Array(Shape.scalar(DType.PRED));

  private StructuralTypes() {}

  /**
   * The type an instruction should have.
   *
   * @throws IllegalArgumentException if the operands or computations do not fit
   */
  static Type infer(HloOp op, Instruction i, ShapeInference.AxisSizes mesh) {
    List<Type> operands = i.operands().stream().map(Instruction::type).toList();
    return switch (op) {
      case HloOp.Parameter p -> {
        count(operands, 0);
        yield i.type();
      }
      case HloOp.Tuple t -> new Type.Tuple(operands);
      case HloOp.GetTupleElement g -> {
        count(operands, 1);
        if (operands.getFirst() instanceof Type.Tuple(List<Type> elements)
            && g.index() >= 0
            && g.index() < elements.size()) {
          yield elements.get(g.index());
        }
        throw new IllegalArgumentException(
            "element %d of %s does not exist".formatted(g.index(), operands.getFirst()));
      }
      case HloOp.While w -> {
        count(operands, 1);
        Type state = operands.getFirst();
        takes("condition", w.condition(), List.of(state));
        gives("condition", w.condition(), FLAG);
        takes("body", w.body(), List.of(state));
        gives("body", w.body(), state);
        yield state;
      }
      case HloOp.Conditional c -> conditional(c, operands);
      case HloOp.Call c -> {
        takes("computation", c.computation(), operands);
        yield c.computation().root().type();
      }
      case HloOp.Scan s -> scan(s, operands);
      case HloOp.ReduceRegion r -> reduce(r, i);
      case HloOp.Sort s -> sort(s, i);
      case HloOp.CustomCall c -> {
        if (c.target().equals("Sharding")) {
          count(operands, 1);
          yield operands.getFirst();
        }
        if (c.elementwise()) {
          List<Shape> arrays = new ArrayList<>(c.type().leaves());
          operands.forEach(o -> arrays.addAll(o.leaves()));
          if (c.type().leaves().isEmpty()) {
            throw new IllegalArgumentException("it is said to be elementwise, but gives nothing");
          }
          for (Shape array : arrays) {
            if (!array.dims().equals(arrays.getFirst().dims())) {
              throw new IllegalArgumentException(
                  "it is said to be elementwise, but %s and %s have other dims"
                      .formatted(arrays.getFirst(), array));
            }
          }
        }
        yield c.type();
      }
      case ArrayOp a -> ArrayTypes.infer(a, i, mesh);
    };
  }

  private static Type conditional(HloOp.Conditional op, List<Type> operands) {
    List<Computation> branches = op.branches();
    count(operands, branches.size() + 1);
    boolean isFlag = operands.getFirst().equals(FLAG);
    if (!isFlag && !operands.getFirst().equals(new Type.Array(Shape.scalar(DType.S32)))) {
      throw new IllegalArgumentException(
          "the index is %s, expected pred[] or s32[]".formatted(operands.getFirst()));
    }
    if (branches.isEmpty() || isFlag && branches.size() != 2) {
      throw new IllegalArgumentException(branches.size() + " branches");
    }
    Type result = branches.getFirst().root().type();
    for (int i = 0; i < branches.size(); i++) {
      takes("branch " + i, branches.get(i), operands.subList(i + 1, i + 2));
      gives("branch " + i, branches.get(i), result);
    }
    return result;
  }

  private static Type scan(HloOp.Scan op, List<Type> operands) {
    if (op.carries() + op.slices() > operands.size() || op.carries() < 0 || op.slices() < 0) {
      throw new IllegalArgumentException(
          "%d carries and %d slices of %d operands"
              .formatted(op.carries(), op.slices(), operands.size()));
    }
    List<Type> parameters = new ArrayList<>(operands);
    for (int i = op.carries(); i < op.carries() + op.slices(); i++) {
      Shape stacked = arrayShape(operands.get(i));
      if (stacked.rank() == 0 || stacked.dim(0) != op.length()) {
        throw new IllegalArgumentException(
            "slices of %s, expected %d of them in dim 0".formatted(stacked, op.length()));
      }
      parameters.set(
          i, new Type.Array(stacked.withDims(stacked.dims().subList(1, stacked.rank()))));
    }
    takes("body", op.body(), parameters);
    if (!(op.body().root().type() instanceof Type.Tuple(List<Type> results))
        || results.size() < op.carries()
        || !results.subList(0, op.carries()).equals(operands.subList(0, op.carries()))) {
      throw new IllegalArgumentException(
          "the body gives %s, expected a tuple that starts with %s"
              .formatted(op.body().root().type(), operands.subList(0, op.carries())));
    }
    List<Type> result = new ArrayList<>(results);
    for (int i = op.carries(); i < result.size(); i++) {
      Shape each = arrayShape(result.get(i));
      List<Long> dims = new ArrayList<>(each.dims());
      dims.addFirst(op.length());
      result.set(i, new Type.Array(each.withDims(dims)));
    }
    return new Type.Tuple(result);
  }

  private static Type reduce(HloOp.ReduceRegion op, Instruction i) {
    List<Shape> shapes = i.operands().stream().map(Verifier::array).toList();
    int arrays = shapes.size() / 2;
    if (arrays == 0 || shapes.size() % 2 != 0) {
      throw new IllegalArgumentException(
          shapes.size() + " operands, expected arrays and as many starts");
    }
    List<Type> scalars = new ArrayList<>();
    List<Type> results = new ArrayList<>();
    for (int k = 0; k < arrays; k++) {
      Shape x = shapes.get(k);
      Shape scalar = Shape.scalar(x.type());
      if (!shapes.get(arrays + k).equals(scalar) || !x.dims().equals(shapes.getFirst().dims())) {
        throw new IllegalArgumentException(
            "array %s with the start %s".formatted(x, shapes.get(arrays + k)));
      }
      List<Long> kept = new ArrayList<>();
      for (int dim = 0; dim < x.rank(); dim++) {
        if (!op.dimensions().contains(dim)) {
          kept.add(x.dim(dim));
        }
      }
      if (kept.size() != x.rank() - op.dimensions().size()) {
        throw new IllegalArgumentException("dims %s of %s".formatted(op.dimensions(), x));
      }
      scalars.add(new Type.Array(scalar));
      results.add(new Type.Array(x.withDims(kept)));
    }
    List<Type> parameters = new ArrayList<>(scalars);
    parameters.addAll(scalars);
    takes("computation", op.computation(), parameters);
    gives("computation", op.computation(), one(scalars));
    return one(results);
  }

  private static Type sort(HloOp.Sort op, Instruction i) {
    List<Shape> shapes = i.operands().stream().map(Verifier::array).toList();
    if (shapes.isEmpty()
        || op.dimension() < 0
        || op.dimension() >= shapes.getFirst().rank()
        || shapes.stream().anyMatch(s -> !s.dims().equals(shapes.getFirst().dims()))) {
      throw new IllegalArgumentException("along dim %d of %s".formatted(op.dimension(), shapes));
    }
    List<Type> parameters =
        shapes.stream()
            .flatMap(s -> Collections.nCopies(2, Shape.scalar(s.type())).stream())
            .<Type>map(Type.Array::new)
            .toList();
    takes("comparator", op.comparator(), parameters);
    gives("comparator", op.comparator(), FLAG);
    return one(shapes.stream().<Type>map(Type.Array::new).toList());
  }

  /** One value stands for itself, several are a tuple. */
  static Type one(List<Type> types) {
    return types.size() == 1 ? types.getFirst() : new Type.Tuple(types);
  }

  static Shape arrayShape(Type type) {
    if (type instanceof Type.Array(Shape shape)) {
      return shape;
    }
    throw new IllegalArgumentException("found the tuple %s, expected an array".formatted(type));
  }

  private static void count(List<Type> operands, int expected) {
    if (operands.size() != expected) {
      throw new IllegalArgumentException(
          "found %d operands, expected %d".formatted(operands.size(), expected));
    }
  }

  static void takes(String role, Computation computation, List<Type> expected) {
    List<Type> found = computation.parameters().stream().map(Instruction::type).toList();
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "the %s %s takes %s, expected %s".formatted(role, computation, found, expected));
    }
  }

  static void gives(String role, Computation computation, Type expected) {
    if (!computation.root().type().equals(expected)) {
      throw new IllegalArgumentException(
          "the %s %s gives %s, expected %s"
              .formatted(role, computation, computation.root().type(), expected));
    }
  }
}
