package io.gshard.spmd.cases;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * All kinds of cases, by name. A seed's family is its number modulo their count. From {@link #EVEN}
 * on, sizes divide by the number of devices where the op leaves a choice, and all parameters and
 * results are annotated, so that two partitioners do the same work: XLA keeps shardings there only
 * if they divide.
 */
final class Families {
  static final long EVEN = 1_000_000;

  private static final Map<String, Consumer<CaseBuilder>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("unary", ArrayFamilies::unary);
    ALL.put("integers", ArrayFamilies::integers);
    ALL.put("binary", ArrayFamilies::binary);
    ALL.put("compare-select", ArrayFamilies::compareSelect);
    ALL.put("clamp", ArrayFamilies::clamp);
    ALL.put("convert", ArrayFamilies::convert);
    ALL.put("extremes", ArrayFamilies::extremes);
    ALL.put("overflow", ArrayFamilies::overflow);
    ALL.put("broadcast", ArrayFamilies::broadcast);
    ALL.put("iota", ArrayFamilies::iota);
    ALL.put("constant", ArrayFamilies::constant);
    ALL.put("rng", ArrayFamilies::rng);
    ALL.put("rng-bit-generator", ArrayFamilies::rngBits);
    ALL.put("reshape", ArrayFamilies::reshape);
    ALL.put("transpose", ArrayFamilies::transpose);
    ALL.put("reverse", ArrayFamilies::reverse);
    ALL.put("concatenate", ArrayFamilies::concatenate);
    ALL.put("slice", ArrayFamilies::slice);
    ALL.put("pad", ArrayFamilies::pad);
    ALL.put("chain", ArrayFamilies::chain);
    ALL.put("dynamic-slice", ArrayFamilies::dynamicSlice);
    ALL.put("dynamic-update-slice", ArrayFamilies::dynamicUpdateSlice);
    ALL.put("map", ArrayFamilies::map);
    ALL.put("reduce-precision", ArrayFamilies::reducePrecision);
    ALL.put("complex", ArrayFamilies::complex);
    ALL.put("barrier", ArrayFamilies::barrier);
    ALL.put("reduce", FoldFamilies::reduce);
    ALL.put("reduce-region", FoldFamilies::reduceRegion);
    ALL.put("argmax", FoldFamilies::argmax);
    ALL.put("reduce-window", FoldFamilies::reduceWindow);
    ALL.put("reduce-window-several", FoldFamilies::reduceWindowSeveral);
    ALL.put("cumulative", FoldFamilies::cumulative);
    ALL.put("select-and-scatter", FoldFamilies::selectAndScatter);
    ALL.put("sort", FoldFamilies::sort);
    ALL.put("topk", FoldFamilies::topK);
    ALL.put("dot", ContractionFamilies::dot);
    ALL.put("layer", ContractionFamilies::layer);
    ALL.put("experts", ContractionFamilies::experts);
    ALL.put("convolution", ContractionFamilies::convolution);
    ALL.put("convolution-input-gradient", ContractionFamilies::convolutionInputGradient);
    ALL.put("convolution-kernel-gradient", ContractionFamilies::convolutionKernelGradient);
    ALL.put("fft", ContractionFamilies::fft);
    ALL.put("cholesky", ContractionFamilies::cholesky);
    ALL.put("triangular-solve", ContractionFamilies::triangularSolve);
    ALL.put("gather-rows", IndexedFamilies::gatherRows);
    ALL.put("gather-windows", IndexedFamilies::gatherWindows);
    ALL.put("gather-batched", IndexedFamilies::gatherBatched);
    ALL.put("scatter-rows", IndexedFamilies::scatterRows);
    ALL.put("scatter-put", IndexedFamilies::scatterPut);
    ALL.put("scatter-windows", IndexedFamilies::scatterWindows);
    ALL.put("scatter-batched", IndexedFamilies::scatterBatched);
    ALL.put("scatter-several", IndexedFamilies::scatterSeveral);
    ALL.put("while", ControlFamilies::loop);
    ALL.put("conditional", ControlFamilies::conditional);
    ALL.put("call", ControlFamilies::call);
    ALL.put("tuples", ControlFamilies::tuples);
  }

  private Families() {}

  static List<String> names() {
    return new ArrayList<>(ALL.keySet());
  }

  static String name(long seed) {
    return names().get((int) (seed % ALL.size()));
  }

  /** The case of a seed; always the same one. */
  static Case of(long seed) {
    String family = name(seed);
    CaseBuilder builder = new CaseBuilder(new Random(seed * 0x9e3779b97f4a7c15L + 1), seed >= EVEN);
    ALL.get(family).accept(builder);
    return builder.build(seed, family);
  }
}
