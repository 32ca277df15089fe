package io.gshard.op;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntUnaryOperator;

/**
 * Where each of many devices sends to, by a formula: a list of targets that takes no room, however
 * many devices there are. -1 sends to nobody.
 */
public final class Route extends AbstractList<Integer> implements RandomAccess {
  private final int devices;
  private final IntUnaryOperator target;

  /**
   * @param target from a device's place to the place that it sends to; a function of that alone
   */
  public Route(int devices, IntUnaryOperator target) {
    this.devices = devices;
    this.target = target;
  }

  @Override
  public Integer get(int device) {
    return target.applyAsInt(Objects.checkIndex(device, devices));
  }

  @Override
  public int size() {
    return devices;
  }
}
