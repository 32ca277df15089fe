package io.gshard.runtime;

import io.gshard.mesh.Sharding;
import io.gshard.tensor.Shape;

/**
 * Where a tensor lives: its global shape, how it is split, and the offset of each device's shard in
 * the arena of its element type.
 */
public record Binding(String name, Shape shape, Sharding sharding, int offset) {
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

  /** The same, at another offset. */
  Binding at(int other) {
    return new Binding(name, shape, sharding, other);
  }
}
