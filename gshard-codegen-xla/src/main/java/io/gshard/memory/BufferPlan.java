package io.gshard.memory;

import io.gshard.passes.fusion.Root;
import java.util.Map;

/**
 * Where each value lies in its arena, in elements.
 *
 * @param offsets for each value in memory; others live in a loop's scratch blocks alone
 * @param sizes how long each arena must be
 */
public record BufferPlan(Map<Root.Value, Integer> offsets, Map<Storage, Long> sizes) {

  /** Whether a value is in memory at all. */
  public boolean holds(Root.Value value) {
    return offsets.containsKey(value);
  }

  public int offset(Root.Value value) {
    Integer offset = offsets.get(value);
    if (offset == null) {
      throw new IllegalStateException(value + " is not in memory");
    }
    return offset;
  }
}
