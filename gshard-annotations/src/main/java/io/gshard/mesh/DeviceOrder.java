package io.gshard.mesh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An explicit device assignment: which device stands at each place of the row-major mesh. Only for
 * orders that no transposition of mesh axes gives; its size is the number of devices.
 *
 * <p>Printed as {@code 0 3 1 2}.
 */
public final class DeviceOrder {
  private final int[] devices;
  private final int[] places;

  private DeviceOrder(int[] devices) {
    this.devices = devices;
    this.places = new int[devices.length];
    Arrays.fill(places, -1);
    for (int place = 0; place < devices.length; place++) {
      int device = devices[place];
      if (device < 0 || device >= devices.length || places[device] >= 0) {
        throw new IllegalArgumentException(
            "device order %s: expected each of 0 to %d once".formatted(this, devices.length - 1));
      }
      places[device] = place;
    }
  }

  /**
   * The order in which these devices fill the places.
   *
   * @throws IllegalArgumentException if it is no permutation
   */
  public static DeviceOrder of(List<Integer> devices) {
    return new DeviceOrder(devices.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Reads {@code 0 3 1 2}, with spaces or commas. */
  public static DeviceOrder parse(String text) {
    List<Integer> devices = new ArrayList<>();
    for (String part : text.strip().split("[,\\s]+")) {
      if (!part.matches("[0-9]{1,9}")) {
        throw new IllegalArgumentException(
            "device order '" + text + "': expected device ids, such as \"0 3 1 2\"");
      }
      devices.add(Integer.parseInt(part));
    }
    return of(devices);
  }

  public int size() {
    return devices.length;
  }

  /** The device at a place. */
  public int device(int place) {
    return devices[place];
  }

  /** The place at which a device stands. */
  public int place(int device) {
    return places[device];
  }

  /** Whether every device stands at the place of its own number. */
  public boolean isStraight() {
    for (int place = 0; place < devices.length; place++) {
      if (devices[place] != place) {
        return false;
      }
    }
    return true;
  }

  /** Null if it is straight: what has no order of its own says nothing. */
  public DeviceOrder orNull() {
    return isStraight() ? null : this;
  }

  /** The devices, by place. */
  public List<Integer> devices() {
    return Arrays.stream(devices).boxed().toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeviceOrder o && Arrays.equals(devices, o.devices);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(devices);
  }

  @Override
  public String toString() {
    return Arrays.stream(devices).mapToObj(String::valueOf).collect(Collectors.joining(" "));
  }
}
