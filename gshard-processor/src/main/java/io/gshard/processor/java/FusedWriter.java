package io.gshard.processor.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import io.gshard.memory.Storage;
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
 * Writes the body of a fused loop: blocks of at most {@link Step.Fused#BLOCK} elements, one kernel
 * call per op.
 */
final class FusedWriter {
  private static final int BLOCK = Step.Fused.BLOCK;

  /**
   * What a block covers: of all elements, or of what has one element for each row.
   *
   * @param start where the block starts, as a Java expression
   * @param length how long it is, as a Java expression
   * @param stride how far apart blocks start; 0 where they are not all alike
   * @param perRow whether there is one element for each row
   */
  private record Span(String start, String length, long stride, boolean perRow) {
    Span perRow(long row) {
      return start.equals("0")
          ? new Span("0", Long.toString(Long.parseLong(length) / row), 0, true)
          : new Span(start + " / " + row, length + " / " + row, stride / row, true);
    }
  }

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

  /** Of all elements, and of what the stage that is being written goes over. */
  private Span whole = new Span("i", "n", 0, false);

  private Span span = whole;

  /** Whether lines are written that run once, before the first block. */
  private boolean once;

  private int offsets;
  private int sums;

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
    long row = loop.row();
    boolean longRows = row > BLOCK;
    long step = longRows ? 0 : BLOCK / row * row;
    whole =
        loop.n() <= BLOCK
            ? new Span("0", Long.toString(loop.n()), 0, false)
            : new Span("i", "n", step, false);
    for (Step.Stage stage : loop.stages()) {
      span = whole;
      switch (stage) {
        case Step.Element e -> element(e);
        case Step.Fold f when longRows -> foldBlock(f);
        case Step.Fold f -> fold(f);
      }
    }
    CodeBlock before = block.writeBefore();
    CodeBlock lines = block.write();
    CodeBlock.Builder code =
        CodeBlock.builder().add(hoisted.build()).add(block.declarations()).add(before);
    if (loop.n() <= BLOCK) {
      return code.add(lines).build();
    }
    if (longRows) {
      return code.add(rows(row, lines)).build();
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

  /** Where the block starts, as a Java expression. */
  String start() {
    return span.start;
  }

  // --- operands

  /** The block of what an earlier stage made; null for all else. */
  Place made(View view) {
    return made.get(view.root());
  }

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
      return view.isWhole() ? own : loaded.computeIfAbsent(view, v -> alongRows(v, own));
    }
    String scalar = scalar(view);
    if (scalar != null) {
      return loaded.computeIfAbsent(
          view, v -> line(scratch(Locator.storage(view)), List.of(), Types.VEC, "fill", scalar));
    }
    if (view.isContiguous() && !(view.root() instanceof Root.Scalar)) {
      return loaded.computeIfAbsent(view, this::memory);
    }
    return loaded.computeIfAbsent(
        view, v -> v.root() instanceof Root.Counter ? counter(v) : load(v));
  }

  /** Each number of a block of rows, repeated along its row. */
  private Place alongRows(View view, Place numbers) {
    Place to = scratch(Locator.storage(view));
    String dims = locator.constants().ints(List.of(Math.max(1, BLOCK / loop.row()), loop.row()));
    String strides = locator.constants().ints(List.of(1L, 0L));
    String n = span.length;
    block.line(
        List.of(numbers),
        to,
        () ->
            statement(
                Types.MOVE,
                "load",
                List.of(numbers.arguments(), dims, strides, 0, n, to.arguments())));
    return to;
  }

  private Place scratch(Storage storage) {
    return block.scratch(storage, span.perRow);
  }

  /** An iota; where all blocks see the same numbers, they are counted once. */
  private Place counter(View view) {
    Span all = span;
    if (all.stride == 0 || all.stride % period(view) != 0) {
      return counted(view);
    }
    span = new Span("0", Long.toString(all.stride), 0, all.perRow);
    once = true;
    Place place = counted(view);
    once = false;
    span = all;
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
    return Place.memory(Locator.storage(view), locator.array(view), moving(offset(view)));
  }

  /** An offset that moves along with the blocks. */
  private String moving(String offset) {
    return span.start.equals("0") ? offset : offset + " + " + span.start;
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
    Place to = scratch(Locator.storage(view));
    String offset = offset(view);
    String from = locator.array(view) + ", " + offset;
    String dims = locator.constants().ints(dense.dims());
    String strides = locator.constants().ints(dense.strides());
    Span all = span;
    block.line(
        List.of(),
        to,
        () ->
            statement(
                Types.MOVE,
                "load",
                List.of(from, dims, strides, all.start, all.length, to.arguments())));
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
      Place count = scratch(Storage.S32);
      String dims = locator.constants().ints(dense.dims());
      List<String> which = List.of(dims, Integer.toString(dim), span.start, span.length);
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
      sum = line(scratch(Storage.S32), List.of(), Types.VEC, "fill", first);
    } else if (!first.equals("0")) {
      sum = into(Storage.S32, Types.VEC, "add", sum, first);
    }
    Storage storage = Locator.storage(view);
    if (storage == Storage.S32) {
      return sum;
    }
    Place to = scratch(storage);
    return storage.isWide()
        ? wide(to, "convert", List.of(type(DType.S32), type(view.type())), List.of(sum))
        : line(to, List.of(sum), Types.CONVERT, "convert", sum);
  }

  private Place into(Storage storage, ClassName type, String kernel, Place x, String scalar) {
    return line(scratch(storage), List.of(x), type, kernel, x, scalar);
  }

  private Place into(Storage storage, Place x, Place y) {
    return line(scratch(storage), List.of(x, y), Types.VEC, "add", x, y);
  }

  /** The block as floats: bf16 is computed in f32. */
  private Place wide(Place place) {
    if (place.storage != Storage.BF16) {
      return place;
    }
    return widened.computeIfAbsent(
        place, p -> line(scratch(Storage.F32), List.of(p), Types.CONVERT, "convert", p));
  }

  /**
   * Adds one kernel call; arguments are places and Java expressions, then the result and the
   * length.
   */
  Place line(Place to, List<Place> reads, ClassName type, String kernel, Object... arguments) {
    String n = span.length;
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
    if (result.shape().elements() != loop.n()) {
      span = whole.perRow(loop.row());
    }
    Storage storage = Locator.storage(result);
    Place to = result(result);
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

  /** Where a stage leaves its block: in memory if anyone else reads it. */
  private Place result(Root.Value result) {
    Storage storage = Locator.storage(result);
    Place to =
        locator.plan().holds(result)
            ? Place.memory(
                storage, locator.array(result), moving(Integer.toString(locator.offset(result))))
            : scratch(storage);
    made.put(result, to);
    return to;
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
    Place computed = narrow ? scratch(Storage.F32) : to;
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
      Place raised = scratch(to.storage == Storage.BF16 ? Storage.F32 : to.storage);
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
            wide(scratch(to.storage), Op.BinaryKind.MAXIMUM, type, List.of(in.get(0), in.get(1)));
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

  /** Folds the rows of a block. */
  private void fold(Step.Fold fold) {
    Place operand = wide(array(fold.operand()));
    span = whole.perRow(loop.row());
    Place to = result(fold.result());
    boolean narrow = to.storage == Storage.BF16;
    Place folded = narrow ? scratch(Storage.F32) : to;
    CodeBlock start = FoldCode.start("reduce", fold.op().combiner(), fold.result().shape().type());
    String count = span.length;
    block.line(
        List.of(operand),
        folded,
        () ->
            CodeBlock.builder()
                .addStatement(
                    "$L, $L, $L, $L, 1, $L)",
                    start,
                    operand.arguments(),
                    count,
                    loop.row(),
                    folded.arguments())
                .build());
    if (narrow) {
      line(to, List.of(folded), Types.CONVERT, "convert", folded);
    }
  }

  /** Folds a block into the sum of a row that is longer. */
  private void foldBlock(Step.Fold fold) {
    Place operand = wide(array(fold.operand()));
    CodeBlock start = FoldCode.start("block", fold.op().combiner(), fold.result().shape().type());
    int index = sums++;
    block.line(
        List.of(operand),
        null,
        () ->
            CodeBlock.builder()
                .addStatement("sum$L = $L, $L, n, sum$L)", index, start, operand.arguments(), index)
                .build());
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
