package io.gshard.spmd.cases;

import static io.gshard.spmd.cases.CaseBuilder.with;
import static io.gshard.spmd.cases.CaseBuilder.without;

import io.gshard.hlo.Window;
import io.gshard.spmd.cases.CaseBuilder.Named;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Cases around reductions, windows, sorting. */
final class FoldFamilies {
  private FoldFamilies() {}

  /** An opcode that folds the type, and its start. */
  private record Fold(String opcode, String start) {}

  private static Fold fold(CaseBuilder b, DType type) {
    if (type == DType.PRED) {
      return b.pick(new Fold("and", "true"), new Fold("or", "false"));
    }
    String lowest =
        switch (type.kind()) {
          case FLOATING -> "-inf";
          case SIGNED -> String.valueOf(-1L << (type.bits() - 1));
          default -> "0";
        };
    return b.pick(new Fold("add", "0"), new Fold("add", "0"), new Fold("maximum", lowest));
  }

  static void reduce(CaseBuilder b) {
    DType type = b.any();
    Named x = b.parameter(type, b.dims(b.between(1, 4)));
    List<Integer> dims = someDims(b, x.rank());
    Fold fold = fold(b, type);
    // A start that is no identity counts once. (XLA forgets it where a single element is reduced.)
    boolean several = dims.stream().mapToLong(x::dim).reduce(1, (m, n) -> m * n) > 1;
    String start = several && b.below(4) == 0 && type != DType.PRED ? "3" : fold.start();
    b.result(
        b.op(
            type,
            without(x.dims(), dims.toArray(Integer[]::new)),
            "reduce(%s, %s), dimensions={%s}, to_apply=%s",
            x,
            b.scalar(type, start),
            Tiling.join(dims),
            b.fold(fold.opcode(), type)));
  }

  /** A computation that no single op is: a clamped sum, which still may be made in any order. */
  static void reduceRegion(CaseBuilder b) {
    DType type = b.pick(DType.S32, DType.U32, DType.S64);
    Named x = b.parameter(type, b.dims());
    List<Integer> dims = someDims(b, x.rank());
    String scalar = CaseBuilder.text(type, List.of());
    String computation =
        b.computation(
            """
            NAME {
              %%a = %1$s parameter(0)
              %%b = %1$s parameter(1)
              %%x = %1$s xor(%%a, %%b)
              %%m = %1$s and(%%a, %%b)
              ROOT %%r = %1$s or(%%x, %%m)
            }
            """
                .formatted(scalar));
    b.result(
        b.op(
            type,
            without(x.dims(), dims.toArray(Integer[]::new)),
            "reduce(%s, %s), dimensions={%s}, to_apply=%s",
            x,
            b.scalar(type, "0"),
            Tiling.join(dims),
            computation));
  }

  /** The greatest element and where it is: the first of equals. */
  static void argmax(CaseBuilder b) {
    DType type = b.pick(DType.F32, DType.S32, DType.BF16);
    Named x = b.parameter(type, b.dims(), new Values.Range(-4, 4));
    int dim = b.below(x.rank());
    Named places = b.op(DType.S32, x.dims(), "iota(), iota_dimension=%s", dim);
    List<Long> dims = without(x.dims(), dim);
    List<Named> found =
        b.tuple(
            List.of(new Shape(type, dims), new Shape(DType.S32, dims)),
            "reduce(%s, %s, %s, %s), dimensions={%s}, to_apply=%s",
            x,
            places,
            b.scalar(type, type == DType.S32 ? "-2147483648" : "-inf"),
            b.scalar(DType.S32, "2147483647"),
            dim,
            argmaxOf(b, type));
    found.forEach(b::result);
  }

  private static String argmaxOf(CaseBuilder b, DType type) {
    return b.computation(
        """
        NAME {
          %%a = %1$s[] parameter(0)
          %%i = s32[] parameter(1)
          %%b = %1$s[] parameter(2)
          %%j = s32[] parameter(3)
          %%gt = pred[] compare(%%a, %%b), direction=GT
          %%eq = pred[] compare(%%a, %%b), direction=EQ
          %%lt = pred[] compare(%%i, %%j), direction=LT
          %%and = pred[] and(%%eq, %%lt)
          %%keep = pred[] or(%%gt, %%and)
          %%v = %1$s[] select(%%keep, %%a, %%b)
          %%k = s32[] select(%%keep, %%i, %%j)
          ROOT %%t = (%1$s[], s32[]) tuple(%%v, %%k)
        }
        """
            .formatted(type.hloName()));
  }

  private static List<Integer> someDims(CaseBuilder b, int rank) {
    List<Integer> dims =
        new ArrayList<>(IntStream.range(0, rank).filter(i -> b.flip()).boxed().toList());
    if (dims.isEmpty()) {
      dims.add(b.below(rank));
    }
    return dims;
  }

  static void reduceWindow(CaseBuilder b) {
    DType type = b.number();
    Named x = b.parameter(type, b.dims());
    Window window = window(b, x.dims(), true);
    Fold fold = fold(b, type);
    b.result(
        b.op(
            type,
            places(window, x.dims()),
            "reduce-window(%s, %s), window={%s}, to_apply=%s",
            x,
            b.scalar(type, fold.start()),
            text(window),
            b.fold(fold.opcode(), type)));
  }

  static void reduceWindowSeveral(CaseBuilder b) {
    DType type = b.pick(DType.F32, DType.S32);
    Named x = b.parameter(type, b.dims(b.between(1, 2)), new Values.Range(-4, 4));
    Named places = b.op(DType.S32, x.dims(), "iota(), iota_dimension=%s", b.below(x.rank()));
    Window window = window(b, x.dims(), false);
    List<Long> dims = places(window, x.dims());
    List<Named> found =
        b.tuple(
            List.of(new Shape(type, dims), new Shape(DType.S32, dims)),
            "reduce-window(%s, %s, %s, %s), window={%s}, to_apply=%s",
            x,
            places,
            b.scalar(type, type == DType.S32 ? "-2147483648" : "-inf"),
            b.scalar(DType.S32, "2147483647"),
            text(window),
            argmaxOf(b, type));
    found.forEach(b::result);
  }

  /** A running fold along a dim, from the front or the back, with or without the element itself. */
  static void cumulative(CaseBuilder b) {
    DType type = b.number();
    Named x = b.parameter(type, b.dims());
    int dim = b.below(x.rank());
    long size = x.dim(dim);
    boolean backwards = b.flip();
    boolean exclusive = b.below(3) == 0;
    long before = exclusive ? size : size - 1;
    long after = exclusive ? -1 : 0;
    List<Window.Dim> dims = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      dims.add(
          i == dim
              ? new Window.Dim(
                  size, 1, backwards ? after : before, backwards ? before : after, 1, 1, false)
              : Window.Dim.TRIVIAL);
    }
    Fold fold = fold(b, type);
    b.result(
        b.op(
            type,
            x.dims(),
            "reduce-window(%s, %s), window={%s}, to_apply=%s",
            x,
            b.scalar(type, fold.start()),
            text(new Window(dims)),
            b.fold(fold.opcode(), type)));
  }

  static void selectAndScatter(CaseBuilder b) {
    DType type = b.pick(DType.F32, DType.F32, DType.S32);
    Named x = b.parameter(type, b.dims(), new Values.Distinct());
    List<Window.Dim> dims = new ArrayList<>();
    for (long size : x.dims()) {
      long extent = Math.min(size, b.pick(1, 1, 2, 3));
      long low = extent > 1 ? b.below(2) : 0;
      long high = extent > 1 ? b.below(2) : 0;
      dims.add(new Window.Dim(extent, b.pick(1, 2, 3), low, high, 1, 1, false));
    }
    Window window = new Window(dims);
    Named source = b.parameter(type, places(window, x.dims()));
    String select =
        b.computation(
            """
            NAME {
              %%a = %1$s[] parameter(0)
              %%b = %1$s[] parameter(1)
              ROOT %%r = pred[] compare(%%a, %%b), direction=GE
            }
            """
                .formatted(type.hloName()));
    b.result(
        b.op(
            type,
            x.dims(),
            "select-and-scatter(%s, %s, %s), window={%s}, select=%s, scatter=%s",
            x,
            source,
            b.scalar(type, b.below(4) == 0 ? "2" : "0"),
            text(window),
            select,
            b.fold("add", type)));
  }

  static void sort(CaseBuilder b) {
    DType type = b.number();
    Named x = b.parameter(type, b.dims(), b.flip() ? new Values.Distinct() : Values.ANY);
    int dim = b.below(x.rank());
    DType second = b.any();
    boolean pair = b.flip();
    String direction = b.pick("LT", "GT");
    String extra = "  %%c = %1$s[] parameter(2)\n  %%d = %1$s[] parameter(3)\n";
    String less =
        b.computation(
            "NAME {\n  %%a = %1$s[] parameter(0)\n  %%b = %1$s[] parameter(1)\n"
                    .formatted(type.hloName())
                + (pair ? extra.formatted(second.hloName()) : "")
                + "  ROOT %r = pred[] compare(%a, %b), direction="
                + direction
                + "\n}\n");
    if (!pair) {
      b.result(
          b.op(
              type,
              x.dims(),
              "sort(%s), dimensions={%s}, is_stable=true, to_apply=%s",
              x,
              dim,
              less));
      return;
    }
    Named y = b.parameter(second, x.dims());
    b.tuple(
            List.of(x.shape(), y.shape()),
            "sort(%s, %s), dimensions={%s}, is_stable=true, to_apply=%s",
            x,
            y,
            dim,
            less)
        .forEach(b::result);
  }

  static void topK(CaseBuilder b) {
    DType type = b.pick(DType.F32, DType.F32, DType.BF16, DType.S32);
    Named x = b.parameter(type, b.dims(), b.flip() ? new Values.Distinct() : Values.ANY);
    int last = x.rank() - 1;
    long k = 1 + b.below((int) x.dim(last));
    List<Long> dims = with(x.dims(), last, k);
    b.tuple(
            List.of(new Shape(type, dims), new Shape(DType.S32, dims)),
            "topk(%s), k=%s, largest=%s",
            x,
            k,
            b.below(4) > 0)
        .forEach(b::result);
  }

  // --- windows

  static List<Long> places(Window window, List<Long> dims) {
    List<Long> places = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      places.add(window.dims().get(i).places(dims.get(i)));
    }
    return places;
  }

  /** A window with at least one place along each dim. */
  private static Window window(CaseBuilder b, List<Long> dims, boolean dilated) {
    List<Window.Dim> result = new ArrayList<>();
    for (long size : dims) {
      Window.Dim dim;
      do {
        dim =
            b.below(3) == 0
                ? Window.Dim.TRIVIAL
                : new Window.Dim(
                    b.between(1, 4),
                    b.pick(1, 1, 2, 3),
                    b.pick(0, 0, 1, 2),
                    b.pick(0, 0, 1, 3),
                    dilated ? b.pick(1, 1, 1, 2) : 1,
                    dilated ? b.pick(1, 1, 1, 2, 3) : 1,
                    false);
      } while (dim.places(size) < 1);
      result.add(dim);
    }
    return new Window(result);
  }

  /** As HLO writes it. */
  static String text(Window window) {
    StringBuilder text = new StringBuilder("size=").append(join(window, "%1$d"));
    text.append(" stride=").append(join(window, "%2$d"));
    text.append(" pad=").append(join(window, "%3$d_%4$d"));
    text.append(" lhs_dilate=").append(join(window, "%5$d"));
    text.append(" rhs_dilate=").append(join(window, "%6$d"));
    if (window.dims().stream().anyMatch(Window.Dim::reversed)) {
      text.append(" rhs_reversal=").append(join(window, "%7$d"));
    }
    return text.toString();
  }

  private static String join(Window window, String format) {
    return window.dims().stream()
        .map(
            d ->
                format.formatted(
                    d.size(),
                    d.stride(),
                    d.low(),
                    d.high(),
                    d.baseDilation(),
                    d.dilation(),
                    d.reversed() ? 1 : 0))
        .collect(Collectors.joining("x"));
  }
}
