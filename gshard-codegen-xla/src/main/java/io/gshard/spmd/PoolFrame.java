package io.gshard.spmd;

import io.gshard.hlo.Window;

/**
 * One dim of a select-and-scatter as one device computes it: all windows that touch the device's
 * part of the result, and all elements under them. What lies in two devices' windows both compute,
 * so no contribution has to be sent back.
 *
 * @param x from the device's first window to its last
 * @param source the windows' own elements
 * @param fetched of x, a little more than {@code x} where parts begin at different places between
 *     two windows
 */
record PoolFrame(
    Window.Dim window,
    long local,
    long extent,
    HaloPlan.Need source,
    HaloPlan.Need fetched,
    boolean aligned) {

  static PoolFrame of(Window.Dim window, long size, int parts) {
    Window.Dim w = window.withStrideInside(size);
    long local = Math.ceilDiv(size, (long) parts);
    int users = Math.toIntExact(Math.ceilDiv(size, local));
    long stride = w.stride();
    // Between windows that are further apart than they are long lie elements of nobody.
    long reach = Math.max(w.size(), stride);
    long count = (local + reach - 2) / stride + 1;
    long extent = (count - 1) * stride + reach;
    long first = w.low() - reach + stride;
    if (local % stride == 0) {
      long place = Math.floorDiv(first, stride);
      return new PoolFrame(
          w,
          local,
          extent,
          new HaloPlan.Need(local / stride, place, 1, count, users),
          new HaloPlan.Need(local, place * stride - w.low(), 1, extent, users),
          true);
    }
    return new PoolFrame(
        w,
        local,
        extent,
        new HaloPlan.Need(local, first, stride, count, users),
        new HaloPlan.Need(local, 1 - reach, 1, extent + stride - 1, users),
        false);
  }

  /** The window on what the device got. */
  Window.Dim localWindow() {
    return new Window.Dim(window.size(), window.stride(), 0, 0, 1, 1, false);
  }
}
