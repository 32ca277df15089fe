package io.gshard.tool;

import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The engines on the class path. */
final class Engines {
  private Engines() {}

  static Engine named(String name) {
    List<Engine> all;
    try {
      all = ServiceLoader.load(Engine.class).stream().map(ServiceLoader.Provider::get).toList();
    } catch (ServiceConfigurationError e) {
      throw new ToolException("an engine cannot be loaded: " + e.getMessage(), e);
    }
    return all.stream()
        .filter(e -> e.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ToolException(
                    "there is no engine '%s' here; there are: %s"
                        .formatted(
                            name,
                            String.join(", ", all.stream().map(Engine::name).sorted().toList()))));
  }
}
