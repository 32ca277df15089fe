package io.gshard.nmt.launch;

import java.util.HashMap;
import java.util.Map;

/** The sizes of a config's dims, by name. */
record Sizes(Map<String, Integer> byName) {
  Sizes {
    byName = Map.copyOf(byName);
  }

  /** Reads {@code "B=16 L=64"}. */
  static Sizes parse(String text) {
    Map<String, Integer> sizes = new HashMap<>();
    for (String part : text.strip().split("[,\\s]+")) {
      String[] sides = part.split("=", 2);
      sizes.put(sides[0], Integer.valueOf(sides[1]));
    }
    return new Sizes(sizes);
  }

  int of(String dim) {
    Integer size = byName.get(dim);
    if (size == null) {
      throw new IllegalArgumentException("no dim " + dim + " among " + byName.keySet());
    }
    return size;
  }
}
