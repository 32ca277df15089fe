package io.gshard.spmd;

import io.gshard.hlo.Window;

/**
 * One dim of a windowed op as one device computes it: which elements it needs, and its own window
 * over them.
 *
 * @param local the window on what the device got; not dilated where that is done before
 * @param span how far the device's windows reach over the dilated dim
 * @param aligned whether every device's windows begin at the same place between two elements
 * @param slope how far apart the devices' windows are on the dilated dim
 */
record Frame(
    HaloPlan.Need need,
    Window.Dim whole,
    Window.Dim local,
    long span,
    boolean aligned,
    long slope) {

  /** The result's places are split. */
  static Frame ofPlaces(Window.Dim window, long places, int parts) {
    long local = Math.ceilDiv(places, (long) parts);
    long span = (local - 1) * window.stride() + window.extent();
    int users = Math.toIntExact(Math.ceilDiv(places, local));
    return of(window, window.size(), local * window.stride(), span, users);
  }

  /** The window itself is split: each device has the products of a part of it. */
  static Frame ofWindow(Window.Dim window, long places, int parts) {
    long local = Math.ceilDiv(window.size(), (long) parts);
    long span = (places - 1) * window.stride() + (local - 1) * window.dilation() + 1;
    int users = Math.toIntExact(Math.ceilDiv(window.size(), local));
    return of(window, local, local * window.dilation(), span, users);
  }

  private static Frame of(Window.Dim w, long size, long slope, long span, int users) {
    long base = w.baseDilation();
    if (slope % base != 0) {
      long length = (span - 1) / base + 1;
      HaloPlan.Need need = new HaloPlan.Need(slope, base - 1 - w.low(), base, length, users);
      Window.Dim local = new Window.Dim(size, w.stride(), 0, 0, 1, w.dilation(), w.reversed());
      return new Frame(need, w, local, span, false, slope);
    }
    long first = -Math.floorDiv(w.low(), base);
    long holes = first * base + w.low();
    long length = span - 1 < holes ? 1 : (span - 1 - holes) / base + 1;
    HaloPlan.Need need = new HaloPlan.Need(slope / base, first, 1, length, users);
    long high = span - holes - ((length - 1) * base + 1);
    Window.Dim local =
        new Window.Dim(size, w.stride(), holes, high, base, w.dilation(), w.reversed());
    return new Frame(need, w, local, span, true, slope);
  }
}
