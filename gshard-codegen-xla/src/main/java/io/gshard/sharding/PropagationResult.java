package io.gshard.sharding;

import io.gshard.hlo.HloModule;
import java.util.Optional;
import java.util.function.Function;

/**
 * The module with all shardings decided, and for each of its instructions why.
 *
 * @param explanations by instruction name, made when they are asked for; of several computations
 *     the last one's
 */
public record PropagationResult(
    HloModule module, Function<String, Optional<Explanation>> explanations) {

  /**
   * Why an instruction is split as it is.
   *
   * @param name with or without the leading %
   * @throws IllegalArgumentException if there is none of that name
   */
  public Explanation explain(String name) {
    return explanations
        .apply(name.startsWith("%") ? name.substring(1) : name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s has no instruction named %s".formatted(module.name(), name)));
  }
}
