package io.gshard.passes.regions;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.op.Op;
import io.gshard.passes.Emitter;
import io.gshard.passes.fusion.Step;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Short words for ops on whole arrays, and a computation on scalars applied to all elements. */
final class Arrays {
  private final Emitter emitter;

  Arrays(Emitter emitter) {
    this.emitter = emitter;
  }

  Instruction emit(Op op, Instruction... operands) {
    return emitter.emit(op, operands);
  }

  Instruction tuple(List<Instruction> elements) {
    return emitter.target().tuple(elements);
  }

  Instruction constant(DType type, long value) {
    return emit(new Op.Constant(Literal.scalar(type, value)));
  }

  /** A scalar of f64. */
  Instruction constant(double value) {
    return emit(new Op.Constant(Literal.scalar(DType.F64, value)));
  }

  /** A number at all places. */
  Instruction filled(Shape shape, long value) {
    return filled(shape.dims(), constant(shape.type(), value));
  }

  /** Counts along one dim. */
  Instruction count(DType type, List<Long> dims, int dim) {
    return emit(new Op.Iota(new Shape(type, dims), dim));
  }

  /** A scalar at all places. */
  Instruction filled(List<Long> dims, Instruction scalar) {
    return emit(new Op.Broadcast(dims, List.of()), scalar);
  }

  /** Along one dim the given truths, the same along all others. */
  Instruction mask(boolean[] truths, int dim, List<Long> dims) {
    Shape shape = Shape.of(DType.PRED, truths.length);
    long[] values = new long[truths.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = truths[i] ? 1 : 0;
    }
    Instruction line = emit(new Op.Constant(Literal.ofIntegers(shape, values)));
    return emit(new Op.Broadcast(dims, List.of(dim)), line);
  }

  Instruction select(Instruction which, Instruction yes, Instruction no) {
    return emit(new Op.Select(), which, yes, no);
  }

  Instruction binary(Op.BinaryKind kind, Instruction x, Instruction y) {
    return emit(new Op.Binary(kind), x, y);
  }

  Instruction compare(Op.Direction direction, Instruction x, Instruction y) {
    return emit(new Op.Compare(direction), x, y);
  }

  Instruction reshape(Instruction x, List<Long> dims) {
    return emit(new Op.Reshape(dims), x);
  }

  Instruction transpose(Instruction x, List<Integer> permutation) {
    return emit(new Op.Transpose(permutation), x);
  }

  /** Elements start, start + stride, ... below limit along one dim. */
  Instruction slice(Instruction x, int dim, long start, long limit, long stride) {
    int rank = x.shape().rank();
    List<Long> starts = new ArrayList<>(Collections.nCopies(rank, 0L));
    List<Long> limits = new ArrayList<>(x.shape().dims());
    List<Long> strides = new ArrayList<>(Collections.nCopies(rank, 1L));
    starts.set(dim, start);
    limits.set(dim, limit);
    strides.set(dim, stride);
    return emit(new Op.Slice(starts, limits, strides), x);
  }

  Instruction concatenate(List<Instruction> parts, int dim) {
    return parts.size() == 1
        ? parts.getFirst()
        : emit(new Op.Concatenate(dim), parts.toArray(Instruction[]::new));
  }

  /** Row {@code at} of dim 1 of [b, n, m]: [b, 1, m]. */
  Instruction row(Instruction x, Instruction at) {
    Instruction zero = constant(at.shape().type(), 0);
    Op.DynamicSlice row = new Op.DynamicSlice(x.shape().withDim(1, 1).dims());
    return emit(row, x, zero, at, zero);
  }

  /** [b, n, m] with another row {@code at} of dim 1. */
  Instruction withRow(Instruction x, Instruction row, Instruction at) {
    Instruction zero = constant(at.shape().type(), 0);
    return emit(new Op.DynamicUpdateSlice(), x, row, zero, at, zero);
  }

  /** The matrices of [b, n, k] times those of [b, k, m]. */
  Instruction product(Instruction x, Instruction y) {
    return emit(new Op.Dot(List.of(0), List.of(0), List.of(2), List.of(1), null), x, y);
  }

  /** The complex conjugate; real numbers are their own. */
  Instruction conjugate(Instruction x) {
    return x.shape().type().isComplex()
        ? complex(real(x), emit(new Op.Unary(Op.UnaryKind.NEGATE), imaginary(x)))
        : x;
  }

  Instruction complex(Instruction real, Instruction imaginary) {
    DType type = real.shape().type() == DType.F64 ? DType.C128 : DType.C64;
    return add(new ArrayOp.Complex(), real.shape().withType(type), real, imaginary);
  }

  Instruction real(Instruction x) {
    return x.shape().type().isComplex() ? part(new ArrayOp.Real(), x) : x;
  }

  Instruction imaginary(Instruction x) {
    return part(new ArrayOp.Imag(), x);
  }

  private Instruction part(ArrayOp op, Instruction x) {
    return add(op, x.shape().withType(x.shape().type().part()), x);
  }

  private Instruction add(ArrayOp op, Shape shape, Instruction... operands) {
    return emitter.target().add(op, new Type.Array(shape), List.of(operands));
  }

  /** How many arrays of random numbers the device has drawn so far, as u64[]. */
  Instruction drawNumber() {
    Type type = new Type.Array(Shape.scalar(DType.U64));
    return emitter
        .target()
        .add(new HloOp.CustomCall(Step.DrawNumber.TARGET, "", type), type, List.of());
  }

  /** What a loop does with its carries, in a turn. */
  interface Turn {
    List<Instruction> apply(Arrays arrays, List<Instruction> carries, List<Instruction> rest);
  }

  /**
   * A loop with a turn for each element of dim 0 of the slices, in order.
   *
   * @param constants what each turn sees whole, after its slices
   * @return the last carries
   */
  List<Instruction> loop(
      List<Instruction> carries,
      List<Instruction> slices,
      List<Instruction> constants,
      boolean reverse,
      Turn turn) {
    GraphBuilder target = emitter.target();
    GraphBuilder body = new GraphBuilder(target.unique("turn"), target.mesh());
    body.at(target.source());
    List<Instruction> inner = new ArrayList<>();
    List<Instruction> all = new ArrayList<>();
    for (Instruction x : carries) {
      inner.add(body.parameter("carry", x.shape()));
      all.add(x);
    }
    for (Instruction x : slices) {
      List<Long> dims = x.shape().dims();
      inner.add(body.parameter("slice", x.shape().withDims(dims.subList(1, dims.size()))));
      all.add(x);
    }
    for (Instruction x : constants) {
      inner.add(body.parameter("constant", x.shape()));
      all.add(x);
    }
    int count = carries.size();
    List<Instruction> after =
        turn.apply(
            new Arrays(new Emitter(body)),
            inner.subList(0, count),
            inner.subList(count, inner.size()));
    HloOp.Scan scan =
        new HloOp.Scan(
            body.build(body.tuple(after)),
            slices.getFirst().shape().dim(0),
            count,
            slices.size(),
            reverse,
            false);
    Type type = Type.tuple(carries.stream().map(Instruction::shape).toList());
    Instruction end = target.add(scan, type, all);
    return IntStream.range(0, count).mapToObj(i -> target.element(end, i)).toList();
  }

  /** Padding and holes of one dim, with zeros. */
  Instruction pad(Instruction x, int dim, long low, long high, long interior) {
    int rank = x.shape().rank();
    List<Long> lows = new ArrayList<>(Collections.nCopies(rank, 0L));
    List<Long> highs = new ArrayList<>(lows);
    List<Long> interiors = new ArrayList<>(lows);
    lows.set(dim, low);
    highs.set(dim, high);
    interiors.set(dim, interior);
    return emit(new Op.Pad(lows, highs, interiors), x, constant(x.shape().type(), 0));
  }

  // --- computations

  /** Whether {@link #apply} has words for all that a computation does. */
  static boolean isElementwise(Computation computation) {
    return computation.instructions().stream()
        .allMatch(
            i ->
                i.type().leaves().stream().allMatch(Shape::isScalar)
                    && switch (i.op()) {
                      case HloOp.Parameter p -> true;
                      case HloOp.Tuple t -> i == computation.root();
                      case HloOp.Call c ->
                          !(c.computation().root().op() instanceof HloOp.Tuple)
                              && isElementwise(c.computation());
                      case ArrayOp.CompareTotal c -> true;
                      case ArrayOp.Complex c -> true;
                      case ArrayOp.Real r -> true;
                      case ArrayOp.Imag m -> true;
                      case HloOp op -> false;
                      case Op.Constant c -> true;
                      case Op.Unary u -> true;
                      case Op.Binary b -> true;
                      case Op.Compare c -> true;
                      case Op.Select s -> true;
                      case Op.Clamp c -> true;
                      case Op.Convert c -> true;
                      case Op.BitcastConvert b -> true;
                      case Op.Reshape r -> true;
                      case Op.Broadcast b -> true;
                      default -> false;
                    });
  }

  /** The results of a computation on scalars at every place of arrays of the same dims. */
  List<Instruction> apply(Computation computation, List<Instruction> arguments) {
    List<Long> dims = arguments.getFirst().shape().dims();
    Map<Instruction, Instruction> made = new IdentityHashMap<>();
    for (Instruction i : computation.instructions()) {
      Instruction[] operands = i.operands().stream().map(made::get).toArray(Instruction[]::new);
      switch (i.op()) {
        case HloOp.Parameter p -> made.put(i, arguments.get(p.index()));
        case HloOp.Tuple t -> {
          return List.of(operands);
        }
        case HloOp.Call c -> made.put(i, apply(c.computation(), List.of(operands)).getFirst());
        case ArrayOp.CompareTotal c ->
            made.put(i, compare(c.direction(), ordered(operands[0]), ordered(operands[1])));
        case ArrayOp.Complex c -> made.put(i, complex(operands[0], operands[1]));
        case ArrayOp.Real r -> made.put(i, real(operands[0]));
        case ArrayOp.Imag m -> made.put(i, imaginary(operands[0]));
        case Op.Constant c -> made.put(i, filled(dims, emit(c)));
        case Op.Reshape r -> made.put(i, operands[0]);
        case Op.Broadcast b -> made.put(i, operands[0]);
        default -> made.put(i, emit(i.op(), operands));
      }
    }
    return List.of(made.get(computation.root()));
  }

  /** Integers in the total order of floating numbers; integers are what they are. */
  Instruction ordered(Instruction x) {
    if (!x.shape().type().isFloating()) {
      return x;
    }
    boolean isDouble = x.shape().type() == DType.F64;
    DType integer = isDouble ? DType.S64 : DType.S32;
    Instruction wide = isDouble || x.shape().type() == DType.F32 ? x : convert(x, DType.F32);
    Instruction bits = emit(new Op.BitcastConvert(integer), wide);
    List<Long> dims = x.shape().dims();
    Instruction zero = filled(dims, constant(integer, 0));
    Instruction rest =
        filled(dims, constant(integer, isDouble ? Long.MAX_VALUE : Integer.MAX_VALUE));
    return select(
        compare(Op.Direction.LT, bits, zero), binary(Op.BinaryKind.XOR, bits, rest), bits);
  }

  Instruction convert(Instruction x, DType type) {
    return emit(new Op.Convert(type), x);
  }

  static List<Integer> range(int end) {
    return IntStream.range(0, end).boxed().toList();
  }
}
