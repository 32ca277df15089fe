package io.gshard.hlo.text;

import io.gshard.hlo.ArrayOp;
import io.gshard.op.Op;
import io.gshard.op.ShapeInference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Formats of constants, elementwise ops and ops that move elements. */
final class ArrayFormats {
  static final List<OpFormat<?>> ALL =
      List.of(
          OpFormat.of(
              "constant",
              Op.Constant.class,
              (op, out) -> out.operands(LiteralText.print(op.value())),
              in -> new Op.Constant(LiteralText.read(in.inside(), in.shape()))),
          OpFormat.of(
              "iota",
              Op.Iota.class,
              (op, out) -> out.attribute("iota_dimension", op.dimension()),
              in -> new Op.Iota(in.shape(), in.number("iota_dimension"))),
          named(Op.Unary.class, Arrays.stream(Op.UnaryKind.values()).map(Op.Unary::new).toList()),
          named(
              Op.Binary.class, Arrays.stream(Op.BinaryKind.values()).map(Op.Binary::new).toList()),
          OpFormat.of(
              "compare",
              Op.Compare.class,
              (op, out) -> out.attribute("direction", op.direction()),
              ArrayFormats::compare),
          OpFormat.of(
              "compare",
              ArrayOp.CompareTotal.class,
              (op, out) -> {
                out.attribute("direction", op.direction());
                out.attribute("type", "TOTALORDER");
              },
              ArrayFormats::compare),
          OpFormat.plain("select", Op.Select.class, new Op.Select()),
          OpFormat.plain("clamp", Op.Clamp.class, new Op.Clamp()),
          OpFormat.of(
              "convert",
              Op.Convert.class,
              (op, out) -> {},
              in -> new Op.Convert(in.shape().type())),
          OpFormat.of(
              "bitcast-convert",
              Op.BitcastConvert.class,
              (op, out) -> {},
              in -> new Op.BitcastConvert(in.shape().type())),
          OpFormat.of(
              "broadcast",
              Op.Broadcast.class,
              (op, out) -> out.list("dimensions", op.dimensions()),
              in -> new Op.Broadcast(in.shape().dims(), in.integers("dimensions"))),
          OpFormat.of(
              "reshape",
              Op.Reshape.class,
              (op, out) -> {},
              in -> new Op.Reshape(in.shape().dims())),
          OpFormat.of(
              "transpose",
              Op.Transpose.class,
              (op, out) -> out.list("dimensions", op.permutation()),
              in -> new Op.Transpose(in.integers("dimensions"))),
          OpFormat.of(
              "reverse",
              Op.Reverse.class,
              (op, out) -> out.list("dimensions", op.dimensions()),
              in -> new Op.Reverse(in.integers("dimensions"))),
          OpFormat.of("slice", Op.Slice.class, ArrayFormats::slice, ArrayFormats::slice),
          OpFormat.of("pad", Op.Pad.class, ArrayFormats::pad, ArrayFormats::pad),
          OpFormat.of(
              "concatenate",
              Op.Concatenate.class,
              (op, out) -> out.list("dimensions", List.of(op.dimension())),
              in -> new Op.Concatenate(in.dimension())),
          OpFormat.of(
              "dynamic-slice",
              Op.DynamicSlice.class,
              (op, out) -> out.list("dynamic_slice_sizes", op.sizes()),
              in -> new Op.DynamicSlice(in.numbers("dynamic_slice_sizes"))),
          OpFormat.plain(
              "dynamic-update-slice", Op.DynamicUpdateSlice.class, new Op.DynamicUpdateSlice()),
          OpFormat.plain(
              "opt-barrier", Op.OptimizationBarrier.class, new Op.OptimizationBarrier()));

  private ArrayFormats() {}

  /** A family of ops that differ in name alone. */
  private static <T extends Op> OpFormat<T> named(Class<T> kind, List<T> ops) {
    var byName = ops.stream().collect(Collectors.toMap(ShapeInference::name, Function.identity()));
    return new OpFormat<>(
        ops.stream().map(ShapeInference::name).toList(),
        kind,
        ShapeInference::name,
        (op, out) -> {},
        in -> byName.get(in.opcode()));
  }

  private static Op compare(Reading in) {
    boolean total = in.attribute("type", "", Cursor::name).equals("TOTALORDER");
    String direction = in.attribute("direction", Cursor::name);
    return Arrays.stream(Op.Direction.values())
        .filter(d -> d.name().equals(direction))
        .findFirst()
        .<Op>map(
            d ->
                total && in.shape(0).type().isFloating()
                    ? new ArrayOp.CompareTotal(d)
                    : new Op.Compare(d))
        .orElseThrow(() -> in.error("no comparison is called " + direction));
  }

  private static void slice(Op.Slice op, Emission out) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < op.starts().size(); i++) {
      String stride = op.strides().get(i) == 1 ? "" : ":" + op.strides().get(i);
      parts.add("[" + op.starts().get(i) + ":" + op.limits().get(i) + stride + "]");
    }
    out.attribute("slice", "{" + String.join(", ", parts) + "}");
  }

  private static Op slice(Reading in) {
    List<Long> starts = new ArrayList<>();
    List<Long> limits = new ArrayList<>();
    List<Long> strides = new ArrayList<>();
    in.attribute(
        "slice",
        text ->
            text.list(
                "{",
                "}",
                () -> {
                  text.expect("[");
                  starts.add(text.number());
                  text.expect(":");
                  limits.add(text.number());
                  strides.add(text.eat(":") ? text.number() : 1);
                  text.expect("]");
                  return 0;
                }));
    return new Op.Slice(starts, limits, strides);
  }

  private static void pad(Op.Pad op, Emission out) {
    if (op.low().isEmpty()) {
      // HLO has no text for the padding of no dims.
      out.opcode("reshape");
      out.operands(out.operand(0));
      return;
    }
    boolean interior = op.interior().stream().anyMatch(i -> i != 0);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < op.low().size(); i++) {
      parts.add(
          op.low().get(i) + "_" + op.high().get(i) + (interior ? "_" + op.interior().get(i) : ""));
    }
    out.attribute("padding", String.join("x", parts));
  }

  private static Op pad(Reading in) {
    int rank = in.shape().rank();
    List<List<Long>> columns = in.attribute("padding", text -> padding(text));
    if (columns.getFirst().size() != rank) {
      throw in.error("padding of %d dims for %s".formatted(columns.getFirst().size(), in.shape()));
    }
    return new Op.Pad(columns.get(0), columns.get(1), columns.get(2));
  }

  /** {@code 1_2x0_0_3}: the low, high and interior paddings. */
  static List<List<Long>> padding(Cursor text) {
    List<List<Long>> columns = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    do {
      columns.get(0).add(text.number());
      text.expect("_");
      columns.get(1).add(text.number());
      columns.get(2).add(text.eat("_") ? text.number() : 0);
    } while (text.eat("x"));
    return Collections.unmodifiableList(columns);
  }

  /** {@code 1x8x2}. */
  static List<Long> sizes(Cursor text) {
    List<Long> sizes = new ArrayList<>();
    do {
      sizes.add(text.number());
    } while (text.eat("x"));
    return sizes;
  }
}
