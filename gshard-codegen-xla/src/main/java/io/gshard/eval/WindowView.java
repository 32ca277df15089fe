package io.gshard.eval;

import io.gshard.hlo.Window;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The elements of an array that a window covers at each of its places. */
final class WindowView {
  private final Window window;
  private final Shape shape;
  private final long[] strides;

  /**
   * @param shape of the array, with a dim for each of the window's
   */
  WindowView(Window window, Shape shape) {
    this.window = window;
    this.shape = shape;
    this.strides = shape.strides();
  }

  /** The window's places along each dim. */
  List<Long> places() {
    List<Long> places = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      places.add(window.dims().get(i).places(shape.dim(i)));
    }
    return places;
  }

  /** Positions of the elements under the window at a place, in row-major order. */
  interface Visitor {
    void visit(long position);
  }

  void forEach(long[] place, Visitor visitor) {
    walk(place, 0, 0, visitor);
  }

  private void walk(long[] place, int dim, long position, Visitor visitor) {
    if (dim == place.length) {
      visitor.visit(position);
      return;
    }
    Window.Dim d = window.dims().get(dim);
    for (long k = 0; k < d.size(); k++) {
      long index = index(d, place[dim], k, shape.dim(dim));
      if (index >= 0) {
        walk(place, dim + 1, position + index * strides[dim], visitor);
      }
    }
  }

  /** Which of a dim's elements lies under element k of the window; -1 for padding and holes. */
  static long index(Window.Dim dim, long place, long k, long elements) {
    long at = place * dim.stride() + k * dim.dilation() - dim.low();
    if (at < 0 || at % dim.baseDilation() != 0) {
      return -1;
    }
    long index = at / dim.baseDilation();
    return index < elements ? index : -1;
  }
}
