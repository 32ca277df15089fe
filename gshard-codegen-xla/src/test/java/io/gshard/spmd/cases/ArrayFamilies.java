package io.gshard.spmd.cases;

import static io.gshard.spmd.cases.CaseBuilder.with;

import io.gshard.spmd.cases.CaseBuilder.Named;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Cases around ops that compute element by element, or put elements elsewhere. */
final class ArrayFamilies {
  private ArrayFamilies() {}

  static void unary(CaseBuilder b) {
    DType type = b.floating();
    Named x = b.parameter(type, b.dims(), new Values.Reals(0.1, 2));
    String op =
        b.pick(
            "exponential",
            "exponential-minus-one",
            "log",
            "log-plus-one",
            "sqrt",
            "rsqrt",
            "cbrt",
            "tanh",
            "logistic",
            "sine",
            "cosine",
            "tan",
            "floor",
            "ceil",
            "round-nearest-afz",
            "round-nearest-even",
            "abs",
            "negate",
            "sign",
            "erf");
    Named y = b.op(type, x.dims(), "%s(%s)", op, x);
    b.result(b.op(type, x.dims(), "%s(%s)", b.pick("negate", "abs", "sign"), y));
    b.result(b.op(DType.PRED, x.dims(), "is-finite(%s)", y));
  }

  static void integers(CaseBuilder b) {
    DType type = b.integer();
    Named x = b.parameter(type, b.dims());
    Named y = b.parameter(type, x.dims());
    String op =
        b.pick(
            "and",
            "or",
            "xor",
            "shift-left",
            "shift-right-logical",
            "shift-right-arithmetic",
            "add",
            "multiply",
            "divide",
            "remainder",
            "power");
    Named z = b.op(type, x.dims(), "%s(%s, %s)", op, x, y);
    String last = b.pick("not", "popcnt", "count-leading-zeros", "sign", "negate", "abs");
    // StableHLO, through which XLA is asked, knows neither of unsigned numbers.
    boolean refused = last.equals("abs") || last.equals("sign");
    last = refused && type.kind() == DType.Kind.UNSIGNED ? "not" : last;
    b.result(b.op(type, x.dims(), "%s(%s)", last, z));
  }

  static void binary(CaseBuilder b) {
    DType type = b.number();
    Named x = b.parameter(type, b.dims());
    Named y = b.parameter(type, x.dims());
    String op = b.pick("add", "subtract", "multiply", "divide", "maximum", "minimum", "remainder");
    Named z = b.op(type, x.dims(), "%s(%s, %s)", op, x, y);
    b.result(b.op(type, x.dims(), "%s(%s, %s)", b.pick("add", "maximum"), z, x));
  }

  static void compareSelect(CaseBuilder b) {
    DType type = b.any();
    Named x = b.parameter(type, b.dims());
    Named y = b.parameter(type, x.dims());
    String direction = b.pick("EQ", "NE", "LT", "LE", "GT", "GE");
    Named p = b.op(DType.PRED, x.dims(), "compare(%s, %s), direction=%s", x, y, direction);
    b.result(b.op(type, x.dims(), "select(%s, %s, %s)", p, x, y));
    b.result(b.op(DType.PRED, x.dims(), "not(%s)", p));
  }

  static void clamp(CaseBuilder b) {
    DType type = b.number();
    Named x = b.parameter(type, b.dims());
    boolean scalars = b.flip();
    List<Long> bounds = scalars ? List.of() : x.dims();
    Named low = b.parameter(type, bounds, new Values.Range(0, 2));
    Named high = b.parameter(type, bounds, new Values.Range(2, 4));
    b.result(b.op(type, x.dims(), "clamp(%s, %s, %s)", low, x, high));
  }

  static void convert(CaseBuilder b) {
    DType from = b.any();
    DType to = b.any();
    Named x = b.parameter(from, b.dims());
    Named y = b.op(to, x.dims(), "convert(%s)", x);
    b.result(b.op(from, x.dims(), "convert(%s)", y));
    b.result(y);
    if (from == DType.F32) {
      b.result(b.op(DType.S32, x.dims(), "bitcast-convert(%s)", x));
    }
  }

  /** Conversions and comparisons at the ends of ranges. */
  static void extremes(CaseBuilder b) {
    DType from = b.any();
    DType to = b.any();
    Named x = b.parameter(from, b.dims(), new Values.Extremes());
    Named y = b.parameter(from, x.dims(), new Values.Extremes());
    b.result(b.op(to, x.dims(), "convert(%s)", x));
    b.result(b.op(from, x.dims(), "%s(%s, %s)", b.pick("maximum", "minimum"), x, y));
    String direction = b.pick("EQ", "NE", "LT", "LE", "GT", "GE");
    b.result(b.op(DType.PRED, x.dims(), "compare(%s, %s), direction=%s", x, y, direction));
  }

  /** Arithmetic that overflows, divides by zero, shifts too far. */
  static void overflow(CaseBuilder b) {
    DType type = b.integer();
    Named x = b.parameter(type, b.dims(), new Values.Extremes());
    Named y = b.parameter(type, x.dims(), new Values.Extremes());
    // StableHLO has no sign of unsigned numbers.
    boolean signed = type.kind() == DType.Kind.SIGNED;
    String last = signed ? b.pick("negate", "sign", "not", "popcnt") : b.pick("not", "popcnt");
    String op =
        b.pick(
            "add",
            "subtract",
            "multiply",
            "divide",
            "remainder",
            "shift-left",
            "shift-right-logical",
            "shift-right-arithmetic");
    b.result(b.op(type, x.dims(), "%s(%s, %s)", op, x, y));
    b.result(b.op(type, x.dims(), "%s(%s)", last, x));
  }

  static void broadcast(CaseBuilder b) {
    DType type = b.any();
    List<Long> to = b.dims(b.between(1, 3));
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < to.size(); i++) {
      if (b.flip()) {
        dims.add(i);
      }
    }
    Named x = b.parameter(type, dims.stream().map(to::get).toList());
    Named y = b.op(type, to, "broadcast(%s), dimensions={%s}", x, Tiling.join(dims));
    Named z = b.parameter(type, to);
    String op = type == DType.PRED ? "xor" : "add";
    b.result(b.op(type, to, "%s(%s, %s)", op, y, z));
    b.result(y);
  }

  static void iota(CaseBuilder b) {
    DType type = b.number();
    List<Long> dims = b.dims();
    Named i = b.op(type, dims, "iota(), iota_dimension=%s", b.below(dims.size()));
    b.result(b.op(type, dims, "add(%s, %s)", i, b.parameter(type, dims)));
    b.result(i);
  }

  static void constant(CaseBuilder b) {
    DType type = b.number();
    long rows = b.size();
    List<Long> dims = b.flip() ? List.of(rows) : List.of(rows, 3L);
    Named c = b.op(type, dims, "constant(%s)", literal(b, dims, 0));
    b.result(b.op(type, dims, "multiply(%s, %s)", c, b.parameter(type, dims)));
  }

  private static String literal(CaseBuilder b, List<Long> dims, int at) {
    if (at == dims.size()) {
      return String.valueOf(b.below(9));
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < dims.get(at); i++) {
      parts.add(literal(b, dims, at + 1));
    }
    return "{" + String.join(", ", parts) + "}";
  }

  /** Splits one dim, merges two, or both at once, where sizes divide and where they do not. */
  static void reshape(CaseBuilder b) {
    DType type = b.any();
    long a = b.size(1, 2, 3, 4, 5, 6, 8);
    long c = b.size(1, 2, 3, 4, 6, 7, 8);
    long d = b.size(1, 2, 3, 4, 5);
    List<List<Long>> forms =
        List.of(
            List.of(a, c, d),
            List.of(a * c, d),
            List.of(a, c * d),
            List.of(a * c * d),
            List.of(a, c, 1L, d),
            List.of(d, c, a),
            List.of(c, a * d));
    List<Long> from = forms.get(b.below(forms.size()));
    List<Long> to = forms.get(b.below(forms.size()));
    Named x = b.parameter(type, from);
    Named y = b.op(type, to, "reshape(%s)", x);
    b.result(y);
    b.result(b.op(type, forms.get(0), "reshape(%s)", y));
  }

  static void transpose(CaseBuilder b) {
    DType type = b.any();
    Named x = b.parameter(type, b.dims());
    List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().toList());
    Collections.shuffle(order, b.random);
    List<Long> to = order.stream().map(x.dims()::get).toList();
    b.result(b.op(type, to, "transpose(%s), dimensions={%s}", x, Tiling.join(order)));
  }

  static void reverse(CaseBuilder b) {
    DType type = b.any();
    Named x = b.parameter(type, b.dims());
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      if (b.below(3) > 0) {
        dims.add(i);
      }
    }
    Named y = b.op(type, x.dims(), "reverse(%s), dimensions={%s}", x, Tiling.join(dims));
    b.result(y);
  }

  static void concatenate(CaseBuilder b) {
    DType type = b.any();
    List<Long> dims = b.dims();
    int dim = b.below(dims.size());
    int count = b.between(2, 4);
    List<Named> parts = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < count; i++) {
      Named part = b.parameter(type, with(dims, dim, b.flip() ? dims.get(dim) : b.size()));
      total += part.dim(dim);
      parts.add(part);
    }
    b.result(
        b.op(
            type,
            with(dims, dim, total),
            "concatenate(%s), dimensions={%s}",
            Tiling.join(parts),
            dim));
  }

  static void slice(CaseBuilder b) {
    DType type = b.any();
    Named x = b.parameter(type, b.dims());
    Named y = slice(b, x);
    b.result(b.op(type, y.dims(), "%s(%s)", type == DType.PRED ? "not" : "negate", y));
  }

  private static Named slice(CaseBuilder b, Named x) {
    List<String> parts = new ArrayList<>();
    List<Long> dims = new ArrayList<>();
    for (long size : x.dims()) {
      long start = b.below((int) size);
      long limit = start + 1 + b.below((int) (size - start));
      long stride = b.pick(1, 1, 2, 3);
      if (b.below(4) == 0) {
        start = 0;
        limit = size;
        stride = b.pick(1, 2);
      }
      parts.add("[%d:%d:%d]".formatted(start, limit, stride));
      dims.add((limit - start + stride - 1) / stride);
    }
    return b.op(x.type(), dims, "slice(%s), slice={%s}", x, String.join(", ", parts));
  }

  static void pad(CaseBuilder b) {
    DType type = b.any();
    Named x = b.parameter(type, b.dims());
    Named value = b.parameter(type, List.of());
    b.result(pad(b, x, value));
  }

  private static Named pad(CaseBuilder b, Named x, Named value) {
    List<String> parts = new ArrayList<>();
    List<Long> dims = new ArrayList<>();
    for (long size : x.dims()) {
      long interior = b.pick(0, 0, 0, 1, 2);
      long spread = size + (size - 1) * interior;
      long low = b.pick(0, 0, 1, 2, 5, -1, -2);
      long high = b.pick(0, 0, 1, 3, 7, -1, -2);
      low = Math.max(low, 1 - spread);
      high = Math.max(high, 1 - spread - Math.min(low, 0));
      high = Math.max(high, 1 - spread - low);
      parts.add("%d_%d_%d".formatted(low, high, interior));
      dims.add(spread + low + high);
    }
    return b.op(x.type(), dims, "pad(%s, %s), padding=%s", x, value, String.join("x", parts));
  }

  /** Several ops in a row, so that what one leaves in its padding reaches the next. */
  static void chain(CaseBuilder b) {
    DType type = b.number();
    Named x = b.parameter(type, b.dims());
    int length = b.between(2, 5);
    for (int i = 0; i < length; i++) {
      x = step(b, x);
    }
    b.result(x);
    if (x.shape().elements() > 0) {
      // Long sums of narrow floats depend on how often they are rounded.
      boolean narrow = type.isFloating() && type.bits() == 16;
      Named start = b.scalar(type, narrow ? "-inf" : "0");
      String all = Tiling.join(IntStream.range(0, x.rank()).boxed().toList());
      String fold = b.fold(narrow ? "maximum" : "add", type);
      String call = "reduce(%s, %s), dimensions={%s}, to_apply=%s";
      b.result(b.op(type, List.of(), call, x, start, all, fold));
    }
  }

  private static Named step(CaseBuilder b, Named x) {
    return switch (b.below(8)) {
      case 0 -> slice(b, x);
      case 1 -> pad(b, x, b.scalar(x.type(), "1"));
      case 2 -> b.op(x.type(), x.dims(), "reverse(%s), dimensions={%s}", x, b.below(x.rank()));
      case 3 -> {
        List<Long> to = x.dims().reversed();
        List<Integer> order = IntStream.range(0, x.rank()).boxed().toList().reversed();
        yield b.op(x.type(), to, "transpose(%s), dimensions={%s}", x, Tiling.join(order));
      }
      case 4 -> {
        int dim = b.below(x.rank());
        yield b.op(
            x.type(),
            with(x.dims(), dim, 2 * x.dim(dim)),
            "concatenate(%s, %s), dimensions={%s}",
            x,
            x,
            dim);
      }
      case 5 -> b.op(x.type(), List.of(x.shape().elements()), "reshape(%s)", x);
      default -> b.op(x.type(), x.dims(), "add(%s, %s)", x, x);
    };
  }

  static void dynamicSlice(CaseBuilder b) {
    DType type = b.any();
    Named x = b.parameter(type, b.dims());
    List<Long> sizes = new ArrayList<>();
    for (long size : x.dims()) {
      sizes.add(b.pick(size, 1L, 1 + (long) b.below((int) size)));
    }
    String starts = starts(b, x.rank());
    b.result(
        b.op(
            type,
            sizes,
            "dynamic-slice(%s, %s), dynamic_slice_sizes={%s}",
            x,
            starts,
            Tiling.join(sizes)));
  }

  static void dynamicUpdateSlice(CaseBuilder b) {
    DType type = b.any();
    Named x = b.parameter(type, b.dims());
    List<Long> sizes = new ArrayList<>();
    for (long size : x.dims()) {
      sizes.add(b.pick(size, 1L, 1 + (long) b.below((int) size)));
    }
    Named update = b.parameter(type, sizes);
    String starts = starts(b, x.rank());
    b.result(b.op(type, x.dims(), "dynamic-update-slice(%s, %s, %s)", x, update, starts));
  }

  /** Scalar indices, often out of range; parameters or constants. */
  private static String starts(CaseBuilder b, int rank) {
    List<Named> starts = new ArrayList<>();
    DType index = b.pick(DType.S32, DType.S32, DType.S64, DType.U32);
    boolean constants = b.below(4) == 0;
    for (int i = 0; i < rank; i++) {
      int low = index == DType.U32 ? 0 : -3;
      starts.add(
          constants
              ? b.scalar(index, String.valueOf(b.between(low, 12)))
              : b.parameter(index, List.of(), new Values.Range(low, 12)));
    }
    return Tiling.join(starts);
  }

  static void rng(CaseBuilder b) {
    DType type = b.pick(DType.F32, DType.F32, DType.S32);
    List<Long> dims = b.dims();
    Named low = b.scalar(type, "1");
    Named high = b.scalar(type, "3");
    Named drawn = b.op(type, dims, "rng(%s, %s), distribution=rng_uniform", low, high);
    b.result(drawn, false);
    // Whatever is drawn lies in its range.
    Named floor = b.op(type, dims, "broadcast(%s), dimensions={}", low);
    b.result(b.op(DType.PRED, dims, "compare(%s, %s), direction=GE", drawn, floor));
  }

  static void rngBits(CaseBuilder b) {
    DType type = b.pick(DType.U32, DType.U32, DType.U64, DType.U16, DType.U8);
    String algorithm = b.pick("rng_three_fry", "rng_philox");
    Shape state = Shape.of(DType.U64, algorithm.endsWith("philox") ? 3 : 2);
    Named before = b.parameter(DType.U64, state.dims(), new Values.Range(0, 1 << 30));
    Shape shape = new Shape(type, b.dims());
    List<Named> parts =
        b.tuple(List.of(state, shape), "rng-bit-generator(%s), algorithm=%s", before, algorithm);
    parts.forEach(b::result);
  }

  static void map(CaseBuilder b) {
    DType type = b.number();
    Named x = b.parameter(type, b.dims());
    Named y = b.parameter(type, x.dims());
    String dims = Tiling.join(IntStream.range(0, x.rank()).boxed().toList());
    String computation = b.fold(b.pick("add", "maximum", "subtract"), type);
    b.result(
        b.op(type, x.dims(), "map(%s, %s), dimensions={%s}, to_apply=%s", x, y, dims, computation));
  }

  static void reducePrecision(CaseBuilder b) {
    DType type = b.pick(DType.F32, DType.F32, DType.F64, DType.BF16);
    Named x = b.parameter(type, b.dims());
    b.result(
        b.op(
            type,
            x.dims(),
            "reduce-precision(%s), exponent_bits=%s, mantissa_bits=%s",
            x,
            b.between(3, 8),
            b.between(2, 7)));
  }

  static void complex(CaseBuilder b) {
    boolean wide = b.flip();
    DType part = wide ? DType.F64 : DType.F32;
    DType type = wide ? DType.C128 : DType.C64;
    Named re = b.parameter(part, b.dims());
    Named im = b.parameter(part, re.dims());
    Named z = b.op(type, re.dims(), "complex(%s, %s)", re, im);
    Named w = b.parameter(type, re.dims());
    Named product = b.op(type, re.dims(), "%s(%s, %s)", b.pick("multiply", "add"), z, w);
    b.result(b.op(part, re.dims(), "%s(%s)", b.pick("real", "imag", "abs"), product));
    b.result(product);
    int dim = b.below(re.rank());
    Named zero = b.plain(type, List.of(), "constant((0, 0))");
    b.result(
        b.op(
            type,
            CaseBuilder.without(re.dims(), dim),
            "reduce(%s, %s), dimensions={%s}, to_apply=%s",
            product,
            zero,
            dim,
            b.fold("add", type)));
  }

  static void barrier(CaseBuilder b) {
    DType type = b.any();
    Named x = b.parameter(type, b.dims());
    Named y = b.op(type, x.dims(), "opt-barrier(%s)", x);
    Named z = b.op(type, x.dims(), "copy(%s)", y);
    Named dim0 = b.op(type, z.dims(), "copy(%s)", z);
    b.result(dim0);
    b.result(b.op(DType.PRED, x.dims(), "compare(%s, %s), direction=EQ", x, dim0));
  }
}
