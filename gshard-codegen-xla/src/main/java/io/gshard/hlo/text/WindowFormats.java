package io.gshard.hlo.text;

import io.gshard.hlo.ArrayOp;
import io.gshard.hlo.Window;
import io.gshard.op.Combiner;
import io.gshard.op.Op;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Formats of the ops with windows. */
final class WindowFormats {
  static final List<OpFormat<?>> ALL =
      List.of(
          OpFormat.of(
              "convolution",
              ArrayOp.Convolution.class,
              WindowFormats::convolution,
              WindowFormats::convolution),
          OpFormat.of(
              "reduce-window",
              ArrayOp.ReduceWindow.class,
              (op, out) -> {
                if (!op.window().dims().isEmpty()) {
                  out.attribute("window", WindowText.print(op.window()));
                }
                out.computation("to_apply", op.computation());
              },
              WindowFormats::reduceWindow),
          OpFormat.of(
              "reduce-window",
              Op.Cumulative.class,
              WindowFormats::cumulative,
              WindowFormats::reduceWindow),
          OpFormat.of(
              "select-and-scatter",
              ArrayOp.SelectAndScatter.class,
              (op, out) -> {
                if (!op.window().dims().isEmpty()) {
                  out.attribute("window", WindowText.print(op.window()));
                }
                out.computation("select", op.select());
                out.computation("scatter", op.scatter());
              },
              in ->
                  new ArrayOp.SelectAndScatter(
                      in.computation("select"), in.computation("scatter"), window(in))));

  private WindowFormats() {}

  private static Window window(Reading in) {
    int rank = in.shape(0).rank();
    return in.attribute("window", Window.trivial(rank), text -> WindowText.read(text, rank));
  }

  /** A window as long as the dim; XLA knows this form and does not run it as it stands. */
  private static void cumulative(Op.Cumulative op, Emission out) {
    Shape shape = out.instruction().shape();
    out.identity(op.combiner(), shape.type());
    out.attribute("window", WindowText.print(running(op, shape)));
    out.combiner(op.combiner(), shape.type());
  }

  private static Op reduceWindow(Reading in) {
    Window window = window(in);
    Combiner combiner = in.combiner();
    Shape shape = in.shape(0);
    if (combiner != null && in.operands().size() == 2) {
      for (int dim = 0; dim < shape.rank(); dim++) {
        for (int form = 0; form < 4; form++) {
          Op.Cumulative op = new Op.Cumulative(combiner, dim, form % 2 == 1, form >= 2);
          if (window.equals(running(op, shape))
              && shape.equals(in.shape())
              && in.dropIdentity(combiner)) {
            return op;
          }
        }
      }
    }
    return new ArrayOp.ReduceWindow(in.computation("to_apply"), window);
  }

  private static Window running(Op.Cumulative op, Shape shape) {
    long length = Math.max(1, shape.dim(op.dimension()));
    long far = op.exclusive() ? length : length - 1;
    long near = op.exclusive() ? -1 : 0;
    List<Window.Dim> dims = new ArrayList<>(Collections.nCopies(shape.rank(), Window.Dim.TRIVIAL));
    dims.set(
        op.dimension(),
        new Window.Dim(
            length, 1, op.reverse() ? near : far, op.reverse() ? far : near, 1, 1, false));
    return new Window(dims);
  }

  private static void convolution(ArrayOp.Convolution op, Emission out) {
    if (!op.window().dims().isEmpty()) {
      out.attribute("window", WindowText.print(op.window()));
    }
    out.attribute("dim_labels", labels(op.dims()));
    if (op.featureGroups() != 1) {
      out.attribute("feature_group_count", op.featureGroups());
    }
    if (op.batchGroups() != 1) {
      out.attribute("batch_group_count", op.batchGroups());
    }
  }

  private static Op convolution(Reading in) {
    ArrayOp.ConvolutionDims dims = in.attribute("dim_labels", WindowFormats::labels);
    int spatial = dims.inputSpatial().size();
    DType type = in.shape().type();
    return new ArrayOp.Convolution(
        in.attribute("window", Window.trivial(spatial), text -> WindowText.read(text, spatial)),
        dims,
        in.attribute("feature_group_count", 1L, Cursor::number),
        in.attribute("batch_group_count", 1L, Cursor::number),
        type == in.shape(0).type() ? null : type);
  }

  private static String labels(ArrayOp.ConvolutionDims d) {
    return side(d.inputBatch(), 'b', d.inputFeature(), 'f', d.inputSpatial())
        + "_"
        + side(d.kernelInputFeature(), 'i', d.kernelOutputFeature(), 'o', d.kernelSpatial())
        + "->"
        + side(d.outputBatch(), 'b', d.outputFeature(), 'f', d.outputSpatial());
  }

  private static String side(int first, char a, int second, char b, List<Integer> spatial) {
    char[] letters = new char[spatial.size() + 2];
    Arrays.fill(letters, '?');
    letters[first] = a;
    letters[second] = b;
    for (int s = 0; s < spatial.size(); s++) {
      letters[spatial.get(s)] = (char) ('0' + s);
    }
    return new String(letters);
  }

  /** {@code b01f_01io->b01f}. */
  private static ArrayOp.ConvolutionDims labels(Cursor text) {
    String all = text.word(",");
    String[] sides = all.split("_|->", -1);
    if (sides.length != 3 || !all.contains("->")) {
      throw text.error("dim_labels=%s, expected a form like b01f_01io->b01f".formatted(all));
    }
    List<Integer> input = places(text, sides[0], "bf");
    List<Integer> kernel = places(text, sides[1], "io");
    List<Integer> output = places(text, sides[2], "bf");
    if (input.size() != kernel.size() || input.size() != output.size()) {
      throw text.error("dim_labels=%s name different numbers of dims".formatted(all));
    }
    return new ArrayOp.ConvolutionDims(
        input.get(0),
        input.get(1),
        input.subList(2, input.size()),
        kernel.get(0),
        kernel.get(1),
        kernel.subList(2, kernel.size()),
        output.get(0),
        output.get(1),
        output.subList(2, output.size()));
  }

  /** Where the two named dims stand, then the spatial ones in order. */
  private static List<Integer> places(Cursor text, String side, String named) {
    List<Integer> places = new ArrayList<>();
    StringBuilder expected = new StringBuilder(named);
    for (int s = 0; s < side.length() - 2; s++) {
      expected.append((char) ('0' + s));
    }
    for (char letter : expected.toString().toCharArray()) {
      int at = side.indexOf(letter);
      if (at < 0 || side.length() < 2 || side.length() > 11) {
        throw text.error("dims '%s', expected one each of '%s'".formatted(side, expected));
      }
      places.add(at);
    }
    return places;
  }
}
