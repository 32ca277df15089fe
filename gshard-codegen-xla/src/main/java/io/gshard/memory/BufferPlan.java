package io.gshard.memory;

import io.gshard.passes.fusion.Root;
import java.util.Map;
import java.util.Set;

/**
 * Where each value lies in its arena, in elements.
 *
 * @param offsets for each value in memory; others live in a loop's scratch blocks alone
 * @param common the values that lie in common arenas
 * @param sizes how long each arena must be
 */
public record BufferPlan(
    Map<Root.Value, Integer> offsets, Set<Root.Value> common, Map<Arena, Long> sizes) {

  /** Whether a value lies in memory that all devices share. */
  public boolean isCommon(Root.Value value) {
    return common.contains(value);
  }

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
