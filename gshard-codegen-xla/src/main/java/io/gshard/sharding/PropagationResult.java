package io.gshard.sharding;

import io.gshard.hlo.HloModule;
import java.util.Map;

/**
 * The module with all shardings decided, and for each of its instructions why.
 *
 * @param explanations by instruction name; of several computations the last one's
 */
public record PropagationResult(HloModule module, Map<String, Explanation> explanations) {

  /**
   * Why an instruction is split as it is.
   *
   * @param name with or without the leading %
   * @throws IllegalArgumentException if there is none of that name
   */
  public Explanation explain(String name) {
    Explanation found = explanations.get(name.startsWith("%") ? name.substring(1) : name);
    if (found == null) {
      throw new IllegalArgumentException(
          "%s has no instruction named %s".formatted(module.name(), name));
    }
    return found;
  }
}
