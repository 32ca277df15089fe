package io.gshard.passes.fusion;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A program as steps on memory.
 *
 * @param parameters the entry's parameters, in order
 * @param outputs the leaves of the result, in order; one that takes a parameter's place is that
 *     parameter
 * @param updated the parameters that the program overwrites
 * @param common the values that are the same on all devices and are kept once
 */
public record LoweredProgram(
    Block block,
    List<Root.Value> parameters,
    List<Root.Value> outputs,
    List<Root.Value> updated,
    Set<Root.Value> common) {
  public LoweredProgram {
    parameters = List.copyOf(parameters);
    outputs = List.copyOf(outputs);
    updated = List.copyOf(updated);
    Set<Root.Value> copy = Collections.newSetFromMap(new IdentityHashMap<>());
    copy.addAll(common);
    common = Collections.unmodifiableSet(copy);
  }
}
