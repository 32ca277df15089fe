package io.gshard.hlo.text;

import io.gshard.hlo.Computation;
import io.gshard.hlo.HloOp;
import io.gshard.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Formats of parameters, tuples and ops with computations. */
final class StructureFormats {
  /** The attribute by which a program says that a custom call is elementwise. */
  private static final String ELEMENTWISE = "gshard.elementwise";

  static final List<OpFormat<?>> ALL =
      List.of(
          OpFormat.of(
              "parameter",
              HloOp.Parameter.class,
              (op, out) -> out.operands(String.valueOf(op.index())),
              StructureFormats::parameter),
          OpFormat.plain("tuple", HloOp.Tuple.class, new HloOp.Tuple()),
          OpFormat.of(
              "get-tuple-element",
              HloOp.GetTupleElement.class,
              (op, out) -> out.attribute("index", op.index()),
              in -> new HloOp.GetTupleElement(in.number("index"))),
          OpFormat.of("while", HloOp.While.class, StructureFormats::loop, StructureFormats::loop),
          OpFormat.of(
              "conditional",
              HloOp.Conditional.class,
              StructureFormats::conditional,
              StructureFormats::conditional),
          OpFormat.of(
              "call",
              HloOp.Call.class,
              (op, out) -> out.computation("to_apply", op.computation()),
              in -> new HloOp.Call(in.computation("to_apply"))),
          OpFormat.reading("fusion", in -> new HloOp.Call(in.computation("calls"))),
          OpFormat.reading("async-start", in -> new HloOp.Call(in.computation("calls"))),
          OpFormat.of(
              "custom-call",
              HloOp.CustomCall.class,
              (op, out) -> {
                out.attribute("custom_call_target", Cursor.quoted(op.target()));
                if (!op.config().isEmpty()) {
                  out.attribute("backend_config", Cursor.quoted(op.config()));
                }
                if (op.elementwise()) {
                  out.attribute("frontend_attributes", "{" + ELEMENTWISE + "=\"true\"}");
                }
              },
              in ->
                  new HloOp.CustomCall(
                      in.attribute("custom_call_target", Cursor::string),
                      in.attribute("backend_config", "", StructureFormats::config),
                      in.type(),
                      in.attribute("frontend_attributes", Map.<String, String>of(), Cursor::pairs)
                          .getOrDefault(ELEMENTWISE, "")
                          .equals("true"))));

  private StructureFormats() {}

  private static HloOp parameter(Reading in) {
    Cursor text = in.inside();
    int index = text.smallNumber();
    text.expectEnd();
    return new HloOp.Parameter(index);
  }

  private static void loop(HloOp.While op, Emission out) {
    out.computation("condition", op.condition());
    out.computation("body", op.body());
    if (op.tripCount() >= 0) {
      out.attribute("backend_config", "{\"known_trip_count\":{\"n\":\"" + op.tripCount() + "\"}}");
    }
  }

  private static HloOp loop(Reading in) {
    return new HloOp.While(
        in.computation("condition"),
        in.computation("body"),
        in.attribute("backend_config", -1L, StructureFormats::tripCount));
  }

  private static long tripCount(Cursor text) {
    String config = config(text);
    var count = Pattern.compile("\"known_trip_count\":\\{\"n\":\"([0-9]{1,18})\"").matcher(config);
    return count.find() ? Long.parseLong(count.group(1)) : -1;
  }

  /** A backend's words: a string, or JSON as it stands. */
  private static String config(Cursor text) {
    return text.sees("\"") ? text.string() : text.value().toString();
  }

  private static void conditional(HloOp.Conditional op, Emission out) {
    if (out.instruction().operand(0).shape().type() == DType.PRED) {
      out.computation("true_computation", op.branches().get(0));
      out.computation("false_computation", op.branches().get(1));
    } else {
      out.computations("branch_computations", op.branches());
    }
  }

  private static HloOp conditional(Reading in) {
    List<Computation> branches =
        in.has("true_computation")
            ? List.of(in.computation("true_computation"), in.computation("false_computation"))
            : in.computations("branch_computations");
    return new HloOp.Conditional(branches);
  }
}
