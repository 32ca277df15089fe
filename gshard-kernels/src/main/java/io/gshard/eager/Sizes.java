package io.gshard.eager;

import io.gshard.annotation.Config;
import io.gshard.annotation.Dims;
import io.gshard.tensor.DType;
import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sizes of a config's named dims, and the element type of its activations. */
record Sizes(String config, Map<String, Long> byName, DType activations) {
  Sizes {
    byName = Map.copyOf(byName);
  }

  /** Of one of a model's configs by its name, or of a text such as {@code "B=8 M=64"}. */
  static Sizes of(Class<?> model, String config) {
    if (config.contains("=")) {
      return parse("given", config, DType.F32);
    }
    Config[] configs = model.getAnnotationsByType(Config.class);
    for (Config candidate : configs) {
      if (candidate.name().equals(config)) {
        return parse(config, candidate.sizes(), candidate.activations());
      }
    }
    throw new IllegalArgumentException(
        "%s has no config '%s'; it has %s, or give sizes such as \"B=8 M=64\""
            .formatted(
                model.getSimpleName(), config, Arrays.stream(configs).map(Config::name).toList()));
  }

  private static Sizes parse(String name, String text, DType activations) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (String part : text.strip().split("[,\\s]+")) {
      if (part.isEmpty()) {
        continue;
      }
      if (!part.matches("[A-Za-z_][A-Za-z0-9_]*=[0-9]{1,15}")) {
        throw new IllegalArgumentException(
            "sizes '%s': found '%s'; expected dims as NAME=size, such as \"B=8 M=64\""
                .formatted(text, part));
      }
      int at = part.indexOf('=');
      if (sizes.put(part.substring(0, at), Long.parseLong(part.substring(at + 1))) != null) {
        throw new IllegalArgumentException(
            "sizes '%s': %s has two sizes; leave one out".formatted(text, part.substring(0, at)));
      }
    }
    return new Sizes(name, sizes, activations);
  }

  /** The size of a dim by its name, or of a number itself. */
  long of(String dim) {
    if (dim.matches("[0-9]{1,15}")) {
      return Long.parseLong(dim);
    }
    Long size = byName.get(dim);
    if (size == null) {
      throw new IllegalArgumentException(
          "config %s gives dim '%s' no size; it has %s; add %s=... to its sizes"
              .formatted(config, dim, byName.keySet().stream().sorted().toList(), dim));
    }
    return size;
  }

  Shape shape(Dims dims) {
    List<Long> sizes = new ArrayList<>();
    for (String dim : dims.value().strip().split("[,\\s]+")) {
      if (!dim.isEmpty()) {
        sizes.add(of(dim));
      }
    }
    return new Shape(dims.type(), sizes);
  }
}
