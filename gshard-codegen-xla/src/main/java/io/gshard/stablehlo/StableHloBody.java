package io.gshard.stablehlo;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Computation;
import io.gshard.hlo.GraphBuilder;
import io.gshard.hlo.HloOp;
import io.gshard.hlo.Instruction;
import io.gshard.hlo.Type;
import io.gshard.mesh.MeshShape;
import io.gshard.mesh.Sharding;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import io.gshard.sharding.OpRules;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The ops of one function or region. Names are unique in the function, as regions see their
 * surroundings.
 */
final class StableHloBody {
  private final StableHloPrinter printer;
  private final Map<String, Integer> used;
  private final String indent;
  private final Map<Instruction, List<String>> values = new HashMap<>();
  private final StringBuilder text = new StringBuilder();

  StableHloBody(StableHloPrinter printer, Map<String, Integer> used, String indent) {
    this.printer = printer;
    this.used = used;
    this.indent = indent;
  }

  String text() {
    return text.toString();
  }

  /** Names for the leaves of a parameter of the function or block. */
  List<String> define(Instruction parameter) {
    List<String> leaves = new ArrayList<>();
    for (int i = 0; i < parameter.type().leaves().size(); i++) {
      leaves.add(fresh(parameter.name()));
    }
    values.put(parameter, leaves);
    return leaves;
  }

  /**
   * Says of values that have names already how they are split, where that is not said elsewhere.
   *
   * @param said how they are split where they are made; empty where that is not said
   */
  private List<String> constrained(Instruction i, List<String> leaves, List<Sharding> said) {
    if (!i.isSharded() || i.shardings().equals(said)) {
      return leaves;
    }
    List<String> results = new ArrayList<>();
    for (int leaf = 0; leaf < leaves.size(); leaf++) {
      Sharding sharding = i.shardings().get(leaf);
      boolean known = !said.isEmpty() && said.get(leaf).equals(sharding);
      String value = leaves.get(leaf);
      String type = StableHloPrinter.tensor(i.type().leaves().get(leaf));
      results.add(
          known
              ? value
              : printer
                  .form()
                  .constraint(sharding)
                  .map(constraint -> constrain(i, value, type, constraint))
                  .orElse(value));
    }
    return results;
  }

  private String constrain(
      Instruction i, String value, String type, ShardingForm.Constraint constraint) {
    String result = fresh(i.name());
    line(
        "%s = \"%s\"(%s) <{%s}>%s : (%s) -> %s%s"
            .formatted(
                result,
                constraint.op(),
                value,
                constraint.properties(),
                StableHloPrinter.dictionary(constraint.attributes()),
                type,
                type,
                location(i)));
    return result;
  }

  /** An annotation whose sharding itself says which dims it leaves open. */
  private static Instruction opened(Instruction i) {
    List<Integer> open = OpRules.unspecifiedDims(i);
    if (open.isEmpty() || !i.isSharded()) {
      return i;
    }
    return i.withSharding(i.sharding().with(i.sharding().details().withOpen(open)));
  }

  /** Notes which values are split alike. */
  private void groups(Instruction i) {
    for (int leaf = 0; leaf < i.shardings().size(); leaf++) {
      String value = values.get(i).get(leaf);
      String type = StableHloPrinter.tensor(i.type().leaves().get(leaf));
      printer
          .form()
          .group(i.shardings().get(leaf))
          .ifPresent(
              p ->
                  line("\"sdy.sharding_group\"(%s) <{%s}> : (%s) -> ()".formatted(value, p, type)));
    }
  }

  private String fresh(String hint) {
    return "%" + StableHloPrinter.unique(hint, used);
  }

  void instructions(Computation computation) {
    stages(printer.form().stages(computation));
  }

  private void stages(List<ManualComputation.Stage> stages) {
    for (ManualComputation.Stage stage : stages) {
      instructions(stage.instructions());
      if (stage.region() != null && printer.form() instanceof ShardyForm form) {
        manual(stage.region(), form);
      }
    }
  }

  private void instructions(List<Instruction> instructions) {
    for (Instruction instruction : instructions) {
      if (!values.containsKey(instruction)) {
        values.put(instruction, write(instruction));
      }
      groups(instruction);
    }
  }

  /** A manual region: its exits become the results of one op. */
  private void manual(ManualComputation region, ShardyForm form) {
    List<Instruction> wholes =
        new ArrayList<>(region.entries().stream().map(entry -> entry.operand(0)).toList());
    wholes.addAll(region.captured());
    List<Instruction> parts = new ArrayList<>(region.entries());
    parts.addAll(region.captured());
    StableHloBody body = new StableHloBody(printer, used, indent + "  ");
    List<String> arguments = new ArrayList<>();
    for (Instruction part : parts) {
      List<String> names = body.define(part);
      List<String> types = StableHloPrinter.tensors(part.type());
      for (int i = 0; i < names.size(); i++) {
        arguments.add(names.get(i) + ": " + types.get(i));
      }
    }
    body.stages(region.body());
    List<Instruction> results = region.exits().stream().map(exit -> exit.operand(0)).toList();
    String name = fresh(region.exits().getFirst().name());
    line(
        "%s:%d = \"sdy.manual_computation\"(%s) <{%s}> ({"
            .formatted(name, results.size(), leaves(wholes), form.manual(region)));
    text.append(indent).append("^bb0(").append(String.join(", ", arguments)).append("):\n");
    text.append(body.text()).append(body.indent);
    text.append("\"sdy.return\"(").append(body.leaves(results)).append(") : (");
    text.append(types(results)).append(") -> ()\n");
    line("}) : (%s) -> (%s)".formatted(types(wholes), types(region.exits())));
    for (int i = 0; i < results.size(); i++) {
      values.put(region.exits().get(i), List.of(name + "#" + i));
    }
  }

  private String leaves(List<Instruction> of) {
    return String.join(", ", of.stream().flatMap(i -> values.get(i).stream()).toList());
  }

  private static String types(List<Instruction> of) {
    return String.join(
        ", ", of.stream().flatMap(i -> StableHloPrinter.tensors(i.type()).stream()).toList());
  }

  String terminator(String name, Instruction root) {
    return "\"%s\"(%s) : (%s) -> ()\n"
        .formatted(
            name,
            String.join(", ", values.get(root)),
            String.join(", ", StableHloPrinter.tensors(root.type())));
  }

  private List<String> write(Instruction i) {
    return switch (i.op()) {
      case HloOp op -> structural(i, op);
      case Op.Constant c -> plain(i, "constant", "value = " + StableHloLiteral.dense(c.value()));
      case Op.Reduce r ->
          folding(i, "reduce", "dimensions = " + array(r.dimensions()), r.combiner());
      case Op.Cumulative c -> folding(i, "reduce_window", window(c, i.shape()), c.combiner());
      case Op.Scatter s -> {
        String region = region(s.combiner(), i.shape().type());
        yield emit(i, "stablehlo.scatter", operands(i), StableHloAttributes.of(s), region);
      }
      case Op.Collective c -> collective(i, c, i.operand(0), i.type());
      case Op.StopGradient s -> throw refusal(i, "it should be gone after autodiff");
      case Op.Unary u when u.kind() == Op.UnaryKind.ERF -> emit(i, "chlo.erf", operands(i), "", "");
      case Op.Unary u when u.kind() == Op.UnaryKind.ABS && isUnsigned(i) -> operands(i);
      case Op.Unary u when u.kind() == Op.UnaryKind.SIGN && isUnsigned(i) -> unsignedSign(i);
      default -> plain(i, name(i.op()), StableHloAttributes.of(i.op()));
    };
  }

  private static boolean isUnsigned(Instruction i) {
    return i.shape().type().kind() == DType.Kind.UNSIGNED;
  }

  /** StableHLO's sign takes no unsigned numbers: the smaller of x and 1. */
  private List<String> unsignedSign(Instruction i) {
    long[] ones = new long[Math.toIntExact(i.shape().elements())];
    Arrays.fill(ones, 1);
    String one = constant(i, Literal.ofIntegers(i.shape(), ones));
    String x = operands(i).getFirst();
    String type = StableHloPrinter.tensor(i.shape());
    return emit(i, "stablehlo.minimum", List.of(x, one), List.of(type, type), "", "");
  }

  private static String name(Op op) {
    return switch (op) {
      case Op.Broadcast b -> "broadcast_in_dim";
      case Op.Dot d -> "dot_general";
      default -> ShapeInference.name(op).replace('-', '_');
    };
  }

  private List<String> structural(Instruction i, HloOp op) {
    return switch (op) {
      case HloOp.Parameter p -> throw refusal(i, "a parameter that the computation does not list");
      case HloOp.Tuple t -> operands(i);
      case HloOp.GetTupleElement g -> {
        List<Type> elements = ((Type.Tuple) i.operand(0).type()).elements();
        int from = 0;
        for (Type element : elements.subList(0, g.index())) {
          from += element.leaves().size();
        }
        int to = from + i.type().leaves().size();
        List<Sharding> said = i.operand(0).shardings();
        yield constrained(
            i,
            values.get(i.operand(0)).subList(from, to),
            said.isEmpty() ? said : said.subList(from, to));
      }
      case HloOp.While w -> loop(i, w);
      case HloOp.Conditional c -> conditional(i, c);
      case HloOp.Call c ->
          emit(i, "func.call", operands(i), "callee = @" + printer.function(c.computation()), "");
      case HloOp.ReduceRegion r ->
          emit(
              i,
              "stablehlo.reduce",
              operands(i),
              "dimensions = " + array(r.dimensions()),
              block(r.computation()));
      case HloOp.Sort s ->
          emit(
              i,
              "stablehlo.sort",
              operands(i),
              "dimension = %d : i64, is_stable = %s".formatted(s.dimension(), s.stable()),
              block(s.comparator()));
      case HloOp.CustomCall c when c.target().equals(OpRules.SHARDING) ->
          constrained(opened(i), operands(i), List.of());
      case HloOp.CustomCall c ->
          plain(
              i,
              "custom_call",
              "call_target_name = %s, backend_config = %s"
                  .formatted(
                      StableHloAttributes.quoted(c.target()),
                      StableHloAttributes.quoted(c.config())));
      case HloOp.Scan s -> throw refusal(i, "lower it to a while first");
      case ArrayOp a -> arrays(i, a);
    };
  }

  private List<String> loop(Instruction i, HloOp.While op) {
    String regions =
        block(op.condition(), List.of(), i.shardings())
            + ", "
            + block(op.body(), List.of(), i.shardings());
    return constrained(i, emit(i, "stablehlo.while", operands(i), "", regions), List.of());
  }

  private List<String> arrays(Instruction i, ArrayOp op) {
    List<String> operands = new ArrayList<>(operands(i));
    List<String> types = new ArrayList<>(operandTypes(i));
    String regions =
        switch (op) {
          case ArrayOp.ReduceWindow r -> block(r.computation());
          case ArrayOp.ScatterRegion s -> block(s.computation());
          case ArrayOp.Map m -> block(m.computation());
          case ArrayOp.SelectAndScatter s -> {
            if (s.window().dims().stream()
                .anyMatch(w -> w.baseDilation() != 1 || w.dilation() != 1)) {
              throw refusal(i, "its window has dilations");
            }
            yield block(s.select()) + ", " + block(s.scatter());
          }
          default -> "";
        };
    if (op instanceof ArrayOp.Merged(Op.Collective each)) {
      return merged(i, each);
    }
    if (op instanceof ArrayOp.TopK t && !t.largest()) {
      return smallest(i);
    }
    if (op instanceof ArrayOp.Rng r) {
      long[] dims = r.shape().dims().stream().mapToLong(d -> d).toArray();
      Literal shape = Literal.ofIntegers(new Shape(DType.S64, List.of((long) dims.length)), dims);
      operands.add(constant(i, shape));
      types.add(StableHloPrinter.tensor(shape.shape()));
    }
    int rank = op instanceof ArrayOp.Map ? i.shape().rank() : 0;
    return emit(
        i, ArrayOpAttributes.name(op), operands, types, ArrayOpAttributes.of(op, rank), regions);
  }

  /** CHLO's top-k is of the largest alone: all are sorted with their places, the first k stay. */
  private List<String> smallest(Instruction i) {
    Instruction x = i.operand(0);
    int last = x.shape().rank() - 1;
    GraphBuilder scalars = new GraphBuilder("less", MeshShape.SINGLE);
    Shape scalar = Shape.scalar(x.shape().type());
    Instruction left = scalars.parameter("left", scalar);
    Instruction right = scalars.parameter("right", scalar);
    scalars.parameter("left_place", Shape.scalar(DType.S32));
    scalars.parameter("right_place", Shape.scalar(DType.S32));
    Op less =
        scalar.type().isFloating()
            ? new ArrayOp.CompareTotal(Op.Direction.LT)
            : new Op.Compare(Op.Direction.LT);
    Type truth = new Type.Array(Shape.scalar(DType.PRED));
    Computation comparator = scalars.build(scalars.add(less, truth, List.of(left, right)));
    Shape places = x.shape().withType(DType.S32);
    Instruction iota =
        part(i, "places", new Op.Iota(places, last), new Type.Array(places), List.of());
    Type both = Type.tuple(List.of(x.shape(), places));
    Instruction sorted =
        part(i, "sorted", new HloOp.Sort(comparator, last, true), both, List.of(x, iota));
    instructions(List.of(iota, sorted));
    List<String> results = new ArrayList<>();
    for (int leaf = 0; leaf < 2; leaf++) {
      Shape shape = i.type().leaves().get(leaf);
      Op.Slice first =
          new Op.Slice(
              Collections.nCopies(shape.rank(), 0L),
              shape.dims(),
              Collections.nCopies(shape.rank(), 1L));
      Instruction slice = part(i, "first", first, new Type.Array(shape), List.of());
      results.addAll(
          emit(
              i.isSharded() ? slice.withSharding(i.shardings().get(leaf)) : slice,
              "stablehlo.slice",
              List.of(values.get(sorted).get(leaf)),
              List.of(StableHloPrinter.tensor(both.leaves().get(leaf))),
              StableHloAttributes.of(first),
              ""));
    }
    return results;
  }

  /** One of the ops that are written for an instruction. */
  private static Instruction part(
      Instruction of, String name, Op op, Type type, List<Instruction> operands) {
    return Instruction.of(of.name() + "_" + name, op, type, operands, of.source());
  }

  /** One op for each array: StableHLO's ops mostly take one, and XLA merges them again. */
  private List<String> merged(Instruction i, Op.Collective op) {
    List<String> results = new ArrayList<>();
    for (int part = 0; part < i.operands().size(); part++) {
      Type type = ((Type.Tuple) i.type()).elements().get(part);
      results.addAll(collective(i, op, i.operand(part), type));
    }
    return results;
  }

  private List<String> collective(Instruction i, Op.Collective op, Instruction operand, Type type) {
    List<String> types = StableHloPrinter.tensors(operand.type());
    DType element = type.leaves().getFirst().type();
    String properties =
        switch (op) {
          case Op.AllReduce a -> groups(a.axes()) + ", use_global_device_ids";
          case Op.ReduceScatter r ->
              groups(r.axes())
                  + ", scatter_dimension = "
                  + r.dimension()
                  + " : i64, use_global_device_ids";
          case Op.AllGather a ->
              groups(a.axes())
                  + ", all_gather_dim = "
                  + a.dimension()
                  + " : i64, use_global_device_ids";
          case Op.AllToAll a ->
              groups(a.axes())
                  + ", split_dimension = %d : i64, concat_dimension = %d : i64, split_count = %d : i64"
                      .formatted(
                          a.splitDimension(),
                          a.concatDimension(),
                          printer.module().mesh().size(a.axes()));
          case Op.CollectivePermute c ->
              "source_target_pairs = "
                  + printer.alias(StableHloAttributes.pairs(c, printer.module().mesh()))
                  + ", "
                  + channel();
        };
    String regions =
        switch (op) {
          case Op.AllReduce a -> region(a.combiner(), element);
          case Op.ReduceScatter r -> region(r.combiner(), element);
          default -> "";
        };
    return emit(i, "stablehlo." + name(op), values.get(operand), types, type, properties, regions);
  }

  private List<String> conditional(Instruction i, HloOp.Conditional op) {
    boolean isIf = i.operand(0).shape().type() == DType.PRED;
    List<String> regions = new ArrayList<>();
    for (int branch = 0; branch < op.branches().size(); branch++) {
      Instruction operand = i.operand(1 + branch);
      regions.add(block(op.branches().get(branch), values.get(operand), operand.shardings()));
    }
    String name = isIf ? "stablehlo.if" : "stablehlo.case";
    List<String> index = values.get(i.operand(0));
    return emit(
        i,
        name,
        index,
        List.of(StableHloPrinter.tensor(i.operand(0).shape())),
        "",
        String.join(", ", regions));
  }

  private IllegalArgumentException refusal(Instruction i, String why) {
    return new IllegalArgumentException(
        "%s at %s: cannot print %s: %s".formatted(i, i.source(), ShapeInference.name(i.op()), why));
  }

  private List<String> operands(Instruction i) {
    return i.operands().stream().flatMap(o -> values.get(o).stream()).toList();
  }

  private static List<String> operandTypes(Instruction i) {
    return i.operands().stream().flatMap(o -> StableHloPrinter.tensors(o.type()).stream()).toList();
  }

  private List<String> plain(Instruction i, String name, String properties) {
    return emit(i, "stablehlo." + name, operands(i), properties, "");
  }

  /** A fold from the combiner's identity. */
  private List<String> folding(Instruction i, String name, String properties, Combiner combiner) {
    DType type = i.shape().type();
    String start = constant(i, Literal.scalar(type, combiner.identity(type)));
    List<String> operands = new ArrayList<>(operands(i));
    operands.add(start);
    List<String> types = new ArrayList<>(operandTypes(i));
    types.add(StableHloPrinter.tensor(Shape.scalar(type)));
    return emit(i, "stablehlo." + name, operands, types, properties, region(combiner, type));
  }

  /** A constant that an instruction needs besides its operands. */
  private String constant(Instruction i, Literal value) {
    String name = fresh(i.name() + "_constant");
    String sharding = StableHloPrinter.dictionary(printer.form().constant().stream().toList());
    String type = StableHloPrinter.tensor(value.shape());
    String dense = StableHloLiteral.dense(value);
    line(
        "%s = \"stablehlo.constant\"() <{value = %s}>%s : () -> %s"
            .formatted(name, dense, sharding, type));
    return name;
  }

  private List<String> emit(
      Instruction i, String name, List<String> operands, String properties, String regions) {
    return emit(i, name, operands, operandTypes(i), properties, regions);
  }

  private List<String> emit(
      Instruction i,
      String name,
      List<String> operands,
      List<String> operandTypes,
      String properties,
      String regions) {
    return emit(i, name, operands, operandTypes, i.type(), properties, regions);
  }

  private List<String> emit(
      Instruction i,
      String name,
      List<String> operands,
      List<String> operandTypes,
      Type type,
      String properties,
      String regions) {
    List<String> types = StableHloPrinter.tensors(type);
    String result = fresh(i.name());
    StringBuilder op = new StringBuilder();
    if (!types.isEmpty()) {
      op.append(result).append(types.size() > 1 ? ":" + types.size() : "").append(" = ");
    }
    op.append('"').append(name).append("\"(").append(String.join(", ", operands)).append(')');
    op.append(properties.isEmpty() ? "" : " <{" + properties + "}>");
    op.append(regions.isEmpty() ? "" : " (" + regions + ")");
    op.append(StableHloPrinter.dictionary(printer.form().results(i).stream().toList()));
    op.append(" : (").append(String.join(", ", operandTypes)).append(") -> ");
    op.append(types.size() == 1 ? types.getFirst() : "(" + String.join(", ", types) + ")");
    line(op.append(location(i)).toString());
    List<String> leaves = new ArrayList<>();
    for (int leaf = 0; leaf < types.size(); leaf++) {
      leaves.add(types.size() > 1 ? result + "#" + leaf : result);
    }
    return leaves;
  }

  private static String location(Instruction i) {
    return i.source().isKnown()
        ? " loc(%s:%d:%d)"
            .formatted(
                StableHloAttributes.quoted(i.source().file()),
                i.source().line(),
                i.source().column())
        : "";
  }

  private void line(String op) {
    text.append(indent).append(op).append('\n');
  }

  /** A region that folds two scalars; a null combiner gives the second one. */
  private String region(Combiner combiner, DType type) {
    String scalar = StableHloPrinter.tensor(Shape.scalar(type));
    String x = fresh("x");
    String y = fresh("y");
    String arguments = "^bb0(%s: %s, %s: %s):".formatted(x, scalar, y, scalar);
    if (combiner == null) {
      return "{ %s \"stablehlo.return\"(%s) : (%s) -> () }".formatted(arguments, y, scalar);
    }
    String r = fresh("r");
    return "{ %s %s = \"stablehlo.%s\"(%s, %s) : (%s, %s) -> %s \"stablehlo.return\"(%s) : (%s) -> () }"
        .formatted(
            arguments,
            r,
            name(new Op.Binary(combiner.kind())),
            x,
            y,
            scalar,
            scalar,
            scalar,
            r,
            scalar);
  }

  /** A computation on scalars as a region. */
  private String block(Computation computation) {
    return block(computation, List.of(), List.of());
  }

  /**
   * A computation as a region. Its parameters are the given values, or, if there are none, the
   * block's arguments.
   *
   * @param said how what comes in is split, or empty
   */
  private String block(Computation computation, List<String> given, List<Sharding> said) {
    StableHloBody body = new StableHloBody(printer, used, indent + "  ");
    List<String> arguments = new ArrayList<>();
    for (Instruction parameter : computation.parameters()) {
      if (!given.isEmpty()) {
        body.values.put(parameter, body.constrained(parameter, given, said));
        continue;
      }
      List<String> names = body.define(parameter);
      List<String> types = StableHloPrinter.tensors(parameter.type());
      for (int i = 0; i < names.size(); i++) {
        arguments.add(names.get(i) + ": " + types.get(i));
      }
      body.values.put(parameter, body.constrained(parameter, names, said));
    }
    body.instructions(computation);
    String head =
        arguments.isEmpty() ? "" : indent + "^bb0(" + String.join(", ", arguments) + "):\n";
    return "{\n"
        + head
        + body.text()
        + body.indent
        + body.terminator("stablehlo.return", computation.root())
        + indent
        + "}";
  }

  private String groups(List<String> axes) {
    String groups = StableHloAttributes.groups(printer.module().mesh().groups(axes));
    return "replica_groups = " + printer.alias(groups) + ", " + channel();
  }

  private String channel() {
    return "channel_handle = #stablehlo.channel_handle<handle = "
        + printer.nextChannel()
        + ", type = 1>";
  }

  private static String array(List<? extends Number> items) {
    return StableHloAttributes.array(items);
  }

  private static String window(Op.Cumulative c, Shape shape) {
    long length = Math.max(1, shape.dim(c.dimension()));
    long far = c.exclusive() ? length : length - 1;
    long near = c.exclusive() ? -1 : 0;
    List<Long> sizes = new ArrayList<>();
    List<String> pads = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      boolean along = i == c.dimension();
      sizes.add(along ? length : 1);
      pads.add(
          !along
              ? "[0, 0]"
              : c.reverse() ? "[%d, %d]".formatted(near, far) : "[%d, %d]".formatted(far, near));
    }
    return "window_dimensions = %s, padding = dense<[%s]> : tensor<%dx2xi64>"
        .formatted(array(sizes), String.join(", ", pads), shape.rank());
  }
}
