package io.gshard.hlo;

import java.util.Collections;
import java.util.List;

/**
 * How a window moves over the dims of an array (HLO's {@code window={...}}). The operand is dilated
 * by {@code baseDilation} (that many minus one holes between neighbours), padded, and the window,
 * its own elements {@code dilation} apart, is placed at every multiple of the stride.
 */
public record Window(List<Dim> dims) {

  /**
   * One dim of a window.
   *
   * @param size elements of the window
   * @param stride elements from one place of the window to the next, at least 1
   * @param low padding before the first element; negative crops
   * @param high padding after the last element; negative crops
   * @param baseDilation at least 1
   * @param dilation at least 1
   * @param reversed whether the window's elements run backwards (convolution alone)
   */
  public record Dim(
      long size,
      long stride,
      long low,
      long high,
      long baseDilation,
      long dilation,
      boolean reversed) {

    /** A window of one element at every place: the dim is left as it is. */
    public static final Dim TRIVIAL = new Dim(1, 1, 0, 0, 1, 1, false);

    public Dim {
      if (size < 1 || stride < 1 || baseDilation < 1 || dilation < 1) {
        throw new IllegalArgumentException(
            "a window's size, stride and dilations are at least 1, found size=%d stride=%d lhs_dilate=%d rhs_dilate=%d"
                .formatted(size, stride, baseDilation, dilation));
      }
    }

    /** The extent of the window with its holes. */
    public long extent() {
      return Math.addExact(Math.multiplyExact(size - 1, dilation), 1);
    }

    /** How many places the window has on a dim of this many elements. */
    public long places(long elements) {
      long padded = padded(elements);
      return padded < extent() ? 0 : (padded - extent()) / stride + 1;
    }

    private long padded(long elements) {
      long based =
          elements == 0 ? 0 : Math.addExact(Math.multiplyExact(elements - 1, baseDilation), 1);
      return Math.addExact(Math.addExact(based, low), high);
    }

    /** The same places on a dim of this many elements, by a stride that is no longer than it. */
    public Dim withStrideInside(long elements) {
      long near = Math.min(stride, Math.max(1, padded(elements)));
      return new Dim(size, near, low, high, baseDilation, dilation, reversed);
    }

    public boolean isTrivial() {
      return equals(TRIVIAL);
    }
  }

  public Window {
    dims = List.copyOf(dims);
  }

  /** A window that leaves every dim as it is. */
  public static Window trivial(int rank) {
    return new Window(Collections.nCopies(rank, Dim.TRIVIAL));
  }
}
