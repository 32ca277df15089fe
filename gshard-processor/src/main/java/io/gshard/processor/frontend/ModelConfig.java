package io.gshard.processor.frontend;

import io.gshard.annotation.Backend;
import io.gshard.mesh.MeshShape;
import io.gshard.processor.check.Suggestion;
import io.gshard.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One size of a model on one mesh.
 *
 * @param sizes the sizes of the named dims
 * @param rematerialize whether gradients of loops over stacks compute layers again
 * @param activations the element type of activations, floating
 */
public record ModelConfig(
    String name,
    Map<String, Long> sizes,
    MeshShape mesh,
    Set<Backend> targets,
    boolean rematerialize,
    DType activations) {
  public ModelConfig {
    sizes = Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
    targets = Set.copyOf(targets);
    if (activations != DType.F32 && activations != DType.BF16) {
      throw new IllegalArgumentException(
          "config %s: activations are %s; expected f32 or bf16"
              .formatted(name, activations.hloName()));
    }
  }

  /** A dim that the config gives no size. */
  static final class UnknownDim extends IllegalArgumentException {
    UnknownDim(String message) {
      super(message);
    }
  }

  /**
   * Reads {@code "B=8 M=64"}.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  public static Map<String, Long> parseSizes(String text) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (String part : text.strip().split("[,\\s]+")) {
      if (part.isEmpty()) {
        continue;
      }
      String[] sides = part.split("=", -1);
      if (sides.length != 2
          || !sides[0].matches("[A-Za-z_][A-Za-z0-9_]*")
          || !sides[1].matches("[0-9]{1,15}")) {
        throw new IllegalArgumentException(
            "sizes '%s': found '%s'; expected dims as NAME=size, such as \"B=8 M=64\""
                .formatted(text, part));
      }
      if (sizes.put(sides[0], Long.parseLong(sides[1])) != null) {
        throw new IllegalArgumentException(
            "sizes '%s': %s has two sizes; leave one out".formatted(text, sides[0]));
      }
    }
    return sizes;
  }

  /**
   * The size of a dim by its name, or of a number itself.
   *
   * @throws UnknownDim if the config has no such dim
   */
  long size(String dim) {
    if (dim.matches("[0-9]{1,15}")) {
      return Long.parseLong(dim);
    }
    Long size = sizes.get(dim);
    if (size == null) {
      throw new UnknownDim(
          "config %s gives dim '%s' no size%s; it has %s; add %s=... to its sizes"
              .formatted(name, dim, Suggestion.hint(dim, sizes.keySet()), sizes.keySet(), dim));
    }
    return size;
  }

  /** The sizes of dims named in a text such as {@code "E M H"}. */
  List<Long> dims(String text) {
    List<Long> dims = new ArrayList<>();
    for (String dim : text.strip().split("[,\\s]+")) {
      if (!dim.isEmpty()) {
        dims.add(size(dim));
      }
    }
    return dims;
  }
}
