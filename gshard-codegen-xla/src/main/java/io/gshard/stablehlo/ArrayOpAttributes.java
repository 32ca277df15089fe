package io.gshard.stablehlo;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Window;
import io.gshard.op.Op;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Names and attributes in MLIR of the ops on arrays that only HLO text brings. */
final class ArrayOpAttributes {
  private ArrayOpAttributes() {}

  /** The op's name with its dialect. */
  static String name(ArrayOp op) {
    return switch (op) {
      case ArrayOp.Convolution c -> "stablehlo.convolution";
      case ArrayOp.ReduceWindow r -> "stablehlo.reduce_window";
      case ArrayOp.SelectAndScatter s -> "stablehlo.select_and_scatter";
      case ArrayOp.ScatterRegion s -> "stablehlo.scatter";
      case ArrayOp.Map m -> "stablehlo.map";
      case ArrayOp.TopK t -> "chlo.top_k";
      case ArrayOp.Fft f -> "stablehlo.fft";
      case ArrayOp.Cholesky c -> "stablehlo.cholesky";
      case ArrayOp.TriangularSolve t -> "stablehlo.triangular_solve";
      case ArrayOp.Rng r -> "stablehlo.rng";
      case ArrayOp.RngBitGenerator r -> "stablehlo.rng_bit_generator";
      case ArrayOp.ReducePrecision r -> "stablehlo.reduce_precision";
      case ArrayOp.CompareTotal c -> "stablehlo.compare";
      case ArrayOp.Complex c -> "stablehlo.complex";
      case ArrayOp.Real r -> "stablehlo.real";
      case ArrayOp.Imag i -> "stablehlo.imag";
      case ArrayOp.Merged m -> throw new IllegalArgumentException("a collective has its own form");
    };
  }

  /**
   * The attributes; empty if there are none.
   *
   * @param rank of the first operand
   */
  static String of(ArrayOp op, int rank) {
    return switch (op) {
      case ArrayOp.Convolution c -> convolution(c);
      case ArrayOp.ReduceWindow r ->
          window(r.window())
              + ", base_dilations = "
              + each(r.window(), Window.Dim::baseDilation)
              + ", window_dilations = "
              + each(r.window(), Window.Dim::dilation);
      case ArrayOp.SelectAndScatter s -> window(s.window());
      case ArrayOp.ScatterRegion s -> StableHloAttributes.of(s.dims());
      case ArrayOp.Map m ->
          "dimensions = " + StableHloAttributes.array(IntStream.range(0, rank).boxed().toList());
      case ArrayOp.TopK t -> "k = %d : i64".formatted(t.k());
      case ArrayOp.Fft f ->
          "fft_type = #stablehlo<fft_type %s>, fft_length = %s"
              .formatted(f.kind(), StableHloAttributes.array(f.lengths()));
      case ArrayOp.Cholesky c -> "lower = " + c.lower();
      case ArrayOp.TriangularSolve t ->
          "left_side = %s, lower = %s, unit_diagonal = %s, transpose_a = #stablehlo<transpose %s>"
              .formatted(t.leftSide(), t.lower(), t.unitDiagonal(), t.transposeA());
      case ArrayOp.Rng r ->
          "rng_distribution = #stablehlo<rng_distribution %s>"
              .formatted(
                  switch (r.distribution()) {
                    case RNG_UNIFORM -> "UNIFORM";
                    case RNG_NORMAL -> "NORMAL";
                  });
      case ArrayOp.RngBitGenerator r ->
          "rng_algorithm = #stablehlo<rng_algorithm %s>"
              .formatted(r.algorithm().toUpperCase(Locale.ROOT).replaceFirst("^RNG_", ""));
      case ArrayOp.ReducePrecision r ->
          "exponent_bits = %d : i32, mantissa_bits = %d : i32"
              .formatted(r.exponentBits(), r.mantissaBits());
      case ArrayOp.CompareTotal c ->
          StableHloAttributes.of(new Op.Compare(c.direction()))
              + ", compare_type = #stablehlo<comparison_type TOTALORDER>";
      case ArrayOp.Complex c -> "";
      case ArrayOp.Real r -> "";
      case ArrayOp.Imag i -> "";
      case ArrayOp.Merged m -> "";
    };
  }

  private static String convolution(ArrayOp.Convolution c) {
    ArrayOp.ConvolutionDims d = c.dims();
    Window w = c.window();
    return ("dimension_numbers = #stablehlo.conv<%sx%s->%s>, feature_group_count = %d : i64,"
            + " batch_group_count = %d : i64, window_strides = %s, padding = %s, lhs_dilation = %s,"
            + " rhs_dilation = %s, window_reversal = %s")
        .formatted(
            labels(d.inputBatch(), "b", d.inputFeature(), "f", d.inputSpatial()),
            labels(d.kernelInputFeature(), "i", d.kernelOutputFeature(), "o", d.kernelSpatial()),
            labels(d.outputBatch(), "b", d.outputFeature(), "f", d.outputSpatial()),
            c.featureGroups(),
            c.batchGroups(),
            each(w, Window.Dim::stride),
            padding(w),
            each(w, Window.Dim::baseDilation),
            each(w, Window.Dim::dilation),
            w.dims().isEmpty()
                ? "array<i1>"
                : w.dims().stream()
                    .map(r -> String.valueOf(r.reversed()))
                    .collect(Collectors.joining(", ", "array<i1: ", ">")));
  }

  private static String labels(int first, String a, int second, String b, List<Integer> spatial) {
    String[] labels = new String[spatial.size() + 2];
    labels[first] = a;
    labels[second] = b;
    for (int s = 0; s < spatial.size(); s++) {
      labels[spatial.get(s)] = String.valueOf(s);
    }
    return Arrays.toString(labels);
  }

  private static String window(Window window) {
    return "window_dimensions = %s, window_strides = %s, padding = %s"
        .formatted(
            each(window, Window.Dim::size), each(window, Window.Dim::stride), padding(window));
  }

  private static String each(Window window, ToLongFunction<Window.Dim> value) {
    return StableHloAttributes.array(window.dims().stream().mapToLong(value).boxed().toList());
  }

  private static String padding(Window window) {
    List<Window.Dim> dims = window.dims();
    return dims.isEmpty()
        ? "dense<> : tensor<0x2xi64>"
        : "dense<%s> : tensor<%dx2xi64>"
            .formatted(dims.stream().map(w -> List.of(w.low(), w.high())).toList(), dims.size());
  }
}
