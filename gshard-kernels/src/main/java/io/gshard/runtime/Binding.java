package io.gshard.runtime;

import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;

/**
 * Where a tensor lives: its global shape, how it is split, and the offset of each device's shard in
 * the arena of its element type.
 *
 * @param common whether all devices have the same shard, in the memory that they share
 */
public record Binding(String name, Shape shape, Sharding sharding, int offset, boolean common) {
  public Binding {
    if (shape.rank() != sharding.rank()) {
      throw new IllegalArgumentException(
          name
              + ": "
              + shape
              + " has "
              + shape.rank()
              + " dims, its sharding "
              + sharding
              + " has not");
    }
  }

  /** Of a tensor in each device's own memory. */
  public Binding(String name, Shape shape, Sharding sharding, int offset) {
    this(name, shape, sharding, offset, false);
  }

  /** The memory that holds a device's shard. */
  Memory memory(Device device) {
    return common ? device.common : device;
  }

  /** The same, at another offset. */
  Binding at(int other) {
    return new Binding(name, shape, sharding, other, common);
  }
}
