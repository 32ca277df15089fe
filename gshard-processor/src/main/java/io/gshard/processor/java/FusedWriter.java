package io.gshard.processor.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import io.gshard.memory.Storage;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.passes.fusion.Root;
import io.gshard.passes.fusion.Step;
import io.gshard.passes.fusion.View;
import io.gshard.processor.java.BlockCode.Place;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Writes the body of a fused loop: blocks of at most {@link #BLOCK} elements, one kernel call per
 * op.
 */
final class FusedWriter {
  /** Scratch.BLOCK of the runtime. */
  static final int BLOCK = 1024;

  private final Step.Fused loop;
  private final Locator locator;
  private final boolean split;
  private final RowCode rows;
  private final BlockCode block = new BlockCode();
  private final CodeBlock.Builder hoisted = CodeBlock.builder();
  private final Map<Root, Place> made = new IdentityHashMap<>();
  private final Map<View, Place> loaded = new HashMap<>();
  private final Map<View, String> scalars = new HashMap<>();
  private final Map<Place, Place> widened = new IdentityHashMap<>();

  /** Where the block starts and how long it is, as Java expressions. */
  private String start = "i";

  private String length = "n";

  /** Where the block starts, as a Java expression. */
  String start() {
    return start;
  }

  /** How far apart blocks start; 0 where they are not all alike. */
  private long stride;

  /** Whether lines are written that run once, before the first block. */
  private boolean once;

  private int offsets;

  /**
   * The writer of a loop.
   *
   * @param split whether the method runs a part of it, {@code from} to {@code end}
   */
  FusedWriter(Step.Fused loop, Locator locator, boolean split) {
    this.loop = loop;
    this.split = split;
    this.rows = new RowCode(loop, locator, this);
    this.locator = locator;
  }

  /** The statements of the kernel method. */
  CodeBlock write() {
    if (loop.n() == 0) {
      return identities();
    }
    long reduced = loop.folds().isEmpty() ? 1 : loop.folds().getFirst().reduced();
    if (loop.n() <= BLOCK) {
      start = "0";
      length = Long.toString(loop.n());
    }
    boolean rowLoop = reduced > BLOCK;
    long step = rowLoop ? 0 : BLOCK / reduced * reduced;
    stride = loop.n() > BLOCK ? step : 0;
    loop.elements().forEach(this::element);
    List<Place> operands = new ArrayList<>();
    for (Step.Fold fold : loop.folds()) {
      operands.add(wide(array(fold.operand())));
    }
    for (int i = 0; i < operands.size(); i++) {
      fold(loop.folds().get(i), operands.get(i), i, rowLoop);
    }
    CodeBlock before = block.writeBefore();
    CodeBlock lines = block.write();
    CodeBlock.Builder code =
        CodeBlock.builder().add(hoisted.build()).add(block.declarations()).add(before);
    if (loop.n() <= BLOCK) {
      return code.add(lines).build();
    }
    if (rowLoop) {
      return code.add(rows(reduced, lines)).build();
    }
    String from = split ? "from" : "0";
    String end = split ? "end" : Long.toString(loop.n());
    code.beginControlFlow("for (int i = $L; i < $L; i += $L)", from, end, step);
    if (loop.n() % step == 0) {
      code.addStatement("int n = $L", step);
    } else {
      code.addStatement("int n = Math.min($L, $L - i)", step, end);
    }
    return code.add(lines).endControlFlow().build();
  }

  // --- operands

  /** A scalar as a Java expression, or null where the elements differ. */
  String scalar(View view) {
    if (!view.isSingle() || made.containsKey(view.root())) {
      return null;
    }
    return switch (view.root()) {
      case Root.Scalar(var literal) -> Literals.scalar(literal);
      case Root.Table t -> null;
      case Root.Counter c ->
          view.type() == DType.S32 || view.type() == DType.U32 ? hoist(view) : null;
      case Root.Value v -> loop.n() == 1 ? null : hoist(view);
    };
  }

  private String hoist(View view) {
    View one =
        new View(view.root(), view.type(), List.of(), List.of(), view.offset(), view.terms(), 0);
    return scalars.computeIfAbsent(
        one,
        v -> {
          String name = "x" + scalars.size();
          hoisted.addStatement(
              "$L $L = $L", Literals.javaType(Locator.storage(view)), name, locator.element(view));
          return name;
        });
  }

  /** A scalar operand as a float, also where it is a bf16. */
  private static String real(String scalar, View view) {
    if (view.type() != DType.BF16) {
      return scalar;
    }
    return view.root() instanceof Root.Scalar(var literal)
        ? Literals.real((float) literal.real(0))
        : "Float.intBitsToFloat(" + scalar + " << 16)";
  }

  /** The block of a view's elements. */
  Place array(View view) {
    rows.need(view.root());
    Place own = made.get(view.root());
    if (own != null) {
      return own;
    }
    String scalar = scalar(view);
    if (scalar != null) {
      return loaded.computeIfAbsent(
          view,
          v -> line(block.scratch(Locator.storage(view)), List.of(), Types.VEC, "fill", scalar));
    }
    if (view.isContiguous() && !(view.root() instanceof Root.Scalar)) {
      return loaded.computeIfAbsent(view, this::memory);
    }
    return loaded.computeIfAbsent(
        view, v -> v.root() instanceof Root.Counter ? counter(v) : load(v));
  }

  /** An iota; where all blocks see the same numbers, they are counted once. */
  private Place counter(View view) {
    if (stride == 0 || stride % period(view) != 0) {
      return counted(view);
    }
    String oldStart = start;
    String oldLength = length;
    start = "0";
    length = Long.toString(stride);
    once = true;
    Place place = counted(view);
    once = false;
    start = oldStart;
    length = oldLength;
    return place;
  }

  /** After so many elements a view's repeat. */
  private static long period(View view) {
    int dim = 0;
    while (dim < view.dims().size()
        && (view.strides().get(dim) == 0 || view.dims().get(dim) == 1)) {
      dim++;
    }
    return view.dims().subList(dim, view.dims().size()).stream().reduce(1L, (a, b) -> a * b);
  }

  private Place memory(View view) {
    String offset = offset(view);
    return Place.memory(
        Locator.storage(view),
        locator.array(view),
        start.equals("0") ? offset : offset + " + " + start);
  }

  /** An offset that is the same for all blocks, computed once where it takes computing. */
  String offset(View view) {
    String offset = locator.offset(view);
    if (view.terms().isEmpty()) {
      return offset;
    }
    String name = "at" + offsets++;
    hoisted.addStatement("int $L = $L", name, offset);
    return name;
  }

  private Place load(View view) {
    View dense = view.coalesced();
    Place to = block.scratch(Locator.storage(view));
    String offset = offset(view);
    String from = locator.array(view) + ", " + offset;
    String dims = locator.constants().ints(dense.dims());
    String strides = locator.constants().ints(dense.strides());
    block.line(
        List.of(),
        to,
        () ->
            statement(
                Types.MOVE, "load", List.of(from, dims, strides, start, length, to.arguments())));
    return to;
  }

  /** An iota: counts along dims, each times its stride, summed. */
  private Place counted(View view) {
    View dense = view.coalesced();
    String first = locator.offset(view);
    Place sum = null;
    for (int dim = 0; dim < dense.dims().size(); dim++) {
      long stride = dense.strides().get(dim);
      if (stride == 0) {
        continue;
      }
      Place count = block.scratch(Storage.S32);
      String dims = locator.constants().ints(dense.dims());
      List<String> which = List.of(dims, Integer.toString(dim), start, length);
      add(
          count,
          List.of(),
          () -> {
            List<String> all = new ArrayList<>(which);
            all.add(count.arguments());
            return statement(Types.MOVE, "iota", all);
          });
      Place scaled =
          stride == 1 ? count : into(Storage.S32, Types.VEC, "multiply", count, stride + "");
      sum = sum == null ? scaled : into(Storage.S32, sum, scaled);
    }
    if (sum == null) {
      sum = line(block.scratch(Storage.S32), List.of(), Types.VEC, "fill", first);
    } else if (!first.equals("0")) {
      sum = into(Storage.S32, Types.VEC, "add", sum, first);
    }
    Storage storage = Locator.storage(view);
    if (storage == Storage.S32) {
      return sum;
    }
    Place to = block.scratch(storage);
    return storage.isWide()
        ? wide(to, "convert", List.of(type(DType.S32), type(view.type())), List.of(sum))
        : line(to, List.of(sum), Types.CONVERT, "convert", sum);
  }

  private Place into(Storage storage, ClassName type, String kernel, Place x, String scalar) {
    return line(block.scratch(storage), List.of(x), type, kernel, x, scalar);
  }

  private Place into(Storage storage, Place x, Place y) {
    return line(block.scratch(storage), List.of(x, y), Types.VEC, "add", x, y);
  }

  /** The block as floats: bf16 is computed in f32. */
  private Place wide(Place place) {
    if (place.storage != Storage.BF16) {
      return place;
    }
    return widened.computeIfAbsent(
        place, p -> line(block.scratch(Storage.F32), List.of(p), Types.CONVERT, "convert", p));
  }

  /**
   * Adds one kernel call; arguments are places and Java expressions, then the result and the
   * length.
   */
  Place line(Place to, List<Place> reads, ClassName type, String kernel, Object... arguments) {
    String n = length;
    add(
        to,
        reads,
        () -> {
          List<Object> all = new ArrayList<>();
          for (Object argument : arguments) {
            all.add(argument instanceof Place place ? place.arguments() : argument);
          }
          all.add(to.arguments());
          all.add(n);
          return statement(type, kernel, all);
        });
    return to;
  }

  private void add(Place to, List<Place> reads, Supplier<CodeBlock> code) {
    if (once) {
      block.lineBefore(to, code);
    } else {
      block.line(reads, to, code);
    }
  }

  private static CodeBlock statement(ClassName type, String kernel, List<?> arguments) {
    return CodeBlock.builder()
        .addStatement(
            "$T.$L($L)",
            type,
            kernel,
            arguments.stream().map(a -> CodeBlock.of("$L", a)).collect(CodeBlock.joining(", ")))
        .build();
  }

  // --- elements

  private void element(Step.Element element) {
    Root.Value result = element.result();
    Storage storage = Locator.storage(result);
    Place to;
    if (locator.plan().holds(result)) {
      String offset = Integer.toString(locator.offset(result));
      to =
          Place.memory(
              storage, locator.array(result), start.equals("0") ? offset : offset + " + " + start);
    } else {
      to = block.scratch(storage);
    }
    made.put(result, to);
    if (rows.write(element, to)) {
      return;
    }
    if (storage.isWide()
        || element.operands().stream().anyMatch(v -> Locator.storage(v).isWide())) {
      wide(element, to);
      return;
    }
    if (element.op() instanceof Op.Clamp) {
      clamp(element, to);
      return;
    }
    ElementKernel kernel = ElementKernel.of(element);
    List<Object> arguments = new ArrayList<>();
    int scalars = 0;
    for (int i = 0; i < element.operands().size(); i++) {
      boolean allowed = kernel.scalars().contains(i) && scalars < kernel.atMost();
      Object operand = operand(element.operands().get(i), kernel.inFloat(), allowed);
      scalars += operand instanceof Place ? 0 : 1;
      arguments.add(operand);
    }
    arguments.addAll(kernel.more());
    compute(to, kernel.inFloat(), kernel.type(), kernel.name(), arguments);
  }

  /** A scalar expression where that is allowed and it is one, else a block. */
  private Object operand(View view, boolean inFloat, boolean scalarAllowed) {
    String scalar = scalarAllowed ? scalar(view) : null;
    if (scalar != null) {
      return inFloat ? real(scalar, view) : scalar;
    }
    return inFloat ? wide(array(view)) : array(view);
  }

  /** A kernel call; where bf16 is computed in f32, the result is rounded at once. */
  private void compute(
      Place to, boolean inFloat, ClassName type, String kernel, List<Object> arguments) {
    List<Place> reads = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof Place place) {
        reads.add(place);
      }
    }
    boolean narrow = inFloat && to.storage == Storage.BF16;
    Place computed = narrow ? block.scratch(Storage.F32) : to;
    line(computed, reads, type, kernel, arguments.toArray());
    if (narrow) {
      line(to, List.of(computed), Types.CONVERT, "convert", computed);
    }
  }

  /** The kernel takes scalar bounds; others are a maximum and a minimum. */
  private void clamp(Step.Element element, Place to) {
    DType type = element.result().shape().type();
    boolean inFloat = type == DType.BF16;
    String suffix = type == DType.U32 ? "Unsigned" : "";
    Object low = operand(element.operands().get(0), inFloat, true);
    Object x = operand(element.operands().get(1), inFloat, false);
    Object high = operand(element.operands().get(2), inFloat, true);
    if (low instanceof Place || high instanceof Place) {
      Place raised = block.scratch(to.storage == Storage.BF16 ? Storage.F32 : to.storage);
      compute(raised, inFloat, Types.VEC, "maximum" + suffix, List.of(x, low));
      compute(to, inFloat, Types.VEC, "minimum" + suffix, List.of(raised, high));
    } else {
      compute(to, inFloat, Types.SELECT, "clamp" + suffix, List.of(low, x, high));
    }
  }

  // --- element types without vector kernels

  /** All operands are blocks. */
  private void wide(Step.Element element, Place to) {
    DType type = element.operands().getLast().type();
    List<Place> in = element.operands().stream().map(this::array).toList();
    switch (element.op()) {
      case Op.Unary(Op.UnaryKind kind) when kind == Op.UnaryKind.IS_FINITE ->
          wide(to, "isFinite", List.of(), in);
      case Op.Unary(Op.UnaryKind kind) ->
          wide(to, "unary", List.of(constant(Types.UNARY_KIND, kind), type(type)), in);
      case Op.Binary(Op.BinaryKind kind) -> wide(to, kind, type, in);
      case Op.Compare c ->
          wide(to, "compare", List.of(constant(Types.DIRECTION, c.direction()), type(type)), in);
      case Op.Select s -> wide(to, "select", List.of(), in);
      case Op.Clamp c -> {
        Place raised =
            wide(
                block.scratch(to.storage),
                Op.BinaryKind.MAXIMUM,
                type,
                List.of(in.get(0), in.get(1)));
        wide(to, Op.BinaryKind.MINIMUM, type, List.of(raised, in.get(2)));
      }
      case Op.Convert c -> wide(to, "convert", List.of(type(type), type(c.type())), in);
      case Op.BitcastConvert b -> wide(to, "bitcast", List.of(type(type), type(b.type())), in);
      default -> throw new IllegalStateException(element.op() + " is not elementwise");
    }
  }

  private Place wide(Place to, Op.BinaryKind kind, DType type, List<Place> in) {
    return wide(to, "binary", List.of(constant(Types.BINARY_KIND, kind), type(type)), in);
  }

  private Place wide(Place to, String kernel, List<CodeBlock> kinds, List<Place> in) {
    return line(to, in, Types.WIDE, kernel, Stream.concat(kinds.stream(), in.stream()).toArray());
  }

  private static CodeBlock type(DType type) {
    return constant(Types.DTYPE, type);
  }

  private static CodeBlock constant(ClassName type, Enum<?> value) {
    return CodeBlock.of("$T.$L", type, value.name());
  }

  // --- folds

  private CodeBlock identities() {
    CodeBlock.Builder code = CodeBlock.builder();
    for (Step.Fold fold : loop.folds()) {
      long count = fold.result().shape().elements();
      if (count > 0) {
        code.addStatement(
            "$T.fill($L, $L, $L, $L)",
            Types.VEC,
            Literals.identity(fold.op().combiner(), fold.result().shape().type()),
            locator.array(fold.result()),
            locator.offset(fold.result()),
            count);
      }
    }
    return code.build();
  }

  private void fold(Step.Fold fold, Place operand, int index, boolean rowLoop) {
    DType type = fold.result().shape().type();
    Combiner combiner = fold.op().combiner();
    if (rowLoop) {
      block.line(
          List.of(operand),
          null,
          () ->
              CodeBlock.builder()
                  .addStatement(
                      "sum$L = $L, $L, n, sum$L)",
                      index,
                      FoldCode.start("block", combiner, type),
                      operand.arguments(),
                      index)
                  .build());
      return;
    }
    if (!locator.plan().holds(fold.result())) {
      return;
    }
    String rows =
        start.equals("0") ? Long.toString(loop.n() / fold.reduced()) : "n / " + fold.reduced();
    int first = locator.offset(fold.result());
    String at = start.equals("0") ? "" + first : first + " + i / " + fold.reduced();
    Storage storage = Locator.storage(fold.result());
    boolean narrow = storage == Storage.BF16;
    Place memory = Place.memory(storage, locator.array(fold.result()), at);
    Place to = narrow ? block.scratch(Storage.F32) : memory;
    block.line(
        List.of(operand),
        to,
        () ->
            CodeBlock.builder()
                .addStatement(
                    "$L, $L, $L, $L, 1, $L)",
                    FoldCode.start("reduce", combiner, type),
                    operand.arguments(),
                    rows,
                    fold.reduced(),
                    to.arguments())
                .build());
    if (narrow) {
      block.line(
          // The operand is read here too, so that the sums do not overwrite it.
          List.of(to, operand),
          memory,
          () ->
              statement(
                  Types.CONVERT, "convert", List.of(to.arguments(), memory.arguments(), rows)));
    }
  }

  /** Rows longer than a block: each is folded block by block. */
  private CodeBlock rows(long reduced, CodeBlock lines) {
    CodeBlock.Builder code = CodeBlock.builder();
    String from = split ? "from" : "0";
    String end = split ? "end" : Long.toString(loop.n() / reduced);
    code.beginControlFlow("for (int row = $L; row < $L; row++)", from, end);
    for (int i = 0; i < loop.folds().size(); i++) {
      Step.Fold fold = loop.folds().get(i);
      DType type = fold.result().shape().type();
      DType computed = type == DType.BF16 ? DType.F32 : type;
      code.addStatement(
          "$L sum$L = $L",
          Literals.javaType(Storage.of(computed)),
          i,
          Literals.identity(fold.op().combiner(), computed));
    }
    code.beginControlFlow("for (int column = 0; column < $L; column += $L)", reduced, BLOCK);
    code.addStatement("int i = row * $L + column", reduced);
    code.addStatement("int n = Math.min($L, $L - column)", BLOCK, reduced);
    code.add(lines).endControlFlow();
    for (int i = 0; i < loop.folds().size(); i++) {
      Root.Value result = loop.folds().get(i).result();
      if (!locator.plan().holds(result)) {
        continue;
      }
      String at = locator.offset(result) + " + row";
      if (Locator.storage(result) == Storage.BF16) {
        code.addStatement(
            "$T.convert(new float[] {sum$L}, 0, d.bf16, $L, 1)", Types.CONVERT, i, at);
      } else if (result.shape().type() == DType.F16) {
        code.addStatement(
            "$L[$L] = $T.round($T.F16, sum$L)",
            locator.array(result),
            at,
            Types.LITERAL,
            Types.DTYPE,
            i);
      } else {
        code.addStatement("$L[$L] = sum$L", locator.array(result), at, i);
      }
    }
    return code.endControlFlow().build();
  }
}
