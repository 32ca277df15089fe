package io.gshard.spmd.cases;

import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Writes one module's HLO text, instruction by instruction, with random annotations. */
final class CaseBuilder {
  /** A value of the module; its text is how HLO names it. */
  record Named(String name, DType type, List<Long> dims) {
    int rank() {
      return dims.size();
    }

    long dim(int i) {
      return dims.get(i);
    }

    Shape shape() {
      return new Shape(type, dims);
    }

    @Override
    public String toString() {
      return "%" + name;
    }
  }

  final Random random;
  private final Tiling tiling;
  private final StringBuilder computations = new StringBuilder();
  private final StringBuilder body = new StringBuilder();
  private final List<Literal> arguments = new ArrayList<>();
  private final List<Shape> resultShapes = new ArrayList<>();
  private final List<String> results = new ArrayList<>();
  private final List<Boolean> judged = new ArrayList<>();
  private final boolean even;
  private int next;
  private int sizes;

  /**
   * @param even whether the sizes of dims shall divide by the number of devices, as far as the op
   *     leaves a choice
   */
  CaseBuilder(Random random, boolean even) {
    this.random = random;
    this.even = even;
    this.tiling = new Tiling(random);
  }

  int devices() {
    return tiling.devices();
  }

  // --- choices

  int below(int bound) {
    return random.nextInt(bound);
  }

  int between(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  boolean flip() {
    return random.nextBoolean();
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A size that often does not divide by the number of devices, and is sometimes below it. */
  long size() {
    return size(1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 12, 13, 16);
  }

  /** One of the given sizes; or, where they shall be even, a small multiple of the devices. */
  long size(long... usual) {
    long chosen = usual[below(usual.length)];
    if (!even) {
      return chosen;
    }
    // After some of them no more: arrays of many dims would become too large.
    return ++sizes > 4 ? Math.min(chosen, 3) : devices() * (sizes > 2 ? 1L : pick(1, 1, 2, 3));
  }

  /** Random dims of at most some hundred elements together. */
  List<Long> dims(int rank) {
    List<Long> dims = new ArrayList<>();
    long elements = 1;
    for (int i = 0; i < rank; i++) {
      long size = size();
      while (elements * size > 400 && size > (even ? devices() : 1)) {
        size = even ? devices() : (size + 1) / 2;
      }
      elements *= size;
      dims.add(size);
    }
    return dims;
  }

  List<Long> dims() {
    return dims(between(1, 3));
  }

  DType integer() {
    return pick(
        DType.S32, DType.S32, DType.U32, DType.S8, DType.S16, DType.S64, DType.U8, DType.U16,
        DType.U64);
  }

  DType floating() {
    return pick(DType.F32, DType.F32, DType.F32, DType.F32, DType.BF16, DType.F16, DType.F64);
  }

  DType number() {
    return below(3) == 0 ? integer() : floating();
  }

  DType any() {
    return below(8) == 0 ? DType.PRED : number();
  }

  // --- writing

  Named parameter(DType type, List<Long> dims) {
    return parameter(type, dims, Values.ANY);
  }

  Named parameter(DType type, List<Long> dims, Values values) {
    Shape shape = new Shape(type, dims);
    String call = "parameter(" + arguments.size() + ")";
    arguments.add(values.draw(random, shape));
    return write("p" + (arguments.size() - 1), type, dims, call, even || below(10) < 7);
  }

  /** An instruction, annotated in some cases. */
  Named op(DType type, List<Long> dims, String call, Object... parts) {
    return write("v" + next++, type, dims, call.formatted(parts), below(10) < 4);
  }

  /** An instruction that has no annotation. */
  Named plain(DType type, List<Long> dims, String call, Object... parts) {
    return write("v" + next++, type, dims, call.formatted(parts), false);
  }

  private Named write(String name, DType type, List<Long> dims, String call, boolean annotated) {
    Named value = new Named(name, type, List.copyOf(dims));
    body.append("  %s = %s %s".formatted(value, text(type, dims), call));
    if (annotated) {
      body.append(", sharding=").append(sharding(dims));
    }
    body.append('\n');
    return value;
  }

  /** An instruction that gives a tuple; its elements. */
  List<Named> tuple(List<Shape> shapes, String call, Object... parts) {
    String name = "v" + next++;
    String type = tupleType(shapes);
    body.append("  %%%s = %s %s".formatted(name, type, call.formatted(parts)));
    if (below(10) < 3) {
      body.append(", sharding=").append(tupleSharding(shapes));
    }
    body.append('\n');
    List<Named> elements = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      Shape shape = shapes.get(i);
      elements.add(
          op(shape.type(), shape.dims(), "get-tuple-element(%s), index=%s", "%" + name, i));
    }
    return elements;
  }

  /** A tuple without its elements taken out, for loops and calls. */
  String packed(List<Named> values) {
    String name = "v" + next++;
    List<Shape> shapes = values.stream().map(Named::shape).toList();
    body.append("  %%%s = %s tuple(%s)\n".formatted(name, tupleType(shapes), Tiling.join(values)));
    return "%" + name;
  }

  String tupleSharding(List<Shape> shapes) {
    return shapes.stream().map(s -> sharding(s.dims())).collect(Collectors.joining(", ", "{", "}"));
  }

  private String sharding(List<Long> dims) {
    return even ? tiling.even(dims) : tiling.any(dims.size());
  }

  static String tupleType(List<Shape> shapes) {
    return shapes.stream()
        .map(s -> text(s.type(), s.dims()))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  Named scalar(DType type, String value) {
    return plain(type, List.of(), "constant(%s)", value);
  }

  /** A computation before the entry; {@code NAME} in its text becomes its name. */
  String computation(String text) {
    String name = "c" + next++;
    computations.append(text.replace("NAME", "%" + name).stripTrailing()).append("\n\n");
    return "%" + name;
  }

  /** A computation of two scalars. */
  String fold(String opcode, DType type) {
    String scalar = text(type, List.of());
    return computation(
        """
        NAME {
          %%a = %1$s parameter(0)
          %%b = %1$s parameter(1)
          ROOT %%r = %1$s %2$s(%%a, %%b)
        }
        """
            .formatted(scalar, opcode));
  }

  void result(Named value) {
    result(value, true);
  }

  void result(Named value, boolean compared) {
    results.add(value.toString());
    resultShapes.add(value.shape());
    judged.add(compared);
  }

  Case build(long seed, String family) {
    StringBuilder text = new StringBuilder();
    text.append("HloModule seed_%d, num_partitions=%d%n\n".formatted(seed, devices()));
    text.append(computations).append("ENTRY %main {\n").append(body);
    text.append(
        "  ROOT %%out = %s tuple(%s)%s\n"
            .formatted(
                tupleType(resultShapes),
                String.join(", ", results),
                even ? ", sharding=" + tupleSharding(resultShapes) : ""));
    text.append("}\n");
    return new Case(
        seed, family, devices(), text.toString(), List.copyOf(arguments), List.copyOf(judged));
  }

  static String text(DType type, List<Long> dims) {
    return type.hloName() + "[" + Tiling.join(dims) + "]";
  }

  static String text(Shape shape) {
    return text(shape.type(), shape.dims());
  }

  static List<Long> list(long... values) {
    return LongStream.of(values).boxed().toList();
  }

  static List<Long> with(List<Long> dims, int dim, long size) {
    List<Long> result = new ArrayList<>(dims);
    result.set(dim, size);
    return result;
  }

  static List<Long> without(List<Long> dims, Integer... gone) {
    List<Long> result = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      if (!Arrays.asList(gone).contains(i)) {
        result.add(dims.get(i));
      }
    }
    return result;
  }
}
