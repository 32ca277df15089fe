package io.gshard.hlo.text;

import io.gshard.hlo.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * HLO's {@code {size=3x3 stride=2x2 pad=1_1x1_1 lhs_dilate=1x1 rhs_dilate=2x2 rhs_reversal=0x0}}.
 */
final class WindowText {
  private WindowText() {}

  static String print(Window window) {
    StringBuilder text = new StringBuilder("{");
    column(text, window, "size", d -> true, d -> String.valueOf(d.size()));
    column(text, window, "stride", d -> d.stride() != 1, d -> String.valueOf(d.stride()));
    column(text, window, "pad", d -> d.low() != 0 || d.high() != 0, d -> d.low() + "_" + d.high());
    column(
        text,
        window,
        "lhs_dilate",
        d -> d.baseDilation() != 1,
        d -> String.valueOf(d.baseDilation()));
    column(text, window, "rhs_dilate", d -> d.dilation() != 1, d -> String.valueOf(d.dilation()));
    column(text, window, "rhs_reversal", Window.Dim::reversed, d -> d.reversed() ? "1" : "0");
    return text.append('}').toString();
  }

  private static void column(
      StringBuilder text,
      Window window,
      String name,
      Predicate<Window.Dim> wanted,
      Function<Window.Dim, String> value) {
    if (window.dims().stream().anyMatch(wanted)) {
      text.append(text.length() == 1 ? "" : " ").append(name).append('=');
      text.append(window.dims().stream().map(value).collect(Collectors.joining("x")));
    }
  }

  /**
   * Reads a window.
   *
   * @param rank how many dims it must have; what is not said of them is trivial
   */
  static Window read(Cursor text, int rank) {
    List<Long> size = Collections.nCopies(rank, 1L);
    List<Long> stride = size;
    List<Long> base = size;
    List<Long> dilation = size;
    List<Long> reversal = Collections.nCopies(rank, 0L);
    List<List<Long>> pad = List.of(reversal, reversal);
    text.expect("{");
    while (!text.eat("}")) {
      if (text.eat("size=")) {
        size = ranked(text, ArrayFormats.sizes(text), rank);
      } else if (text.eat("stride=")) {
        stride = ranked(text, ArrayFormats.sizes(text), rank);
      } else if (text.eat("pad=")) {
        pad = ArrayFormats.padding(text);
        ranked(text, pad.getFirst(), rank);
      } else if (text.eat("lhs_dilate=")) {
        base = ranked(text, ArrayFormats.sizes(text), rank);
      } else if (text.eat("rhs_dilate=")) {
        dilation = ranked(text, ArrayFormats.sizes(text), rank);
      } else if (text.eat("rhs_reversal=")) {
        reversal = ranked(text, ArrayFormats.sizes(text), rank);
      } else {
        throw text.error("did not expect " + text.found() + " in a window");
      }
    }
    List<Window.Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      dims.add(
          new Window.Dim(
              size.get(i),
              stride.get(i),
              pad.get(0).get(i),
              pad.get(1).get(i),
              base.get(i),
              dilation.get(i),
              reversal.get(i) != 0));
    }
    return new Window(dims);
  }

  private static List<Long> ranked(Cursor text, List<Long> values, int rank) {
    if (values.size() != rank) {
      throw text.error("%d values for a window of %d dims".formatted(values.size(), rank));
    }
    return values;
  }
}
