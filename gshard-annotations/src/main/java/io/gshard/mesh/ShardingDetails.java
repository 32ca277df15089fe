package io.gshard.mesh;

import java.util.ArrayList;
import java.util.List;

/**
 * What HLO's shardings can say beyond which axes split which dim.
 *
 * @param manual axes along which the program's shapes are a device's own already (paper, section
 *     3.2: manual mode)
 * @param unreduced axes along which devices hold parts of a sum
 * @param order which device stands in each device's stead: device {@code order[p]} holds what
 *     device p would hold; null for none
 * @param device the only device that holds the value ({@code maximal}), or -1
 * @param open dims whose split may be refined; all others are as they are said to be
 * @param tie with which other values it is to be split alike, or null
 */
public record ShardingDetails(
    List<String> manual,
    List<String> unreduced,
    DeviceOrder order,
    int device,
    List<Integer> open,
    Tie tie) {

  public static final ShardingDetails NONE =
      new ShardingDetails(List.of(), List.of(), null, -1, List.of(), null);

  /**
   * A group of values that are split alike.
   *
   * @param exact {@code shard_as}: exactly alike; otherwise {@code shard_like}: as far as it goes
   */
  public record Tie(boolean exact, long group) {
    @Override
    public String toString() {
      return (exact ? "shard_as " : "shard_like ") + group;
    }
  }

  public ShardingDetails {
    manual = List.copyOf(manual);
    unreduced = List.copyOf(unreduced);
    open = List.copyOf(open);
    if (order != null) {
      order = order.orNull();
    }
  }

  /** The axes that are neither splitting nor replicating. */
  public List<String> subgroupAxes() {
    if (manual.isEmpty() && unreduced.isEmpty()) {
      return List.of();
    }
    List<String> axes = new ArrayList<>(manual);
    axes.addAll(unreduced);
    return axes;
  }

  public ShardingDetails withManual(List<String> other) {
    return new ShardingDetails(other, unreduced, order, device, open, tie);
  }

  public ShardingDetails withUnreduced(List<String> other) {
    return new ShardingDetails(manual, other, order, device, open, tie);
  }

  public ShardingDetails withOrder(DeviceOrder other) {
    return new ShardingDetails(manual, unreduced, other, device, open, tie);
  }

  public ShardingDetails withDevice(int other) {
    return new ShardingDetails(manual, unreduced, order, other, open, tie);
  }

  public ShardingDetails withOpen(List<Integer> other) {
    return new ShardingDetails(manual, unreduced, order, device, other, tie);
  }

  public ShardingDetails withTie(Tie other) {
    return new ShardingDetails(manual, unreduced, order, device, open, other);
  }

  /** What stands behind the dims; empty if nothing does. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    append(text, "manual", manual);
    append(text, "unreduced", unreduced);
    append(text, "open", open);
    if (order != null) {
      text.append(" devices=(").append(order).append(')');
    }
    if (device >= 0) {
      text.append(" device=").append(device);
    }
    return tie == null ? text.toString() : text.append(' ').append(tie).toString();
  }

  private static void append(StringBuilder text, String name, List<?> items) {
    if (!items.isEmpty()) {
      text.append(' ').append(name).append('=');
      text.append(items.toString().replace('[', '{').replace(']', '}').replace(", ", ","));
    }
  }
}
