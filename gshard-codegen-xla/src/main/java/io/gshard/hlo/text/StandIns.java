package io.gshard.hlo.text;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Lines of which nothing but their value is kept: what only says when or where something happens.
 * Copies and domains are their operands; an asynchronous op is its synchronous one, done where it
 * starts.
 */
final class StandIns {
  private static final Set<String> OPERANDS = Set.of("copy", "domain", "add-dependency");

  private static final String START = "-start";

  private StandIns() {}

  /**
   * The op that a start begins, or the opcode itself. What a start says of itself holds for any op;
   * that of a computation is a call.
   */
  static String started(String opcode) {
    return opcode.endsWith(START) && !opcode.equals("async-start")
        ? opcode.substring(0, opcode.length() - START.length())
        : opcode;
  }

  /** Whether a line's value has another type than the line says, since its op is under way. */
  static boolean isUnderWay(String opcode) {
    return opcode.endsWith(START) || isOf(opcode, "-update");
  }

  /** Whether a line goes on with, or waits for, what another one started. */
  private static boolean continues(String opcode) {
    return isOf(opcode, "-update") || isOf(opcode, "-done");
  }

  private static boolean isOf(String opcode, String stage) {
    if (!opcode.endsWith(stage)) {
      return false;
    }
    String base = opcode.substring(0, opcode.length() - stage.length());
    return base.equals("async") || base.equals("copy") || OpTable.named(base).isPresent();
  }

  /** The type of what an op under way gives in the end. */
  static Type result(String opcode, Type said) {
    boolean hasOperand = !opcode.equals("all-reduce-start");
    return isUnderWay(opcode)
            && hasOperand
            && said instanceof Type.Tuple(List<Type> parts)
            && parts.size() >= 2
        ? parts.get(opcode.equals("copy-start") ? 0 : 1)
        : said;
  }

  /** The instruction that stands for a line, or null if the line is an op of our graph. */
  static Instruction of(Reading in, ComputationReader scope, boolean annotated) {
    String opcode = in.opcode();
    if (OPERANDS.contains(opcode) && !annotated || continues(opcode)) {
      return in.operand(0);
    }
    return switch (opcode) {
      case "bitcast" -> bitcast(in, scope);
      case "opt-barrier" ->
          in.operand(0).type() instanceof Type.Tuple ? barrier(in.operand(0), scope) : null;
      case "replica-id" ->
          scope.add(new Op.Constant(Literal.ofIntegers(Shape.scalar(DType.U32), 0)), List.of());
      case "get-dimension-size" -> {
        Shape x = in.shape(0);
        int dim = in.dimension();
        if (dim < 0 || dim >= x.rank()) {
          throw in.error("%s has no dim %d".formatted(x, dim));
        }
        yield scope.add(
            new Op.Constant(Literal.ofIntegers(Shape.scalar(DType.S32), x.dim(dim))), List.of());
      }
      case "constant" -> {
        if (!(in.type() instanceof Type.Tuple)) {
          yield null;
        }
        Instruction constants = constants(in.inside(), in.type(), scope);
        in.inside().expectEnd();
        yield constants;
      }
      case "after-all", "create-token" -> scope.add(new HloOp.Tuple(), List.of());
      case "custom-call" -> isTopK(in) ? topK(in, scope) : SdyRegions.of(in, scope);
      case "all-to-all" -> in.type() instanceof Type.Tuple ? exchange(in, scope) : null;
      default -> null;
    };
  }

  /** A tuple of constants, as {@code ({1, 2}, 3)}. */
  private static Instruction constants(Cursor in, Type type, ComputationReader scope) {
    return switch (type) {
      case Type.Array(Shape shape) ->
          scope.add(new Op.Constant(LiteralText.read(in.value(), shape)), List.of());
      case Type.Tuple(List<Type> elements) -> {
        Cursor inside = in.inBrackets();
        List<Instruction> parts = new ArrayList<>();
        for (Type element : elements) {
          if (!parts.isEmpty()) {
            inside.expect(",");
          }
          parts.add(constants(inside, element, scope));
        }
        inside.expectEnd();
        yield scope.add(new HloOp.Tuple(), parts);
      }
    };
  }

  /**
   * The all-to-all of several arrays, of which each device of a group gets one: as one array whose
   * first dim is theirs.
   */
  private static Instruction exchange(Reading in, ComputationReader scope) {
    List<String> axes = in.axes();
    int parts = in.operands().size();
    Shape each = in.shape(0);
    if (parts != in.mesh().size(axes)
        || in.operands().stream().anyMatch(x -> !x.type().equals(in.operand(0).type()))) {
      throw in.error(
          "all-to-all of %d arrays, expected one like another for each of %d devices"
              .formatted(parts, in.mesh().size(axes)));
    }
    List<Long> row = new ArrayList<>(each.dims());
    row.addFirst(1L);
    List<Instruction> rows = new ArrayList<>();
    for (Instruction x : in.operands()) {
      rows.add(scope.add(new Op.Reshape(row), List.of(x)));
    }
    Instruction whole = parts == 1 ? rows.getFirst() : scope.add(new Op.Concatenate(0), rows);
    Instruction exchanged = scope.add(new Op.AllToAll(0, 0, axes), List.of(whole));
    List<Instruction> results = new ArrayList<>();
    for (long part = 0; part < parts; part++) {
      List<Long> starts = new ArrayList<>(Collections.nCopies(row.size(), 0L));
      List<Long> limits = new ArrayList<>(row);
      starts.set(0, part);
      limits.set(0, part + 1);
      Op cut = new Op.Slice(starts, limits, Collections.nCopies(row.size(), 1L));
      Instruction slice = scope.add(cut, List.of(exchanged));
      results.add(scope.add(new Op.Reshape(each.dims()), List.of(slice)));
    }
    return scope.add(new HloOp.Tuple(), results);
  }

  /**
   * The same bytes as another array: the elements in the order in which they lie, cut into the new
   * dims as those lie.
   */
  private static Instruction bitcast(Reading in, ComputationReader scope) {
    Shape from = in.shape(0);
    Shape to = in.shape();
    LayoutText before = in.operandLayout();
    LayoutText after = in.layout();
    if ((before.tiled() || after.tiled()) && !from.equals(to)) {
      throw in.error("bitcast of %s to %s in tiles is not supported".formatted(from, to));
    }
    Instruction x = in.operand(0);
    if (from.type() != to.type() && from.type().bits() == to.type().bits()) {
      x = scope.add(new Op.BitcastConvert(to.type()), List.of(x));
    }
    if (x.shape().type() != to.type() || from.elements() != to.elements()) {
      throw in.error("bitcast of %s to %s is not supported".formatted(from, to));
    }
    if (!before.isRowMajor()) {
      x = scope.add(new Op.Transpose(before.major()), List.of(x));
    }
    List<Long> dims = after.physical(to);
    if (!x.shape().dims().equals(dims)) {
      x = scope.add(new Op.Reshape(dims), List.of(x));
    }
    return after.isRowMajor() ? x : scope.add(new Op.Transpose(after.back()), List.of(x));
  }

  /** What XLA for CPUs makes of a top-k. */
  private static boolean isTopK(Reading in) {
    return in.has("custom_call_target")
        && in.attribute("custom_call_target", Cursor::string).equals("TopK")
        && in.type() instanceof Type.Tuple(List<Type> results)
        && results.getFirst() instanceof Type.Array(Shape values)
        && values.rank() > 0;
  }

  private static Instruction topK(Reading in, ComputationReader scope) {
    Shape values = in.type().leaves().getFirst();
    return scope.add(new ArrayOp.TopK(values.dim(values.rank() - 1), true), List.of(in.operand(0)));
  }

  private static Instruction barrier(Instruction x, ComputationReader scope) {
    return switch (x.type()) {
      case Type.Array a -> scope.add(new Op.OptimizationBarrier(), List.of(x));
      case Type.Tuple t -> {
        List<Instruction> parts = new ArrayList<>();
        for (int i = 0; i < t.elements().size(); i++) {
          parts.add(barrier(scope.add(new HloOp.GetTupleElement(i), List.of(x)), scope));
        }
        yield scope.add(new HloOp.Tuple(), parts);
      }
    };
  }
}
