package io.gshard.passes.fusion;

import io.gshard.hlo.Instruction;
import io.gshard.op.Op;
import io.gshard.passes.fusion.BlockBuilder.Origin;
import io.gshard.tensor.DType;
import io.gshard.tensor.Literal;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Lowers one op on arrays: to a view, an element of a fused loop, or a step of its own. */
final class InstructionLowering {
  /** Rows of fewer elements are gathered by a step of their own. */
  private static final int ROW = 8;

  private final BlockBuilder builder;
  private final Set<Root> variant;

  InstructionLowering(BlockBuilder builder, Set<Root> variant) {
    this.builder = builder;
    this.variant = variant;
  }

  View lower(Instruction instruction, List<View> in) {
    Origin origin = Lowering.origin(instruction);
    Shape shape = instruction.shape();
    return switch (instruction.op()) {
      case Op.Constant c -> constant(c.value());
      case Op.Iota i -> iota(i);
      case Op.Unary u -> builder.element(u, in, shape, origin);
      case Op.Binary b -> builder.element(b, in, shape, origin);
      case Op.Compare c -> builder.element(c, in, shape, origin);
      case Op.Select s -> builder.element(s, in, shape, origin);
      case Op.Clamp c -> clamp(c, in, shape, origin);
      case Op.Convert c -> convert(in.getFirst(), c.type(), origin);
      case Op.BitcastConvert b ->
          sameBits(in.getFirst().type(), b.type())
              ? retype(in.getFirst(), b.type())
              : builder.element(b, in, shape, origin);
      case Op.Broadcast b -> in.getFirst().broadcast(b.dims(), b.dimensions());
      case Op.Reshape r ->
          in.getFirst()
              .reshape(r.dims())
              .orElseGet(() -> builder.copy(in.getFirst(), origin).reshape(r.dims()).orElseThrow());
      case Op.Transpose t -> in.getFirst().transpose(t.permutation());
      case Op.Reverse r -> in.getFirst().reverse(r.dimensions());
      case Op.Slice s -> in.getFirst().slice(s.starts(), shape.dims(), s.strides());
      case Op.Pad p -> pad(p, in, shape, origin);
      case Op.Concatenate c -> concatenate(c, in, shape, origin);
      case Op.DynamicSlice d -> dynamicSlice(d, in, origin);
      case Op.DynamicUpdateSlice d -> update(in, shape, origin);
      case Op.Dot d -> builder.dot(d, in.get(0), in.get(1), shape, origin);
      case Op.Reduce r -> builder.reduce(r, in.getFirst(), shape, origin);
      case Op.Cumulative c -> cumulative(c, in.getFirst(), shape, origin);
      case Op.Gather g -> gather(g, in, shape, origin);
      case Op.Scatter s -> scatter(s, in, shape, origin);
      case Op.StopGradient s -> in.getFirst();
      case Op.OptimizationBarrier o -> in.getFirst().notBefore(builder.size());
      case Op.PartitionId p -> {
        Root.Value id = builder.value(shape, origin);
        yield builder.add(new Step.DeviceId(id), id);
      }
      case Op.AllReduce a -> collective(a, in.getFirst(), shape, origin);
      case Op.AllGather a -> collective(a, in.getFirst(), shape, origin);
      case Op.ReduceScatter r -> collective(r, in.getFirst(), shape, origin);
      case Op.AllToAll a -> collective(a, in.getFirst(), shape, origin);
      case Op.CollectivePermute c -> collective(c, in.getFirst(), shape, origin);
      case Op.Structural s -> throw new IllegalArgumentException(instruction + " is structural");
    };
  }

  // --- sources

  private static View constant(Literal value) {
    Shape shape = value.shape();
    for (long i = 1; i < shape.elements(); i++) {
      if (Double.compare(value.real(i), value.real(0)) != 0
          || value.integer(i) != value.integer(0)) {
        return View.dense(new Root.Table(value), shape);
      }
    }
    if (shape.elements() == 0) {
      return scalar(shape.type(), 0).broadcast(shape.dims(), List.of());
    }
    Literal one =
        shape.type().isFloating()
            ? Literal.ofReals(Shape.scalar(shape.type()), value.real(0))
            : Literal.ofIntegers(Shape.scalar(shape.type()), value.integer(0));
    return View.scalar(new Root.Scalar(one), shape.type()).broadcast(shape.dims(), List.of());
  }

  private static View scalar(DType type, double value) {
    return View.scalar(new Root.Scalar(Literal.scalar(type, value)), type);
  }

  private View iota(Op.Iota iota) {
    List<Long> strides = new ArrayList<>(Collections.nCopies(iota.shape().rank(), 0L));
    strides.set(iota.dimension(), 1L);
    return View.scalar(new Root.Counter(), iota.shape().type())
        .with(iota.shape().dims(), strides, 0);
  }

  // --- elementwise

  private View clamp(Op.Clamp op, List<View> in, Shape shape, Origin origin) {
    List<View> all = new ArrayList<>();
    for (View v : in) {
      all.add(v.dims().equals(shape.dims()) ? v : v.broadcast(shape.dims(), List.of()));
    }
    return builder.element(op, all, shape, origin);
  }

  private View convert(View x, DType type, Origin origin) {
    return sameBits(x.type(), type) ? retype(x, type) : builder.convert(x, type, origin);
  }

  /** s32 and u32 are the same bits, and converting between them wraps. */
  private static boolean sameBits(DType from, DType to) {
    return from == to || (isWord(from) && isWord(to));
  }

  private static boolean isWord(DType type) {
    return type == DType.S32 || type == DType.U32;
  }

  private static View retype(View x, DType type) {
    return switch (x.root()) {
      case Root.Scalar(Literal literal) ->
          new View(
              new Root.Scalar(wrapped(literal, type)),
              type,
              x.dims(),
              x.strides(),
              x.offset(),
              x.terms(),
              x.after());
      case Root.Table(Literal literal) ->
          new View(
              new Root.Table(wrapped(literal, type)),
              type,
              x.dims(),
              x.strides(),
              x.offset(),
              x.terms(),
              x.after());
      case Root.Counter c -> x.retyped(type);
      case Root.Value v -> x.retyped(type);
    };
  }

  private static Literal wrapped(Literal literal, DType type) {
    if (type.isFloating()) {
      return literal;
    }
    long[] values = new long[(int) literal.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = literal.integer(i);
    }
    return Literal.ofIntegers(literal.shape().withType(type), values);
  }

  // --- moving elements

  private View pad(Op.Pad pad, List<View> in, Shape shape, Origin origin) {
    View x = in.getFirst();
    List<Long> starts = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    List<Long> strides = new ArrayList<>();
    long[] dense = shape.strides();
    long offset = 0;
    for (int i = 0; i < shape.rank(); i++) {
      // Operand element e goes to low + e * step; those outside of the result are left out.
      long step = pad.interior().get(i) + 1;
      long low = pad.low().get(i);
      long first = low >= 0 ? 0 : Math.ceilDiv(-low, step);
      long last = Math.min(x.dims().get(i) - 1, Math.floorDiv(shape.dim(i) - 1 - low, step));
      starts.add(first);
      sizes.add(Math.max(0, last - first + 1));
      strides.add(dense[i] * step);
      offset += (low + first * step) * dense[i];
    }
    View inner = x.slice(starts, sizes, Collections.nCopies(shape.rank(), 1L));
    View fill = in.get(1).broadcast(shape.dims(), List.of());
    if (inner.elements() == 0) {
      return fill;
    }
    Root.Value result = builder.value(shape, origin);
    return builder.add(
        new Step.Assemble(
            "pad",
            fill,
            List.of(new Step.Part(stored(inner, origin), strides, offset, List.of())),
            result,
            origin.source()),
        result);
  }

  /** A view that can be copied from: not one of the counter. */
  private View stored(View view, Origin origin) {
    return view.root() instanceof Root.Counter ? builder.copy(view, origin) : view;
  }

  private View concatenate(Op.Concatenate c, List<View> in, Shape shape, Origin origin) {
    Root.Value result = builder.value(shape, origin);
    List<Step.Part> parts = new ArrayList<>();
    List<Long> strides = View.strides(shape);
    long at = 0;
    for (View x : in) {
      if (x.elements() > 0) {
        parts.add(
            new Step.Part(stored(x, origin), strides, at * strides.get(c.dimension()), List.of()));
      }
      at += x.dims().get(c.dimension());
    }
    return builder.add(
        new Step.Assemble("concatenate", null, parts, result, origin.source()), result);
  }

  /**
   * A view at an offset known at run time. The state of a loop is copied out instead: a late read
   * of it would keep the loop from updating it in place.
   */
  private View dynamicSlice(Op.DynamicSlice d, List<View> in, Origin origin) {
    View base = stored(in.getFirst(), origin);
    View window = base.dynamicSlice(d.sizes(), in.subList(1, in.size()));
    return variant.contains(base.root()) && !window.terms().isEmpty()
        ? builder.copy(window, origin)
        : window;
  }

  private View update(List<View> in, Shape shape, Origin origin) {
    View base = stored(in.get(0), origin);
    View update = stored(in.get(1), origin);
    View window =
        View.dense(new Root.Counter(), shape).dynamicSlice(update.dims(), in.subList(2, in.size()));
    Root.Value result = builder.value(shape, origin);
    return builder.add(
        new Step.Assemble(
            "dynamic_update_slice",
            base,
            List.of(new Step.Part(update, View.strides(shape), 0, window.terms())),
            result,
            origin.source()),
        result);
  }

  // --- steps of their own

  private View cumulative(Op.Cumulative c, View x, Shape shape, Origin origin) {
    // Kernels for running folds know f32 and words.
    DType carrier =
        switch (x.type()) {
          case BF16 -> DType.F32;
          // Of an unsigned type the identities are 0 and what is not 0, as of predicates.
          case PRED -> DType.U32;
          default -> x.type();
        };
    if (carrier != x.type()) {
      View wide = convert(x, carrier, origin);
      return convert(cumulative(c, wide, shape.withType(carrier), origin), x.type(), origin);
    }
    List<Long> dims = shape.dims();
    Root.Value result = builder.value(shape, origin);
    return builder.add(
        new Step.Cumulative(
            c,
            builder.dense(x, origin),
            product(dims.subList(0, c.dimension())),
            dims.get(c.dimension()),
            product(dims.subList(c.dimension() + 1, dims.size())),
            result),
        result);
  }

  private static long product(List<Long> dims) {
    return dims.stream().reduce(1L, Math::multiplyExact);
  }

  private View gather(Op.Gather g, List<View> in, Shape shape, Origin origin) {
    View table = builder.dense(in.get(0), origin);
    View indices = builder.dense(indices(in.get(1), origin), origin);
    if (takesRows(g, table, shape)) {
      return builder.rows(g, table, indices, shape, origin);
    }
    Root.Value result = builder.value(shape, origin);
    return builder.add(new Step.Gather(g, table, indices, result), result);
  }

  /** Kernels take indices of 32 bits and a sign; what does not fit is brought near the bounds. */
  private View indices(View x, Origin origin) {
    return switch (x.type()) {
      case S32 -> x;
      case U32, U64 -> indices(builder.convert(x, DType.S64, origin), origin);
      case S64 -> {
        List<View> bounded = List.of(integer(x, -1), x, integer(x, Integer.MAX_VALUE));
        View clamped = builder.element(new Op.Clamp(), bounded, x.shape(), origin);
        yield builder.convert(clamped, DType.S32, origin);
      }
      default -> builder.convert(x, DType.S32, origin);
    };
  }

  /** A number wherever a view has an element. */
  private static View integer(View x, long value) {
    return scalar(x.type(), value).broadcast(x.dims(), List.of());
  }

  /** Whether each window is one run of the table and of the result, and long enough for copies. */
  private static boolean takesRows(Op.Gather g, View table, Shape result) {
    int rank = result.rank();
    List<Integer> last = IntStream.range(rank - g.offsetDims().size(), rank).boxed().toList();
    return result.elements() > 0
        && product(g.sliceSizes()) >= ROW
        && g.offsetDims().equals(last)
        && table.with(g.sliceSizes(), View.strides(table.shape()), 0).isContiguous();
  }

  private View scatter(Op.Scatter s, List<View> in, Shape shape, Origin origin) {
    Root.Value result = builder.value(shape, origin);
    View base = in.getFirst();
    return builder.add(
        new Step.Scatter(
            s,
            base.root() instanceof Root.Scalar ? base : builder.dense(base, origin),
            builder.dense(indices(in.get(1), origin), origin),
            // Updates are read through their strides: what is repeated need not be copied.
            in.get(2).root() instanceof Root.Value ? in.get(2) : builder.dense(in.get(2), origin),
            result),
        result);
  }

  private View collective(Op op, View x, Shape shape, Origin origin) {
    Root.Value result = builder.value(shape, origin);
    return builder.add(new Step.Collective(op, builder.placed(x, origin), result), result);
  }
}
